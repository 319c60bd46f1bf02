#!/bin/sh
# Which version of a server was let at a pod's data last, in a note on the volume: from then on the files are its, whatever it
# has come to do with them. Stands before an engine's prepare.sh, which has `fail`. $1 is always the note.
#
# RELEASE     the version that this pod runs
# TAKES_OVER  versions whose data that takes over in place, with blanks between; absent where there are none

# Ends the script where data with a note is not for this version; $2 is the engine's title. Without a note it judges nothing.
check_version() {
    [ -e "$1" ] || return 0
    wrote=$(cat "$1")
    case " $RELEASE ${TAKES_OVER-} " in
    *" $wrote "*) return 0 ;;
    esac
    # No version restores a newer one's backup.
    if [ "$(printf '%s\n' "$wrote" "$RELEASE" | sort -V | tail -n 1)" = "$RELEASE" ]; then
        backup="of it"
    else
        backup="that $2 $RELEASE made"
    fi
    fail "the data was written by $2 $wrote, and $2 $RELEASE does not take it over; go back to version \"$wrote\", or restore a backup $backup into a database of another name: see docs/databases.md"
}

# Has to be on the disk before the server starts. A sync of everything would wait for whatever else the node writes.
note_version() {
    if [ "$(cat "$1" 2>/dev/null)" != "$RELEASE" ]; then
        echo "$RELEASE" >"$1.new"
        sync "$1.new"
        mv "$1.new" "$1"
    fi
    # Also after a start that was ended here; where nothing changed, there is nothing to wait for.
    sync "${1%/*}"
}
