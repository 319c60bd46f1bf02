import { DatabaseEngine } from "../../core/contracts";
import { quantityValue } from "../../core/validation";
import type { Engine } from "../engine";
import { familyEngine, type FamilyMember } from "../mysql-family/engine";
import { cachingSha2Hash } from "./password";

const gibibyte = 2 ** 30;

/** What MySQL is told beside what the family is. */
export function mysqlSettings(memory: string): Record<string, string> {
    return {
        gtid_mode: "ON",
        enforce_gtid_consistency: "ON",
        log_replica_updates: "ON",
        replica_net_timeout: "30",
        mysqlx: "OFF",
        // No SQL reads or writes files of the pod.
        secure_file_priv: "NULL",
        // It takes what a small server needs for its pages.
        performance_schema: quantityValue(memory)! < gibibyte ? "OFF" : "ON",
    };
}

/** Copies are made by it: https://dev.mysql.com/doc/refman/8.4/en/clone-plugin.html */
export const mysqlPlugins = ["mysql_clone.so"] as const;

/** Rights of the users that the component lives by; who replicates also fetches the files of a new copy. */
export const mysqlRights = {
    replication: ["REPLICATION SLAVE, BACKUP_ADMIN ON *.*"],
    backup: ["SHOW_ROUTINE ON *.*"],
    monitoring: ["PROCESS, REPLICATION CLIENT ON *.*"],
} as const;

/** How a user logs in: the only way with a password that MySQL 9 has left. */
export function mysqlIdentified(password: string, salt: string): string {
    return `IDENTIFIED WITH caching_sha2_password AS '${cachingSha2Hash(password, salt)}'`;
}

/** What MySQL does its own way. */
export const mysqlMember: FamilyMember = {
    engine: DatabaseEngine.MySql,
    title: "MySQL",
    images: { "9.7": "mysql-9.7", "8.4": "mysql-8.4" },
    // One long-term version to the next, not past it; a copy may be the next of its primary's:
    // https://dev.mysql.com/doc/refman/9.7/en/upgrade-paths.html
    upgradesFrom: { "9.7": ["8.4"] },
    // https://dev.mysql.com/doc/refman/9.7/en/clone-plugin-limitations.html
    copiesOwnVersionAlone: true,
    program: "mysqld",
    pinger: "mysqladmin",
    pingerOptions: ["--ssl-mode=VERIFY_CA"],
    settings: mysqlSettings,
    plugins: mysqlPlugins,
    rights: mysqlRights,
    identified: mysqlIdentified,
    longestUser: 32,
    reservedUsers: [],
    metrics: {
        receives: "mysql_slave_status_replica_io_running",
        applies: "mysql_slave_status_replica_sql_running",
        behind: "mysql_slave_status_seconds_behind_source",
    },
};

/** MySQL. */
export const mysql: Engine = familyEngine(mysqlMember);
