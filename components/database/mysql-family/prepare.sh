# Readies a pod's data before its server starts, in an init container. Everything here may be ended at any time and is
# begun again: a folder takes its final name only when it is whole. Pod 0 takes writes, the others copy it.
#
# POD_NAME      the pod, NAME-0 and so on              POD_HOST      a pod's host, %s is its ordinal
# DATA          the folder with the data               PORT          the port of every pod
# SETTINGS      server.cnf and accounts.sql            CERTIFICATES  the authority, and the administrator's certificate
# RELEASE       the version, as far as one reads what another has written
# TAKES_OVER    versions whose data this one takes over in place, with blanks between; absent where there are none
# RUN           a folder of this pod's own, whose *.cnf the server reads
umask 077

ordinal=${POD_NAME##*-}
primary=0
most_replicas=9

# shellcheck disable=SC2059 # the host is a format
host_of() { printf "$POD_HOST" "$1"; }

# Asks the server of a pod; prints nothing when it does not answer. The client bounds its connection, not the look for a name.
ask() {
    # shellcheck disable=SC2046 # options are words
    timeout 10 "$client" --no-defaults --connect-timeout=5 --host="$(host_of "$1")" --port="$PORT" --user=admin \
        $(by_certificate client) --batch --skip-column-names --raw --execute="$2" 2>/dev/null || true
}

# The server that start_server started, as the administrator; extra options as arguments.
over_socket() {
    # shellcheck disable=SC2046 # options are words
    "$client" --no-defaults --socket="$socket" --user=admin $(by_certificate_over_socket client) "$@"
}

# Ends the script where data that something made is not for this version.
check_maker() {
    case " $RELEASE ${TAKES_OVER-} " in
    *" ${1#"$title "} "*) ;;
    *) fail "the data was made by $1 and this is $title $RELEASE, which does not take it over; go back to $1, or dump the data and restore it into a database of another name" ;;
    esac
}

check_version() {
    made_by=$(cat "$DATA/made-by")
    check_maker "$made_by"
    if [ "$made_by" != "$title $RELEASE" ]; then
        say "taking over data of $made_by; $if_not_taken_over"
        take_over
    elif [ -e "$DATA/half-taken-over" ]; then
        say "going on with taking over data of an older version"
        take_over
    fi
}

# Brings data of an older version to this one, each pod its own. With its log, by which a server mends what was not ended well.
take_over() {
    upgrade_settings >"$RUN/upgrade"
    check_settings "$RUN/upgrade"
    start_server "$DATA" "$RUN/upgrade" over_socket
    # No older server may touch it from here on.
    touch "$DATA/half-taken-over"
    sync
    note_version "$DATA" "$RELEASE"
    upgrade_data
    stop_server
    rm "$DATA/half-taken-over"
    sync
}

note_version() {
    echo "$title $2" >"$1/made-by.new"
    mv "$1/made-by.new" "$1/made-by"
    sync
}

initialise() {
    pod=1
    while [ "$pod" -lt "$most_replicas" ]; do
        [ -z "$(ask "$pod" 'SELECT 1')" ] ||
            fail "this pod takes the writes and has no data, but pod $pod has; an empty database would take its place. Copy pod $pod's data first: see docs/databases.md"
        pod=$((pod + 1))
    done
    say "making an empty database"
    origin=$(cat /proc/sys/kernel/random/uuid)
    {
        cat "$SETTINGS/accounts.sql"
        echo "INSERT INTO kubernetes_faas.origin VALUES ('$origin');"
        # Nobody is root: the administrator has a certificate.
        echo "ALTER USER root@localhost ACCOUNT LOCK;"
        if [ -d "$zones" ]; then
            echo "USE mysql;"
            time_zones_sql "$zones" 2>/dev/null
        fi
    } >"$RUN/first.sql"
    make_empty "$new" "$RUN/first.sql"
    finish "$RELEASE"
}

seed() {
    say "copying the data of pod $primary"
    until facts=$(ask "$primary" "SELECT CONCAT(id, ' ', SUBSTRING_INDEX(VERSION(), '.', 2)) FROM kubernetes_faas.origin") && [ -n "$facts" ]; do
        say "waiting for pod $primary to answer"
        sleep 2
    done
    origin=${facts% *}
    release=${facts#* }
    check_maker "$title $release"
    copy_from "$new" "$(host_of "$primary")" "$release"
    finish "$release"
}

# Gives the data its name, and says of which version it is.
finish() {
    echo "$origin" >"$new/origin"
    note_version "$new" "$1"
    mv "$new" "$DATA"
    sync
}

# A copy of a primary that was made anew holds data that the primary lacks.
check_origin() {
    theirs=$(ask "$primary" "SELECT id FROM kubernetes_faas.origin")
    [ -z "$theirs" ] || [ "$theirs" = "$(cat "$DATA/origin")" ] ||
        fail "pod $primary holds another database than the one that this pod is a copy of: its volume was lost. Copy this pod's data before you delete its claim: see docs/databases.md"
}

# What the server is told of its own pod. Shares of the volume are read from the volume itself, since it grows in place.
configure() {
    mebibytes=$(($(df -Pk "$(dirname "$DATA")" | awk 'END { print $2 }') / 1024))
    log_file=$((mebibytes / 16 + 4))
    {
        echo "[mysqld]"
        echo "server_id = $((ordinal + 1))"
        echo "report_host = $(host_of "$ordinal")"
        echo "max_binlog_size = $([ "$log_file" -lt 1024 ] && echo "$log_file" || echo 1024)M"
        # A copy has its primary's events, and gets what they did there from the log.
        [ "$ordinal" = "$primary" ] || echo "event_scheduler = OFF"
        pod_settings "$ordinal" "$mebibytes"
    } >"$RUN/pod.cnf"
}

zones=/usr/share/zoneinfo
new="$DATA.new"
socket="$RUN/prepare.sock"
rm -rf "$RUN"/*.cnf "$new" "$new".* "$(dirname "$DATA")/tmp"
mkdir "$(dirname "$DATA")/tmp"

if [ -e "$DATA/made-by" ]; then
    # First: to take data over can't be undone.
    [ "$ordinal" = "$primary" ] || check_origin
    check_version
elif [ "$ordinal" = "$primary" ]; then
    initialise
else
    seed
    # A copy of a primary whose turn in a roll is still to come.
    check_version
fi
configure
say "ready"
