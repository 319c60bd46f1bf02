import * as fs from "node:fs";
import * as path from "node:path";
import { unpackedPackages } from "../../../support/debian";
import { type Programs, readableCopy } from "./programs";

/** Debian's MariaDB 10.11, and the libraries that a small machine may lack. */
const mariadbPackages = [
    "mariadb-server-core",
    "mariadb-server",
    "mariadb-client-core",
    "mariadb-client",
    "mariadb-common",
    "libmariadb3",
    "libaio1",
    "liburing2",
];

/** MariaDB's programs where another user than root may run them; or why there are none. */
export async function findMariaDb(): Promise<Programs | { missing: string }> {
    if (process.getuid?.() !== 0) {
        return { missing: "a server as another user needs root" };
    }
    const unpacked = await unpackedPackages("debian-mariadb", mariadbPackages);
    if ("missing" in unpacked) {
        return unpacked;
    }
    const programs = readableCopy(unpacked.folder, "usr/bin");
    const root = path.join(programs.folders[0]!, "..");
    const relocated = path.join(root, "relocated");
    fs.mkdirSync(relocated);
    // The packages expect to lie below /usr.
    const share = path.join(root, "share/mysql");
    const places = [
        `--lc-messages-dir=${share}`,
        `--character-sets-dir=${share}/charsets`,
        `--plugin-dir=${root}/lib/mysql/plugin`,
    ];
    write(relocated, "mariadbd", `exec ${root}/sbin/mariadbd "$@" ${places.join(" ")}`);
    write(
        relocated,
        "mariadb-install-db",
        `first=$1; shift; exec sh ${root}/bin/mariadb-install-db "$first" --basedir=${root} "$@"`,
    );
    return { ...programs, folders: [relocated, ...programs.folders] };
}

function write(folder: string, name: string, command: string): void {
    fs.writeFileSync(path.join(folder, name), `#!/bin/sh\n${command}\n`, { mode: 0o755 });
}
