#!/bin/sh
# Loads BACKUP into a server of its own and compares what arrives with the manifest. See EngineBackup in engine.ts.
set -eu
umask 077

say() { echo "verify: $*"; }
fail() { say "$*" >&2; exit 1; }

[ -s "$BACKUP/manifest" ] || fail "there is no manifest: the dump was not finished"
read -r _ file sum keys lasting <"$BACKUP/manifest"
[ "$(sha256sum <"$BACKUP/$file" | cut -c 1-64)" = "$sum" ] || fail "$file is not what was dumped: its checksum differs"

socket="$SCRATCH/redis.sock"
own() { redis-cli -s "$socket" -e "$@" | tr -d '\r'; }
cp "$BACKUP/$file" "$SCRATCH/dump.rdb"
redis-server --port 0 --unixsocket "$socket" --unixsocketperm 700 --dir "$SCRATCH" --dbfilename dump.rdb --save '' \
    --databases 1 --loglevel warning &
server=$!
stop() { kill "$server" 2>/dev/null || true; wait "$server" || true; }
trap stop EXIT
until own INFO persistence 2>/dev/null | grep -qx 'loading:0'; do
    kill -0 "$server" 2>/dev/null || fail "a server can't read $file"
    sleep 1
done

# Keys whose time is up since the dump are gone; the others are all there.
read -r arrived expiring <<END
$(own INFO keyspace | sed -n 's/^db0:keys=\([0-9]*\),expires=\([0-9]*\),.*/\1 \2/p')
END
arrived=${arrived:-0}
[ "$arrived" -le "$keys" ] && [ $((arrived - ${expiring:-0})) -ge "$lasting" ] ||
    fail "$arrived keys arrived, ${expiring:-0} of them for a time; $keys were dumped, $lasting of them for good"
say "$arrived keys arrived, as they were dumped"
