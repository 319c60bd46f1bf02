#!/bin/bash
# Ends with 0 when this member can serve: as the primary, as a secondary, or to be taken into a set. For the readiness probe,
# so that a roll waits for a member that starts, is filled, recovers or rolls back.
#
# A member without a configuration counts, since the Job that begins the set or adds the member waits for the pods. It has
# `isreplicaset` then, also when it was taken out (mongodb/mongo src/mongo/db/repl/hello_response.cpp, addToBSON).
#
# mongosh would be a whole Node each time, in the server's memory. So this asks `hello`, which needs no login, in MongoDB's
# own bytes: https://www.mongodb.com/docs/manual/reference/mongodb-wire-protocol/. openssl is in the image with
# ca-certificates (docker-library/mongo@2c69a57 8.0/Dockerfile).
#
# PORT   the server's port          CERTIFICATES   a folder with ca.crt
set -eu
export LC_ALL=C

# The connection ends by itself before the kubelet ends the probe: what is left over then would be the server's to wait for.
# What comes after it stays until its input is closed, since bash forgets a coprocess that has ended.
coproc server {
    timeout 3 openssl s_client -quiet -no_ign_eof -verify_quiet -verify_return_error \
        -connect "127.0.0.1:$PORT" -CAfile "$CERTIFICATES/ca.crt" 2>/dev/null || true
    exec >/dev/null
    cat
}
# shellcheck disable=SC2086 # numbers of files, which bash moves only without quotes
exec 3<&${server[0]}- 4>&${server[1]}-

# The message number 1 of 52 bytes, an OP_MSG: { hello: 1, $db: "admin" }.
# shellcheck disable=SC2016 # that is a name
printf '\064\0\0\0\001\0\0\0\0\0\0\0\335\007\0\0\0\0\0\0\0\037\0\0\0\020hello\0\001\0\0\0\002$db\0\006\0\0\0admin\0\0' >&4

length=$(head -c 4 <&3 | od -An --endian=little -tu4 | tr -d ' ')
fault="the server does not answer"
if [ -n "$length" ]; then
    fault="the member is neither primary nor secondary"
    # A field is its kind (8 is a truth value), its name and its value: https://bsonspec.org/spec.html
    if head -c "$((length - 4))" <&3 | grep -aqP '\x08(isWritablePrimary|secondary|isreplicaset)\x00\x01'; then
        fault=
    fi
fi
exec 4>&-
wait
if [ -n "$fault" ]; then
    echo "$fault"
    exit 1
fi
