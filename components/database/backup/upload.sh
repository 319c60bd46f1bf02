# Uploads the dumps as a backup, looks at what the store has of it, and deletes backups that are too old.
#
# ORIGIN     ENGINE NAMESPACE/NAME IDENTITY     TIME   a file with the time at which the dump began
# KEEP_DAYS  how many days a backup is kept; empty, where the bucket's own rules delete
# TAKE_OVER  not empty, where this database goes on after another one

# A database that was made anew would else become what `latest` restores, and two clusters would take turns.
check_predecessor() {
    complete_backups >"$TMPDIR/complete"
    [ -s "$TMPDIR/complete" ] || return 0
    newest=$(tail -n 1 "$TMPDIR/complete")
    origin=$(origin_of "$newest")
    case $origin in "$ORIGIN "*) return ;; esac
    if [ -n "$TAKE_OVER" ]; then
        say "going on after $newest of ${origin:-an unknown database}"
        return
    fi
    fail "nothing was uploaded: the newest backup in $PLACE, $newest, is of ${origin:-an unknown database}," \
        "and this database is $ORIGIN; give another prefix, restore that backup first," \
        "or say takeOver: true if this database goes on in its place"
}

upload() {
    [ -s "$BACKUP/manifest" ] || fail "there is no dump to upload"
    say "uploading $1 to $PLACE"
    (cd "$BACKUP" && sha256sum -- *) >"$TMPDIR/sums"
    mv "$TMPDIR/sums" "$BACKUP/sums"
    say "$ORIGIN $protection" | rclone rcat "clear:$1/origin"
    rclone copy --immutable --exclude /manifest "$BACKUP" "backups:$1"
    rclone check --one-way --download --exclude /manifest "$BACKUP" "backups:$1"
    rclone copyto --immutable "$BACKUP/manifest" "backups:$1/manifest"
    rclone cat "backups:$1/manifest" | cmp - "$BACKUP/manifest"
}

# The manifest goes first, so that nobody takes what is left of a backup for one.
delete() {
    say "deleting $1"
    for manifest in manifest manifest.bin; do
        ! grep -qx "$1/$manifest" "$TMPDIR/files" || rclone deletefile "clear:$1/$manifest"
    done
    rclone purge "clear:$1"
}

# Deletes what is older than KEEP_DAYS, but neither the newest whole backup nor what another database wrote.
prune() {
    oldest=$(date -u -d "@$(($(date +%s) - KEEP_DAYS * 86400))" +%Y%m%d%H%M%S)
    complete_backups >"$TMPDIR/complete"
    newest=$(tail -n 1 "$TMPDIR/complete")
    cp "$TMPDIR/listed" "$TMPDIR/files"
    all_backups >"$TMPDIR/all"
    while read -r each <&3; do
        if [ "$each" = "$newest" ] || [ "$(echo "$each" | tr -d TZ)" -ge "$oldest" ]; then
            continue
        fi
        origin=$(origin_of "$each")
        case $origin in
            "$ORIGIN "*) delete "$each" ;;
            *) say "leaving $each, which this database did not write" ;;
        esac
    done 3<"$TMPDIR/all"
}

check_predecessor
upload "$(cat "$TIME")"
[ -z "$KEEP_DAYS" ] || prune
say "whole backups:"
complete_backups
