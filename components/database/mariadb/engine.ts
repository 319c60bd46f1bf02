import { DatabaseEngine } from "../../core/contracts";
import type { Engine } from "../engine";
import { familyEngine, type FamilyMember } from "../mysql-family/engine";
import { everyOlder } from "../versions";
import { nativePasswordHash } from "./password";

const images = { "12.3": "mariadb-12.3", "11.8": "mariadb-11.8", "11.4": "mariadb-11.4" } as const;

/** What MariaDB is told beside what the family is. */
export const mariadbSettings: Readonly<Record<string, string>> = {
    // A copy that has what its primary has not stops, and does not go on with two histories.
    gtid_strict_mode: "ON",
    binlog_format: "ROW",
    log_slave_updates: "ON",
    slave_net_timeout: "30",
    master_retry_count: "0",
};

/** Rights of the users that the component lives by; the backup reads routines where the server keeps them. */
export const mariadbRights = {
    replication: ["REPLICATION SLAVE ON *.*"],
    backup: ["SELECT ON mysql.proc"],
    monitoring: ["PROCESS, BINLOG MONITOR, SLAVE MONITOR ON *.*"],
} as const;

/** How a user logs in: every client knows this way. */
export function mariadbIdentified(password: string): string {
    return `IDENTIFIED VIA mysql_native_password USING '${nativePasswordHash(password)}'`;
}

/** What MariaDB does its own way. */
export const mariadbMember: FamilyMember = {
    engine: DatabaseEngine.MariaDb,
    title: "MariaDB",
    images,
    // Any newer version, whatever lies between; a copy may be newer than its primary:
    // https://mariadb.com/docs/server/server-management/install-and-upgrade-mariadb/upgrading/mariadb-community-server-upgrade-paths/general-upgrade-information
    upgradesFrom: everyOlder(images),
    program: "mariadbd",
    pinger: "mariadb-admin",
    pingerOptions: ["--ssl-verify-server-cert"],
    settings: () => mariadbSettings,
    rights: mariadbRights,
    identified: mariadbIdentified,
    longestUser: 63,
    reservedUsers: ["mariadb_sys"],
    metrics: {
        receives: "mysql_slave_status_slave_io_running",
        applies: "mysql_slave_status_slave_sql_running",
        behind: "mysql_slave_status_seconds_behind_master",
    },
};

/** MariaDB. */
export const mariadb: Engine = familyEngine(mariadbMember);
