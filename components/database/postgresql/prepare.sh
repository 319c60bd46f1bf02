#!/bin/sh
# Readies a pod's data before its server starts, in an init container. Everything here may be ended at any time and is
# begun again: a directory takes its final name only when it is whole.
#
# POD_NAME      the pod, NAME-0 and so on          PRIMARY       the ordinal of the pod that takes writes
# POD_HOST      a pod's host, %s is its ordinal    REPLICAS      how many pods there are
# PGDATA        the data                           PGPORT        the port of every pod
# SETTINGS      postgresql.conf and pg_hba.conf    CERTIFICATES  the authority, and the superuser's certificate
# RUN           a folder of this pod's own, which the server includes pod.conf from
set -eu
umask 077

ordinal=${POD_NAME##*-}
user=postgres
conninfo_tail="port=$PGPORT user=$user sslmode=verify-full sslrootcert=$CERTIFICATES/ca.crt sslcert=$CERTIFICATES/client.crt sslkey=$CERTIFICATES/client.key connect_timeout=5"

say() { echo "prepare: $*"; }
fail() { say "$*" >&2; exit 1; }

# shellcheck disable=SC2059 # the host is a format
host_of() { printf "$POD_HOST" "$1"; }
conninfo() { echo "host=$(host_of "$1") application_name=pod_$ordinal $conninfo_tail"; }
# Asks the server of a pod; prints nothing when it does not answer.
ask() { psql -X -A -t -q -v ON_ERROR_STOP=1 -d "$(conninfo "$1") dbname=postgres" -c "$2" 2>/dev/null; }
is_primary() { [ "$(ask "$1" 'SELECT pg_is_in_recovery()')" = f ]; }
other_pods() { i=0; while [ "$i" -lt "$REPLICAS" ]; do [ "$i" = "$ordinal" ] || echo "$i"; i=$((i + 1)); done; }

create_slot="SELECT pg_create_physical_replication_slot('pod_%s') WHERE NOT EXISTS (SELECT FROM pg_replication_slots WHERE slot_name = 'pod_%s')"

check_version() {
    made_by=$(cat "$PGDATA/PG_VERSION")
    runs=$(postgres --version | sed -E 's/^[^0-9]*([0-9]+).*/\1/')
    [ "$made_by" = "$runs" ] ||
        fail "the data was made by PostgreSQL $made_by and this is $runs, which can't read it; go back to $made_by, or dump the data and restore it into a database of another name"
}

initialise() {
    for pod in $(other_pods); do
        [ -z "$(ask "$pod" 'SELECT 1')" ] ||
            fail "this pod is to be the primary and has no data, but pod $pod has; an empty database would take its place. Make that pod the primary: primary: $pod"
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
    say "copying the data of pod $PRIMARY"
    until is_primary "$PRIMARY"; do
        say "waiting for pod $PRIMARY to take writes"
        sleep 2
    done
    # Made apart from the copy, which then can be begun again.
    # shellcheck disable=SC2059
    ask "$PRIMARY" "$(printf "$create_slot" "$ordinal" "$ordinal")" >/dev/null
    rm -rf "$PGDATA.new"
    pg_basebackup -D "$PGDATA.new" -S "pod_$ordinal" -X stream -c fast -d "$(conninfo "$PRIMARY")"
    touch "$PGDATA.new/standby.signal"
    mv "$PGDATA.new" "$PGDATA"
    sync
}

# A server that nobody but this script reaches.
start_alone() {
    echo "local all all trust" >"$RUN/prepare_hba.conf"
    pg_ctl -D "$PGDATA" -w -t 3600 -s start \
        -o "-c config_file=$SETTINGS/postgresql.conf -c listen_addresses='' -c unix_socket_directories='$RUN' -c unix_socket_permissions=0700 -c hba_file='$RUN/prepare_hba.conf'"
}
ask_alone() { psql -X -A -t -q -v ON_ERROR_STOP=1 -h "$RUN" -p "$PGPORT" -U "$user" -d postgres -c "$1"; }
stop_alone() {
    pg_ctl -D "$PGDATA" -w -t 3600 -s -m fast stop
    rm -f "$RUN/prepare_hba.conf"
}

# The old primary takes no more writes from here on, and this pod gets all that it took.
take_over_from() {
    say "pod $1 is the primary still: it takes no more writes from now on"
    ask "$1" "ALTER SYSTEM SET default_transaction_read_only = on" >/dev/null
    ask "$1" "SELECT pg_reload_conf()" >/dev/null
    ask "$1" "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()" >/dev/null
    ask "$1" "CHECKPOINT" >/dev/null
    last=$(ask "$1" "SELECT pg_current_wal_flush_lsn()")
    tries=0
    until [ "$(ask_alone "SELECT pg_last_wal_replay_lsn() >= '$last'::pg_lsn")" = t ]; do
        tries=$((tries + 1))
        if [ "$tries" -gt 300 ]; then
            ask "$1" "ALTER SYSTEM RESET default_transaction_read_only" >/dev/null
            ask "$1" "SELECT pg_reload_conf()" >/dev/null
            stop_alone
            fail "this pod did not catch up with pod $1 within 5 minutes, so pod $1 stays the primary; look at its log"
        fi
        sleep 1
    done
}

promote() {
    say "becoming the primary"
    # Follows whoever is the primary still, until it has all of its data.
    old=""
    for pod in $(other_pods); do
        if is_primary "$pod"; then old=$pod; fi
    done
    if [ -n "$old" ]; then follow "$old"; else configure; fi
    start_alone
    if [ -n "$old" ]; then take_over_from "$old"; fi
    ask_alone "SELECT pg_promote(true, 3600)" >/dev/null
    for pod in $(other_pods); do
        # shellcheck disable=SC2059
        ask_alone "$(printf "$create_slot" "$pod" "$pod")" >/dev/null
    done
    stop_alone
}

fenced="default_transaction_read_only = 'on'"

# The primary of before becomes a copy of the new one.
demote() {
    until is_primary "$PRIMARY"; do
        say "waiting for pod $PRIMARY to take writes"
        sleep 2
    done
    rewind() { pg_rewind -D "$PGDATA" --config-file="$SETTINGS/postgresql.conf" --source-server="$(conninfo "$PRIMARY") dbname=postgres" "$@"; }
    # Only what was told to take no more writes is known to have nothing that the new primary lacks.
    if ! grep -qF "$fenced" "$PGDATA/postgresql.auto.conf"; then
        rewind --dry-run 2>&1 | grep -q "no rewind required" ||
            fail "this pod was the primary and has changes that pod $PRIMARY never got. Copy what is needed of them; then delete the pod and its claim, and the pod is made anew from pod $PRIMARY"
    fi
    say "following pod $PRIMARY from now on"
    rewind >/dev/null
    sed -i "/^default_transaction_read_only /d" "$PGDATA/postgresql.auto.conf"
    touch "$PGDATA/standby.signal"
    sync
}

# What the server is told of its own pod. Shares of the volume are read from the volume itself, since it grows in place.
configure() {
    mebibytes=$(($(df -Pk "$(dirname "$PGDATA")" | awk 'END { print $2 }') / 1024))
    cat >"$RUN/pod.conf" <<END
# A copy that stays away must not fill the primary's volume: past this it is made anew.
max_slot_wal_keep_size = $((mebibytes / 4 + 64))MB
max_wal_size = $((mebibytes / 10 + 64))MB
END
}
follow() {
    configure
    cat >>"$RUN/pod.conf" <<END
primary_conninfo = '$(conninfo "$1")'
primary_slot_name = 'pod_$ordinal'
END
}

if [ -e "$PGDATA/PG_VERSION" ]; then
    check_version
    if [ "$ordinal" = "$PRIMARY" ]; then
        if [ -e "$PGDATA/standby.signal" ]; then promote; fi
    else
        [ -e "$PGDATA/standby.signal" ] || demote
        # Those of the time when this pod was the primary would keep its log for ever.
        rm -rf "$PGDATA"/pg_replslot/*
        # shellcheck disable=SC2059
        ask "$PRIMARY" "$(printf "$create_slot" "$ordinal" "$ordinal")" >/dev/null || true
    fi
else
    if [ "$ordinal" = "$PRIMARY" ]; then initialise; else seed; fi
fi
if [ "$ordinal" = "$PRIMARY" ]; then configure; else follow "$PRIMARY"; fi
say "ready"
