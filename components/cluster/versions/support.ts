import {
    type MinorSupport,
    minorOf,
    minorsBetween,
    VersionProvider,
    type VersionTable,
    versionTable,
} from "../../core/versions";

/** Where a minor version stands in a provider's support. */
export const SupportState = {
    /** Newer than what the table knows, or only announced in it. */
    Unknown: "unknown",
    Standard: "standard",
    /** Extended or long-term support, which a cluster has to ask for. */
    Extended: "extended",
    Ended: "ended",
} as const;
export type SupportState = (typeof SupportState)[keyof typeof SupportState];

/** The support of one minor version on one day. */
export interface VersionSupport extends Partial<MinorSupport> {
    /** The minor version: `1.36`. */
    readonly minor: string;
    readonly state: SupportState;
}

/**
 * How a provider supports a version on a day.
 *
 * @param today the day in UTC. @default today
 * @throws RangeError when the text is not a Kubernetes version.
 * @example
 * ```ts
 * supportOf(VersionProvider.Eks, "1.34.1", new Date("2026-11-22")).state; // "standard"
 * supportOf(VersionProvider.Eks, "1.34.1", new Date("2026-12-03")).state; // "extended"
 * ```
 */
export function supportOf(
    provider: VersionProvider,
    version: string,
    today: Date = new Date(),
    table: VersionTable = versionTable,
): VersionSupport {
    const minor = minorOf(version);
    const known = table.providers[provider].minors[minor];
    return { ...known, minor, state: stateOf(known, minor, dayOf(today), table.providers[provider].minors) };
}

function stateOf(
    known: MinorSupport | undefined,
    minor: string,
    day: string,
    minors: Readonly<Record<string, MinorSupport>>,
): SupportState {
    if (known === undefined) {
        return Object.keys(minors).some((other) => minorsBetween(other, minor) > 0)
            ? SupportState.Unknown
            : SupportState.Ended;
    }
    if (known.planned) {
        return SupportState.Unknown;
    }
    if (known.standardEnd === undefined || day <= known.standardEnd) {
        return SupportState.Standard;
    }
    return known.extendedEnd !== undefined && day <= known.extendedEnd ? SupportState.Extended : SupportState.Ended;
}

/** The minor versions that a provider supports on a day, in standard or extended support; the newest first. */
export function supportedMinors(
    provider: VersionProvider,
    today: Date = new Date(),
    table: VersionTable = versionTable,
): VersionSupport[] {
    return Object.keys(table.providers[provider].minors)
        .map((minor) => supportOf(provider, minor, today, table))
        .filter(({ state }) => state === SupportState.Standard || state === SupportState.Extended)
        .sort((left, right) => minorsBetween(left.minor, right.minor));
}

/**
 * One sentence on how long a version is supported.
 *
 * @throws RangeError when the text is not a Kubernetes version.
 * @example
 * ```ts
 * describeSupport(VersionProvider.Eks, "1.36", new Date("2026-11-22"));
 * // "Kubernetes 1.36 is in standard support on EKS until 2027-08-02, in extended support until 2028-08-02."
 * ```
 */
export function describeSupport(
    provider: VersionProvider,
    version: string,
    today: Date = new Date(),
    table: VersionTable = versionTable,
): string {
    const { title, extended } = table.providers[provider];
    const support = supportOf(provider, version, today, table);
    const subject = `Kubernetes ${support.minor}`;
    const where = title === "Kubernetes" ? "" : ` on ${title}`;
    const about = extended?.estimated ? "about " : "";
    const longer = support.extendedEnd ? `, in ${extended!.name} until ${about}${support.extendedEnd}` : "";
    switch (support.state) {
        case SupportState.Standard:
            return `${subject} is in standard support${where} until ${support.standardEnd ?? "an end that is not announced"}${longer}.`;
        case SupportState.Extended:
            return `${subject} left standard support${where} on ${support.standardEnd}; it is${longer.slice(1)}.`;
        case SupportState.Ended:
            return `${subject} is out of support${where}${endedOn(support, about)}.`;
        case SupportState.Unknown:
            return `${subject} is newer than what was known${where} on ${table.reviewed}${plannedFor(support)}.`;
    }
}

function endedOn({ standardEnd, extendedEnd }: VersionSupport, about: string): string {
    const end = extendedEnd ? `${about}${extendedEnd}` : standardEnd;
    return end === undefined ? "" : ` since ${end}`;
}

const plannedFor = ({ available }: VersionSupport): string =>
    available === undefined ? "" : `; it was planned for ${available}`;

/** Whose cluster has this version, by the suffix that GKE and EKS give it; AKS gives none. */
export function providerOfVersion(version: string): VersionProvider {
    if (version.includes("-gke.")) {
        return VersionProvider.Gke;
    }
    return version.includes("-eks-") ? VersionProvider.Eks : VersionProvider.Upstream;
}

/** A day as the table writes it, in UTC. */
export function dayOf(date: Date): string {
    return date.toISOString().slice(0, 10);
}

/** Whole days from one day to another. */
export function daysBetween(from: string, to: string): number {
    return Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000);
}
