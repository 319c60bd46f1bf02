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

/** Everything that this library knows of Kubernetes versions. */
export interface VersionTable {
    /** The day on which the table was last compared with its sources, as `YYYY-MM-DD`. */
    readonly reviewed: string;
    /** How many days before an end of support warnings begin. */
    readonly nearEndDays: number;
    readonly providers: Readonly<Record<VersionProvider, ProviderVersions>>;
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
