import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { unpackedPackages } from "../../support/debian";

/** The programs of Prometheus and Alertmanager. */
export interface PrometheusTools {
    promtool: string;
    amtool: string;
    /** What starts the server, before its arguments. */
    prometheus: readonly string[];
    alertmanager: readonly string[];
}

/** As Debian calls them: upstream's server is called `alertmanager`. */
const names = {
    prometheus: ["prometheus"],
    promtool: ["promtool"],
    alertmanager: ["alertmanager", "prometheus-alertmanager"],
    amtool: ["amtool"],
} as const;

const packages = ["prometheus", "prometheus-alertmanager"];

/**
 * The programs that are on PATH, else those of Debian's packages, which are unpacked into the cache and not installed; or
 * why there are none.
 */
export async function findPrometheusTools(): Promise<PrometheusTools | { missing: string }> {
    const installed = programsIn((process.env.PATH ?? "").split(path.delimiter));
    if (installed) {
        return { ...installed, prometheus: [installed.prometheus], alertmanager: [installed.alertmanager] };
    }
    const unpacked = await unpackedPackages("debian-prometheus", packages);
    return "missing" in unpacked
        ? { missing: `prometheus, promtool, alertmanager and amtool are not on PATH, and ${unpacked.missing}` }
        : unpackedTools(unpacked.folder);
}

type Programs = Record<keyof typeof names, string>;

function programsIn(folders: readonly string[]): Programs | undefined {
    const found = Object.entries(names).map(([program, files]) => [
        program,
        folders.flatMap((folder) => files.map((file) => path.join(folder, file))).find((file) => fs.existsSync(file)),
    ]);
    return found.every(([, file]) => file !== undefined) ? (Object.fromEntries(found) as Programs) : undefined;
}

/**
 * Debian's Alertmanager reads a template below /usr/share, so it gets to see the unpacked folder there: in a mount
 * namespace of its own, which takes no rights where the kernel lets users have namespaces.
 */
function unpackedTools(folder: string): PrometheusTools | { missing: string } {
    const programs = programsIn([path.join(folder, "usr/bin")]);
    if (!programs) {
        return { missing: `Debian's ${packages.join(" and ")} lack a program` };
    }
    const mount = 'mount --bind "$0" /usr/share && exec "$@"';
    return {
        ...programs,
        prometheus: [programs.prometheus],
        alertmanager: [
            "unshare",
            "--map-root-user",
            "--mount",
            "sh",
            "-c",
            mount,
            path.join(folder, "usr/share"),
            programs.alertmanager,
        ],
    };
}

/** Why a program does not start on this machine; nothing when it does. */
export function startFault([command, ...args]: readonly string[]): string | undefined {
    const { status, stderr, error } = spawnSync(command!, [...args, "--version"], { encoding: "utf8" });
    return status === 0 ? undefined : (error?.message ?? stderr.trim());
}
