# Downloads a backup into BACKUP, and looks whether all of it has come.
#
# ENGINE  whose backups these must be     WANTED  the time of the backup, or `latest`
# SKIP    a file: where it is, nothing is to be done

choose() {
    complete_backups >"$TMPDIR/complete"
    [ -s "$TMPDIR/complete" ] || fail "there is no whole backup in $PLACE"
    if [ "$WANTED" = latest ]; then
        tail -n 1 "$TMPDIR/complete"
    elif ! grep -x "$WANTED" "$TMPDIR/complete"; then
        fail "there is no whole backup $WANTED in $PLACE, but there are:" "$(tr '\n' ' ' <"$TMPDIR/complete")"
    fi
}

check_origin() {
    origin=$(origin_of "$1")
    say "downloading $1 of ${origin:-an unknown database} from $PLACE"
    case $origin in
        "$ENGINE "*" $protection") ;;
        "$ENGINE "*" encrypted") fail "the backup $1 is encrypted; give its encryptionPassword" ;;
        "$ENGINE "*" clear") fail "the backup $1 is not encrypted; leave encryptionPassword out" ;;
        "") fail "the backup $1 does not say whose it is" ;;
        *) fail "the backup $1 is none of $ENGINE" ;;
    esac
}

if [ -e "$SKIP" ]; then
    say "nothing to do"
    exit 0
fi
chosen=$(choose)
check_origin "$chosen"
rclone copy --exclude /origin "backups:$chosen" "$BACKUP" 2>"$TMPDIR/reason" || {
    cat "$TMPDIR/reason" >&2
    ! grep -q 'bad password' "$TMPDIR/reason" ||
        fail "the backup $chosen was encrypted with another password than this encryptionPassword"
    fail "the backup $chosen was not downloaded"
}
(cd "$BACKUP" && sha256sum -c sums) >"$TMPDIR/compared" 2>&1 || {
    cat "$TMPDIR/compared" >&2
    fail "the backup $chosen is damaged"
}
rm "$BACKUP/sums"
say "downloaded $chosen"
