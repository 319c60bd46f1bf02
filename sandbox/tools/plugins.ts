import { execFile } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { promisify } from "node:util";

import { firstOf, type Source, toolsPolicy } from "./binaries";
import { buildModule } from "./build";
import { cached, cachedDirectory, placeBinary, platform, type Reporter } from "./cache";
import { isReachable } from "./download";
import { pluginsModule } from "./modules";
import { projectRoot } from "./paths";

/** Provider packages that have a stand-in which does what the official plugin does. */
const packages = ["kubernetes", "random", "tls"] as const;

/** Provider packages whose stand-in only says what a cloud would say. */
const cloudPackages = ["aws", "azure-native", "command", "eks", "gcp"] as const;

interface Plugin {
    readonly name: string;
    readonly version: string;
    /** Directory in a Pulumi home. */
    readonly directory: string;
    /** Name of the executable. */
    readonly file: string;
}

/** The version of a provider's plugin is the version of its SDK. */
function pluginOf(name: string): Plugin {
    const file = require.resolve(`@pulumi/${name}/package.json`, { paths: [projectRoot] });
    const { version } = JSON.parse(fs.readFileSync(file, "utf8")) as { version: string };
    return { name, version, directory: `resource-${name}-v${version}`, file: `pulumi-resource-${name}` };
}

/** Fills the plugins directory of a Pulumi home with the official plugins, or with stand-ins for those out of reach. */
export async function placePlugins(directory: string, pulumi: string, report: Reporter): Promise<void> {
    for (const plugin of packages.map(pluginOf)) {
        const binary = await firstOf(pluginSources(plugin, pulumi, report));
        placeBinary(binary, path.join(directory, plugin.directory, plugin.file));
    }
}

/** Fills it with nothing but stand-ins, those for clouds among them: what they run together contacts nobody. */
export async function placeOfflinePlugins(directory: string, report: Reporter): Promise<void> {
    const standIn = await buildModule(pluginsModule, report);
    for (const plugin of [...packages, ...cloudPackages].map(pluginOf)) {
        placeBinary(standIn, path.join(directory, plugin.directory, plugin.file));
    }
}

/** Variables that tell stand-ins for clouds what to say, and lead the clusters that they make to a sandbox. */
export function offlineVariables(kubeconfig: string): Record<string, string> {
    return {
        KUBERNETES_FAAS_CLOUD_TABLES: path.join(projectRoot, "sandbox", "clouds"),
        KUBERNETES_FAAS_SANDBOX_KUBECONFIG: kubeconfig,
    };
}

function pluginSources(plugin: Plugin, pulumi: string, report: Reporter): Source<string>[] {
    const standIn = { name: "stand-in", find: () => buildModule(pluginsModule, report) };
    if (toolsPolicy() === "build") {
        return [standIn];
    }
    const home = process.env.PULUMI_HOME ?? path.join(os.homedir(), ".pulumi");
    const inHome = (home: string): Promise<string | undefined> => {
        const file = path.join(home, "plugins", plugin.directory, plugin.file);
        return Promise.resolve(fs.existsSync(file) ? file : undefined);
    };
    const key = `v${plugin.version}-${platform}`;
    return [
        { name: "the user's own Pulumi home", find: () => inHome(home) },
        { name: "cached download", find: () => inHome(cachedDirectory(plugin.file, key)) },
        {
            name: "download",
            find: async () => {
                const downloaded = await downloadPlugin(plugin, key, pulumi, report);
                return downloaded && inHome(downloaded);
            },
        },
        standIn,
    ];
}

/** Lets the command line fetch the official plugin, which it verifies itself, into a Pulumi home in the cache. */
async function downloadPlugin(
    plugin: Plugin,
    key: string,
    pulumi: string,
    report: Reporter,
): Promise<string | undefined> {
    if (!(await isReachable("https://get.pulumi.com/"))) {
        return undefined;
    }
    try {
        return await cached(plugin.file, key, report, async (home) => {
            report(`downloading the plugin ${plugin.name} ${plugin.version}`);
            await promisify(execFile)(pulumi, ["plugin", "install", "resource", plugin.name, plugin.version], {
                env: { ...process.env, PULUMI_HOME: home, PULUMI_SKIP_UPDATE_CHECK: "true" },
                timeout: 10 * 60_000,
            });
        });
    } catch (error) {
        report(`the official plugin ${plugin.name} can't be had (${String(error)}); a stand-in takes its place`);
        return undefined;
    }
}
