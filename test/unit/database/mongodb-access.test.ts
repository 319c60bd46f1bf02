import assert from "node:assert/strict";
import { certificateUsers, rolesOf } from "../../../components/database/mongodb/access";
import { reconcile, type SetPlan } from "../../../components/database/mongodb/access-script";
import { membersOfSets } from "../../../components/database/mongodb/ask-members";
import { FakeMongoError, FakeReplicaSet } from "./support/fake-replica-set";

const hosts = ["db-0:27017", "db-1:27017", "db-2:27017"];

function planOf(changed: Partial<SetPlan> = {}): SetPlan {
    return {
        setName: "rs0",
        version: "8.0",
        hosts,
        caFile: "/certificates/ca.crt",
        certificateFile: "/tmp/administrator.pem",
        certificates: certificateUsers,
        users: [
            { name: "orders", password: "first-secret", roles: [{ role: "readWrite", db: "orders" }] },
            { name: "report", password: "second-secret", roles: [{ role: "read", db: "orders" }] },
        ],
        ...changed,
    };
}

/** Runs the script once, to its end. @returns what it printed */
async function run(set: FakeReplicaSet, plan = planOf()): Promise<string[]> {
    const printed: string[] = [];
    const started = set.time;
    await reconcile(plan, {
        connect: (uri) => set.connect(uri),
        print: (line) => void printed.push(line),
        sleep: (milliseconds) => set.sleep(milliseconds),
        now: () => set.time - started,
    });
    return printed;
}

function assertAsPlanned(set: FakeReplicaSet, { hosts: members, users }: SetPlan): void {
    assert.deepEqual(set.members, members);
    for (const { name, password, roles } of users) {
        const { pwd, mechanisms, roles: has } = set.users.get(`admin.${name}`)!;
        assert.deepEqual({ pwd, mechanisms, has }, { pwd: password, mechanisms: ["SCRAM-SHA-256"], has: roles });
    }
}

describe("the script that makes a replica set and its users, against a stand-in for the set", () => {
    it("begins the set with the first member, adds the others one at a time, then makes users", async () => {
        const set = new FakeReplicaSet(hosts);
        await run(set);
        assert.deepEqual(set.changes, [
            "replSetInitiate at db-0:27017",
            "replSetReconfig at db-0:27017",
            "replSetReconfig at db-0:27017",
            "updateUser CN=admin",
            "createUser CN=monitoring",
            "createUser CN=backup",
            "createUser orders",
            "createUser report",
        ]);
        assertAsPlanned(set, planOf());
    });

    it("leaves the members alone when it runs again, and gives users the passwords of the plan", async () => {
        const set = new FakeReplicaSet(hosts);
        await run(set);
        set.received.length = 0;
        const [orders, report] = planOf().users;
        const plan = planOf({ users: [{ ...orders!, password: "rotated" }, report!] });
        await run(set, plan);
        assert.ok(!set.changes.some((change) => !change.startsWith("updateUser")), set.changes.join());
        assertAsPlanned(set, plan);
    });

    it("comes to the same end when it was ended before any of its commands", async () => {
        const whole = new FakeReplicaSet(hosts);
        await run(whole);
        for (let last = 0; last < whole.received.length; last++) {
            const set = new FakeReplicaSet(hosts);
            set.before = () => {
                if (set.received.length === last) {
                    throw new Error("killed");
                }
            };
            await run(set).catch((error: Error) => assert.equal(error.message, "killed"));
            set.before = () => {};
            await run(set);
            assertAsPlanned(set, planOf());
        }
    });

    it("goes on when any of its commands is done but its answer is lost", async () => {
        const whole = new FakeReplicaSet(hosts);
        await run(whole);
        for (let last = 1; last <= whole.received.length; last++) {
            const set = new FakeReplicaSet(hosts);
            let lost = false;
            set.after = () => {
                if (set.received.length === last && !lost) {
                    lost = true;
                    throw new FakeMongoError("connection closed");
                }
            };
            await run(set);
            assertAsPlanned(set, planOf());
        }
    });

    it("goes to another primary when the one it has found steps down", async () => {
        const set = FakeReplicaSet.running(hosts);
        set.before = ({ name, host }) => {
            if (name === "createUser" && host === "db-0:27017") {
                set.primary = "db-2:27017";
            }
        };
        await run(set);
        assertAsPlanned(set, planOf());
        assert.ok(set.received.some(({ name, host }) => name === "createUser" && host === "db-2:27017"));
    });

    it("asks again what a member can't answer yet that has just started", async () => {
        for (const name of ["hello", "usersInfo", "setFeatureCompatibilityVersion"]) {
            const set = FakeReplicaSet.running(hosts);
            set.features = "7.0";
            let refused = 0;
            set.before = (received) => {
                if (received.name === name && refused++ < 2) {
                    throw new FakeMongoError("No keys found for HMAC that is valid for time", 211);
                }
            };
            await run(set);
            assert.ok(refused > 2, name);
            assertAsPlanned(set, planOf());
        }
    });

    it("begins no set before every pod has answered", async () => {
        const set = new FakeReplicaSet(hosts);
        set.pods.get("db-2:27017")!.up = false;
        set.whileWaiting = () => {
            assert.deepEqual(set.changes.length > 0, set.pods.get("db-2:27017")!.up);
            set.pods.get("db-2:27017")!.up = set.time > 30_000;
        };
        const printed = await run(set);
        assert.equal(printed[0], "waiting for db-2:27017 to answer");
        assertAsPlanned(set, planOf());
    });

    it("begins no second set beside data of a member that does not yet say that it is one", async () => {
        const set = FakeReplicaSet.running(hosts);
        set.primary = undefined;
        set.pods.get("db-0:27017")!.joined = false;
        set.pods.forEach((pod) => (pod.mute = true));
        set.whileWaiting = () => set.pods.forEach((pod) => (pod.mute = set.time < 10_000));
        const printed = await run(set);
        assert.match(printed[0]!, /waiting/);
        assert.ok(!set.changes.some((change) => change.startsWith("replSet")), set.changes.join());
    });

    it("begins no second set when the first pod's volume was lost, and lets the others fill it", async () => {
        const set = FakeReplicaSet.running(hosts);
        set.primary = "db-1:27017";
        set.pods.get("db-0:27017")!.joined = false;
        await run(set);
        assert.ok(!set.changes.some((change) => change.startsWith("replSet")), set.changes.join());
        assertAsPlanned(set, planOf());
    });

    it("takes members out one at a time when there shall be fewer", async () => {
        const five = [...hosts, "db-3:27017", "db-4:27017"];
        const set = FakeReplicaSet.running(five);
        set.pods.get("db-3:27017")!.up = false;
        set.pods.get("db-4:27017")!.up = false;
        await run(set);
        assert.equal(set.changes.filter((change) => change.startsWith("replSetReconfig")).length, 2);
        assertAsPlanned(set, planOf());
    });

    describe("with fewer members left than a majority", () => {
        const plan = planOf({ hosts: hosts.slice(0, 1) });

        function reduced(): FakeReplicaSet {
            const set = FakeReplicaSet.running(hosts);
            set.pods.get("db-1:27017")!.up = false;
            set.pods.get("db-2:27017")!.up = false;
            set.elect();
            return set;
        }

        it("goes on with those that are planned, after a minute", async () => {
            const set = reduced();
            const printed = await run(set, plan);
            assert.ok(set.time >= 60_000);
            assert.ok(printed.includes("db-0:27017 goes on without db-1:27017, db-2:27017"), printed.join("\n"));
            assertAsPlanned(set, plan);
        });

        it("forces nothing while one of the others answers, which would go on as another set", async () => {
            const set = reduced();
            set.pods.get("db-1:27017")!.up = true;
            set.elect = () => {};
            await assert.rejects(run(set, plan), /taking too long/);
            assert.deepEqual(set.changes, []);
        });

        it("goes on from the member that has the newest data", async () => {
            const seven = Array.from({ length: 7 }, (_, ordinal) => `db-${ordinal}:27017`);
            const set = FakeReplicaSet.running(seven);
            seven.slice(3).forEach((host) => (set.pods.get(host)!.up = false));
            set.pods.get("db-1:27017")!.newest = 7;
            set.elect();
            await run(set);
            assert.equal(set.changes[0], "replSetReconfig at db-1:27017");
            assertAsPlanned(set, planOf());
        });

        it("forces nothing when a planned member is away that may hold newer data", async () => {
            const set = FakeReplicaSet.running(hosts);
            set.pods.get("db-1:27017")!.up = false;
            set.pods.get("db-2:27017")!.up = false;
            set.elect();
            await assert.rejects(run(set), /taking too long/);
            assert.deepEqual(set.changes, []);
        });
    });

    describe("with data of the release before", () => {
        const raised = (set: FakeReplicaSet) => set.changes.filter((each) => each.startsWith("setFeature"));

        /** Its features are those of 7.0, as after a roll to 8.0. */
        function upgraded(): FakeReplicaSet {
            const set = FakeReplicaSet.running(hosts);
            set.features = "7.0";
            return set;
        }

        it("raises the set to its members' release once, after the users", async () => {
            const set = upgraded();
            const printed = await run(set);
            assert.equal(set.features, "8.0");
            assert.equal(set.changes.at(-1), "setFeatureCompatibilityVersion 8.0");
            assert.ok(printed.includes("the set goes from 7.0 to 8.0"), printed.join("\n"));
            await run(set);
            assert.equal(raised(set).length, 1);
            assertAsPlanned(set, planOf());
        });

        it("leaves the set as it is while its release is the planned one", async () => {
            const set = upgraded();
            set.pods.forEach((pod) => (pod.release = "7.0.39"));
            await run(set, planOf({ version: "7.0" }));
            assert.deepEqual(raised(set), []);
            assert.equal(set.features, "7.0");
        });

        it("raises it again when an election came between, and not again when only the answer was lost", async () => {
            for (const [moment, error] of [
                ["before", new FakeMongoError("interrupted", 11602)],
                ["after", new FakeMongoError("connection closed")],
            ] as const) {
                const set = upgraded();
                let failures = 0;
                set[moment] = ({ name }) => {
                    if (name.startsWith("setFeature") && failures++ === 0) {
                        throw error;
                    }
                };
                await run(set);
                assert.equal(set.features, "8.0");
                assert.equal(raised(set).length, 1, moment);
            }
        });

        for (const [what, late, expected] of [
            ["runs the release before", { release: "7.0.39" }, /^waiting for db-1:27017, which runs 7\.0\.39/],
            ["is being filled", { filling: true }, /^waiting for db-1:27017 to be filled/],
        ] as const) {
            it(`waits for a member that ${what}, and makes the users once meanwhile`, async () => {
                const set = upgraded();
                const member = set.pods.get("db-1:27017")!;
                const ready = { release: member.release, filling: false };
                Object.assign(member, late);
                set.whileWaiting = () => {
                    assert.ok(set.users.has("admin.orders"));
                    assert.ok(set.features === "7.0" || set.time > 20_000);
                    Object.assign(member, set.time > 20_000 ? ready : {});
                };
                const printed = await run(set);
                assert.match(printed[0]!, expected);
                assert.equal(set.features, "8.0");
                assert.equal(set.changes.filter((each) => each.endsWith(" orders")).length, 1);
            });
        }
    });

    it("locks out a user that left the plan, and leaves a person's own alone", async () => {
        const set = new FakeReplicaSet(hosts);
        await run(set);
        set.users.set("admin.somebody", { user: "somebody", pwd: "own", roles: [{ role: "read", db: "orders" }] });
        const plan = planOf({ users: planOf().users.slice(0, 1) });
        await run(set, plan);
        const { pwd, roles } = set.users.get("admin.report")!;
        assert.deepEqual(roles, []);
        assert.match(pwd!, /^[0-9a-f]{64}$/);
        assert.equal(set.users.get("admin.somebody")!.pwd, "own");
        await run(set);
        assertAsPlanned(set, planOf());
    });

    it("ends with what the server refuses for good", async () => {
        const set = new FakeReplicaSet(hosts);
        set.before = ({ name }) => {
            if (name === "createUser") {
                throw new FakeMongoError("not authorized on admin", 13);
            }
        };
        await assert.rejects(run(set), /not authorized/);
    });

    it("prints no password", async () => {
        const set = new FakeReplicaSet(hosts);
        const printed = (await run(set)).join("\n");
        assert.doesNotMatch(printed, /secret/);
    });
});

describe("what a pod with an empty volume asks the others", () => {
    const ask = (set: FakeReplicaSet) => membersOfSets((uri) => set.connect(uri), hosts, "?directConnection=true");

    it("finds members of a set, and nobody among pods that are new or away", async () => {
        assert.deepEqual(await ask(new FakeReplicaSet(hosts)), []);
        const set = FakeReplicaSet.running(hosts);
        set.pods.get("db-1:27017")!.up = false;
        assert.deepEqual(await ask(set), ["db-0:27017", "db-2:27017"]);
    });
});

describe("the roles of MongoDB's users", () => {
    const databases = [
        { name: "orders", owner: "orders" },
        { name: "archive", owner: "orders" },
    ];
    const roles = (name: string, reads: string[] = [], writes: string[] = []) =>
        rolesOf({ name, reads, writes }, databases).map(({ role, db }) => `${role} ${db}`);

    it("let an owner read, write and shape, but make no users", () => {
        assert.deepEqual(roles("orders"), [
            "readWrite orders",
            "readWrite archive",
            "dbAdmin orders",
            "dbAdmin archive",
        ]);
    });

    it("let others do what they are given and nothing twice", () => {
        assert.deepEqual(roles("report", ["orders", "archive"], ["archive"]), ["readWrite archive", "read orders"]);
        assert.deepEqual(roles("nobody"), []);
    });
});
