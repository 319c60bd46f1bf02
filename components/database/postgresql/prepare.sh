#!/bin/sh
# Readies a pod's data before its server starts, in an init container, and hands writes over to another pod. Everything
# here may be ended at any time and is begun again: a directory takes its final name only when it is whole, and what a
# handover has come to lies beside the data.
#
# POD_NAME      the pod, NAME-0 and so on          POD_HOST      a pod's host, %s is its ordinal
# PRIMARY       the ordinal of the pod that is to take writes
# VOLUME        where the volume is mounted        PGDATA        the data, somewhere on the volume
# ADOPTED       `true`: the volume has data        PGPORT        the port of every pod
# SETTINGS      the server's files and these       CERTIFICATES  the authority, and the superuser's certificate
# RUN           a folder of this pod's own, which the server includes pod.conf and copy.conf from
set -eu
umask 077

ordinal=${POD_NAME##*-}

# shellcheck source=pods.sh
. "$SETTINGS/pods.sh"
# shellcheck source=data.sh
. "$SETTINGS/data.sh"
# shellcheck source=handover.sh
. "$SETTINGS/handover.sh"

# What the server is told of its own pod. Shares of the volume are read from the volume itself, since it grows in place.
configure() {
    rm -f "$RUN/copy.conf"
    mebibytes=$(($(df -Pk "$(dirname "$PGDATA")" | awk 'END { print $2 }') / 1024))
    cat >"$RUN/pod.conf" <<END
# A copy that stays away must not fill the primary's volume: past this it is made anew.
max_slot_wal_keep_size = $((mebibytes / 4 + 64))MB
max_wal_size = $((mebibytes / 10 + 64))MB
# A copy follows whichever pod takes writes.
primary_conninfo = '$(conninfo_of_primary)'
primary_slot_name = '$(slot_of "$ordinal")'
# Tells the other pods what this one was told.
kubernetes_faas.primary = '$PRIMARY'
END
}

# Whether this server will take writes or follow. Comes back only when it is safe to start it.
settle_role() {
    until is_copy && ! is_handing_over; do
        if is_handing_over; then
            resume_handover
            continue
        fi
        primary=$(find_primary)
        if [ -n "$primary" ]; then
            begin_handover taken "$primary"
        elif [ "$PRIMARY" = "$ordinal" ]; then
            say "this pod takes the writes"
            return
        else
            begin_handover asked "$PRIMARY"
        fi
    done
    follow
}

trap stop_server EXIT
trap 'exit 143' TERM
if [ -e "$PGDATA/PG_VERSION" ]; then
    check_version
else
    make_data
fi
configure
settle_role
say "ready"
