# How the pod that takes writes hands over to another one. For prepare.sh.
#
# The server of this pod is down, so nobody writes. It is started closed (only the other pods reach it) until its heir has
# everything, and stopped; then this pod is made a copy, and last the heir is promoted. A file beside the data names the
# heir from before the first to after the last step: a pod that finds it never takes writes before it knows what has become
# of the heir.

handover="$PGDATA.handover"

is_handing_over() { [ -e "$handover" ]; }
end_handover() {
    rm -f "$handover"
    flush
}

# What the data says of a running server may be left over from another container.
is_started=no

# Blocks of 8 KiB for a server without clients: 128 MiB, or what is configured if that is less.
small_cache() {
    blocks=$(configured shared_buffers)
    if [ "$blocks" -lt 16384 ]; then echo "$blocks"; else echo 16384; fi
}

# The server of this pod, which takes no login but the superuser's certificate.
start_closed() {
    cache=$(small_cache)
    is_started=yes
    pg_ctl -D "$PGDATA" -w -t 86400 -s start \
        -o "-c config_file=$SETTINGS/postgresql.conf -c hba_file=$SETTINGS/closed_hba.conf -c shared_buffers=$cache -c synchronous_standby_names='' -c unix_socket_directories=''"
}
# A fast stop sends the whole log to the copies that are connected before it ends.
stop_server() {
    if [ "$is_started" = yes ]; then
        is_started=no
        pg_ctl -D "$PGDATA" -w -t 86400 -s -m fast stop
    fi
}

# A pod of a higher ordinal was told before this one. Where it was told otherwise, this pod is about to be told, too.
is_willing() {
    [ "$1" -lt "$ordinal" ] || [ "$(ask "$1" "SELECT current_setting('kubernetes_faas.primary', true)")" = "$1" ]
}

# Another pod takes writes already.
is_over() { [ -n "$(find_primary)" ]; }

# Is `asked` of this pod, or was `taken` by a promotion that this pod did not ask for.
begin_handover() {
    say "pod $2 is to take the writes, or does"
    echo "$1 $2" >"$handover.new"
    mv "$handover.new" "$handover"
    flush
}

# Goes on from any place, also after a kill and after a change of mind.
resume_handover() {
    read -r how heir <"$handover"
    taker=$(find_primary)
    if [ -n "$taker" ]; then
        is_copy || join "$taker"
        if is_copy; then
            # Slots of the time when this pod took writes would keep its log for ever.
            rm -rf "$PGDATA"/pg_replslot/pod_*
            end_handover
        fi
    elif [ "$heir" != "$PRIMARY" ]; then
        call_off "$how" "$heir"
    elif is_copy; then
        promote "$heir"
    elif has_everything "$heir"; then
        become_copy
    else
        bring_up_to_date "$heir"
    fi
}

# The last thing in our log is the checkpoint of an orderly stop, and the heir is past it, on no other line of history.
has_everything() {
    [ "$(control "Database cluster state")" = "shut down" ] || return 1
    check_history "$1"
    [ "$(ask "$1" "SELECT pg_is_in_recovery() AND pg_last_wal_replay_lsn() > '$(control "Latest checkpoint location")'")" = t ]
}

bring_up_to_date() {
    start_closed
    is_streaming="SELECT 1 FROM pg_stat_replication WHERE application_name = '$(slot_of "$1")' AND state = 'streaming' AND replay_lsn >= pg_current_wal_lsn()"
    until [ "$(ask "$ordinal" "$is_streaming")" = 1 ] && is_willing "$1"; do
        if is_over; then break; fi
        check_history "$1"
        say_once "$(why_waiting "$1")"
        sleep 1
    done
    stop_server
}

why_waiting() {
    case $(role_of "$1") in
    silent) echo "pod $1 does not answer; nobody takes writes until it does, or until another primary is asked for" ;;
    *)
        if is_willing "$1"; then
            echo "waiting for pod $1 to get what it lacks"
        else
            echo "pod $1 was told otherwise, and this pod will be, too; waiting for that"
        fi
        ;;
    esac
}

# The heir has everything and this pod is a copy; nobody takes writes.
promote() {
    if [ "$(role_of "$1")" = copy ] && is_willing "$1"; then
        say "promoting pod $1"
        keep_log_at "$1"
        ask "$1" "SELECT pg_promote(true, 60)" >/dev/null
    else
        say_once "$(why_waiting "$1")"
        sleep 1
    fi
}

# For this pod and all that followed it, from before the promotion on.
keep_log_at() {
    for pod in "$ordinal" $(other_pods); do
        if [ "$pod" = "$1" ] || { [ "$pod" != "$ordinal" ] && [ "$(role_of "$pod")" = silent ]; }; then continue; fi
        slot=$(slot_of "$pod")
        ask "$1" "$(drop_slots "$slot")" >/dev/null
        ask "$1" "$(create_slot "$slot" true)" >/dev/null
    done
}

# Another primary was asked for in the middle of it.
call_off() {
    # The heir is promoted last, when this pod is a copy.
    if { [ "$1" = asked ] && ! is_copy; } || is_surely_copy "$2"; then
        say "the handover to pod $2 is called off"
        rm -f "$PGDATA/standby.signal"
        flush
        end_handover
    else
        say_once "pod $2 was about to take the writes, and does not say whether it does; waiting for its answer"
        sleep 1
    fi
}

# It is a copy of this pod, and no promotion of it is under way that we began before we were ended.
is_surely_copy() {
    check_history "$1"
    ask "$1" "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = '$session' AND pid <> pg_backend_pid()" >/dev/null
    [ "$(ask "$1" "SELECT pg_is_in_recovery() AND (pg_stat_file('promote', true)).size IS NULL")" = t ] || return 1
    sleep 1
    # It refuses to be halted once a promotion has begun.
    [ "$(ask "$1" "SELECT pg_is_in_recovery(), pg_wal_replay_pause(), pg_wal_replay_resume()")" = "t||" ]
}
