#!/bin/sh
# Whether the server of this pod can be asked: it has loaded its data, and as a copy it has had the primary's once.
#
# CERTIFICATES  the authority, and the password of the user who measures        PORT  the server's port
set -eu

REDISCLI_AUTH=$(cat "$CERTIFICATES/monitoring-password")
export REDISCLI_AUTH
information=$(redis-cli --tls --cacert "$CERTIFICATES/ca.crt" --user monitoring -h 127.0.0.1 -p "$PORT" -e INFO | tr -d '\r')

has() { echo "$information" | grep -q "^$1"; }

has 'loading:0'
# A copy whose primary is away goes on with what it has. One that has nothing never had it.
has 'role:master' || has 'master_link_status:up' || has 'db0:'
