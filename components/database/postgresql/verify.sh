# Loads the dumps in the folder BACKUP into a server of its own in SCRATCH, and compares: see EngineBackup.

export PGHOST="$SCRATCH" PGPORT=5432 PGUSER=postgres
owner=verify_owner

stop() { pg_ctl -D "$SCRATCH/data" -m immediate -s stop 2>/dev/null || true; }

start() {
    initdb -D "$SCRATCH/data" --username="$PGUSER" --auth=trust --encoding=UTF8 --locale=C.UTF-8 --no-sync \
        --no-instructions >/dev/null
    # Who reaches the socket is let in, and only this pod does. Nothing here has to outlive it.
    cat >>"$SCRATCH/data/postgresql.conf" <<END
listen_addresses = ''
unix_socket_directories = '$SCRATCH'
unix_socket_permissions = 0700
fsync = off
full_page_writes = off
wal_level = minimal
max_wal_senders = 0
dynamic_shared_memory_type = mmap
END
    trap stop EXIT
    trap 'exit 1' INT TERM
    pg_ctl -D "$SCRATCH/data" -l "$SCRATCH/log" -w -t 300 -s start || {
        cat "$SCRATCH/log" >&2
        fail "the server did not start"
    }
}

# Users that the dumps name; none of them logs in here.
make_users() {
    sort -u "$BACKUP/roles" - <<END | grep -vx "$PGUSER" | sed 's/"/""/g; s/.*/CREATE ROLE "&";/' | query postgres
$owner
END
}

verify() {
    say "loading $1"
    echo "CREATE DATABASE \"$1\" OWNER \"$owner\";" | query postgres
    load "$1" "$owner" ""
    echo "$count_tables" | query "$1" >"$TMPDIR/rows"
    diff "$BACKUP/$1.rows" "$TMPDIR/rows" || fail "$1 has other tables or rows than were dumped (<), namely these (>)"
    summary "$1" "$TMPDIR/rows" >>"$TMPDIR/found"
}

[ -s "$BACKUP/manifest" ] || fail "there is no backup to verify"
start
make_users
rm -f "$TMPDIR/found"
for each in $(databases_of_manifest); do
    verify "$each"
done
diff "$BACKUP/manifest" "$TMPDIR/found" || fail "the backup is another than its manifest says (<), namely this (>)"
say "the backup is whole:"
cat "$BACKUP/manifest"
