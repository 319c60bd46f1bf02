#!/bin/sh
# What MariaDB does its own way. Stands before each script of ../mysql-family, which calls these.
# shellcheck disable=SC2034 # the names are for those scripts
set -eu

title=MariaDB
server=mariadbd
client=mariadb
dump=mariadb-dump
# What there is to do where taking data over fails: the log of a server that was not ended well is for its own version alone.
if_not_taken_over="if the server does not start, go back to the version of before for one start, whose end closes the data"
# Options of a server that follows nobody yet.
alone="--skip-slave-start --event-scheduler=OFF"
# Options of a dump, of what is no table too.
dump_options="--single-transaction --quick --routines --events --triggers --hex-blob --max-allowed-packet=1G"

# Options of a client that shows a certificate (its key's name) and checks the server's, by TCP.
by_certificate() {
    echo "--ssl-ca=$CERTIFICATES/ca.crt --ssl-cert=$CERTIFICATES/$1.crt --ssl-key=$CERTIFICATES/$1.key --ssl-verify-server-cert"
}

# The same over a socket, which has no host's name to check.
by_certificate_over_socket() {
    echo "--skip-ssl-verify-server-cert --ssl-ca=$CERTIFICATES/ca.crt --ssl-cert=$CERTIFICATES/$1.crt --ssl-key=$CERTIFICATES/$1.key"
}

# Makes system tables in a folder that is not there, and runs the SQL of a file.
make_empty() {
    folder=$1
    first_sql=$2
    mariadb-install-db --no-defaults --datadir="$folder" --rpm --skip-test-db --skip-name-resolve --skip-log-bin \
        --auth-root-authentication-method=socket --auth-root-socket-user=root --extra-file="$first_sql" \
        >"$RUN/install.log" 2>&1 || fail "$(cat "$RUN/install.log")"
}

# As make_empty, where root needs no password: for a server that only this pod reaches.
make_scratch() {
    mariadb-install-db --no-defaults --datadir="$1" --rpm --skip-test-db --skip-name-resolve --skip-log-bin \
        --auth-root-authentication-method=normal >/dev/null
}

time_zones_sql() { mariadb-tzinfo-to-sql --skip-write-binlog "$1"; }

# What makes a server follow a host, once its data is that host's.
follow_sql() {
    cat <<END
CHANGE MASTER TO MASTER_HOST = '$1', MASTER_PORT = $PORT, MASTER_USER = 'replication', MASTER_CONNECT_RETRY = 5, MASTER_USE_GTID = slave_pos, MASTER_SSL = 1, MASTER_SSL_CA = '$CERTIFICATES/ca.crt', MASTER_SSL_CERT = '$CERTIFICATES/replication.crt', MASTER_SSL_KEY = '$CERTIFICATES/replication.key', MASTER_SSL_VERIFY_SERVER_CERT = 1;
END
}

# Fills a folder that is not there with the data of a host, and makes it follow. By SQL: a copy of the files would have to
# be streamed by a program beside the primary.
copy_from() {
    folder=$1
    host=$2
    make_empty "$folder" "$SETTINGS/accounts.sql"
    start_server "$folder" "$SETTINGS/server.cnf" over_socket --skip-log-bin
    rm -f "$RUN/dumped"
    # The dump begins and ends in one connection, whose rights outlive the users that it replaces. Its position comes last.
    # shellcheck disable=SC2046,SC2086 # options are words
    {
        $dump --no-defaults --host="$host" --port="$PORT" --user=admin $(by_certificate client) $dump_options \
            --all-databases --ignore-table=mysql.gtid_slave_pos --master-data=1 --gtid --flush-privileges &&
            touch "$RUN/dumped" && follow_sql "$host"
    } | over_socket
    [ -e "$RUN/dumped" ] || fail "pod $primary was not read to its end"
    stop_server
}

# The settings of a server that takes data over.
upgrade_settings() { cat "$SETTINGS/server.cnf"; }

# A server that refuses its settings leaves the data as it was.
check_settings() { :; }

# Brings the system's tables to what this version wants them to be, and tables to formats that it reads. Nothing goes to the log
# that copies read, since it is asked for by an option: https://mariadb.com/docs/server/clients-and-utilities/deployment-tools/mariadb-upgrade
# By force: a new copy has its older primary's tables beside a newer server's note that all is done.
upgrade_data() {
    # shellcheck disable=SC2046 # options are words
    mariadb-upgrade --no-defaults --force --socket="$socket" --user=admin $(by_certificate_over_socket client) \
        >"$RUN/upgrade.log" 2>&1 || fail "the data was not taken over: $(tail -n 20 "$RUN/upgrade.log")"
}

# Lines of the server's configuration for this pod: its ordinal, the mebibytes of its volume.
pod_settings() {
    # From 11.4 on the log ends by itself; before, by age alone.
    cat <<END
loose_max_binlog_total_size = $(($2 / 4 + 64))M
loose_slave_connections_needed_for_purge = 0
read_only = $([ "$1" = "$primary" ] && echo OFF || echo ON)
END
}
