import * as fs from "node:fs";
import * as path from "node:path";

import { buildModule, type Reporter } from "./build";
import { controlPlaneModule, pluginsModule, pulumiModule } from "./modules";
import { projectRoot } from "./paths";

/** Programs of the control plane. */
export type ControlPlaneProgram =
    "etcd" | "kube-apiserver" | "kube-controller-manager" | "kube-scheduler" | "kubeadm" | "kwok" | "kubectl";

/** How each program is called: a file and the arguments that come first. */
export type ControlPlane = Readonly<Record<ControlPlaneProgram, readonly string[]>>;

const programs: readonly ControlPlaneProgram[] = [
    "etcd",
    "kube-apiserver",
    "kube-controller-manager",
    "kube-scheduler",
    "kubeadm",
    "kwok",
    "kubectl",
];

export async function findControlPlane(report: Reporter): Promise<ControlPlane> {
    const file = await buildModule(controlPlaneModule, report);
    return Object.fromEntries(programs.map((name) => [name, [file, name]])) as unknown as ControlPlane;
}

export async function findPulumi(report: Reporter): Promise<string> {
    return buildModule(pulumiModule, report);
}

/** Provider packages that have a stand-in. */
const standIns = ["kubernetes", "random", "tls"] as const;

/** The version of a provider's plugin is the version of its SDK. */
function pluginVersion(name: string): string {
    const file = require.resolve(`@pulumi/${name}/package.json`, { paths: [projectRoot] });
    return (JSON.parse(fs.readFileSync(file, "utf8")) as { version: string }).version;
}

/** Fills the plugins directory of a Pulumi home. */
export async function placePlugins(directory: string, _pulumi: string, report: Reporter): Promise<void> {
    const binary = await buildModule(pluginsModule, report);
    for (const name of standIns) {
        const file = path.join(directory, `resource-${name}-v${pluginVersion(name)}`, `pulumi-resource-${name}`);
        fs.mkdirSync(path.dirname(file), { recursive: true });
        fs.rmSync(file, { force: true });
        fs.symlinkSync(binary, file);
    }
}
