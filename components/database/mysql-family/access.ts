import { ownDatabase } from "./accounts";

/** Databases and who may do what in them, as the server is told. */
export interface AccessPlan {
    databases: readonly PlannedDatabase[];
    users: readonly PlannedUser[];
}

/** A database of the server. */
export interface PlannedDatabase {
    name: string;
    /** The user who has every right in it. */
    owner: string;
}

/** A user of the server. */
export interface PlannedUser {
    name: string;
    /** How the user logs in, in the server's words and without the password: `IDENTIFIED ...`. */
    identified: string;
    /** Databases whose tables the user may read. */
    reads: readonly string[];
    /** Databases whose tables the user may also change. */
    writes: readonly string[];
}

const reading = ["SELECT", "SHOW VIEW"];
const writing = [...reading, "INSERT", "UPDATE", "DELETE"];
/** What a dump needs of each database. */
const dumping = [...reading, "TRIGGER", "EVENT", "LOCK TABLES"];

/** Backslashes in texts mean what they mean by default, whatever the server's settings say. */
const session = "SET SESSION sql_mode = 'STRICT_ALL_TABLES';";

/**
 * What brings a server's databases and users to what they should be, but for what has to be taken away: see
 * `surplusSql`. It may run any number of times and be ended anywhere.
 */
export function accessSql({ databases, users }: AccessPlan): string {
    return [
        session,
        ...users.flatMap(userSql),
        ...databases.map(({ name }) => `CREATE DATABASE IF NOT EXISTS ${identifier(name)};`),
        ...databases.map(({ name }) => `GRANT ${dumping.join(", ")} ON ${scope(name)} TO backup@'%';`),
        ...users.flatMap((user) =>
            rightsOf(user, databases).map(
                ({ database, rights }) => `GRANT ${rights.join(", ")} ON ${scope(database)} TO ${account(user.name)};`,
            ),
        ),
        "",
    ].join("\n");
}

/**
 * Gives the statements that take away what the plan has no more: users who left can't log in, users who stay lose rights
 * that are not planned in the databases of the plan, and all on the whole server. Nothing is dropped.
 */
export function surplusSql({ databases, users }: AccessPlan): string {
    const planned = users.map(({ name }) => literal(name)).join(", ");
    const rights = users.flatMap((user) =>
        rightsOf(user, databases).flatMap((right) =>
            right.rights.map((each) => tuple(user.name, escaped(right.database), each)),
        ),
    );
    const owned = databases.map(({ name, owner }) => tuple(owner, escaped(name)));
    const ours = `${ownDatabase}.users JOIN mysql.user AS accounts ON ${same("accounts.user", "name")} AND accounts.host = '%'`;
    const granted = `${ownDatabase}.users ON ${same("grantee", "CONCAT('''', name, '''@''%''')")} WHERE name IN (${planned})`;
    return [
        session,
        `SELECT CONCAT('ALTER USER \`', name, '\`@''%'' ACCOUNT LOCK;') FROM ${ours} WHERE name NOT IN (${planned});`,
        // The names of rights are words of the language, but for the right to give rights on. One by one: who takes all rights on
        // the whole server from a user of MySQL takes those in each database, too.
        "SELECT CONCAT('REVOKE ', privilege_type, ' ON *.* FROM `', name, '`@''%'';') " +
            `FROM information_schema.user_privileges JOIN ${granted} AND privilege_type <> 'USAGE';`,
        "SELECT CONCAT('REVOKE ', privilege_type, ' ON `', table_schema, '`.* FROM `', name, '`@''%'';') " +
            `FROM information_schema.schema_privileges JOIN ${granted} AND table_schema IN (${databases.map(({ name }) => literal(escaped(name))).join(", ")}) ` +
            `AND (name, table_schema) NOT IN (${owned.join(", ")}) ` +
            `AND (name, table_schema, privilege_type) NOT IN (${[...rights, "('', '', '')"].join(", ")});`,
        "",
    ].join("\n");
}

function userSql({ name, identified }: PlannedUser): string[] {
    const user = account(name);
    return [
        `INSERT IGNORE INTO ${ownDatabase}.users VALUES (${literal(name)});`,
        `CREATE USER IF NOT EXISTS ${user} ${identified};`,
        `ALTER USER ${user} ${identified} ACCOUNT UNLOCK;`,
        `REVOKE GRANT OPTION ON *.* FROM ${user};`,
    ];
}

/** A user's rights, database by database. */
function rightsOf(
    { name, reads, writes }: PlannedUser,
    databases: readonly PlannedDatabase[],
): { database: string; rights: readonly string[] }[] {
    return databases.flatMap((database) => {
        if (database.owner === name) {
            return { database: database.name, rights: ["ALL PRIVILEGES"] };
        }
        if (writes.includes(database.name)) {
            return { database: database.name, rights: writing };
        }
        return reads.includes(database.name) ? { database: database.name, rights: reading } : [];
    });
}

/** Two texts, whatever collations they have by themselves. */
function same(one: string, other: string): string {
    return `CONVERT(${one} USING utf8mb4) COLLATE utf8mb4_bin = CONVERT(${other} USING utf8mb4)`;
}

function tuple(...texts: readonly string[]): string {
    return `(${texts.map(literal).join(", ")})`;
}

function account(name: string): string {
    return `${identifier(name)}@'%'`;
}

/** A database in a statement of rights, where `_` stands for any character unless it is escaped. */
function scope(database: string): string {
    return `${identifier(escaped(database))}.*`;
}

function escaped(database: string): string {
    return database.replaceAll("_", "\\_");
}

function identifier(name: string): string {
    return `\`${name.replaceAll("`", "``")}\``;
}

function literal(text: string): string {
    return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "''")}'`;
}
