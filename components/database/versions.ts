import * as semver from "semver";
import type { Engine } from "./engine";

/** Versions of a server from the oldest on, by their numbers: as texts `8.10` comes before `8.8`, and as one number it is 8.1. */
export function oldestFirst(versions: readonly string[]): string[] {
    return [...versions].sort((a, b) => semver.compare(semver.coerce(a)!, semver.coerce(b)!));
}

/** The version of a database that names none. */
export function newestVersion({ images }: Pick<Engine, "images">): string {
    return oldestFirst(Object.keys(images)).at(-1)!;
}

/**
 * For a server that reads the files of every version before it.
 *
 * @param gone versions that had an image in an earlier release of this library, whose data is still about
 */
export function everyOlder(
    images: Engine["images"],
    gone: readonly string[] = [],
): NonNullable<Engine["upgradesFrom"]> {
    const known = oldestFirst([...Object.keys(images), ...gone]);
    return Object.fromEntries(Object.keys(images).map((version) => [version, known.slice(0, known.indexOf(version))]));
}

/** What `prepare.sh` is told of versions: its own, and those whose data that takes over in place. */
export function versionVariables(
    version: string,
    upgradesFrom: NonNullable<Engine["upgradesFrom"]>,
): Record<string, string> {
    const older = upgradesFrom[version] ?? [];
    // An API server drops a text that is empty.
    return { RELEASE: version, ...(older.length > 0 && { TAKES_OVER: older.join(" ") }) };
}
