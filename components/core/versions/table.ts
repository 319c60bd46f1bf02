import type { FaasKind } from "../contracts";
import data from "./versions.json";

/** Whose support of Kubernetes versions is meant: the project's own, or that of a cloud's managed clusters. */
export const VersionProvider = { Upstream: "upstream", Gke: "gke", Aks: "aks", Eks: "eks" } as const;
export type VersionProvider = (typeof VersionProvider)[keyof typeof VersionProvider];

/** How long a provider supports one minor version of Kubernetes. Dates are `YYYY-MM-DD`; an end is the last day. */
export interface MinorSupport {
    /** The first day on which clusters can have it. */
    readonly available: string;
    /** Whether it was only announced when the table was reviewed. @default false */
    readonly planned?: boolean;
    /** The end of standard support. @default not announced */
    readonly standardEnd?: string;
    /** The end of extended or long-term support. @default there is none beyond standard support */
    readonly extendedEnd?: string;
}

/** Support of a minor version past its standard end, for those who ask or pay for it. */
export interface ExtendedSupport {
    /** The provider's name for it. */
    readonly name: string;
    /** What a cluster needs to have it. */
    readonly means: string;
    /** Whether its ends are reckoned from a rule and not announced: nothing is then refused because of them. @default false */
    readonly estimated?: boolean;
    /** Whether an upgrade from one such version to another may skip minor versions. @default false */
    readonly skipsMinors?: boolean;
    readonly source: string;
}

/** What is known of one provider. */
export interface ProviderVersions {
    /** Its name in messages. */
    readonly title: string;
    /** Where the dates were read, and when. */
    readonly source: string;
    /** The command or page that lists what it offers today. */
    readonly listing: string;
    readonly extended?: ExtendedSupport;
    /** By minor version: `1.36`. */
    readonly minors: Readonly<Record<string, MinorSupport>>;
}

/** How far versions of parts of one cluster may be apart, in minor versions. */
export interface VersionSkew {
    /** How far a node's kubelet may be behind the API server; it is never ahead. */
    readonly kubeletBehind: number;
    /** How far kubectl may be from the API server, either way. */
    readonly kubectlApart: number;
    /** How far one upgrade of a control plane may go. */
    readonly step: number;
    readonly source: string;
}

/** Kinds of an API version that a version of Kubernetes serves no more. */
export interface ApiRemoval {
    /** The first minor version without it. */
    readonly removedIn: string;
    /** The group and version: `batch/v1beta1`. */
    readonly api: string;
    readonly kinds: readonly string[];
    /** The group and version to use instead. @default there is none, or it depends */
    readonly use?: string;
}

/** API removals, and where they were read. */
export interface RemovedApis {
    readonly source: string;
    readonly apis: readonly ApiRemoval[];
}

/** What else changes for a cluster's workloads or nodes with a minor version. */
export interface PlatformChange {
    /** The first minor version with the change. */
    readonly in: string;
    readonly what: string;
    /** What to do about it, as an order. */
    readonly remedy: string;
    /** How a node that it concerns names its container runtime, from the beginning. @default nodes do not tell */
    readonly runtime?: string;
    readonly source: string;
}

/** Which versions of Kubernetes a part of this library needs. */
export interface VersionNeed {
    /** What needs it, with its version. */
    readonly title: string;
    /** The oldest minor version. @default none is known */
    readonly minimum?: string;
    /** The minor versions on which its makers test it. @default they do not say */
    readonly tested?: readonly string[];
    /** What is behind the minimum, or why there is none. */
    readonly why?: string;
    readonly source: string;
}

/** What a {@link VersionNeed} is known by: a platform's kind, a feature, or `library` for all that the library makes. */
export type VersionNeedKey = FaasKind | "library" | "minikube" | "preStopSleep";

/** Everything that this library knows of Kubernetes versions. */
export interface VersionTable {
    /** The day on which the table was last compared with its sources, as `YYYY-MM-DD`. */
    readonly reviewed: string;
    /** How many days before an end of support warnings begin. */
    readonly nearEndDays: number;
    readonly providers: Readonly<Record<VersionProvider, ProviderVersions>>;
    readonly skew: VersionSkew;
    readonly removals: RemovedApis;
    readonly changes: readonly PlatformChange[];
    readonly needs: Readonly<Record<VersionNeedKey, VersionNeed>>;
}

/**
 * The reviewed table, the one place where versions of Kubernetes and their dates are written. Functions that use it take
 * another one too, for who knows more than it did:
 *
 * @example
 * ```ts
 * const eks = versionTable.providers.eks;
 * const minors = { ...eks.minors, "1.37": { available: "2026-11-30", standardEnd: "2028-01-30" } };
 * const table = { ...versionTable, providers: { ...versionTable.providers, eks: { ...eks, minors } } };
 * describeSupport(VersionProvider.Eks, "1.37", new Date(), table);
 * ```
 */
export const versionTable: VersionTable = data;
