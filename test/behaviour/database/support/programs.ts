import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { unpackedPackages } from "../../../support/debian";

/** Who runs the servers: they refuse to run as root. */
export const nobody = 65_534;

/** Programs of a server, and the environment that they need. */
export interface Programs {
    /** Folders for PATH. */
    readonly folders: readonly string[];
    readonly environment: Readonly<Record<string, string>>;
    remove(): void;
}

/** What a suite needs to run, which is skipped where that can't be had. To be called in its `before`. */
export async function needed<T extends object>(
    suite: Mocha.Context,
    find: () => Promise<T | { missing: string }>,
): Promise<T> {
    const found = await find();
    if ("missing" in found) {
        console.log(`      skipped: ${found.missing}`);
        suite.skip();
    }
    return found;
}

/** Debian's PostgreSQL 15, and the libraries that a small machine may lack. */
const postgresqlPackages = [
    "postgresql-15",
    "postgresql-client-15",
    "libpq5",
    "libicu72",
    "libldap-2.5-0",
    "libsasl2-2",
    "libxml2",
    "libxslt1.1",
];

/** PostgreSQL's programs where another user than root may run them; or why there are none. */
export async function findPostgreSql(): Promise<Programs | { missing: string }> {
    if (process.getuid?.() !== 0) {
        return { missing: "a server as another user needs root" };
    }
    const unpacked = await unpackedPackages("debian-postgresql", postgresqlPackages);
    return "missing" in unpacked ? unpacked : readableCopy(unpacked.folder, "usr/lib/postgresql/15/bin");
}

/** The cache may lie in a home directory that nobody else may enter. */
export function readableCopy(folder: string, programs: string): Programs {
    const copy = fs.mkdtempSync(path.join(os.tmpdir(), "kubernetes-faas-programs-"));
    fs.cpSync(folder, copy, { recursive: true, verbatimSymlinks: true });
    fs.chmodSync(copy, 0o755);
    const libraries = fs.readdirSync(path.join(copy, "usr/lib")).filter((name) => name.endsWith("-linux-gnu"));
    return {
        folders: [path.join(copy, programs)],
        environment: {
            LD_LIBRARY_PATH: libraries.map((name) => path.join(copy, "usr/lib", name)).join(":"),
        },
        remove: () => fs.rmSync(copy, { recursive: true, force: true }),
    };
}
