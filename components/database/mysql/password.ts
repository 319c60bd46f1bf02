import { createHash } from "node:crypto";

/** As MySQL writes it: thousands of rounds in three hexadecimal digits. */
const rounds = 5000;
const saltCharacters = 20;

/**
 * What MySQL keeps of a password, for `caching_sha2_password`: with it the server can tell who knows the password, but
 * nobody learns the password from it. So the password itself never reaches the server, nor its log.
 *
 * @param password ASCII
 * @param salt in base64, of which twenty characters are the salt
 * @see https://www.akkadia.org/drepper/SHA-crypt.txt, which MySQL follows but for the longer salt
 */
export function cachingSha2Hash(password: string, salt: string): string {
    const text = Buffer.from(salt.slice(0, saltCharacters), "ascii");
    return `$A$${(rounds / 1000).toString(16).padStart(3, "0")}$${text.toString("ascii")}${sha256Crypt(password, text)}`;
}

/** The digest of a password with a salt, in the 43 characters of `crypt`. */
export function sha256Crypt(password: string, salt: Buffer): string {
    const key = Buffer.from(password, "ascii");
    const first = firstDigest(key, salt);
    const keyBytes = repeated(sha256(...Array<Buffer>(key.length).fill(key)), key.length);
    const saltBytes = repeated(sha256(...Array<Buffer>(16 + first[0]!).fill(salt)), salt.length);
    let digest = first;
    for (let round = 0; round < rounds; round++) {
        const odd = round % 2 === 1;
        digest = sha256(
            odd ? keyBytes : digest,
            ...(round % 3 === 0 ? [] : [saltBytes]),
            ...(round % 7 === 0 ? [] : [keyBytes]),
            odd ? digest : keyBytes,
        );
    }
    return encoded(digest);
}

/** Mixes both, in a way that the password's length in bits decides. */
function firstDigest(key: Buffer, salt: Buffer): Buffer {
    const alternate = sha256(key, salt, key);
    const parts = [key, salt, repeated(alternate, key.length)];
    for (let bits = key.length; bits > 0; bits >>= 1) {
        parts.push((bits & 1) === 1 ? alternate : key);
    }
    return sha256(...parts);
}

function sha256(...parts: readonly Buffer[]): Buffer {
    return createHash("sha256").update(Buffer.concat(parts)).digest();
}

function repeated(bytes: Buffer, length: number): Buffer {
    return Buffer.concat(Array<Buffer>(Math.ceil(length / bytes.length)).fill(bytes)).subarray(0, length);
}

const alphabet = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** Six bits a character, of three bytes each that lie a third of the digest apart. */
function encoded(digest: Buffer): string {
    let text = "";
    for (let index = 0; index < 10; index++) {
        // The three places turn by one with each step.
        const places = [index, index + 10, index + 20].map((_, place) => (place * 10 + index * 21) % 30);
        text += characters(
            places.map((place) => digest[place]!),
            4,
        );
    }
    return text + characters([0, digest[31]!, digest[30]!], 3);
}

function characters([high, middle, low]: number[], count: number): string {
    let value = (high! << 16) | (middle! << 8) | low!;
    let text = "";
    for (let index = 0; index < count; index++) {
        text += alphabet[value & 63];
        value >>= 6;
    }
    return text;
}
