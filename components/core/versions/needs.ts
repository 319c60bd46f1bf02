import { minorsBetween } from "./version";
import { type VersionNeed, type VersionNeedKey, type VersionTable, versionTable } from "./table";

/**
 * Which versions of Kubernetes something needs, when it can't run on this one; else `undefined`.
 *
 * @throws RangeError when the version is none.
 * @example
 * ```ts
 * unmetNeed("fission", "1.31.4"); // "needs Kubernetes 1.32 or later"
 * ```
 */
export function unmetNeed(
    key: VersionNeedKey,
    version: string,
    table: VersionTable = versionTable,
): string | undefined {
    const { minimum }: VersionNeed = table.needs[key];
    return minimum !== undefined && minorsBetween(minimum, version) < 0
        ? `needs Kubernetes ${minimum} or later`
        : undefined;
}
