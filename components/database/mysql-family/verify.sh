# Loads the dumps of BACKUP into a server of its own, which nobody else reaches, and compares them with their manifest.
#
# SCRATCH           an empty folder
umask 077

RUN=$SCRATCH
socket="$SCRATCH/verify.sock"

over_socket() { "$client" --no-defaults --socket="$socket" --user=root --batch --skip-column-names --raw "$@"; }

count_kind() {
    over_socket --execute="SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = '$1' AND table_type $2"
}

check_files
cat >"$SCRATCH/server.cnf" <<END
[mysqld]
character_set_server = utf8mb4
innodb_buffer_pool_size = 64M
tmpdir = $SCRATCH
END
make_scratch "$SCRATCH/data"
start_server "$SCRATCH/data" "$SCRATCH/server.cnf" over_socket --skip-log-bin
while read -r database tables views _; do
    over_socket --execute="CREATE DATABASE \`$database\`"
    gzip -dc "$BACKUP/$database.sql.gz" | over_socket "$database"
    found="$(count_kind "$database" "NOT LIKE '%VIEW'") $(count_kind "$database" "LIKE '%VIEW'")"
    [ "$found" = "$tables $views" ] ||
        fail "$database has $found tables and views, and the server that was dumped had $tables $views"
    say "$database is whole"
done <"$BACKUP/manifest"
stop_server
