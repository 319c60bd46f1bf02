import * as pulumi from "@pulumi/pulumi";
import type { Checks } from "../../core/validation";
import {
    isKubernetesVersion,
    minorsBetween,
    VersionProvider,
    type VersionTable,
    versionTable,
} from "../../core/versions";
import {
    dayOf,
    daysBetween,
    describeSupport,
    providerOfVersion,
    supportedMinors,
    supportOf,
    SupportState,
    type VersionSupport,
} from "./support";

/** A minor version comes out every four months or so; faster than this never. */
const shortestCycleDays = 90;

/**
 * Notes a fault when a provider can't run `kubernetesVersion`, and names the versions that it can. It never comes by the
 * mere passing of time, so that an `up` that worked yesterday works today: what has run out is judged by the day on which
 * the table was reviewed, or by `today` where that is earlier. Whatever ran out since then is a warning; see
 * {@link versionWarnings}. A component that checks has an argument `allowUnsupportedVersion`, with which it does not.
 *
 * A version that is newer than the table is taken, unless it can't be out yet.
 */
export function checkVersionSupport(
    checks: Checks,
    provider: VersionProvider,
    version: pulumi.Input<string> | undefined,
    today: Date = new Date(),
    table: VersionTable = versionTable,
): void {
    if (typeof version !== "string" || !isKubernetesVersion(version)) {
        // Not known yet, or no version at all, which `checkKubernetesVersion` says.
        return;
    }
    const why = whyNot(provider, version, today, table);
    if (why !== undefined) {
        checks.fault("kubernetesVersion", `is ${version}, which ${why}, or set allowUnsupportedVersion: true`);
    }
}

/** Why a provider can't run a version, and which it can, as the end of "which ..."; `undefined` when it can. */
export function whyNot(
    provider: VersionProvider,
    version: string,
    today: Date,
    table: VersionTable,
): string | undefined {
    const why = isTooNew(version, today, table)
        ? "is not out yet"
        : whyGone(provider, version, earlier(today, table.reviewed), table);
    return why === undefined ? undefined : `${why}; use ${listSupported(provider, today, table)}`;
}

function isTooNew(version: string, today: Date, table: VersionTable): boolean {
    const sinceReview = Math.max(0, daysBetween(table.reviewed, dayOf(today)));
    const thinkable = 1 + Math.floor(sinceReview / shortestCycleDays);
    return Object.keys(table.providers.upstream.minors).every((minor) => minorsBetween(minor, version) > thinkable);
}

/** Why a cloud neither creates nor keeps a version; `undefined` when it does, and for Kubernetes itself, which runs as long as one likes. */
function whyGone(provider: VersionProvider, version: string, day: Date, table: VersionTable): string | undefined {
    const { title, extended } = table.providers[provider];
    const { state, standardEnd, extendedEnd } = supportOf(provider, version, day, table);
    const isEstimated = extendedEnd !== undefined && extended?.estimated === true;
    if (provider === VersionProvider.Upstream || state !== SupportState.Ended || isEstimated) {
        return undefined;
    }
    const end = extendedEnd ?? standardEnd;
    return `${title} does not run any more${end ? `: its support ended on ${end}` : ""}`;
}

function earlier(today: Date, reviewed: string): Date {
    const review = new Date(reviewed);
    return today < review ? today : review;
}

/** `1.36 (until 2027-08-02), 1.35 (until 2027-03-27) or 1.33 (extended support until 2027-07-29)`. */
function listSupported(provider: VersionProvider, today: Date, table: VersionTable): string {
    const { extended } = table.providers[provider];
    const names = supportedMinors(provider, today, table).map(({ minor, state, standardEnd, extendedEnd }) => {
        const until = state === SupportState.Standard ? standardEnd : `${extended?.name} until ${extendedEnd}`;
        return `${minor} (${state === SupportState.Standard ? "until " : ""}${until ?? "further notice"})`;
    });
    return names.length === 0 ? "a newer version" : either(names);
}

/** `a, b or c`. */
function either(names: readonly string[]): string {
    return names.length > 1 ? `${names.slice(0, -1).join(", ")} or ${names.at(-1)}` : names.join("");
}

/**
 * What a user should know of a version in the days to come, each in one sentence: it is near or past the end of its
 * support, or newer than the table. Empty when there is nothing.
 *
 * @throws RangeError when the text is not a Kubernetes version.
 */
export function versionWarnings(
    provider: VersionProvider,
    version: string,
    today: Date = new Date(),
    table: VersionTable = versionTable,
): string[] {
    const support = supportOf(provider, version, today, table);
    const { listing } = table.providers[provider];
    const about = describeSupport(provider, version, today, table);
    if (support.state === SupportState.Unknown) {
        return [`${about} Whether it can be had, this tells: ${listing}`];
    }
    const left = daysLeft(support, today);
    if (support.state === SupportState.Standard && (left === undefined || left > table.nearEndDays)) {
        return [];
    }
    return [`${about} ${whatNext(provider, support, today, table)}`];
}

/** Days until the next end of a version's support. */
function daysLeft({ state, standardEnd, extendedEnd }: VersionSupport, today: Date): number | undefined {
    const end = state === SupportState.Standard ? standardEnd : extendedEnd;
    return end === undefined ? undefined : daysBetween(dayOf(today), end);
}

function whatNext(provider: VersionProvider, support: VersionSupport, today: Date, table: VersionTable): string {
    const { extended } = table.providers[provider];
    const newer = supportedMinors(provider, today, table)
        .filter(({ minor, state }) => state === SupportState.Standard && minorsBetween(support.minor, minor) > 0)
        .map(({ minor, standardEnd }) => `${minor} (until ${standardEnd ?? "further notice"})`);
    const upgrade = newer.length > 0 ? `Upgrade to ${either(newer)}` : "Upgrade to a newer version";
    const condition =
        support.extendedEnd !== undefined && support.state !== SupportState.Ended
            ? `; staying needs ${extended!.means}`
            : "";
    return `${upgrade}${condition}.`;
}

/**
 * Shows the warnings of a version at preview, beside the resource. Nothing of them is kept, so that the day never makes
 * a difference to a stack.
 */
export function warnOfVersion(
    resource: pulumi.Resource,
    provider: VersionProvider,
    version: pulumi.Input<string>,
    today: Date = new Date(),
    table: VersionTable = versionTable,
): void {
    if (!pulumi.runtime.isDryRun()) {
        return;
    }
    pulumi.output(version).apply(async (known) => {
        if (isKubernetesVersion(known)) {
            await Promise.all(
                versionWarnings(provider, known, today, table).map((each) => pulumi.log.warn(each, resource)),
            );
        }
    });
}

/** {@link warnOfVersion} for a cluster of which nobody says whose it is: its version may. */
export function warnOfOwnVersion(resource: pulumi.Resource, version: pulumi.Input<string>): void {
    pulumi.output(version).apply((known) => warnOfVersion(resource, providerOfVersion(known), known));
}
