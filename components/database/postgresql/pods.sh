# How the pods of a database ask each other. For prepare.sh.

most_replicas=9
user=postgres

say() { echo "prepare: $*"; }
fail() { say "$*" >&2; exit 1; }

# Writes the volume's files to the disk, and nobody else's: all that a busy node has to write may take minutes.
flush() { sync -f "$VOLUME"; }

# While something is waited for: says it when it is news.
said=""
say_once() {
    [ "$said" = "$*" ] || say "$*"
    said="$*"
}

# shellcheck disable=SC2059 # the host is a format
host_of() { printf "$POD_HOST" "$1"; }
slot_of() { echo "pod_$1"; }
login="port=$PGPORT user=$user sslmode=verify-full sslrootcert=$CERTIFICATES/ca.crt sslcert=$CERTIFICATES/client.crt sslkey=$CERTIFICATES/client.key connect_timeout=5"

# The other pods, the one that is to take writes first.
other_pods() {
    [ "$PRIMARY" = "$ordinal" ] || echo "$PRIMARY"
    pod=0
    while [ "$pod" -lt "$most_replicas" ]; do
        [ "$pod" = "$ordinal" ] || [ "$pod" = "$PRIMARY" ] || echo "$pod"
        pod=$((pod + 1))
    done
}

# Leads to whichever of the other pods is no copy, at any time: who that is may change while the server runs.
conninfo_of_primary() {
    hosts=""
    for each in $(other_pods); do hosts="$hosts${hosts:+,}$(host_of "$each")"; done
    echo "host=$hosts target_session_attrs=primary application_name=$(slot_of "$ordinal") $login"
}

session="prepare_$ordinal"
# Asks the server of a pod.
query() { psql -X -A -t -q -v ON_ERROR_STOP=1 -d "host=$(host_of "$1") application_name=$session dbname=postgres $login" -c "$2"; }
# The same; prints nothing when it does not answer.
ask() { query "$1" "$2" 2>/dev/null || true; }

# What a pod is: `primary`, `copy`, or `silent`, which says nothing about what it is.
role_of() {
    case $(ask "$1" "SELECT pg_is_in_recovery()") in
    f) echo primary ;;
    t) echo copy ;;
    *) echo silent ;;
    esac
}

# The other pod that takes writes, where one that answers does.
find_primary() {
    for each in $(other_pods); do
        if [ "$(role_of "$each")" = primary ]; then
            echo "$each"
            return
        fi
    done
}

# A slot keeps a pod's log for a copy. One that has lost what it kept serves no copy any more.
drop_slots() { echo "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = '$1' AND NOT active ${2:-}"; }
create_slot() { echo "SELECT pg_create_physical_replication_slot('$1', $2) WHERE NOT EXISTS (SELECT FROM pg_replication_slots WHERE slot_name = '$1')"; }

# What the server's files say of a setting.
configured() { postgres -D "$PGDATA" -c config_file="$SETTINGS/postgresql.conf" -C "$1"; }

# What pg_controldata knows by a name.
control() { LC_ALL=C pg_controldata -D "$PGDATA" | sed -n "s/^$1: *//p"; }

# What was made anew holds other data, whatever its name.
check_origin() {
    theirs=$(ask "$1" "SELECT system_identifier FROM pg_control_system()")
    [ -z "$theirs" ] || [ "$theirs" = "$(control "Database system identifier")" ] ||
        fail "pod $1 holds another database than this pod, whose data is older than that: a volume was lost. Copy this pod's data before you delete its claim: see docs/databases.md"
}
