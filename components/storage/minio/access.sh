#!/bin/sh
# Brings a store's buckets and users to what they should be. It may run any number of times and be ended anywhere: what is
# there already stays as it is, no bucket is ever dropped, and a user that is gone from the files can't log in any more.
#
# Needs a shell and mc, nothing else. The environment: MC_HOST_store (URL with the administrator's key), SSL_CERT_FILE (who signed the
# store's certificate), ACCESS (folder with the files below).
#   buckets               a line a bucket: NAME versioned|plain LOCK|- QUOTA|-, LOCK as governance:30d, QUOTA in bytes
#   BUCKET.lifecycle.json rules by which objects and versions go
#   users                 a line a user: NAME SECRET
#   USER.policy.json      what the user may do
set -eu

# Policies that are ours; a user who has the one of the user's own name is ours too.
mark=kubernetes-faas-

say() {
    printf '%s\n' "$*"
}

# Runs a command that may find its work done: CODE is what the server then answers.
unless() {
    code=$1
    shift
    if ! answer=$("$@" --json 2>&1); then
        case $answer in
            *"$code"*) ;;
            *)
                say "$answer" >&2
                return 1
                ;;
        esac
    fi
}

make_bucket() {
    case $2 in
        -) mc mb --quiet --ignore-existing "store/$1" ;;
        *)
            mc mb --quiet --ignore-existing --with-lock "store/$1"
            mc retention set --quiet --default "${2%:*}" "${2#*:}" "store/$1"
            ;;
    esac
    mc anonymous set none "store/$1"
}

set_versioning() {
    if [ "$2" = versioned ]; then
        mc version enable "store/$1"
    else
        case $(mc version info --json "store/$1") in
            *'"status":"Enabled"'*) mc version suspend "store/$1" ;;
        esac
    fi
}

set_lifecycle() {
    mc ilm rule import "store/$1" <"$ACCESS/$1.lifecycle.json"
}

set_quota() {
    case $2 in
        -) mc quota clear "store/$1" ;;
        *) mc quota set "store/$1" --size "$2" ;;
    esac
}

# The policy comes first, so that a user never has more than it says. The secret goes by a pipe: arguments are public.
make_user() {
    mc admin policy create store "$mark$1" "$ACCESS/$1.policy.json"
    printf '%s\n%s\n' "$1" "$2" | mc admin user add store
    unless XMinioAdminPolicyChangeAlreadyApplied mc admin policy attach store "$mark$1" --user "$1"
}

# Prints the names of users that are ours, are enabled and aren't in the file.
departed_users() {
    kept=' '
    while read -r name _; do
        kept="$kept$name "
    done <"$ACCESS/users"
    list=$(mc admin user list --json store)
    printf '%s\n' "$list" | while read -r line; do
        case $line in
            *'"accessKey":"'*'"userStatus":"enabled"'*) ;;
            *) continue ;;
        esac
        name=${line#*'"accessKey":"'}
        name=${name%%'"'*}
        policies=${line#*'"policyName":"'}
        case ",${policies%%'"'*}," in
            *",$mark$name,"*) ;;
            *) continue ;;
        esac
        case $kept in
            *" $name "*) ;;
            *) say "$name" ;;
        esac
    done
}

mc ready store

while read -r name versioning lock quota <&3; do
    make_bucket "$name" "$lock"
    set_versioning "$name" "$versioning"
    set_lifecycle "$name"
    set_quota "$name" "$quota"
done 3<"$ACCESS/buckets"

while read -r name secret <&3; do
    make_user "$name" "$secret"
done 3<"$ACCESS/users"

for name in $(departed_users); do
    mc admin user disable store "$name"
done
