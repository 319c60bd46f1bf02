import { backup, monitor } from "./settings";

/** Databases and who may do what in them, as the server is told. */
export interface AccessPlan {
    /** How many servers there are; what the primary keeps for further ones is let go. */
    replicas: number;
    /** Ordinal of the pod that takes writes. @default 0 */
    primary?: number;
    databases: readonly PlannedDatabase[];
    users: readonly PlannedUser[];
}

/** A database of the server. */
export interface PlannedDatabase {
    name: string;
    /** The user whose tables its are. */
    owner: string;
}

/** A user of the server. */
export interface PlannedUser {
    name: string;
    /** As the server keeps it: see `scramVerifier`. */
    verifier: string;
    /** Databases whose tables the user may read. */
    reads: readonly string[];
    /** Databases whose tables the user may also change. */
    writes: readonly string[];
}

/** Marks the users that are ours: one that leaves the arguments can't log in any more, a person's own can. */
const mark = "made by kubernetes-faas";

/**
 * What brings a server's databases and users to what they should be, for `psql`. It may run any number of times and be
 * ended anywhere. Nothing is dropped: a user that is gone from the plan can't log in any more, a database stays.
 */
export function accessSql({ replicas, primary = 0, databases, users }: AccessPlan): string {
    return [
        "\\set ON_ERROR_STOP on",
        monitorSql,
        backupSql,
        ...users.map(userSql),
        retireSql(users),
        ...databases.map(databaseSql),
        ...databases.map((database) => grantsSql(database, users)),
        // Last, since what a former owner leaves to another takes databases along.
        ...databases.map(ownerSql),
        slotsSql(replicas, primary),
        "",
    ].join("\n");
}

/** Sees statistics and no data, and logs in by a certificate. */
const monitorSql = [
    createRole(monitor),
    `ALTER ROLE ${monitor} WITH LOGIN NOSUPERUSER PASSWORD NULL CONNECTION LIMIT 5;`,
    `GRANT pg_monitor TO ${monitor};`,
].join("\n");

/**
 * Reads every row of every table, by a certificate. The role for that does not cover large objects, so their own rights
 * are not asked for, whether to read or to write: https://www.postgresql.org/docs/current/runtime-config-compatible.html
 */
const backupSql = [
    createRole(backup),
    `ALTER ROLE ${backup} WITH LOGIN NOSUPERUSER BYPASSRLS PASSWORD NULL CONNECTION LIMIT 5;`,
    `ALTER ROLE ${backup} SET lo_compat_privileges = on;`,
    `ALTER ROLE ${backup} SET default_transaction_read_only = on;`,
    `GRANT pg_read_all_data TO ${backup};`,
].join("\n");

function createRole(name: string): string {
    return `SELECT ${literal(`CREATE ROLE ${identifier(name)}`)} WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = ${literal(name)}) \\gexec`;
}

function userSql({ name, verifier }: PlannedUser): string {
    return [
        createRole(name),
        `ALTER ROLE ${identifier(name)} WITH LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD ${literal(verifier)};`,
        `COMMENT ON ROLE ${identifier(name)} IS ${literal(mark)};`,
    ].join("\n");
}

function retireSql(users: readonly PlannedUser[]): string {
    const kept = users.map(({ name }) => literal(name)).join(", ");
    return (
        "SELECT format('ALTER ROLE %I NOLOGIN PASSWORD NULL', rolname) FROM pg_roles " +
        `WHERE shobj_description(oid, 'pg_authid') = ${literal(mark)} AND rolcanlogin AND rolname NOT IN (${kept}) \\gexec`
    );
}

function databaseSql({ name, owner }: PlannedDatabase): string {
    return [
        `SELECT ${literal(`CREATE DATABASE ${identifier(name)} OWNER ${identifier(owner)}`)} WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = ${literal(name)}) \\gexec`,
        // Every user of the server may connect to every database, unless that is taken back.
        `REVOKE ALL ON DATABASE ${identifier(name)} FROM PUBLIC;`,
        `GRANT CONNECT ON DATABASE ${identifier(name)} TO ${backup};`,
    ].join("\n");
}

function ownerSql({ name, owner }: PlannedDatabase): string {
    return [
        `ALTER DATABASE ${identifier(name)} OWNER TO ${identifier(owner)};`,
        `GRANT ALL ON DATABASE ${identifier(name)} TO ${identifier(owner)};`,
    ].join("\n");
}

/** What the primary keeps for its copies; for one that is gone for good, it would keep its log for ever. */
function slotsSql(replicas: number, primary: number): string {
    const wanted = Array.from({ length: replicas }, (_, ordinal) => `pod_${ordinal}`).filter(
        (_, ordinal) => ordinal !== primary,
    );
    const slot = (name: string): string =>
        `SELECT pg_create_physical_replication_slot('${name}') WHERE NOT EXISTS (SELECT FROM pg_replication_slots WHERE slot_name = '${name}');`;
    const kept = ["", ...wanted].map(literal).join(", ");
    return [
        "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots " +
            `WHERE slot_name ~ '^pod_[0-9]+$' AND slot_name NOT IN (${kept}) AND NOT active;`,
        ...wanted.map(slot),
    ].join("\n");
}

/**
 * Tables and schemas of those who no longer reach them, a former owner among them. A user of the plan keeps what is theirs,
 * unless the database was.
 */
function inheritSql({ name, owner }: PlannedDatabase): string {
    const former = `(SELECT datdba FROM pg_database WHERE datname = ${literal(name)})`;
    return (
        `SELECT format('REASSIGN OWNED BY %I TO %I', rolname, ${literal(owner)}) FROM pg_roles ` +
        `WHERE shobj_description(oid, 'pg_authid') = ${literal(mark)} AND rolname <> ${literal(owner)} ` +
        `AND (NOT rolcanlogin OR oid = ${former}) ` +
        "AND (EXISTS (SELECT FROM pg_class WHERE relowner = pg_roles.oid AND relpersistence <> 't') " +
        "OR EXISTS (SELECT FROM pg_namespace WHERE nspowner = pg_roles.oid AND nspname !~ '^pg_')) \\gexec"
    );
}

function grantsSql(database: PlannedDatabase, users: readonly PlannedUser[]): string {
    const { name, owner } = database;
    const lines = [
        `\\connect ${identifier(name)}`,
        inheritSql(database),
        "REVOKE ALL ON SCHEMA public FROM PUBLIC;",
        `GRANT ALL ON SCHEMA public TO ${identifier(owner)};`,
    ];
    for (const user of users.filter((each) => each.name !== owner)) {
        lines.push(...rightsSql(name, owner, user));
    }
    return lines.join("\n");
}

/** Rights on what there is and on what the owner will make; what the user no longer has is taken back first. */
function rightsSql(database: string, owner: string, { name, reads, writes }: PlannedUser): string[] {
    const role = identifier(name);
    const taken = [`REVOKE ALL ON DATABASE ${identifier(database)} FROM ${role};`, ...takeBackSql(owner, name)];
    const may = { write: writes.includes(database), read: reads.includes(database) || writes.includes(database) };
    const granted = [
        `GRANT CONNECT ON DATABASE ${identifier(database)} TO ${role};`,
        ...grantSql(owner, name, may.write),
    ];
    return ["BEGIN;", ...taken, ...(may.read ? granted : []), "COMMIT;"];
}

/** In every schema, whoever made it. Nobody loses rights on what is their own. */
function takeBackSql(owner: string, user: string): string[] {
    const role = identifier(user);
    const future = `ALTER DEFAULT PRIVILEGES FOR ROLE ${identifier(owner)}`;
    const others = (column: string): string => `${column} <> ${literal(role)}::regrole`;
    return [
        eachSql(`REVOKE ALL ON SCHEMA %I FROM ${role}`, "nspname", `pg_namespace WHERE ${others("nspowner")}`),
        eachSql(
            `REVOKE ALL ON TABLE %I.%I FROM ${role}`,
            "nspname, relname",
            `pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace WHERE relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND ${others("relowner")}`,
        ),
        // What was once given in this schema alone, those of all schemas don't take back.
        ...[future, `${future} IN SCHEMA public`].flatMap((some) => [
            `${some} REVOKE ALL ON TABLES FROM ${role};`,
            `${some} REVOKE ALL ON SEQUENCES FROM ${role};`,
        ]),
        `${future} REVOKE ALL ON SCHEMAS FROM ${role};`,
    ];
}

/** In every schema that is the owner's, now or later. */
function grantSql(owner: string, user: string, mayWrite: boolean): string[] {
    const role = identifier(user);
    const future = `ALTER DEFAULT PRIVILEGES FOR ROLE ${identifier(owner)}`;
    const tables = mayWrite ? "SELECT, INSERT, UPDATE, DELETE" : "SELECT";
    const sequences = mayWrite ? "USAGE, SELECT" : "SELECT";
    const schemas = `pg_namespace WHERE (nspname = 'public' OR nspowner = ${literal(identifier(owner))}::regrole)`;
    return [
        ...["USAGE ON SCHEMA", `${tables} ON ALL TABLES IN SCHEMA`, `${sequences} ON ALL SEQUENCES IN SCHEMA`].map(
            (rights) => eachSql(`GRANT ${rights} %I TO ${role}`, "nspname", schemas),
        ),
        `${future} GRANT ${tables} ON TABLES TO ${role};`,
        `${future} GRANT ${sequences} ON SEQUENCES TO ${role};`,
        `${future} GRANT USAGE ON SCHEMAS TO ${role};`,
    ];
}

/** A statement for each row, of all that is not the server's own. */
function eachSql(statement: string, names: string, rows: string): string {
    const own = "nspname !~ '^pg_' AND nspname <> 'information_schema'";
    return `SELECT format(${literal(statement)}, ${names}) FROM ${rows} AND ${own} \\gexec`;
}

function identifier(name: string): string {
    return `"${name.replaceAll('"', '""')}"`;
}

function literal(text: string): string {
    return `'${text.replaceAll("'", "''")}'`;
}
