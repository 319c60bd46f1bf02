import assert from "node:assert/strict";
import { DatabaseEngine } from "../../../components/core/contracts";
import { type StatefulDatabaseArgs, validateStatefulDatabase } from "../../../components/database";
import { fakeCluster } from "../../../components/testing";

const good: StatefulDatabaseArgs = {
    cluster: fakeCluster(),
    namespace: "data",
    engine: DatabaseEngine.PostgreSql,
    storage: { size: "10Gi" },
};

/** The faults of arguments that differ from good ones. */
function faultsOf(changed: Partial<Record<keyof StatefulDatabaseArgs, unknown>>, name = "orders"): string[] {
    return validateStatefulDatabase(name, { ...good, ...changed } as StatefulDatabaseArgs).map(
        ({ propertyPath, reason }) => `${propertyPath}: ${reason}`,
    );
}

describe("what a database refuses", () => {
    const cases: [string, Partial<Record<keyof StatefulDatabaseArgs, unknown>>, RegExp][] = [
        ["an unknown engine", { engine: "postgres" }, /^engine: is "postgres".*"postgresql".*did you mean/],
        ["a version that there is not", { version: "18.6" }, /^version: is "18.6".*"16", "17", "18"/],
        [
            "volumes that are taken over by whatever version is the newest",
            { engine: DatabaseEngine.Redis, storage: { size: "10Gi", adopt: true } },
            /^version: is left out, and "8\.10" might take older data over for good; give the one that the volumes were/,
        ],
        ["storage without a unit", { storage: { size: "10" } }, /^storage.size: is "10".*did you mean "10Gi"/],
        ["no storage", { storage: undefined }, /^storage: is missing/],
        ["a volume that holds nothing", { storage: { size: "1Mi" } }, /^storage.size: .*256Mi or more/],
        ["a primary that is no pod", { replicas: 2, primary: 2 }, /^primary: is 2; give a whole number.*1/],
        ["a primary before the first", { replicas: 2, primary: -1 }, /^primary: is -1/],
        ["commits that wait for nobody", { synchronousCopies: 1 }, /^synchronousCopies: is 1; give a whole number/],
        [
            "more copies that have to have a commit than there are",
            { replicas: 3, synchronousCopies: 3 },
            /^synchronousCopies: is 3/,
        ],
        ["no server at all", { replicas: 0 }, /^replicas: is 0/],
        ["a reserved database", { database: "postgres" }, /^database: is "postgres", which PostgreSQL keeps to itself/],
        ["a reserved user", { user: "monitoring" }, /^user: is "monitoring", which PostgreSQL keeps to itself/],
        ["a name that needs quotes", { database: "My-Orders" }, /^database: is "My-Orders".*lower-case/],
        ["a name of the server's own kind", { user: "pg_boss" }, /^user: is "pg_boss".*not "pg_"/],
        ["a database twice", { databases: { orders: {} } }, /^databases.orders: .*first one; leave it out here/],
        ["an owner who is no user", { databases: { a: { owner: "boss" } } }, /^databases.a.owner: is "boss"/],
        [
            "a right on no database",
            { users: { r: { reads: ["ordres"] } } },
            /^users.r.reads\[0\]: .*did you mean "orders"/,
        ],
        ["a setting of the component's own", { settings: { ssl: "off" } }, /^settings.ssl: is set by the component/],
        ["a setting of two lines", { settings: { work_mem: "1MB\nssl = off" } }, /^settings.work_mem: .*one line/],
    ];

    for (const [what, args, expected] of cases) {
        it(`${what}`, () => {
            const faults = faultsOf(args);
            assert.equal(faults.length, 1, faults.join("\n"));
            assert.match(faults[0]!, expected);
        });
    }

    it("all of it at once, and nothing that is right", () => {
        assert.deepEqual(faultsOf({}), []);
        const adopted = { size: "10Gi", adopt: true };
        assert.deepEqual(faultsOf({ storage: adopted }), []);
        assert.deepEqual(faultsOf({ engine: DatabaseEngine.Redis, storage: adopted, version: "8.8" }), []);
        assert.equal(faultsOf({ version: "9", replicas: 99, storage: {} }).length, 3);
    });

    it("a component's name that makes no name of a database, unless one is given", () => {
        assert.match(faultsOf({}, "pg-orders")[0]!, /^database: is "pg_orders"/);
        assert.deepEqual(faultsOf({ database: "orders" }, "pg-orders"), []);
    });
});
