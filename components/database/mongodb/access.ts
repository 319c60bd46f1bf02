import type { AccessFacts } from "../engine";
import type { Role, SetPlan } from "./access-script";

/** Common names of the certificates of those who log in by one. */
export const clients = { client: "admin", monitor: "monitoring", backup: "backup" } as const;

/** Subjects as MongoDB names the users that log in by them, and what they may do. */
export const certificateUsers: SetPlan["certificates"] = [
    { subject: `CN=${clients.client}`, roles: [{ role: "root", db: "admin" }] },
    {
        // https://github.com/percona/mongodb_exporter/tree/v0.53.0#permissions
        subject: `CN=${clients.monitor}`,
        roles: [
            { role: "clusterMonitor", db: "admin" },
            { role: "read", db: "local" },
        ],
    },
    { subject: `CN=${clients.backup}`, roles: [{ role: "backup", db: "admin" }] },
];

/**
 * Roles of every user. An owner reads, writes and shapes a database but makes no users in it: these would go on when the
 * owner's password is another one, or the owner is gone.
 */
export function rolesOf(
    { name, reads, writes }: Pick<AccessFacts["users"][number], "name" | "reads" | "writes">,
    databases: AccessFacts["databases"],
): Role[] {
    const owned = databases.filter(({ owner }) => owner === name).map((database) => database.name);
    const grants: [string, readonly string[]][] = [
        ["readWrite", [...owned, ...writes.filter((db) => !owned.includes(db))]],
        ["dbAdmin", owned],
        ["read", reads.filter((db) => !owned.includes(db) && !writes.includes(db))],
    ];
    return grants.flatMap(([role, names]) => names.map((db) => ({ role, db })));
}
