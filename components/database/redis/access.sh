#!/bin/sh
# Brings the users of every pod to what they should be. Redis gives its copies data and no users, so each pod is told; the
# primary first, whom a copy that starts meanwhile asks. It may run any number of times and be ended anywhere.
#
# HOSTS         of all pods, the primary's first        PORT   the port of every pod
# CERTIFICATES  the authority, and the password of the component's own user
# COMMANDS      a file with the commands that make the users        USERS  their names
#
# A pod that does not answer would let users in who are gone, as soon as it is back without its primary: the Job waits for it,
# and fails by its time limit rather than leave it out.
set -euf

say() { echo "access: $*"; }

REDISCLI_AUTH=$(cat "$CERTIFICATES/admin-password")
export REDISCLI_AUTH
cli() { redis-cli --tls --cacert "$CERTIFICATES/ca.crt" --user admin -h "$host" -p "$PORT" "$@"; }

is_kept() {
    case " default admin monitoring backup $USERS " in
    *" $1 "*) return 0 ;;
    esac
    case "$1" in
    # The copies' own user, and what restores there have been.
    copies-* | restored-* | restoring-*) return 0 ;;
    esac
    return 1
}

commands() {
    cat "$COMMANDS"
    names=$(cli -e ACL USERS)
    for name in $names; do
        is_kept "$name" || echo "ACL DELUSER $name"
    done
    echo "ACL SAVE"
}

for host in $HOSTS; do
    until [ "$(cli PING 2>/dev/null)" = PONG ]; do
        say "waiting for $host to answer"
        sleep 2
    done
    wanted=$(commands)
    answers=$(echo "$wanted" | cli 2>&1) || true
    # Every command answers OK, or how many users it took away.
    if faults=$(echo "$answers" | grep -vxE 'OK|[0-9]+') || [ "$(echo "$answers" | wc -l)" != "$(echo "$wanted" | wc -l)" ]; then
        say "$host: ${faults:-it went away}" >&2
        exit 1
    fi
    say "$host has its users"
done
