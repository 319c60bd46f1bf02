#!/bin/sh
# What upload.sh and download.sh begin with: the way to the store, by rclone's own environment variables
# (https://rclone.org/docs/#environment-variables), so that neither a file nor a command line holds a key.
#
# PLACE    the bucket and the folder in it    STORE   a folder with encryption-password and ca.crt, where there are any
# BACKUP   the folder with the dumps          TMPDIR  an empty folder
#
# A backup is a folder TIME of the place: `origin`, which says in clear whose it is; the dumps and `sums` of them; `manifest`,
# which comes last, so that a backup without one is none. `clear:` is the place as it is, `backups:` through the encryption.
set -eu
umask 077

say() { echo "$*"; }
fail() {
    say "$*" >&2
    exit 1
}

export RCLONE_CONFIG=/dev/null
export RCLONE_CONFIG_CLEAR_TYPE=alias RCLONE_CONFIG_CLEAR_REMOTE="store:$PLACE"
export RCLONE_CONFIG_BACKUPS_TYPE RCLONE_CONFIG_BACKUPS_REMOTE="store:$PLACE"
if [ -e "$STORE/ca.crt" ]; then
    export RCLONE_CA_CERT="$STORE/ca.crt"
fi
if [ -e "$STORE/encryption-password" ]; then
    protection=encrypted
    ending=.bin
    RCLONE_CONFIG_BACKUPS_TYPE=crypt
    RCLONE_CONFIG_BACKUPS_PASSWORD=$(rclone obscure - <"$STORE/encryption-password")
    export RCLONE_CONFIG_BACKUPS_PASSWORD
    export RCLONE_CONFIG_BACKUPS_FILENAME_ENCRYPTION=off RCLONE_CONFIG_BACKUPS_DIRECTORY_NAME_ENCRYPTION=false
else
    protection=clear
    ending=
    RCLONE_CONFIG_BACKUPS_TYPE=alias
fi

time_pattern='[0-9]{8}T[0-9]{6}Z'

# Lists folders and files of the place; nothing, when nothing was ever written there.
listed() {
    rclone lsf --recursive --max-depth 2 "$@" clear: >"$TMPDIR/listed" 2>"$TMPDIR/reason" && return
    # https://rclone.org/docs/#exit-code
    [ "$?" = 3 ] && : >"$TMPDIR/listed" && return
    cat "$TMPDIR/reason" >&2
    fail "the store can't be listed"
}

# The times of the backups that are whole, the newest last.
complete_backups() {
    listed --files-only
    sed -nE "s|^($time_pattern)/manifest(\.bin)?\$|\1|p" "$TMPDIR/listed" | sort -u
}

# The times of all backups, and of what was to become one.
all_backups() {
    listed --dirs-only
    sed -nE "s|^($time_pattern)/\$|\1|p" "$TMPDIR/listed" | sort -u
}

# Whose a backup is: ENGINE NAMESPACE/NAME IDENTITY, and whether it is encrypted; nothing, where the backup does not say so.
origin_of() {
    # Out of its folder: of a file by its name rclone says that there is none when the store denies to look at it.
    rclone cat --max-depth 1 --include /origin "clear:$1" 2>"$TMPDIR/reason" && return
    cat "$TMPDIR/reason" >&2
    fail "whose the backup $1 is can't be read"
}
