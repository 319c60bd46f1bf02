# Loads the dumps in the folder BACKUP into a server's empty databases, once: see EngineBackup for the environment.
# A database and the note that it was loaded are written in one transaction, so a run that is ended can be run again.

export PGHOST="$ADDRESS" PGPORT="$PORT" PGUSER=postgres PGSSLMODE=verify-full PGSSLROOTCERT="$CERTIFICATES/ca.crt" \
    PGSSLCERT="$CERTIFICATES/client.crt" PGSSLKEY="$CERTIFICATES/client.key" PGCONNECT_TIMEOUT=30

setting=kubernetes_faas.restored
# The restore that a database was loaded by; nothing if there was none. A dump does not carry it along.
restored() {
    query postgres <<END
SELECT split_part(line, '=', 2) FROM pg_database JOIN pg_db_role_setting ON setdatabase = pg_database.oid AND setrole = 0,
unnest(setconfig) AS line WHERE datname = '$1' AND line LIKE '$setting=%';
END
}
note() { echo "ALTER DATABASE \"$1\" SET $setting = '$RESTORE';"; }

owner_of() { echo "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = '$1';" | query postgres; }

# How many tables, functions, types and schemas a database has that no extension brought.
objects_in() {
    query "$1" <<'END'
SELECT count(*) FROM (
    SELECT 'pg_class'::regclass AS kind, oid, relnamespace AS home FROM pg_class
    UNION ALL SELECT 'pg_proc'::regclass, oid, pronamespace FROM pg_proc
    UNION ALL SELECT 'pg_type'::regclass, oid, typnamespace FROM pg_type
    UNION ALL SELECT 'pg_namespace'::regclass, oid, oid FROM pg_namespace WHERE nspname <> 'public'
) AS object JOIN pg_namespace ON pg_namespace.oid = home
WHERE nspname <> 'information_schema' AND nspname !~ '^pg_'
AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = kind AND objid = object.oid AND deptype = 'e');
END
}

check() {
    [ -n "$(owner_of "$1")" ] ||
        fail "the backup holds the database $1, which this server lacks; name it in \`database\` or \`databases\`"
    [ "$(restored "$1")" = "$RESTORE" ] || [ "$(objects_in "$1")" = 0 ] ||
        fail "the database $1 holds other data, which a restore would mix with the backup's; restore into a new database"
}

say "asking $ADDRESS"
done_before=$(restored postgres)
if [ "$done_before" = "$RESTORE" ]; then
    say "the restore $RESTORE was done before"
    exit 0
fi
[ -s "$BACKUP/manifest" ] || fail "there is no backup to restore"
for each in $(databases_of_manifest); do
    check "$each"
done
for each in $(databases_of_manifest); do
    if [ "$(restored "$each")" != "$RESTORE" ]; then
        say "loading $each"
        load "$each" "$(owner_of "$each")" "$(note "$each")"
    fi
done
note postgres | query postgres
say "the restore $RESTORE is done"
cat "$BACKUP/manifest"
