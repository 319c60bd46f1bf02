# Dumps the whole server into the folder BACKUP, as it was at one moment: see EngineBackup for the environment. What was
# written meanwhile is kept beside the data, and --oplog takes no single databases.

log_in backup
say "dumping $DATABASES"
mongodump --uri="$live" --oplog --gzip --archive="$archive" 2>"$TMPDIR/log" || {
    cat "$TMPDIR/log" >&2
    fail "the dump did not come to its end"
}

# What the dump tells of each collection: its database, how many documents, and its name. Without what was written meanwhile.
sed -nE 's/^.*done dumping `?([^`. ]+)\.(.*[^`])`? \(([0-9]+) documents?\)$/\1 \3 \2/p' "$TMPDIR/log" >"$TMPDIR/collections"
for each in $DATABASES; do
    awk -v name="$each" '
        $1 == name && ($3 !~ /^system\./ || $3 ~ /^system\.buckets\./) { collections++; documents += $2 }
        END { printf "%s: %d collections, %d documents\n", name, collections, documents }' "$TMPDIR/collections"
done >"$TMPDIR/manifest"
mv "$TMPDIR/manifest" "$BACKUP/manifest"
cat "$BACKUP/manifest"
