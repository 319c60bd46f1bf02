import type * as pulumi from "@pulumi/pulumi";
import type { ClusterTraitsArgs } from "../traits";

/** What a Minikube node runs in. */
export const MinikubeDriver = {
    Docker: "docker",
    Hyperkit: "hyperkit",
    HyperV: "hyperv",
    Kvm: "kvm2",
    Parallels: "parallels",
    Podman: "podman",
    Qemu: "qemu2",
    Vfkit: "vfkit",
    VirtualBox: "virtualbox",
} as const;
export type MinikubeDriver = (typeof MinikubeDriver)[keyof typeof MinikubeDriver];

/** The network plugin of a Minikube cluster. */
export const MinikubeNetwork = {
    /** Ignores NetworkPolicies. */
    Bridge: "bridge",
    Calico: "calico",
    Cilium: "cilium",
    /** Ignores NetworkPolicies. */
    Flannel: "flannel",
} as const;
export type MinikubeNetwork = (typeof MinikubeNetwork)[keyof typeof MinikubeNetwork];

/** The container runtime of a Minikube cluster. */
export const MinikubeRuntime = { Containerd: "containerd", CriO: "cri-o", Docker: "docker" } as const;
export type MinikubeRuntime = (typeof MinikubeRuntime)[keyof typeof MinikubeRuntime];

/**
 * Arguments of a {@link MinikubeCluster}. All but `kubernetesVersion` are set when the profile is made and can't be changed
 * on it.
 */
export interface MinikubeClusterArgs {
    /** The whole version, as Minikube wants it: `1.36.2`. It can go up on the profile, and never down. */
    kubernetesVersion: string;
    /** The profile, which is also the context's name. @default the component's name */
    profile?: string;
    /** @default the one that Minikube finds on the machine */
    driver?: MinikubeDriver;
    /** The network plugin. @default `calico`, which enforces NetworkPolicies; Minikube's own choice may not */
    network?: MinikubeNetwork;
    /** @default `containerd` */
    containerRuntime?: MinikubeRuntime;
    /** Processors of each node. @default 2 */
    cpus?: number;
    /** Memory of each node, in MiB. @default 4096 */
    memoryMib?: number;
    /** Disk of each node, in GiB. @default 20 */
    diskGib?: number;
    /** @default 1 */
    nodes?: number;
    /**
     * The kubeconfig that Minikube adds the context to, as a path that means the same on every machine: absolute, or below
     * `~/`. Its current context stays what it is.
     * @default `~/.kube/config`
     */
    kubeconfig?: string;
    /** What makes the cluster this cluster. @default the profile and this creation of it */
    clusterIdentifier?: pulumi.Input<string>;
    /** Where the cluster differs from what Minikube makes with these arguments. */
    traits?: ClusterTraitsArgs;
    /** Whether `pulumi destroy` refuses to delete the profile. @default false */
    deletionProtection?: boolean;
}
