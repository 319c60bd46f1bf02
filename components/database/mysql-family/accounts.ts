/** Users that log in by a certificate, and who sees what. Their names are the certificates' common names. */
export const clients = {
    client: "admin",
    replication: "replication",
    backup: "backup",
    monitor: "monitoring",
} as const;

/** Rights on the whole server, by user; they differ between the engines. */
export type ServiceRights = Record<"replication" | "backup" | "monitoring", readonly string[]>;

/** Holds what the component itself keeps on a server: the origin of its data, and the users that are ours. */
export const ownDatabase = "kubernetes_faas";

/** Connections that whoever measures may hold. */
const monitoringConnections = 5;

/**
 * Users and tables that the component lives by. The first thing that a server is told, and told again by each Job, so that
 * a later release can add some. One statement a line, as a server reads them that starts for the first time.
 *
 * No password opens these users, an empty one only beside a certificate that the server's authority signed.
 */
export function accountsSql(rights: ServiceRights): string {
    return [
        // A server that starts for the first time knows no users before this.
        "FLUSH PRIVILEGES;",
        ...serviceUser(clients.client, ["ALL PRIVILEGES ON *.*"], " WITH GRANT OPTION"),
        ...serviceUser(clients.replication, rights.replication),
        ...serviceUser(clients.backup, rights.backup),
        ...serviceUser(clients.monitor, rights.monitoring),
        `ALTER USER ${clients.monitor}@'%' WITH MAX_USER_CONNECTIONS ${monitoringConnections};`,
        `CREATE DATABASE IF NOT EXISTS ${ownDatabase};`,
        `CREATE TABLE IF NOT EXISTS ${ownDatabase}.origin (id CHAR(36) PRIMARY KEY) ENGINE = InnoDB;`,
        `CREATE TABLE IF NOT EXISTS ${ownDatabase}.users (name VARCHAR(63) CHARACTER SET ascii COLLATE ascii_bin PRIMARY KEY) ENGINE = InnoDB;`,
        `CREATE TABLE IF NOT EXISTS ${ownDatabase}.restores (name VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin PRIMARY KEY, finished BOOLEAN NOT NULL) ENGINE = InnoDB;`,
        "",
    ].join("\n");
}

function serviceUser(name: string, grants: readonly string[], suffix = ""): string[] {
    const subject = `REQUIRE SUBJECT '/CN=${name}'`;
    return [
        `CREATE USER IF NOT EXISTS ${name}@'%' ${subject};`,
        `ALTER USER ${name}@'%' ${subject};`,
        ...grants.map((grant) => `GRANT ${grant} TO ${name}@'%'${suffix};`),
    ];
}
