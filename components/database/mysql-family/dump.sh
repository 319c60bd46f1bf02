# Dumps each database into BACKUP, and what it was into its `manifest`: name, tables, views, bytes, SHA-256.
#
# ADDRESS, PORT     the server                        CERTIFICATES     the authority, and the certificate `backup`
# DATABASES         names, with blanks between        TMPDIR           an empty folder
umask 077

for database in $DATABASES; do
    file="$BACKUP/$database.sql.gz"
    # The status of all but the last program of a pipe is lost, and so is kept in a file.
    # shellcheck disable=SC2046,SC2086 # options are words
    {
        $dump --no-defaults --host="$ADDRESS" --port="$PORT" --user=backup $(by_certificate backup) $dump_options \
            "$database" || touch "$TMPDIR/failed"
    } | gzip >"$file"
    [ ! -e "$TMPDIR/failed" ] || fail "$database was not dumped"
    echo "$database $(count_in "$file" "$table_line") $(count_in "$file" "$view_line") $(measure "$file")" >>"$TMPDIR/manifest"
    say "dumped $database"
done
cp "$TMPDIR/manifest" "$BACKUP/manifest"
