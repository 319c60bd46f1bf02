#!/bin/sh
# What dump.sh, restore.sh and verify.sh begin with: a server of one's own, and how much databases hold.
set -eu
umask 077
export HOME="$TMPDIR"

say() { echo "$*"; }
fail() {
    say "$*" >&2
    exit 1
}

archive="$BACKUP/all.archive.gz"
databases_of_manifest() { sed 's/:.*//' "$BACKUP/manifest"; }

# A certificate and its key in one file, as the tools take them, and where they log in with it.
log_in() {
    cat "$CERTIFICATES/$1.crt" "$CERTIFICATES/$1.key" >"$TMPDIR/$1.pem"
    live="mongodb://$ADDRESS:$PORT/?replicaSet=rs0&authMechanism=MONGODB-X509&tls=true&tlsCAFile=$CERTIFICATES/ca.crt&tlsCertificateKeyFile=$TMPDIR/$1.pem"
}

# Runs JavaScript with the databases of a server.
evaluate() { mongosh --norc --quiet "$1" --eval "$2"; }

server=
stop() { [ -z "$server" ] || kill -KILL "$server" 2>/dev/null || true; }

# Starts a server in the folder $1, which only a socket in that folder leads to. Nothing in it has to outlive the script.
start() {
    rm -rf "$1/data" "$1/socket"
    mkdir -p "$1/data" "$1/socket"
    private="mongodb://$(echo "$1/socket/mongod.sock" | sed 's,/,%2F,g')/?directConnection=true"
    trap stop EXIT
    trap 'exit 1' INT TERM
    mongod --dbpath "$1/data" --bind_ip "$1/socket/mongod.sock" --unixSocketPrefix "$1/socket" --wiredTigerCacheSizeGB 0.25 >"$1/log" 2>&1 &
    server=$!
    until evaluate "$private&serverSelectionTimeoutMS=2000" 'db.adminCommand({ ping: 1 }).ok' >/dev/null 2>&1; do
        kill -0 "$server" 2>/dev/null || {
            cat "$1/log" >&2
            fail "the server did not start"
        }
        sleep 1
    done
}

# Prints a line of the manifest for each of the databases NAMES. Views hold nothing, and of the server's own collections
# only those that keep what a time series has.
count_of() {
    # shellcheck disable=SC2016 # that is JavaScript
    NAMES=$2 evaluate "$1" '
        for (const name of process.env.NAMES.trim().split(/\s+/)) {
            const database = db.getSiblingDB(name);
            const data = database.getCollectionInfos({ type: "collection" })
                .map((each) => each.name)
                .filter((each) => !each.startsWith("system.") || each.startsWith("system.buckets."));
            let documents = 0;
            for (const each of data) {
                documents += database.getCollection(each).countDocuments({});
            }
            print(`${name}: ${data.length} collections, ${documents} documents`);
        }'
}
