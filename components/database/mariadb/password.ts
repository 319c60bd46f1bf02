import { createHash } from "node:crypto";

/**
 * What MariaDB keeps of a password, for `mysql_native_password`: every client knows it, which can't be said of ed25519 or
 * PARSEC. The hash has no salt and takes no time to make, and so would not hide a password that people choose; one of 32
 * random characters can't be guessed from it.
 *
 * @see https://mariadb.com/docs/server/reference/plugins/authentication-plugins/authentication-plugin-mysql_native_password
 */
export function nativePasswordHash(password: string): string {
    const sha1 = (bytes: Buffer | string): Buffer => createHash("sha1").update(bytes).digest();
    return `*${sha1(sha1(password)).toString("hex").toUpperCase()}`;
}
