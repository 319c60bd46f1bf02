import {
    type Cluster,
    DatabaseEngine,
    HardenedNamespace,
    MinIo,
    ObjectLockMode,
    PolicyEffect,
    StatefulDatabase,
    type StatefulDatabaseArgs,
} from "../../../components";
import { clusterWithToken } from "./cluster";

const namespace = "data";
const caller = { namespace: "shop", podSelector: { app: "shop" } };

/** Every engine with copies, backups and a restore, and object stores of one server and of several. */
export function dataWithEverything(): void {
    const cluster = clusterWithToken();
    new HardenedNamespace(namespace, { cluster });
    const store = new MinIo("media", {
        cluster,
        namespace,
        servers: 4,
        pools: [{ servers: 4, volumes: 2, storage: { size: "20Gi" } }],
        storage: { size: "10Gi" },
        buckets: {
            backups: { objectLock: { days: 30, mode: ObjectLockMode.Compliance } },
            pictures: { lifecycle: { expireDays: 365 }, quota: "5Gi" },
        },
        users: {
            gallery: { reads: ["pictures"] },
            auditor: { statements: [{ effect: PolicyEffect.Deny, actions: ["s3:*"], resources: ["pictures"] }] },
        },
        callers: [caller],
    });
    new MinIo("scraps", { cluster, namespace, storage: { size: "1Gi" }, buckets: { scraps: { versioning: false } } });
    for (const engine of Object.values(DatabaseEngine)) {
        new StatefulDatabase(`${engine}-orders`, {
            ...databaseArgs(cluster, engine),
            backup: { store: store.connections["backups"]!, encryptionPassword: "a long enough password" },
            restore: { backup: "latest" },
        });
    }
}

/** What a database may be told, with the words of its engine. */
function databaseArgs(cluster: Cluster, engine: DatabaseEngine): StatefulDatabaseArgs {
    const hasNamedDatabases = engine !== DatabaseEngine.Redis;
    const database = hasNamedDatabases ? "orders" : "0";
    return {
        cluster,
        namespace,
        engine,
        replicas: 3,
        storage: { size: "10Gi" },
        ...(hasNamedDatabases ? { database, databases: { archive: {} } } : {}),
        user: "orders",
        users: { report: { reads: [database] } },
        ...(engine === DatabaseEngine.PostgreSql ? { primary: 1, synchronousCopies: 1 } : {}),
        callers: [caller],
    };
}
