# A server that only this pod reaches, by a socket, for those scripts that need one.

say() { echo "$*"; }
fail() { say "$*" >&2; exit 1; }

# Starts it on a folder, with a configuration, and waits until it answers a function that asks it. Further arguments are
# options of the server.
start_server() {
    start_on=$1
    start_by=$2
    asked_by=$3
    shift 3
    # shellcheck disable=SC2086 # options are words
    "$server" --defaults-file="$start_by" --datadir="$start_on" --skip-networking $alone "$@" --socket="$socket" \
        --pid-file="$socket.pid" >"$socket.log" 2>&1 &
    server_process=$!
    # It does not outlive a script that fails.
    trap 'kill -9 "$server_process" 2>/dev/null' EXIT
    until "$asked_by" --execute="DO 1" 2>/dev/null; do
        kill -0 "$server_process" 2>/dev/null || fail "the server did not start: $(tail -n 20 "$socket.log")"
        sleep 1
    done
}

# Ends it, and waits until its files are whole.
stop_server() {
    kill "$server_process"
    trap - EXIT
    wait "$server_process" || fail "the server did not end well: $(tail -n 20 "$socket.log")"
}
