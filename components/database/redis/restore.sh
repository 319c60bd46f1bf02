#!/bin/sh
# Loads BACKUP into a server that holds nothing. See EngineBackup in engine.ts.
#
# Which restores there have been stands in the list of the server's users, as ones who can't log in: there no user's command
# reaches, and FLUSHALL does not either. A restore that was ended half-way is known by its name and done again over itself.
set -eu
umask 077

say() { echo "restore: $*"; }
fail() { say "$*" >&2; exit 1; }

cli() {
    REDISCLI_AUTH=$(cat "$CERTIFICATES/admin-password") \
        redis-cli --tls --cacert "$CERTIFICATES/ca.crt" --user admin -h "$ADDRESS" -p "$PORT" -e "$@"
}
# A command that has to succeed.
tell() { answer=$(cli "$@" 2>&1) || fail "$1: $answer"; }

name=$(printf '%s' "$RESTORE" | sha256sum | cut -c 1-32)
tell ACL USERS
is_marked() { echo "$answer" | grep -qx "$1-$name"; }
mark() { tell ACL SETUSER "$1-$name" reset; tell ACL SAVE; }

if is_marked restored; then
    say "$RESTORE was restored before"
    exit 0
fi
[ -s "$BACKUP/manifest" ] || fail "there is no manifest in the backup: the dump was not finished, or it is none"
read -r _ file sum keys lasting <"$BACKUP/manifest"
[ "$(sha256sum <"$BACKUP/$file" | cut -c 1-64)" = "$sum" ] || fail "$file is not what was dumped: its checksum differs"

if is_marked restoring; then
    say "an earlier run was ended half-way"
else
    [ "$(cli DBSIZE)" = 0 ] && [ -z "$(cli FUNCTION LIST)" ] || fail "the server holds other data; restore into an empty one"
    mark restoring
fi

# A server reads such a file at its start only. So one of our own does, and hands over key by key.
socket="$TMPDIR/redis.sock"
own() { redis-cli -s "$socket" -e "$@"; }
cp "$BACKUP/$file" "$TMPDIR/dump.rdb"
redis-server --port 0 --unixsocket "$socket" --unixsocketperm 700 --dir "$TMPDIR" --dbfilename dump.rdb --save '' --databases 1 \
    --tls-cluster yes --tls-ca-cert-file "$CERTIFICATES/ca.crt" --tls-cert-file "$CERTIFICATES/server.crt" \
    --tls-key-file "$CERTIFICATES/server.key" >"$TMPDIR/log" 2>&1 &
server=$!
stop() { kill "$server" 2>/dev/null || true; wait "$server" || true; }
trap stop EXIT
until own INFO persistence 2>/dev/null | tr -d '\r' | grep -qx 'loading:0'; do
    kill -0 "$server" 2>/dev/null || { tail -n 5 "$TMPDIR/log" >&2; fail "a server can't read $file"; }
    sleep 1
done

say "loading $keys keys"
own FUNCTION DUMP | head -c -1 >"$TMPDIR/functions"
answer=$(cli -X functions FUNCTION RESTORE functions REPLACE <"$TMPDIR/functions" 2>&1) || fail "functions: $answer"
hand_over='
local cursor = "0"
repeat
    local page = redis.call("SCAN", cursor, "COUNT", 100)
    cursor = page[1]
    if #page[2] > 0 then
        redis.call("MIGRATE", ARGV[1], ARGV[2], "", "0", "60000", "COPY", "REPLACE", "AUTH2", "admin", ARGV[3], "KEYS", unpack(page[2]))
    end
until cursor == "0"
return "done"'
# The password comes as the last argument, from its file.
answer=$(own -x EVAL "$hand_over" 0 "$ADDRESS" "$PORT" <"$CERTIFICATES/admin-password" 2>&1) || true
[ "$answer" = "done" ] || fail "not all keys arrived: $answer"

read -r arrived expiring <<END
$(cli INFO keyspace | tr -d '\r' | sed -n 's/^db0:keys=\([0-9]*\),expires=\([0-9]*\),.*/\1 \2/p')
END
[ $((${arrived:-0} - ${expiring:-0})) -ge "$lasting" ] || fail "of $lasting keys that never expire not all arrived"

mark restored
tell ACL DELUSER "restoring-$name"
tell ACL SAVE
say "done"
