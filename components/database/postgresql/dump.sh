# Dumps every database of a server into the folder BACKUP, each from one snapshot: see EngineBackup for the environment.

export PGHOST="$ADDRESS" PGPORT="$PORT" PGUSER=backup PGSSLMODE=verify-full PGSSLROOTCERT="$CERTIFICATES/ca.crt" \
    PGSSLCERT="$CERTIFICATES/backup.crt" PGSSLKEY="$CERTIFICATES/backup.key" PGCONNECT_TIMEOUT=30
export BACKUP TMPDIR DATABASE COMPRESSION

# 16 and later know zstd: https://www.postgresql.org/docs/16/app-pgdump.html
COMPRESSION=zstd:3
[ "$(pg_dump --version | sed -E 's/^[^0-9]*([0-9]+).*/\1/')" -ge 16 ] || COMPRESSION=6

# The transaction that counts rows stays open while pg_dump reads from its snapshot.
dump() {
    DATABASE=$1
    rm -f "$TMPDIR/dumped"
    query "$1" >"$BACKUP/$1.rows" <<END
BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY;
SELECT count(set_config(name, '0', true)) AS unlimited FROM pg_settings
WHERE name IN ('idle_in_transaction_session_timeout', 'statement_timeout', 'transaction_timeout') \gset
SELECT pg_export_snapshot() AS snapshot \gset
\setenv SNAPSHOT :snapshot
\! pg_dump --format=custom --compress="\$COMPRESSION" --snapshot="\$SNAPSHOT" --file="\$BACKUP/\$DATABASE.dump" --dbname="\$DATABASE" && : >"\$TMPDIR/dumped"
$count_tables
COMMIT;
END
    [ -e "$TMPDIR/dumped" ] || fail "$1 was not dumped"
    summary "$1" "$BACKUP/$1.rows" >>"$TMPDIR/manifest"
}

rm -f "$TMPDIR/manifest"
for each in $DATABASES; do
    say "dumping $each"
    dump "$each"
done
# Rules on rows name users, so whoever loads the dumps needs these names.
query postgres >"$BACKUP/roles" <<'END'
SELECT rolname FROM pg_roles WHERE rolname !~ '^pg_' ORDER BY rolname;
END
mv "$TMPDIR/manifest" "$BACKUP/manifest"
cat "$BACKUP/manifest"
