#!/bin/sh
# Readies a pod before its server starts, in an init container: files that the server takes only as its own, and on pod 0
# of a new set the administrator. Everything here may be ended at any time and is begun again: a directory takes its final
# name only when it is whole.
#
# POD_NAME      the pod, NAME-0 and so on          POD_HOST      a pod's host, %s is its ordinal
# DATA          the data, a folder of the volume   PORT          the port of every pod
# SETTINGS      ask-members.js                     CERTIFICATES  certificates with their keys, and the set's key
# RUN           a folder of this pod's own         ADMINISTRATOR subject of the administrator's certificate
# RELEASE and TAKES_OVER: see ../shared/version-note.sh, which stands before this
set -eu
umask 077

ordinal=${POD_NAME##*-}
most_members=7
written_by="${DATA%/*}/written-by"

say() { echo "prepare: $*"; }
fail() { say "$*" >&2; exit 1; }

# shellcheck disable=SC2059 # the host is a format
host_of() { printf "$POD_HOST" "$1"; }

# The server takes a certificate and its key as one file, and its key file from nobody else's hands: a Secret's files
# belong to root and are readable for a group.
own() {
    target="$RUN/$1"
    shift
    rm -f "$target"
    cat "$@" >"$target"
    chmod 0400 "$target"
}

# Hosts of other members that belong to a set. Who does not answer is not among them; the set is begun by a Job, which
# waits for every member and asks again.
members_of_sets() {
    OTHERS=
    member=0
    while [ "$member" -lt "$most_members" ]; do
        [ "$member" = "$ordinal" ] || OTHERS="$OTHERS $(host_of "$member"):$PORT"
        member=$((member + 1))
    done
    OPTIONS="?directConnection=true&serverSelectionTimeoutMS=3000&tls=true&tlsCAFile=$CERTIFICATES/ca.crt"
    export OTHERS OPTIONS
    # shellcheck disable=SC2016 # that is JavaScript
    mongosh --nodb --norc --quiet --eval '
        require(`${process.env.SETTINGS}/ask-members.js`)
            .membersOfSets(connect, process.env.OTHERS.trim().split(" "), process.env.OPTIONS)
            .then((hosts) => console.log(hosts.join(" ")))'
}

private="$RUN/private"
ask() { mongosh --norc --quiet "mongodb://$(echo "$private/mongod.sock" | sed 's,/,%2F,g')/admin?directConnection=true&serverSelectionTimeoutMS=2000" --eval "$1"; }

# A server that only a socket in a folder of ours leads to makes the administrator, whom nobody can log in as without the
# certificate. With a network, or on a member that asks for no login, whoever comes first would make that user.
initialise() {
    say "making an empty database with an administrator"
    rm -rf "$DATA.new" "$private"
    mkdir "$DATA.new" "$private"
    mongod --dbpath "$DATA.new" --bind_ip "$private/mongod.sock" --unixSocketPrefix "$private" --wiredTigerCacheSizeGB 0.25 &
    server=$!
    trap 'kill "$server" 2>/dev/null || true' EXIT
    until ask 'db.adminCommand({ ping: 1 }).ok' >/dev/null 2>&1; do
        kill -0 "$server" 2>/dev/null || fail "the server ended; its log stands above. A processor without AVX (ARM: 8.2-A) can't run it"
        sleep 1
    done
    ask "db.getSiblingDB('\$external').runCommand({ createUser: '$ADMINISTRATOR', roles: [{ role: 'root', db: 'admin' }] })" >/dev/null
    kill -TERM "$server"
    wait "$server" || fail "the server did not end as it should"
    trap - EXIT
    rm -rf "$private"
    [ ! -e "$DATA" ] || rmdir "$DATA"
    mv "$DATA.new" "$DATA"
    sync -f "$DATA"
}

# Data of before there was such a note can't be told: only the server reads which release's features it has, by which it refuses
# an older one itself. Where there is no data, the note is left from a start that never came to any.
[ ! -e "$DATA/WiredTiger" ] || check_version "$written_by" MongoDB
note_version "$written_by"

own server.pem "$CERTIFICATES/server.crt" "$CERTIFICATES/server.key"
own monitor.pem "$CERTIFICATES/monitor.crt" "$CERTIFICATES/monitor.key"
own keyfile "$CERTIFICATES/keyfile"

if [ -e "$DATA/WiredTiger" ]; then
    say "the data is there"
elif [ "$ordinal" != 0 ]; then
    mkdir -p "$DATA"
    say "the set fills this member"
else
    others=$(members_of_sets)
    if [ -n "$others" ]; then
        mkdir -p "$DATA"
        say "the volume is empty, and $others has the set: it fills this member"
    else
        initialise
    fi
fi
say "ready"
