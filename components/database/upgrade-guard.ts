import type * as pulumi from "@pulumi/pulumi";
import type { DatabaseEngine } from "../core/contracts";
import type { CheckedUpdate } from "../core/data-guard";
import type { Fault } from "../core/errors";
import type { StatefulDatabaseArgs } from "./args";
import type { Engine } from "./engine";
import { engines } from "./engines";
import type { DatabasePlan } from "./plan";
import { oldestFirst } from "./versions";

/** How the version of a database's data stands in its inputs. */
interface RecordedVersion {
    version: string;
    /** The program says which, and does not leave it to the library. */
    named: boolean;
}

/** What the guard reads of the inputs. */
interface RecordedInputs {
    dataVersion?: RecordedVersion;
    /** Earlier releases have the version here. */
    dataFixed?: { engine?: DatabaseEngine; version?: string };
    pods?: { replicas: number };
}

/** The inputs of a component whose version is guarded. */
export function versionInputs({ version }: DatabasePlan, args: StatefulDatabaseArgs): pulumi.Inputs {
    return { dataVersion: { version, named: args.version !== undefined } satisfies RecordedVersion };
}

/**
 * Refuses another version than that of the data, but for one that takes it over in place and that the program names: the
 * default moves with the library, and what a newer server has made of data can't be undone. Where the last `up` did not end,
 * the recorded version is only what it was to get, and what its data is can't be told here: it may be that version's, the one's
 * before it, or both, pod by pod. Then the program may name one whose data the recorded version takes over: the pods refuse data
 * of a newer version before they touch it. Recorded inputs are of any shape.
 */
export function versionLosses(
    oldInputs: Record<string, unknown>,
    newInputs: Record<string, unknown>,
    { ended, warn }: CheckedUpdate,
): Fault[] {
    const [before, after]: [RecordedInputs, RecordedInputs] = [oldInputs, newInputs];
    const then = before.dataVersion?.version ?? before.dataFixed?.version;
    const now = after.dataVersion!;
    const engine = engines[after.dataFixed!.engine!]!;
    if (then === undefined || then === now.version || before.dataFixed?.engine !== engine.engine) {
        return [];
    }
    const goesOn = takesOver(engine, now.version, then);
    const goesBack = !ended && takesOver(engine, then, now.version);
    if (now.named && (goesOn || goesBack)) {
        const losses = engine.copiesOwnVersionAlone && goesOn ? copyLosses(then, now, before.pods, after.pods) : [];
        if (losses.length === 0) {
            warn(goesOn ? upgradeNotice(then, now) : wayBackNotice(then, now));
        }
        return losses;
    }
    const reason = goesOn ? movedDefault(engine, then, now) : refusal(engine, then, now);
    return [{ propertyPath: "version", reason }];
}

/** New pods come first in a roll, with the new version, while their primary has the old one still. */
function copyLosses(
    then: string,
    now: RecordedVersion,
    before: RecordedInputs["pods"],
    after: RecordedInputs["pods"],
): Fault[] {
    if (!before || !after || after.replicas <= before.replicas) {
        return [];
    }
    const reason =
        `is ${after.replicas}, but a new pod of version "${now.version}" can't copy the data of a primary of "${then}", and the ` +
        `roll would wait for it for ever; keep ${before.replicas}, and add pods before the change of \`version\` or after it`;
    return [{ propertyPath: "replicas", reason }];
}

function movedDefault(engine: Engine, then: string, now: RecordedVersion): string {
    return (
        `${differs(then, now)}, and nobody asked for a change: a version that is left out is the newest that this release ` +
        `knows; ${stay(engine, then)}, or \`version: "${now.version}"\` to have the data taken over in place, for good`
    );
}

/** Why data of one version does not get another one. */
function refusal(engine: Engine, then: string, now: RecordedVersion): string {
    const { why, way } = obstacle(engine, then, now.version);
    return `${differs(then, now)}, ${why}; ${stay(engine, then)}, or ${way}`;
}

const differs = (then: string, now: RecordedVersion): string =>
    `is "${now.version}", but the data was made with "${then}"`;

const stay = ({ images }: Engine, then: string): string =>
    images[then] ? `write \`version: "${then}"\` to stay` : `stay with a release of this library that knows "${then}"`;

const takesOver = ({ upgradesFrom }: Engine, version: string, data: string): boolean =>
    upgradesFrom?.[version]?.includes(data) ?? false;

/** What stands between data of one version and another, and the way round it. */
function obstacle({ title }: Engine, then: string, version: string): { why: string; way: string } {
    const intoAnother = "into a database of another name: see docs/backups.md";
    const [older] = oldestFirst([then, version]);
    if (older === version) {
        const way = `restore a backup that "${version}" made ${intoAnother}`;
        return { why: `and no ${title} reads what a newer one has written`, way };
    }
    return { why: `which ${title} does not take over in place`, way: `restore a backup of it ${intoAnother}` };
}

function upgradeNotice(then: string, { version }: RecordedVersion): string {
    return (
        `its data goes from version ${then} to ${version} in place, pod by pod, and not back. Make a backup first, and see that ` +
        "it can be restored (docs/backups.md)."
    );
}

function wayBackNotice(then: string, { version }: RecordedVersion): string {
    return (
        `goes from version ${then} back to ${version}. The last \`up\` of this database did not end, so it can't be told here what ` +
        "its data is; the pods refuse data of a newer version before they touch it. If they do, the roll stops at the highest " +
        "pod, which does not start: name the newer version again, as the log of `prepare` tells (docs/databases.md)."
    );
}
