import * as fs from "node:fs";
import * as path from "node:path";

/**
 * Puts scripts in the place of programs, in a folder for the front of PATH. There `$real` is the program, and what a program
 * starts by name finds the scripts, too.
 *
 * @param scripts for `sh`, by the programs' names
 * @param search a PATH that has the programs
 */
export function wrapPrograms(folder: string, scripts: Readonly<Record<string, string>>, search: string): void {
    fs.mkdirSync(folder, { recursive: true });
    fs.chmodSync(folder, 0o755);
    const places = search.split(":");
    for (const [name, script] of Object.entries(scripts)) {
        const real = places.map((place) => path.join(place, name)).find((file) => fs.existsSync(file));
        if (real === undefined) {
            throw new Error(`there is no ${name} in ${search}`);
        }
        fs.writeFileSync(path.join(folder, name), `#!/bin/sh\nreal='${real}'\n${script}\n`, { mode: 0o755 });
    }
}

/** Ends a container, as a lost node would, when a program begins with arguments that fit a pattern of `case`. */
export const endsBefore = (pattern: string): string =>
    `case "$*" in ${pattern}) kill -KILL 0 ;; esac\nexec "$real" "$@"`;

/** Ends a container while a program runs, or just after it: once a file is there. */
export const endsOnce = (file: string): string =>
    `"$real" "$@" &\nuntil [ -e '${file}' ]; do sleep 0.01; done\nkill -KILL 0`;

/** Writes down how a program is called. */
export const recordsTo = (file: string): string => `printf '%s\\n' "\${0##*/} $*" >>'${file}'\nexec "$real" "$@"`;
