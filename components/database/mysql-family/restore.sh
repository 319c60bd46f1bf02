# Loads the dumps of BACKUP into a server whose databases and users are there. May be ended and run again: each dump takes
# away first what it brings.
#
# ADDRESS, PORT     the server that takes writes      CERTIFICATES     the authority, and the administrator's certificate
# RESTORE           the name of this restore          DATABASES        names, with blanks between
umask 077

over_network() {
    # shellcheck disable=SC2046 # options are words
    "$client" --no-defaults --connect-timeout=5 --host="$ADDRESS" --port="$PORT" --user=admin \
        $(by_certificate client) --batch --skip-column-names --raw "$@"
}

ask() { over_network --execute="$1"; }

case $RESTORE in
*[!A-Za-z0-9_.:/+-]*) fail "the name of a restore has letters, digits and _.:/+- only, not \"$RESTORE\"" ;;
esac
state=$(ask "SELECT finished FROM kubernetes_faas.restores WHERE name = '$RESTORE'")
if [ "$state" = 1 ]; then
    say "$RESTORE was restored before"
    exit 0
fi
check_files
while read -r database _; do
    case " $DATABASES " in
    *" $database "*) ;;
    *) fail "the dump has the database $database, and the server has not; name it in \`databases\`" ;;
    esac
    tables=$(ask "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = '$database'")
    [ "$state" = 0 ] || [ "$tables" = 0 ] ||
        fail "$database has $tables tables; restore into a database of another name, which has none"
done <"$BACKUP/manifest"
ask "INSERT IGNORE INTO kubernetes_faas.restores VALUES ('$RESTORE', FALSE)"
while read -r database _; do
    gzip -dc "$BACKUP/$database.sql.gz" | over_network "$database"
    say "restored $database"
done <"$BACKUP/manifest"
ask "UPDATE kubernetes_faas.restores SET finished = TRUE WHERE name = '$RESTORE'"
