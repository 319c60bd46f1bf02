# Loads the dump in the folder BACKUP into a server of its own in SCRATCH, and compares: see EngineBackup.

[ -s "$BACKUP/manifest" ] || fail "there is no backup to verify"
start "$SCRATCH"
say "loading"
mongorestore --uri="$private" --gzip --archive="$archive" --nsExclude='admin.*' --nsExclude='config.*' --stopOnError ||
    fail "the dump can't be loaded"
count_of "$private" "$(databases_of_manifest | tr '\n' ' ')" >"$TMPDIR/found"
diff "$BACKUP/manifest" "$TMPDIR/found" || fail "the backup is another than its manifest says (<), namely this (>)"
say "loading again, with what was written during the dump"
mongorestore --uri="$private" --gzip --archive="$archive" --drop --oplogReplay --stopOnError ||
    fail "what was written during the dump can't be replayed"
say "the backup is whole:"
cat "$BACKUP/manifest"
