# The data of a pod: made, copied, and what it is. For prepare.sh.

major() { postgres --version | sed -E 's/^[^0-9]*([0-9]+).*/\1/'; }

check_version() {
    made_by=$(cat "$PGDATA/PG_VERSION")
    runs=$(major)
    [ "$made_by" = "$runs" ] ||
        fail "the data was made by PostgreSQL $made_by and this is $runs, which can't read it; go back to $made_by, or dump the data and restore it into a database of another name"
}

# Other versions keep their data elsewhere on the volume, and so would somebody else: none gets a new database beside it.
check_empty() {
    other=$(find "$VOLUME" -mindepth 1 -maxdepth 3 \( -path "$PGDATA" -o -path "$PGDATA.*" -o -path "$VOLUME/lost+found" \) -prune \
        -o ! -path "$(dirname "$PGDATA")" -print | sort)
    [ -n "$other" ] || return 0
    found=$(echo "$other" | grep -m 1 '/PG_VERSION$' || true)
    if [ -n "$found" ]; then
        made_by=$(cat "$found")
        fail "the volume holds data of PostgreSQL $made_by in $(dirname "$found"), and this is $(major), which can't read it; ask for \`version: \"$made_by\"\`, or give this database another name and so a volume of its own"
    fi
    fail "the volume holds $(echo "$other" | head -n 1), which is no data of PostgreSQL $(major); a database is made on an empty volume alone"
}

# A copy of the pod that takes writes; an empty database only where no pod has data.
make_data() {
    check_empty
    rm -rf "$PGDATA.new"
    source=$(find_primary)
    if [ -z "$source" ] && [ "$PRIMARY" = "$ordinal" ]; then
        initialise
        return
    fi
    until [ -n "$source" ]; do
        say_once "waiting for a pod that takes writes, to copy its data"
        sleep 2
        source=$(find_primary)
    done
    seed "$source"
}

initialise() {
    [ "${ADOPTED:-false}" = false ] ||
        fail "there is no data of PostgreSQL on the volume that was to be taken over; if it is to get an empty database, take \`storage.adopt\` out"
    for pod in $(other_pods); do
        [ "$(role_of "$pod")" = silent ] ||
            fail "this pod is to take the writes and has no data, but pod $pod has; an empty database would take its place. Let pod $pod take the writes: see docs/databases.md"
    done
    say "making an empty database"
    # The locale C.UTF-8 sorts the same with every version of the system's library, so indexes outlive an update of the image.
    initdb -D "$PGDATA.new" --username="$user" --auth-local=peer --auth-host=scram-sha-256 --data-checksums \
        --encoding=UTF8 --locale=C.UTF-8 --no-instructions >/dev/null
    mv "$PGDATA.new" "$PGDATA"
    flush
}

seed() {
    say "copying the data of pod $1"
    slot=$(slot_of "$ordinal")
    let_go "$1" "$slot"
    # The copy's own checkpoint may take what a slot that was there before it keeps, and such a slot serves nobody since
    # version 18: so it is made once the place is known that the copy begins at. The name is no copy's yet: no commit may
    # wait for it.
    pg_basebackup -D "$PGDATA.new" -C -S "$slot" -X stream -c fast -d "host=$(host_of "$1") application_name=seed_$ordinal $login"
    touch "$PGDATA.new/standby.signal"
    mv "$PGDATA.new" "$PGDATA"
    flush
}

# Drops a slot that an earlier copy left. One that was ended half-way counts until the server has noticed.
let_go() {
    query "$1" "$(drop_slots "$2")" >/dev/null
    while [ "$(ask "$1" "SELECT 1 FROM pg_replication_slots WHERE slot_name = '$2'")" = 1 ]; do
        say_once "waiting for pod $1 to notice that an earlier copy has ended"
        sleep 1
        query "$1" "$(drop_slots "$2")" >/dev/null
    done
}

is_copy() { [ -e "$PGDATA/standby.signal" ]; }

# From here on the server takes no writes until it is promoted.
become_copy() {
    touch "$PGDATA/standby.signal"
    flush
}

# The server of this pod finds its primary by itself; other pods keep for it what it lacks when one of them is promoted.
follow() {
    slot=$(slot_of "$ordinal")
    primary=""
    for pod in $(other_pods); do
        case $(role_of "$pod") in
        primary)
            primary=$pod
            check_origin "$pod"
            ;;
        silent) continue ;;
        esac
        ask "$pod" "$(drop_slots "$slot" "AND wal_status = 'lost'")" >/dev/null
        ask "$pod" "$(create_slot "$slot" false)" >/dev/null
    done
    keep_up_with "$primary"
    if [ -n "$primary" ]; then
        say "following pod $primary"
    else
        say "no other pod takes writes now. The pod that did hands over once it is back; if it is lost for good: see docs/databases.md"
    fi
}

# A copy does not start with less of these than its primary has, which may get less after it in a roll: so it has as much until then
# (https://www.postgresql.org/docs/current/hot-standby.html#HOT-STANDBY-ADMIN). Where no primary answers, the data tells.
keep_up_with() {
    while read -r name known; do
        needed=$(control "$known setting")
        theirs=$([ -z "$1" ] || ask "$1" "SELECT current_setting('$name')")
        if [ "${theirs:-0}" -gt "$needed" ]; then needed=$theirs; fi
        if [ "$needed" -gt "$(configured "$name")" ]; then echo "$name = $needed"; fi
    done >"$RUN/copy.conf" <<END
max_connections max_connections
max_worker_processes max_worker_processes
max_prepared_transactions max_prepared_xacts
max_locks_per_transaction max_locks_per_xact
END
}

# The number of the line of history that the data is on: each promotion begins another one.
timeline() {
    latest=$(control "Latest checkpoint's TimeLineID")
    recovered=$(control "Min recovery ending loc's timeline")
    if [ "$recovered" -gt "$latest" ]; then echo "$recovered"; else echo "$latest"; fi
}

# A copy of a pod that took writes after this one did knows of what this one does not.
check_history() {
    check_origin "$1"
    theirs=$(ask "$1" "SELECT greatest(c.timeline_id, r.min_recovery_end_timeline) FROM pg_control_checkpoint() c, pg_control_recovery() r")
    [ -z "$theirs" ] || [ "$theirs" -le "$(timeline)" ] ||
        fail "pod $1 follows a pod that took writes after this one did and does not answer. Bring that one back, or promote pod $1: see docs/databases.md"
}

# This pod took writes and another pod does now. Becomes a copy, unless that would throw data away. Comes back without
# having decided when the other one no longer says.
join() {
    check_origin "$1"
    ours=$(timeline)
    history="regexp_split_to_table(pg_read_file('pg_wal/' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) || '.history', 0, 1000000, true), '\n')"
    # Where the other one left our line of history, and the number of the file that goes on there.
    left="SELECT at || ' ' || substr(pg_walfile_name(at + 1), 9) FROM (SELECT split_part(line, E'\t', 2)::pg_lsn FROM $history AS line WHERE split_part(line, E'\t', 1) = '$ours') AS fork(at)"
    left=$(query "$1" "$left" 2>/dev/null) || return 0
    [ -n "$left" ] ||
        fail "pod $1 takes writes and this pod did, too, each on its own. Copy what is needed of one of them; then delete the pod and its claim, and it is made anew: see docs/databases.md"
    commits=$(commits_after "${left% *}" "${left#* }") || exit 1
    went_on="this pod took writes, and its log goes on where pod $1, which takes them now, left it"
    anew="delete the pod and its claim, and it is made anew: see docs/databases.md"
    case $commits in
    none) ;;
    0) fail "$went_on, but no transaction was committed from there on: nothing is lost. To go on, $anew" ;;
    unknown) fail "$went_on, and this pod no longer has that part of its log: it may have transactions that pod $1 never got, and nobody can tell how many. Compare, and copy what is needed; then $anew" ;;
    *) fail "$went_on: there are $commits transactions that pod $1 never got. Copy what is needed of them; then $anew" ;;
    esac
    say "pod $1 takes the writes and has all that this pod had"
    become_copy
}

# A place in the log as a number.
number() { echo $(((0x${1%/*} << 32) + 0x${1#*/})); }

# The data knows of something in the log past a place.
goes_past() {
    for place in "$(control "Latest checkpoint location")" "$(control "Minimum recovery ending location")"; do
        if [ "$(number "$place")" -gt "$(number "$1")" ]; then return 0; fi
    done
    return 1
}

# How many commits our log has after a place that lies in a file of that number; `none` when the log does not go on there,
# `unknown` when that part of it is gone.
commits_after() {
    name="$(printf '%08X' "$ours")$2"
    if [ ! -e "$PGDATA/pg_wal/$name" ]; then
        if goes_past "$1"; then echo unknown; else echo none; fi
        return
    fi
    if first=$(pg_waldump -p "$PGDATA/pg_wal" -t "$ours" -s "$1" -n 1 2>&1); then
        pg_waldump -p "$PGDATA/pg_wal" -t "$ours" -s "$1" -r Transaction 2>/dev/null | grep -c ' COMMIT' || true
    elif echo "$first" | grep -q "could not find a valid record after"; then
        echo none
    else
        fail "the log can't be read: $first" >&2
    fi
}
