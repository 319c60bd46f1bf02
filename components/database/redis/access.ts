import { createHash } from "node:crypto";

/** A user of the server. */
export interface RedisUser {
    name: string;
    /** As the server keeps it: see {@link passwordHash}. */
    hash: string;
    rights: RedisRights;
}

/** What a user may do; each more than the one before. */
export const RedisRights = { None: "none", Read: "read", Write: "write", Own: "own" } as const;
export type RedisRights = (typeof RedisRights)[keyof typeof RedisRights];

/**
 * What the server keeps of a password. A fast hash without salt is enough for a password of 32 random letters and digits,
 * which nobody can try out.
 */
export function passwordHash(password: string): string {
    return createHash("sha256").update(password).digest("hex");
}

/**
 * Nobody but the component's own user changes the server, watches others or stops them (`@admin`), or holds it up
 * (`@dangerous`). Client libraries ask for INFO before anything else.
 */
const harmless = "-@admin -@dangerous +info";

/** By ACL rules: https://redis.io/docs/latest/operate/oss_and_stack/management/security/acl/ */
const rules: Record<RedisRights, string> = {
    none: "resetkeys resetchannels -@all",
    // Scripts that are loaded stay in memory, so only who writes loads some.
    read: `%R~* &* -@all +@read +@connection +@transaction +@pubsub -publish -spublish +eval_ro +evalsha_ro +fcall_ro +script|exists ${harmless} +sort_ro`,
    // Functions are to Redis what tables are to others: the owner makes them.
    write: `~* &* -@all +@read +@write +@connection +@transaction +@pubsub +@scripting -function -script|flush -script|kill -script|debug ${harmless} +sort +sort_ro`,
    own: `~* &* +@all ${harmless} +keys +sort +sort_ro +flushdb +flushall +role`,
};

/** The commands, a line each, that make users what they should be, for `redis-cli`. They may run any number of times. */
export function accessCommands(users: readonly RedisUser[]): string {
    return users.map(({ name, hash, rights }) => `ACL SETUSER ${name} reset on #${hash} ${rules[rights]}\n`).join("");
}
