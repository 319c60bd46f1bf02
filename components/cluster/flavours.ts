import { Addon } from "../core/addons";
import { Cloud, Exposure } from "../core/contracts";
import type { ClusterTraitsArgs } from "./traits";

/** The kinds of clusters on one's own machine. */
export const LocalFlavour = {
    DockerDesktop: "docker-desktop",
    K3d: "k3d",
    Kind: "kind",
    Minikube: "minikube",
    /** The simulated cluster of this project. */
    Sandbox: "sandbox",
} as const;
export type LocalFlavour = (typeof LocalFlavour)[keyof typeof LocalFlavour];

/** What is known of a kind of cluster. */
interface FlavourFacts {
    /** The contexts that its tool writes. */
    readonly contexts: RegExp;
    /** The context of a cluster that was given no name. */
    readonly defaultContext?: string;
    /** How to start the cluster, as an order. */
    readonly start: (context: string) => string;
    readonly traits: ClusterTraitsArgs;
}

/**
 * Read from minikube v1.38.1, kind v0.32.0 and k3s' documentation of its networking. The API server's address is left
 * open, since it differs from one machine to the next; the ports are that of its Service and the one behind it.
 */
const facts: Record<LocalFlavour, FlavourFacts> = {
    "docker-desktop": {
        contexts: /^docker-(for-)?desktop$/,
        defaultContext: "docker-desktop",
        start: () => "start Docker Desktop with its Kubernetes",
        traits: {
            // Published on the machine's localhost.
            exposure: Exposure.LoadBalancer,
            storageClass: "hostpath",
            // Of its two provisioners only kind enforces them, and the context does not tell which one it is.
            networkPolicies: false,
        },
    },
    k3d: {
        contexts: /^k3d-/,
        defaultContext: "k3d-k3s-default",
        start: (context) => `run \`k3d cluster start ${context.slice("k3d-".length)}\``,
        // k3s packages a metrics-server.
        traits: {
            exposure: Exposure.LoadBalancer,
            storageClass: "local-path",
            networkPolicies: true,
            addons: [Addon.MetricsServer],
        },
    },
    kind: {
        contexts: /^kind-/,
        defaultContext: "kind-kind",
        start: (context) => `run \`docker start ${context.slice("kind-".length)}-control-plane\``,
        traits: { exposure: Exposure.NodePort, storageClass: "standard", networkPolicies: true },
    },
    minikube: {
        contexts: /^minikube$/,
        defaultContext: "minikube",
        start: () => "run `minikube start`",
        traits: {
            // A load balancer stays pending unless `minikube tunnel` runs.
            exposure: Exposure.NodePort,
            storageClass: "standard",
            // The default bridge network ignores them; a cluster started with --cni=calico does not.
            networkPolicies: false,
            apiServer: { ports: [443, 8443] },
        },
    },
    sandbox: {
        contexts: /^kubernetes-faas-sandbox/,
        start: () => "run `npm run sandbox -- up`",
        // Its pods are simulated: there is no traffic to allow or forbid, and no load to scale by; trials of what would
        // scale them need no metrics.
        traits: {
            exposure: Exposure.LoadBalancer,
            storageClass: "standard",
            networkPolicies: false,
            addons: [Addon.MetricsServer],
        },
    },
};

/**
 * The kind of local cluster that a context belongs to, by its name; `undefined` when it is none that is known.
 *
 * @example
 * ```ts
 * flavourOfContext("kind-dev"); // "kind"
 * ```
 */
export function flavourOfContext(context: string): LocalFlavour | undefined {
    return Object.values(LocalFlavour).find((flavour) => facts[flavour].contexts.test(context));
}

/** How to start the cluster of a context, as an order. */
export function howToStart(context: string): string {
    const flavour = flavourOfContext(context);
    return flavour === undefined ? "start the cluster" : facts[flavour].start(context);
}

/** The context that the flavour's tool writes for a cluster without a name; none for the sandbox, or what is no flavour. */
export function defaultContext(flavour: string): string | undefined {
    return (facts as Record<string, FlavourFacts | undefined>)[flavour]?.defaultContext;
}

/** The traits of a cluster as its tool makes it when it is told nothing else. */
export function flavourTraits(flavour: LocalFlavour): ClusterTraitsArgs {
    return { ...facts[flavour].traits, cloud: Cloud.Local };
}
