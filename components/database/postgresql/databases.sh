#!/bin/sh
# What dump.sh, restore.sh and verify.sh begin with: which tables there are, and how a dump is loaded.
set -eu
umask 077

say() { echo "$*"; }
fail() {
    say "$*" >&2
    exit 1
}

# Runs SQL from stdin in a database, and prints what it gives.
query() { psql -X -A -t -q -v ON_ERROR_STOP=1 -d "dbname=$1"; }

# SQL that gives a query for each table: the table and how many rows it has. What an extension brings is the extension's.
count_tables="
SELECT format('SELECT format(''%%s %%s'', %L, count(*)) FROM ONLY %I.%I', format('%I.%I', nspname, relname), nspname, relname)
FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
WHERE relkind = 'r' AND nspname NOT IN ('pg_catalog', 'information_schema') AND nspname !~ '^pg_(toast|temp)'
AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = pg_class.oid AND deptype = 'e')
ORDER BY nspname COLLATE \"C\", relname COLLATE \"C\" \\gexec"

# A line of the manifest: a database, and the sum of what count_tables gave for it.
summary() { awk -v name="$1" '{ rows += $NF } END { printf "%s: %d tables, %d rows\n", name, NR, rows }' "$2"; }

databases_of_manifest() { sed 's/:.*//' "$BACKUP/manifest"; }

# Prints entries of a dump, of one kind, as SQL. Rights and owners are left out: they are the access Job's matter.
entries() {
    pg_restore --file=- --no-owner --no-acl --no-subscriptions --use-list="$1" "$2"
    say
}

# Loads a dump into an empty database as its owner OWNER, all or nothing, and then runs the SQL `closing`.
load() {
    database=$1 owner=$2 closing=$3
    dump="$BACKUP/$database.dump"
    parts=$TMPDIR/parts
    rm -rf "$parts"
    mkdir -p "$parts"
    pg_restore --list "$dump" >"$parts/all"
    entry='^[0-9]+; [0-9]+ [0-9]+'
    before='(EXTENSION|FOREIGN DATA WRAPPER|PROCEDURAL LANGUAGE|COMMENT - (EXTENSION|FOREIGN DATA WRAPPER|PROCEDURAL LANGUAGE))'
    after='(EVENT TRIGGER|COMMENT - (EVENT TRIGGER|PUBLICATION)|PUBLICATION)'
    grep -E "$entry SCHEMA " "$parts/all" >"$parts/schemas" || true
    grep -E "$entry $before " "$parts/all" >"$parts/before" || true
    grep -E "$entry $after " "$parts/all" >"$parts/after" || true
    grep -vE "$entry (SCHEMA|$before|$after) " "$parts/all" >"$parts/owned" || true
    # Only the superuser makes what is before and after. A stream that breaks off ends without COMMIT.
    {
        say 'BEGIN;' &&
            say "SET ROLE \"$owner\";" && entries "$parts/schemas" "$dump" &&
            say 'RESET ROLE;' && entries "$parts/before" "$dump" &&
            say "SET ROLE \"$owner\";" && entries "$parts/owned" "$dump" &&
            say 'RESET ROLE;' && entries "$parts/after" "$dump" &&
            say "$closing" &&
            say 'COMMIT;' && : >"$parts/complete"
    } | query "$database" >/dev/null || fail "$database was not loaded"
    [ -e "$parts/complete" ] || fail "$dump can't be read to its end"
    say 'ANALYZE;' | query "$database"
}
