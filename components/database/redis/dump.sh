#!/bin/sh
# Writes all of a server's data into BACKUP: dump.rdb, and as the last one manifest. See EngineBackup in engine.ts.
set -eu
umask 077

say() { echo "dump: $*"; }
fail() { say "$*" >&2; exit 1; }

REDISCLI_AUTH=$(cat "$CERTIFICATES/backup-password")
export REDISCLI_AUTH
dump="$BACKUP/dump.rdb"

# The server sends what it would send to a new copy: all keys at one moment, and functions.
redis-cli --tls --cacert "$CERTIFICATES/ca.crt" --user backup -h "$ADDRESS" -p "$PORT" --rdb "$dump" >/dev/null

# Reads every key of the file, and fails where it can't.
checked=$(redis-check-rdb "$dump") || fail "what the server sent can't be read: $checked"
number_of() { echo "$checked" | sed -n "s/^\[info\] \([0-9]*\) $1\$/\1/p" | grep . || echo 0; }
keys=$(number_of 'keys read')
# A hash goes with the last of its fields, which can have times of their own since Redis 7.4.
lasting=$((keys - $(number_of expires) - $(number_of subexpires)))
[ "$lasting" -ge 0 ] || lasting=0

# Database, file, its SHA-256, keys, and how many of them at least never expire.
echo "$DATABASES dump.rdb $(sha256sum <"$dump" | cut -c 1-64) $keys $lasting" >"$BACKUP/manifest"
say "$keys keys, $lasting of them for good"
