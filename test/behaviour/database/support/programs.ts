import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { makeRunnable, newestPackages, unpackedPackages } from "../../../support/debian";

/** Who runs the servers: they refuse to run as root. */
export const nobody = 65_534;

/** Programs of a server, and the environment that they need. */
export interface Programs {
    /** The server's version, as far as one server reads what another has written. */
    readonly version: string;
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

/** A server as a release of Debian has it. */
interface Packaged {
    /** Prints the version. */
    server: string;
    packages: readonly string[];
    /** Folders of its programs. */
    folders: readonly string[];
}

/** A server in Debian's newest release, which is as new as the image, and in Debian 12, which most machines here have. */
export interface Releases {
    newest: Packaged;
    /** With the libraries that a small machine may lack. */
    own?: Packaged;
}

/** A server of each of Debian's releases, for what passes from the older to the newer. */
export interface BothPrograms {
    older: Programs;
    newer: Programs;
}

/**
 * Programs where another user than root may run them, as new as can be had, unless KUBERNETES_FAAS_TEST_SERVERS is `older`; or why
 * there are none.
 */
export async function findPrograms(server: string, { newest, own }: Releases): Promise<Programs | { missing: string }> {
    const older = own && process.env.KUBERNETES_FAAS_TEST_SERVERS === "older";
    const newer = older ? { missing: "they were asked for" } : await newestPrograms(server, newest);
    if (!("missing" in newer) || !own) {
        return newer;
    }
    console.log(`      ${server} of Debian 12 in the place of a newer one: ${newer.missing}`);
    return ownPrograms(server, own);
}

/** The older and the newer programs; or why one of them can't be had. */
export async function findBothPrograms(
    server: string,
    { newest, own }: Required<Releases>,
): Promise<BothPrograms | { missing: string }> {
    const newer = await newestPrograms(server, newest);
    if ("missing" in newer) {
        return { missing: `the newer ${server}: ${newer.missing}` };
    }
    const older = await ownPrograms(server, own);
    if ("missing" in older) {
        newer.remove();
        return { missing: `the older ${server}: ${older.missing}` };
    }
    return { older, newer };
}

async function newestPrograms(server: string, newest: Packaged): Promise<Programs | { missing: string }> {
    if (process.getuid?.() !== 0) {
        return withoutRoot;
    }
    const unpacked = await newestPackages(`newest-${server}`, newest.packages);
    if ("missing" in unpacked) {
        return unpacked;
    }
    try {
        return readableCopy(unpacked.folder, newest, ownLibraries);
    } catch (error) {
        return { missing: `${server} of Debian's newest release does not run: ${(error as Error).message}` };
    }
}

async function ownPrograms(server: string, own: Packaged): Promise<Programs | { missing: string }> {
    if (process.getuid?.() !== 0) {
        return withoutRoot;
    }
    const unpacked = await unpackedPackages(`debian-${server}`, own.packages);
    return "missing" in unpacked ? unpacked : readableCopy(unpacked.folder, own, addedLibraries);
}

const withoutRoot = { missing: "a server as another user needs root" };

/** PostgreSQL in Debian's releases. */
export const postgresqlReleases = {
    newest: {
        server: "postgres",
        packages: ["postgresql-18", "postgresql-client-18"],
        folders: ["usr/lib/postgresql/18/bin"],
    },
    own: {
        server: "postgres",
        packages: [
            "postgresql-15",
            "postgresql-client-15",
            "libpq5",
            "libicu72",
            "libldap-2.5-0",
            "libsasl2-2",
            "libxml2",
            "libxslt1.1",
        ],
        folders: ["usr/lib/postgresql/15/bin"],
    },
};

/** PostgreSQL's programs. */
export const findPostgreSql = (): Promise<Programs | { missing: string }> =>
    findPrograms("postgresql", postgresqlReleases);

/** Makes the programs of a folder run; gives the environment that they need. */
type Libraries = (folder: string, programs: readonly string[]) => Record<string, string>;

const ownLibraries: Libraries = (folder, programs) => {
    programs.forEach((each) => makeRunnable(folder, each));
    return {};
};

const addedLibraries: Libraries = (folder) => {
    const place = path.join(folder, "usr/lib");
    // A program that needs no libraries brings no folder for them.
    const libraries = fs.existsSync(place) ? fs.readdirSync(place).filter((name) => name.endsWith("-linux-gnu")) : [];
    const environment: Record<string, string> = {};
    if (libraries.length > 0) {
        environment["LD_LIBRARY_PATH"] = libraries.map((name) => path.join(place, name)).join(":");
    }
    return environment;
};

const copies = new Set<string>();

// Of a run that breaks off, too.
process.once("exit", () => copies.forEach((copy) => fs.rmSync(copy, { recursive: true, force: true })));

/** The cache may lie in a home directory that nobody else may enter. */
function readableCopy(folder: string, { server, folders }: Packaged, libraries: Libraries): Programs {
    const copy = fs.mkdtempSync(path.join(os.tmpdir(), "kubernetes-faas-programs-"));
    copies.add(copy);
    fs.cpSync(folder, copy, { recursive: true, verbatimSymlinks: true });
    fs.chmodSync(copy, 0o755);
    const environment = libraries(copy, folders);
    const places = folders.map((each) => path.join(copy, each));
    return {
        version: versionOf(server, places, environment),
        folders: places,
        environment,
        remove: () => {
            fs.rmSync(copy, { recursive: true, force: true });
            copies.delete(copy);
        },
    };
}

/** What a server says of itself, as far as it matters for its data: `18`, `11.8`. */
function versionOf(server: string, folders: readonly string[], environment: Record<string, string>): string {
    const PATH = [...folders, process.env.PATH].join(":");
    const output = execFileSync(server, ["--version"], { env: { ...environment, PATH }, encoding: "utf8" });
    const [, major, minor] = /(\d+)\.(\d+)/.exec(output)!;
    const version = server === "postgres" ? major! : `${major!}.${minor!}`;
    console.log(`      ${server} ${version}`);
    return version;
}
