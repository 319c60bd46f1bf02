import { createHash } from "node:crypto";

/** Ports of the pods, all above 1024: no right of root's is needed for them. No Service leads to `status`. */
export const ports = { web: 8000, websecure: 8443, status: 8100 } as const;

/** Where the pods find their files. */
export const paths = {
    configuration: "/etc/kong/declarative",
    certificate: "/etc/kong/certificate",
    prefix: "/kong_prefix",
} as const;

/** The file with all that Kong serves. By its ending Kong reads it as JSON, where `no` and `off` stay texts. */
export const configurationFile = "kong.json";

/** The plugins that the configuration uses; Kong loads no others. */
export const plugins = [
    "acl",
    "basic-auth",
    "cors",
    "ip-restriction",
    "jwt",
    "key-auth",
    "prometheus",
    "rate-limiting",
    "request-size-limiting",
    "request-termination",
    "request-transformer",
    "response-transformer",
] as const;
export type PluginName = (typeof plugins)[number];

/** Lengths of the parts of a UUID in hexadecimal digits. */
const uuidParts = [8, 4, 4, 4, 12];

/** A UUID that the names alone decide (RFC 9562, version 8): the same in every pod and every run. */
export function uuidOf(...names: string[]): string {
    const digits = [...createHash("sha256").update(JSON.stringify(names)).digest("hex").slice(0, 32)];
    digits[12] = "8";
    digits[16] = "a";
    return uuidParts.map((length) => digits.splice(0, length).join("")).join("-");
}
