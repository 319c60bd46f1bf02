import { type MinikubeClusterArgs, type MinikubeDriver, MinikubeNetwork, MinikubeRuntime } from "./args";

/** A Minikube profile in full. */
export interface MinikubeProfile {
    readonly name: string;
    /** Without `v`. */
    readonly kubernetesVersion: string;
    /** Missing: Minikube chooses. */
    readonly driver?: MinikubeDriver;
    readonly network: MinikubeNetwork;
    readonly containerRuntime: MinikubeRuntime;
    readonly cpus: number;
    readonly memoryMib: number;
    readonly diskGib: number;
    readonly nodes: number;
    readonly kubeconfig: string;
}

/** The profile that arguments ask for. */
export function minikubeProfile(name: string, args: MinikubeClusterArgs): MinikubeProfile {
    return {
        name: args.profile ?? name,
        kubernetesVersion: args.kubernetesVersion.replace(/^v/, ""),
        driver: args.driver,
        network: args.network ?? MinikubeNetwork.Calico,
        containerRuntime: args.containerRuntime ?? MinikubeRuntime.Containerd,
        cpus: args.cpus ?? 2,
        memoryMib: args.memoryMib ?? 4096,
        diskGib: args.diskGib ?? 20,
        nodes: args.nodes ?? 1,
        kubeconfig: args.kubeconfig ?? "~/.kube/config",
    };
}
