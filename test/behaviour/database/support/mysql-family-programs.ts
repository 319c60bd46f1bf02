import * as fs from "node:fs";
import * as path from "node:path";
import { type BothPrograms, findBothPrograms, findPrograms, type Programs } from "./programs";

const folders = ["usr/bin", "usr/sbin"];

const mariadbReleases = {
    newest: {
        server: "mariadbd",
        packages: ["mariadb-server-core", "mariadb-server", "mariadb-client-core", "mariadb-client"],
        folders,
    },
    own: {
        server: "mariadbd",
        packages: [
            "mariadb-server-core",
            "mariadb-server",
            "mariadb-client-core",
            "mariadb-client",
            "mariadb-common",
            "libmariadb3",
            "libaio1",
            "liburing2",
        ],
        folders,
    },
};

/** MariaDB's programs. */
export async function findMariaDb(): Promise<Programs | { missing: string }> {
    const found = await findPrograms("mariadb", mariadbReleases);
    return "missing" in found ? found : relocatedMariaDb(found);
}

/** MariaDB's programs of two versions. */
export async function findBothMariaDbs(): Promise<BothPrograms | { missing: string }> {
    const found = await findBothPrograms("mariadb", mariadbReleases);
    return "missing" in found ? found : { older: relocatedMariaDb(found.older), newer: relocatedMariaDb(found.newer) };
}

const relocatedMariaDb = (programs: Programs): Programs => relocated(programs, "mariadbd", ["mariadb-install-db"]);

/** MySQL's programs, which Debian 12 does not have. */
export async function findMySql(): Promise<Programs | { missing: string }> {
    const found = await findPrograms("mysql", {
        newest: { server: "mysqld", packages: ["mysql-server-core", "mysql-client-core"], folders },
    });
    return "missing" in found ? found : relocated(found, "mysqld");
}

/** The packages expect to lie below /usr: their server, and scripts that start it, are told otherwise. */
function relocated(programs: Programs, server: string, scripts: readonly string[] = []): Programs {
    const root = path.join(programs.folders[0]!, "..");
    const folder = path.join(root, "relocated");
    fs.mkdirSync(folder);
    const share = path.join(root, "share/mysql");
    const places = [
        `--lc-messages-dir=${share}`,
        `--character-sets-dir=${share}/charsets`,
        `--plugin-dir=${root}/lib/mysql/plugin`,
    ];
    write(folder, server, `exec ${root}/sbin/${server} "$@" ${places.join(" ")}`);
    for (const script of scripts) {
        write(folder, script, `first=$1; shift; exec sh ${root}/bin/${script} "$first" --basedir=${root} "$@"`);
    }
    return { ...programs, folders: [folder, ...programs.folders] };
}

function write(folder: string, name: string, command: string): void {
    fs.writeFileSync(path.join(folder, name), `#!/bin/sh\n${command}\n`, { mode: 0o755 });
}
