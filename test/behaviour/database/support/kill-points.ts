import * as fs from "node:fs";
import * as path from "node:path";

/** Programs by which a script changes anything. */
const changing = ["mv", "rm", "touch", "sync", "pg_ctl", "psql"];

/**
 * Stands before a program and counts what changes something. At KILL_AT it ends the whole process group before the program
 * runs, or just after a promotion was asked for, which then goes on without who asked.
 */
const shim = `#!/bin/sh
name=\${0##*/}
PATH=\${PATH#*:}
case "$name $*" in
psql*pg_is_in_recovery* | psql*pg_control* | psql*pg_stat_* | psql*current_setting*) exec "$name" "$@" ;;
esac
count=$(($(cat "$KILL_COUNT") + 1))
echo "$count" >"$KILL_COUNT"
[ "$count" = "$KILL_AT" ] || exec "$name" "$@"
case "$*" in
*pg_promote*)
    "$name" "$@" &
    sleep 0.1
    ;;
esac
kill -9 0
`;

/** A folder for the front of PATH, and what a script needs to be ended at its nth change. */
export function killPoints(folder: string): (at: number) => NodeJS.ProcessEnv {
    const shims = path.join(folder, "shims");
    const count = path.join(folder, "count");
    fs.mkdirSync(shims, { recursive: true });
    fs.chmodSync(shims, 0o755);
    for (const program of changing) {
        fs.writeFileSync(path.join(shims, program), shim);
        fs.chmodSync(path.join(shims, program), 0o755);
    }
    return (at) => {
        fs.writeFileSync(count, "0");
        fs.chmodSync(count, 0o666);
        return { PATH: shims, KILL_COUNT: count, KILL_AT: `${at}` };
    };
}
