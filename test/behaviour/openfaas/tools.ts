import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { cached } from "../../../sandbox/tools/cache";

/** The programs of Prometheus and Alertmanager, by path. */
export interface PrometheusTools {
    prometheus: string;
    promtool: string;
    alertmanager: string;
    amtool: string;
}

/** As Debian calls them: upstream's server is called `alertmanager`. */
const names: Readonly<Record<keyof PrometheusTools, readonly string[]>> = {
    prometheus: ["prometheus"],
    promtool: ["promtool"],
    alertmanager: ["alertmanager", "prometheus-alertmanager"],
    amtool: ["amtool"],
};

const packages = ["prometheus", "prometheus-alertmanager"];

/**
 * The programs that are on PATH, else those of Debian's packages, which are unpacked into the cache and not installed; or
 * why there are none.
 */
export async function findPrometheusTools(): Promise<PrometheusTools | { missing: string }> {
    const installed = toolsIn((process.env.PATH ?? "").split(path.delimiter));
    if (installed) {
        return installed;
    }
    if (spawnSync("apt-get", ["--version"]).error || spawnSync("dpkg", ["--version"]).error) {
        return { missing: "prometheus, promtool, alertmanager and amtool are not on PATH, and there is no apt-get" };
    }
    try {
        const report = (line: string) => console.log(`      ${line}`);
        const folder = await cached("debian-prometheus", packages.join("+"), report, unpack);
        return (
            toolsIn([path.join(folder, "usr/bin")]) ?? { missing: `Debian's ${packages.join(" and ")} lack a program` }
        );
    } catch (error) {
        return { missing: `Debian's packages can't be had: ${(error as Error).message}` };
    }
}

function toolsIn(folders: readonly string[]): PrometheusTools | undefined {
    const found = Object.entries(names).map(([tool, files]) => [
        tool,
        folders.flatMap((folder) => files.map((file) => path.join(folder, file))).find((file) => fs.existsSync(file)),
    ]);
    return found.every(([, file]) => file !== undefined)
        ? (Object.fromEntries(found) as unknown as PrometheusTools)
        : undefined;
}

// eslint-disable-next-line @typescript-eslint/require-await -- the cache fills folders asynchronously
async function unpack(folder: string): Promise<void> {
    const download = () => spawnSync("apt-get", ["download", ...packages], { cwd: folder, encoding: "utf8" });
    let { status, stderr } = download();
    if (status !== 0) {
        // The lists of packages may be missing or old.
        spawnSync("apt-get", ["update"]);
        ({ status, stderr } = download());
    }
    if (status !== 0) {
        throw new Error(stderr.trim());
    }
    for (const archive of fs.readdirSync(folder).filter((file) => file.endsWith(".deb"))) {
        const { status: unpacked, stderr: reason } = spawnSync("dpkg", ["-x", archive, "."], {
            cwd: folder,
            encoding: "utf8",
        });
        if (unpacked !== 0) {
            throw new Error(reason.trim());
        }
        fs.rmSync(path.join(folder, archive));
    }
}
