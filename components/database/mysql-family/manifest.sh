# What the scripts of a backup have in common.

# How a dump introduces each of them; what is in the tables begins no line.
table_line='^-- Table structure for table '
view_line='^-- Final view structure for view '

# Lines of a compressed file that fit.
count_in() { gzip -dc "$1" | grep -c "$2" || true; }

# Bytes and SHA-256 of a file.
measure() { echo "$(wc -c <"$1") $(sha256sum <"$1" | cut -d ' ' -f 1)"; }

# Ends the script unless the files of BACKUP are those that were dumped.
check_files() {
    [ -s "$BACKUP/manifest" ] || fail "$BACKUP has no manifest: it holds no dump, or half of one"
    while read -r database _ _ bytes sum; do
        file="$BACKUP/$database.sql.gz"
        [ -e "$file" ] || fail "the dump of $database is missing"
        [ "$(measure "$file")" = "$bytes $sum" ] || fail "the dump of $database is not what was written"
    done <"$BACKUP/manifest"
}
