import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { DatabaseEngine } from "../../../components";
import { engines } from "../../../components/database/engines";
import { versionLosses } from "../../../components/database/upgrade-guard";
import { oldestFirst } from "../../../components/database/versions";

interface Judged {
    refused: string[];
    warnings: string[];
}

/** The inputs of a database. */
function inputsOf(engine: DatabaseEngine, version: string, named = true): Record<string, unknown> {
    return { dataFixed: { engine }, dataVersion: { version, named } };
}

function judge(before: Record<string, unknown>, after: Record<string, unknown>, ended = true): Judged {
    const warnings: string[] = [];
    const faults = versionLosses(before, after, { ended, warn: (text) => void warnings.push(text) });
    return { refused: faults.map(({ propertyPath, reason }) => `${propertyPath} ${reason}`), warnings };
}

/** A change of a database's version. */
function change(engine: DatabaseEngine, then: string, now: string, named = true): Judged {
    return judge(inputsOf(engine, then), inputsOf(engine, now, named));
}

describe("the versions that a server takes data over from", () => {
    for (const { title, images, upgradesFrom = {} } of Object.values(engines)) {
        it(`are older than it, which there is, with ${title}`, () => {
            for (const [version, older] of Object.entries(upgradesFrom)) {
                assert.ok(images[version], `there is no ${title} ${version}`);
                for (const each of older) {
                    const order = oldestFirst([version, each]);
                    assert.ok(each !== version && order[0] === each, `${title} ${version} can't come after ${each}`);
                }
            }
        });
    }

    it("are those of the documentation, and so are the versions that there are", () => {
        const text = fs.readFileSync(path.resolve(__dirname, "../../../../docs/databases.md"), "utf8");
        for (const { title, images, upgradesFrom = {} } of Object.values(engines)) {
            const row = new RegExp(`^\\| ${title} +\\|([^|]*)\\|([^|]*)\\|$`, "m").exec(text);
            assert.ok(row, `there is no row for ${title}`);
            const [, there, takenOver] = row;
            assert.deepEqual(oldestFirst(there!.match(/\d+(\.\d+)?/g)!), oldestFirst(Object.keys(images)), title);
            const takesOver = Object.values(upgradesFrom).some((older) => older.length > 0);
            assert.equal(!takenOver!.includes("of none"), takesOver, title);
        }
    });

    it("are all older ones with Redis, whose makers promise that, and none with PostgreSQL, which needs a dump", () => {
        assert.deepEqual(engines.redis!.upgradesFrom!["8.10"], ["8.2", "8.4", "8.6", "8.8"]);
        assert.deepEqual(engines.redis!.upgradesFrom!["8.2"], []);
        assert.equal(engines.postgresql!.upgradesFrom, undefined);
    });
});

describe("another version of a database", () => {
    it("takes the data over where the program names it, and warns that there is no way back", () => {
        const { refused, warnings } = change(DatabaseEngine.Redis, "8.2", "8.10");
        assert.deepEqual(refused, []);
        assert.deepEqual(warnings, [
            "its data goes from version 8.2 to 8.10 in place, pod by pod, and not back. " +
                "Make a backup first, and see that it can be restored (docs/backups.md).",
        ]);
    });

    it("is refused where it is only the default that moved, with what to write down to stay or to go", () => {
        const { refused, warnings } = change(DatabaseEngine.Redis, "8.8", "8.10", false);
        assert.deepEqual(warnings, []);
        assert.equal(refused.length, 1);
        assert.match(
            refused[0]!,
            /^version is "8\.10", but the data was made with "8\.8", and nobody asked for a change/,
        );
        assert.match(refused[0]!, /write `version: "8\.8"` to stay, or `version: "8\.10"` to have the data taken over/);
    });

    it("is refused where it is older, named or not, since nothing reads what a newer one wrote", () => {
        for (const named of [true, false]) {
            const { refused } = change(DatabaseEngine.Redis, "8.10", "8.8", named);
            assert.match(
                refused.join(),
                /^version is "8\.8", but the data was made with "8\.10", and no Redis reads what/,
            );
            assert.match(refused.join(), /write `version: "8\.10"` to stay, or restore a backup that "8\.8" made/);
        }
    });

    describe("after an `up` that did not end", () => {
        /** A change of a database's version after an `up` to the first one did not end. */
        const afterFailure = (engine: DatabaseEngine, then: string, now: string, named = true): Judged =>
            judge(inputsOf(engine, then), inputsOf(engine, now, named), false);
        const untold =
            "The last `up` of this database did not end, so it can't be told here what its data is; the pods refuse data of a " +
            "newer version before they touch it. If they do, the roll stops at the highest pod, which does not start: name the " +
            "newer version again, as the log of `prepare` tells (docs/databases.md).";

        it("may be taken back by its name, without a claim of what the data is: it may be the newer one's for long", () => {
            // Whether 8.10 was asked for by the `up` that failed or by one that ended long before looks the same.
            const back = afterFailure(DatabaseEngine.Redis, "8.10", "8.8");
            assert.deepEqual(back, { refused: [], warnings: [`goes from version 8.10 back to 8.8. ${untold}`] });
            assert.deepEqual(afterFailure(DatabaseEngine.Redis, "8.8", "8.10").refused, []);
        });

        it("may be older than what was there before, which the pods refuse, and goes on by the version of before", () => {
            assert.deepEqual(change(DatabaseEngine.Redis, "8.8", "8.10").refused, []);
            const tooFar = afterFailure(DatabaseEngine.Redis, "8.10", "8.6");
            assert.deepEqual(tooFar, { refused: [], warnings: [`goes from version 8.10 back to 8.6. ${untold}`] });
            assert.deepEqual(afterFailure(DatabaseEngine.Redis, "8.6", "8.8").refused, []);
        });

        it("has to be named, and one whose data would have been taken over", () => {
            const left = afterFailure(DatabaseEngine.Redis, "8.10", "8.8", false);
            assert.match(
                left.refused.join(),
                /^version is "8\.8", but the data was made with "8\.10", and no Redis reads/,
            );
            const other = afterFailure(DatabaseEngine.PostgreSql, "18", "17");
            assert.match(other.refused.join(), /^version is "17".*no PostgreSQL reads what a newer one has written/);
            assert.deepEqual([...left.warnings, ...other.warnings], []);
        });
    });

    it("is refused where the engine takes nothing over, with the dump as the way", () => {
        const { refused } = change(DatabaseEngine.PostgreSql, "17", "18");
        assert.match(
            refused.join(),
            /^version is "18", but the data was made with "17", which PostgreSQL does not take over in place; write .*"17".*docs\/backups\.md$/,
        );
    });

    it("names the release to stay with, where this one no longer knows the data's version", () => {
        assert.match(
            change(DatabaseEngine.PostgreSql, "12", "18", false).refused.join(),
            /stay with a release of this library that knows "12"/,
        );
    });

    it("is found over the state of an earlier release, and passed where there is none", () => {
        const earlier = { dataFixed: { engine: DatabaseEngine.Redis, version: "8.10" } };
        assert.equal(judge(earlier, inputsOf(DatabaseEngine.Redis, "8.8")).refused.length, 1);
        assert.deepEqual(judge(earlier, inputsOf(DatabaseEngine.Redis, "8.10", false)).refused, []);
        assert.deepEqual(judge({}, inputsOf(DatabaseEngine.Redis, "8.8")).refused, []);
    });

    it("takes no more pods along where a copy needs a primary of its own version", () => {
        const grow = (engine: DatabaseEngine, versions: [string, string], pods: [number, number]): Judged => {
            const [before, after] = [0, 1].map((at) => ({
                ...inputsOf(engine, versions[at]!),
                pods: { replicas: pods[at]! },
            }));
            return judge(before!, after!);
        };
        assert.match(
            grow(DatabaseEngine.MySql, ["8.4", "9.7"], [1, 2]).refused.join(),
            /^replicas is 2, but a new pod of version "9\.7" can't copy .* "8\.4".*; keep 1, and add pods before/,
        );
        assert.deepEqual(grow(DatabaseEngine.MySql, ["8.4", "9.7"], [2, 2]).refused, []);
        assert.deepEqual(grow(DatabaseEngine.MySql, ["8.4", "9.7"], [2, 1]).refused, []);
        assert.deepEqual(grow(DatabaseEngine.MySql, ["9.7", "9.7"], [1, 2]).refused, []);
        assert.deepEqual(grow(DatabaseEngine.MariaDb, ["11.4", "11.8"], [1, 2]).refused, []);
        const older = inputsOf(DatabaseEngine.MySql, "8.4");
        const grown = { ...inputsOf(DatabaseEngine.MySql, "9.7"), pods: { replicas: 2 } };
        assert.deepEqual(
            judge(older, grown).refused,
            [],
            "an earlier release's state does not say how many there were",
        );
    });

    it("says nothing of versions where it is the engine that changes, which is refused by itself", () => {
        const { refused } = judge(inputsOf(DatabaseEngine.Redis, "8.10"), inputsOf(DatabaseEngine.PostgreSql, "18"));
        assert.deepEqual(refused, []);
    });
});
