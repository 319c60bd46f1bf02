import { buildModule, type Reporter } from "./build";
import { controlPlaneModule, pluginsModule, pulumiModule } from "./modules";

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

export async function findStandInPlugins(report: Reporter): Promise<string> {
    return buildModule(pluginsModule, report);
}
