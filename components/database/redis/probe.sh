#!/bin/sh
# Asks the server of this pod: `lives`, whether it answers at all; `ready`, whether it has its data: as a copy, the primary's.
#
# ADDRESS, PORT  of the server        CERTIFICATES  the authority, and the password of the user who measures
# DATA           the server's data
set -eu
umask 077

cli() { redis-cli --tls --cacert "$CERTIFICATES/ca.crt" -h "$ADDRESS" -p "$PORT" "$@"; }

case $1 in
lives)
    # That it refuses who has not logged in is an answer.
    cli PING >/dev/null
    ;;
ready)
    REDISCLI_AUTH=$(cat "$CERTIFICATES/monitoring-password")
    export REDISCLI_AUTH
    information=$(cli --user monitoring -e INFO | tr -d '\r')
    has() { echo "$information" | grep -q "^$1"; }
    has 'loading:0'
    # A copy whose primary is away goes on with what it has. One that never had the primary's data waits for it; that an
    # empty database was copied can't be seen by its keys, and so is written down.
    if has 'master_link_status:up'; then
        touch "$DATA/copied" || true
    else
        has 'role:master' || has 'db0:' || [ -e "$DATA/copied" ]
    fi
    ;;
esac
