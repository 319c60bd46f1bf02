import { createHash, createHmac, pbkdf2Sync } from "node:crypto";

/** PostgreSQL's own number of rounds (scram_iterations). */
const rounds = 4096;
const keyBytes = 32;

/**
 * What PostgreSQL keeps of a password (RFC 5803): with it the server can tell who knows the password, but nobody learns
 * the password from it. So the password itself never reaches the server, nor its log.
 *
 * @param password printable ASCII: other characters would have to be normalised first (RFC 4013)
 * @param salt in base64
 */
export function scramVerifier(password: string, salt: string): string {
    const salted = pbkdf2Sync(password, Buffer.from(salt, "base64"), rounds, keyBytes, "sha256");
    const keyed = (text: string): Buffer => createHmac("sha256", salted).update(text).digest();
    const storedKey = createHash("sha256").update(keyed("Client Key")).digest("base64");
    return `SCRAM-SHA-256$${rounds}:${salt}$${storedKey}:${keyed("Server Key").toString("base64")}`;
}
