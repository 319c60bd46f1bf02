#!/bin/sh
# Writes all of a server's data into BACKUP: dump.rdb, and as the last one manifest. See EngineBackup in engine.ts.
set -eu
umask 077

say() { echo "dump: $*"; }

REDISCLI_AUTH=$(cat "$CERTIFICATES/backup-password")
export REDISCLI_AUTH
dump="$BACKUP/dump.rdb"

# The server sends what it would send to a new copy: all keys at one moment, and functions.
redis-cli --tls --cacert "$CERTIFICATES/ca.crt" --user backup -h "$ADDRESS" -p "$PORT" --rdb "$dump" >/dev/null

# Reads every key of the file, and fails where it can't.
checked=$(redis-check-rdb "$dump")
number_of() { echo "$checked" | sed -n "s/^\[info\] \([0-9]*\) $1\$/\1/p"; }
keys=$(number_of 'keys read')
lasting=$((keys - $(number_of 'expires')))

# Database, file, its SHA-256, keys, and how many of them never expire, which is the same whenever one counts.
echo "$DATABASES dump.rdb $(sha256sum <"$dump" | cut -c 1-64) $keys $lasting" >"$BACKUP/manifest"
say "$keys keys, $lasting of them for good"
