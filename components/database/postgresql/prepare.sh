#!/bin/sh
# Readies a pod's data before its server starts, in an init container. Everything here may be ended at any time and is
# begun again: a directory takes its final name only when it is whole. Pod 0 takes writes, the others copy it.
#
# POD_NAME      the pod, NAME-0 and so on          POD_HOST      a pod's host, %s is its ordinal
# PGDATA        the data                           PGPORT        the port of every pod
# SETTINGS      postgresql.conf and pg_hba.conf    CERTIFICATES  the authority, and the superuser's certificate
# RUN           a folder of this pod's own, which the server includes pod.conf from
set -eu
umask 077

ordinal=${POD_NAME##*-}
primary=0
most_replicas=9
user=postgres
conninfo_tail="port=$PGPORT user=$user sslmode=verify-full sslrootcert=$CERTIFICATES/ca.crt sslcert=$CERTIFICATES/client.crt sslkey=$CERTIFICATES/client.key connect_timeout=5"

say() { echo "prepare: $*"; }
fail() { say "$*" >&2; exit 1; }

# shellcheck disable=SC2059 # the host is a format
host_of() { printf "$POD_HOST" "$1"; }
conninfo() { echo "host=$(host_of "$1") application_name=pod_$ordinal $conninfo_tail"; }
# Asks the server of a pod.
query() { psql -X -A -t -q -v ON_ERROR_STOP=1 -d "$(conninfo "$1") dbname=postgres" -c "$2"; }
# The same; prints nothing when it does not answer.
ask() { query "$1" "$2" 2>/dev/null || true; }

slot="pod_$ordinal"
drop_slot="SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = '$slot' AND NOT active"
create_slot="SELECT pg_create_physical_replication_slot('$slot') WHERE NOT EXISTS (SELECT FROM pg_replication_slots WHERE slot_name = '$slot')"

check_version() {
    made_by=$(cat "$PGDATA/PG_VERSION")
    runs=$(postgres --version | sed -E 's/^[^0-9]*([0-9]+).*/\1/')
    [ "$made_by" = "$runs" ] ||
        fail "the data was made by PostgreSQL $made_by and this is $runs, which can't read it; go back to $made_by, or dump the data and restore it into a database of another name"
}

initialise() {
    pod=1
    while [ "$pod" -lt "$most_replicas" ]; do
        [ -z "$(ask "$pod" 'SELECT 1')" ] ||
            fail "this pod takes the writes and has no data, but pod $pod has; an empty database would take its place. Copy pod $pod's data first: see docs/databases.md"
        pod=$((pod + 1))
    done
    say "making an empty database"
    rm -rf "$PGDATA.new"
    # The locale C.UTF-8 sorts the same with every version of the system's library, so indexes outlive an update of the image.
    initdb -D "$PGDATA.new" --username="$user" --auth-local=peer --auth-host=scram-sha-256 --data-checksums \
        --encoding=UTF8 --locale=C.UTF-8 --no-instructions >/dev/null
    mv "$PGDATA.new" "$PGDATA"
    sync
}

seed() {
    say "copying the data of pod $primary"
    until [ "$(ask "$primary" 'SELECT 1')" = 1 ]; do
        say "waiting for pod $primary to answer"
        sleep 2
    done
    # A slot of before may have lost what it kept, and then serves no copy any more. Made apart from the copy, which can
    # be begun again.
    query "$primary" "$drop_slot" >/dev/null
    query "$primary" "$create_slot" >/dev/null
    rm -rf "$PGDATA.new"
    pg_basebackup -D "$PGDATA.new" -S "$slot" -X stream -c fast -d "$(conninfo "$primary")"
    touch "$PGDATA.new/standby.signal"
    mv "$PGDATA.new" "$PGDATA"
    sync
}

# A copy of a primary that was made anew holds data that the primary lacks.
check_origin() {
    theirs=$(ask "$primary" "SELECT system_identifier FROM pg_control_system()")
    ours=$(LC_ALL=C pg_controldata -D "$PGDATA" | sed -n 's/^Database system identifier: *//p')
    [ -z "$theirs" ] || [ "$theirs" = "$ours" ] ||
        fail "pod $primary holds another database than the one that this pod is a copy of: its volume was lost. Copy this pod's data before you delete its claim: see docs/databases.md"
}

# What the server is told of its own pod. Shares of the volume are read from the volume itself, since it grows in place.
configure() {
    mebibytes=$(($(df -Pk "$(dirname "$PGDATA")" | awk 'END { print $2 }') / 1024))
    cat >"$RUN/pod.conf" <<END
# A copy that stays away must not fill the primary's volume: past this it is made anew.
max_slot_wal_keep_size = $((mebibytes / 4 + 64))MB
max_wal_size = $((mebibytes / 10 + 64))MB
END
    [ "$ordinal" = "$primary" ] || cat >>"$RUN/pod.conf" <<END
primary_conninfo = '$(conninfo "$primary")'
primary_slot_name = '$slot'
END
}

if [ -e "$PGDATA/PG_VERSION" ]; then
    check_version
    if [ "$ordinal" != "$primary" ]; then
        check_origin
        ask "$primary" "$create_slot" >/dev/null
    fi
elif [ "$ordinal" = "$primary" ]; then
    initialise
else
    seed
fi
configure
say "ready"
