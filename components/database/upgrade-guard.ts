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
    /** There are regular backups. */
    backedUp: boolean;
}

/** What the guard reads of the inputs. */
interface RecordedInputs {
    dataVersion?: RecordedVersion;
    /** Earlier releases have the version here. */
    dataFixed?: { engine?: DatabaseEngine; version?: string };
}

/** The inputs of a component whose version is guarded. */
export function versionInputs({ version }: DatabasePlan, args: StatefulDatabaseArgs): pulumi.Inputs {
    const dataVersion: RecordedVersion = {
        version,
        named: args.version !== undefined,
        backedUp: args.backup !== undefined,
    };
    return { dataVersion };
}

/**
 * Refuses another version than that of the data, but for one that takes it over in place and that the program names: the
 * default moves with the library, and what a newer server has made of data can't be undone. While an update to a newer version
 * has not ended, the program may name the older one again: the pods know whose data was taken over. Recorded inputs are of any
 * shape.
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
        warn(goesOn ? upgradeNotice(then, now) : wayBackNotice(then, now));
        return [];
    }
    const reason = goesOn ? movedDefault(engine, then, now) : refusal(engine, then, now);
    return [{ propertyPath: "version", reason }];
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
function obstacle(engine: Engine, then: string, version: string): { why: string; way: string } {
    const { images, title } = engine;
    const intoAnother = "into a database of another name: see docs/backups.md";
    const [older] = oldestFirst([then, version]);
    if (older === version) {
        const way = `restore a backup that "${version}" made ${intoAnother}`;
        return { why: `and no ${title} reads what a newer one has written`, way };
    }
    const between = oldestFirst([...Object.keys(images), then, version]);
    const next = between
        .slice(between.indexOf(then), between.indexOf(version))
        .findLast((each) => takesOver(engine, each, then));
    return next === undefined
        ? { why: `which ${title} does not take over in place`, way: `restore a backup of it ${intoAnother}` }
        : { why: `which ${title} takes over by way of "${next}" only`, way: `go to "${next}" first` };
}

function upgradeNotice(then: string, { version, backedUp }: RecordedVersion): string {
    const backup = backedUp
        ? "Make one more backup first"
        : "It has no `backup`: make one first, and see that it can be restored";
    return `its data goes from version ${then} to ${version} in place, pod by pod, and not back. ${backup} (docs/backups.md).`;
}

function wayBackNotice(then: string, { version }: RecordedVersion): string {
    return (
        `goes back to version ${version}, since the update to ${then} did not end. A pod whose data ${then} has taken over does ` +
        "not start: see docs/databases.md."
    );
}
