#!/bin/sh
# Loads BACKUP into a server that holds nothing. See EngineBackup in engine.ts.
#
# Which restores there have been stands in the list of the server's users, as ones who can't log in: there no user's command
# reaches, and FLUSHALL does not either. A restore that was ended half-way is known by its name and begun again from nothing.
set -eu
umask 077

say() { echo "restore: $*"; }
fail() { say "$*" >&2; exit 1; }

REDISCLI_AUTH=$(cat "$CERTIFICATES/admin-password")
export REDISCLI_AUTH
cli() { redis-cli --tls --cacert "$CERTIFICATES/ca.crt" --user admin -h "$ADDRESS" -p "$PORT" "$@"; }
# A command that has to succeed.
tell() { answer=$(cli -e "$@" 2>&1) || fail "$1: $answer"; }

name=$(printf '%s' "$RESTORE" | sha256sum | cut -c 1-32)
socket="$TMPDIR/redis.sock"
server=

tell ACL USERS
is_marked() { echo "$answer" | grep -qx "$1-$name"; }
mark() { tell ACL SETUSER "$1-$name" reset; }
has_data() { [ "$(cli -e DBSIZE)" != 0 ] || [ -n "$(cli -e FUNCTION LIST)" ]; }

if is_marked restored; then
    say "$RESTORE was restored before"
    exit 0
fi
[ -s "$BACKUP/manifest" ] || fail "there is no manifest in the backup: the dump was not finished, or it is none"
read -r _ file sum keys lasting <"$BACKUP/manifest"
[ "$(sha256sum <"$BACKUP/$file" | cut -c 1-64)" = "$sum" ] || fail "$file is not what was dumped: its checksum differs"

if is_marked restoring; then
    say "beginning again"
    tell FLUSHALL
    tell FUNCTION FLUSH
elif has_data; then
    fail "the server holds other data; restore into an empty one"
fi
mark restoring
tell ACL SAVE

# A server of our own reads the file and writes it as commands, which any server takes: RDB files it reads at its start only.
stop() { [ -z "$server" ] || { kill "$server" 2>/dev/null || true; wait "$server" || true; }; }
trap stop EXIT
own() { redis-cli -s "$socket" -e "$@"; }
unset_auth() { (unset REDISCLI_AUTH; "$@"); }
state_of() { unset_auth own INFO persistence | tr -d '\r' | sed -n "s/^$1://p"; }

mkdir -p "$TMPDIR/log"
cp "$BACKUP/$file" "$TMPDIR/dump.rdb"
redis-server --port 0 --unixsocket "$socket" --unixsocketperm 700 --dir "$TMPDIR" --dbfilename dump.rdb --save '' \
    --appenddirname log --aof-use-rdb-preamble no --databases 1 --loglevel warning &
server=$!
until [ "$(state_of loading 2>/dev/null)" = 0 ]; do
    kill -0 "$server" 2>/dev/null || fail "a server can't read $file"
    sleep 1
done
[ "$(unset_auth own CONFIG SET appendonly yes)" = OK ] || fail "the dump can't be written as commands"
until [ "$(state_of aof_rewrite_in_progress)$(state_of aof_rewrite_scheduled)" = 00 ]; do sleep 1; done
[ "$(state_of aof_last_bgrewrite_status)" = ok ] || fail "the dump can't be written as commands; is there room for it in $TMPDIR?"

say "loading $keys keys"
cat "$TMPDIR"/log/*.base.aof | cli --pipe

loaded=$(cli -e INFO keyspace | tr -d '\r' | sed -n 's/^db0:keys=\([0-9]*\),expires=\([0-9]*\),.*/\1 \2/p')
# shellcheck disable=SC2086 # two numbers
set -- ${loaded:-0 0}
[ $(($1 - $2)) -ge "$lasting" ] || fail "$(($1 - $2)) keys that never expire arrived, and $lasting were dumped"

mark restored
tell ACL DELUSER "restoring-$name"
tell ACL SAVE
say "done"
