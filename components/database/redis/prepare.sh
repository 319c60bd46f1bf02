#!/bin/sh
# Readies a pod before its server starts, in an init container: who may log in, and whom it follows. Everything here may be
# ended at any time and is begun again. Pod 0 takes writes, the others copy it.
#
# POD_NAME  the pod, NAME-0 and so on        POD_HOST      a pod's host, %s is its ordinal
# DATA      the data                         PORT          the port of every pod
# ADDRESS   where this pod's own containers find its server
# SETTINGS  redis.conf                       CERTIFICATES  the authority, and the passwords of the component's own users
# RUN       a folder of this pod's own, for its configuration        EXPORTER  the same, for what measures it
# RELEASE and TAKES_OVER: see ../shared/version-note.sh, which stands before this
#
# A database has a mark that is made with it, and its copies log in to the primary as `copies-MARK`. So no copy can follow a
# primary that was made anew, whose first act would be to replace the copy's data by its own nothing: there is no such user
# there, whatever the order in which pods come and go.
set -eu
umask 077

ordinal=${POD_NAME##*-}
primary=0
most_replicas=9
users="$DATA/users.acl"
written_by="$DATA/written-by"

say() { echo "prepare: $*"; }
fail() { say "$*" >&2; exit 1; }

# shellcheck disable=SC2059 # the host is a format
host_of() { printf "$POD_HOST" "$1"; }
# Asks the server of a pod; prints nothing when it does not answer. An answer that is an error is none.
ask() {
    pod=$1; shift
    REDISCLI_AUTH=$(cat "$CERTIFICATES/admin-password") timeout 5 redis-cli --tls --cacert "$CERTIFICATES/ca.crt" --user admin \
        -h "$(host_of "$pod")" -p "$PORT" -e "$@" 2>/dev/null || true
}
answers() { [ "$(ask "$1" ACL WHOAMI)" = admin ]; }

hash_of() { sha256sum <"$CERTIFICATES/$1" | cut -c 1-64; }
mark_in() { sed -n 's/^user copies-\([0-9a-f]*\) .*/\1/p' "$1"; }
# The lines of the users who are not the component's own, and which restores there have been.
others_in() { grep -Ev '^user (default|admin|monitoring|backup|copies-[0-9a-f]*) ' "$1" || true; }
# There is data since a server has run on the volume. A log that was ended half-way is the server's own to mend.
has_data() { [ -e "$DATA/appendonlydir" ] && [ -n "$(mark_in "$users")" ]; }

# The component's own users with the passwords of now, whatever they were when the data was made, and the others of a file.
write_users() {
    cat >"$users.new" <<END
user default off resetpass resetkeys resetchannels -@all
user admin on #$(hash_of admin-password) ~* &* +@all
user copies-$1 on #$(hash_of copies-password) resetkeys resetchannels -@all +psync +replconf +ping
user monitoring on #$(hash_of monitoring-password) resetkeys resetchannels -@all +ping +info +client|setname +slowlog|len +latency|latest +latency|histogram
user backup on #$(hash_of backup-password) resetkeys resetchannels -@all +sync +psync +replconf +ping
$(others_in "$2")
END
    sync "$users.new"
    mv "$users.new" "$users"
    sync "$DATA"
}

begin() {
    pod=1
    while [ "$pod" -lt "$most_replicas" ]; do
        ! answers "$pod" ||
            fail "this pod takes the writes and has no data, but pod $pod has; an empty database would take its place. Copy pod $pod's data first: see docs/databases.md"
        pod=$((pod + 1))
    done
    say "beginning an empty database"
    write_users "$(od -An -N 16 -tx1 /dev/urandom | tr -d ' \n')" /dev/null
}

# The primary knows who may log in now, which a copy that was away does not. Data comes when the server starts.
follow() {
    theirs="$RUN/primary.acl"
    tries=3
    until ask "$primary" ACL LIST >"$theirs" && [ -n "$(mark_in "$theirs")" ]; do
        tries=$((tries - 1))
        if [ "$tries" -le 0 ] && has_data; then
            say "pod $primary does not answer; users are those of before"
            cp "$users" "$theirs"
            break
        fi
        say "waiting for pod $primary to answer"
        sleep 2
    done
    if has_data && [ "$(mark_in "$users")" != "$(mark_in "$theirs")" ]; then
        fail "pod $primary holds another database than the one that this pod is a copy of: its volume was lost. Copy this pod's data before you delete its claim: see docs/databases.md"
    fi
    write_users "$(mark_in "$theirs")" "$theirs"
    rm "$theirs"
}

configure() {
    cat >"$RUN/pod.conf" <<END
include $SETTINGS/redis.conf
dir $DATA
aclfile $users
masteruser copies-$(mark_in "$users")
masterauth $(cat "$CERTIFICATES/copies-password")
END
    [ "$ordinal" = "$primary" ] || cat >>"$RUN/pod.conf" <<END
replicaof $(host_of "$primary") $PORT
replica-announce-ip $(host_of "$ordinal")
END
    # What measures the server gets no other password than its own.
    printf '{"rediss://monitoring@%s:%s": "%s"}' "$ADDRESS" "$PORT" "$(cat "$CERTIFICATES/monitoring-password")" >"$EXPORTER/passwords.json"
    cp "$CERTIFICATES/ca.crt" "$EXPORTER/ca.crt"
}

mkdir -p "$DATA"
touch "$users"
# Data of before there was such a note is the server's to judge, which starts with nothing that it can't read.
check_version "$written_by" Redis
if [ "$ordinal" != "$primary" ]; then
    follow
elif has_data; then
    write_users "$(mark_in "$users")" "$users"
else
    begin
fi
configure
note_version "$written_by"
say "ready"
