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
    divide
    # Only the superuser makes what is before and after. A stream that breaks off ends without COMMIT.
    {
        say 'BEGIN;' &&
            say "SET ROLE \"$owner\";" && entries "$parts/schemas" "$dump" &&
            say 'RESET ROLE;' && entries "$parts/before" "$dump" &&
            say "SET ROLE \"$owner\";" && entries "$parts/owned" "$dump" && large_objects "$parts/large" "$dump" &&
            say 'RESET ROLE;' && entries "$parts/after" "$dump" &&
            say "$closing" &&
            say 'COMMIT;' && : >"$parts/complete"
    } | query "$database" >/dev/null || fail "$database was not loaded"
    [ -e "$parts/complete" ] || fail "$dump can't be read to its end"
    say 'ANALYZE;' | query "$database"
}

# Sorts the dump's table of contents by who has to make what, and when.
divide() {
    entry='^[0-9]+; [0-9]+ [0-9]+'
    before='(EXTENSION|FOREIGN DATA WRAPPER|PROCEDURAL LANGUAGE|COMMENT - (EXTENSION|FOREIGN DATA WRAPPER|PROCEDURAL LANGUAGE))'
    after='(EVENT TRIGGER|COMMENT - (EVENT TRIGGER|PUBLICATION)|PUBLICATION)'
    part schemas -E "$entry SCHEMA "
    part before -E "$entry $before "
    part after -E "$entry $after "
    part large -E "$entry BLOBS "
    part owned -vE "$entry (SCHEMA|$before|$after|BLOBS) "
}

part() {
    name=$1
    shift
    grep "$@" "$parts/all" >"$parts/$name" || true
}

# The contents of large objects, of which pg_restore makes a transaction of its own. They are in hexadecimal digits, so
# these lines are nothing else.
large_objects() {
    [ -s "$1" ] || return 0
    entries "$1" "$2" >"$parts/large.sql" && grep -vx -e 'BEGIN;' -e 'COMMIT;' "$parts/large.sql"
}
