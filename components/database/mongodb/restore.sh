# Loads the dump in the folder BACKUP into a server's empty databases, once: see EngineBackup for the environment. What was
# written during the dump can be replayed only together with the users of that time, so a server of its own loads all of it
# first, and hands over the databases alone.

export RESTORE
log_in client

# How far this restore has come: nothing, `begun` or `done`.
state() { evaluate "$live" 'print(db.getSiblingDB("kubernetes_faas").restores.findOne({ _id: process.env.RESTORE })?.state ?? "")'; }
note() {
    evaluate "$live" "db.getSiblingDB('kubernetes_faas').restores.updateOne({ _id: process.env.RESTORE }, { \$set: { state: '$1' } }, { upsert: true })" >/dev/null
}

hand_over() {
    rm -f "$TMPDIR/complete"
    {
        mongodump --uri="$private" --db="$1" --archive && : >"$TMPDIR/complete"
    } | mongorestore --uri="$live" --archive --nsInclude="$1.*" --drop --stopOnError || fail "$1 was not loaded"
    [ -e "$TMPDIR/complete" ] || fail "$1 was not read to its end"
}

say "asking $ADDRESS"
known=$(state)
if [ "$known" = done ]; then
    say "the restore $RESTORE was done before"
    exit 0
fi
[ -s "$BACKUP/manifest" ] || fail "there is no backup to restore"
wanted=$(databases_of_manifest | tr '\n' ' ')
if [ "$known" != begun ]; then
    held=$(count_of "$live" "$wanted" | grep -v ': 0 collections,' || true)
    [ -z "$held" ] || fail "the server holds other data, which a restore would mix with the backup's ($held); restore into a new database"
    note begun
fi
start "$TMPDIR/server"
mongorestore --uri="$private" --gzip --archive="$archive" --drop --oplogReplay --stopOnError || fail "the dump can't be loaded"
for each in $wanted; do
    say "loading $each"
    hand_over "$each"
done
note 'done'
say "the restore $RESTORE is done"
cat "$BACKUP/manifest"
