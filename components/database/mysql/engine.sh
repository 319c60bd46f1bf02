#!/bin/sh
# What MySQL does its own way. Stands before each script of ../mysql-family, which calls these.
# shellcheck disable=SC2034 # the names are for those scripts
set -eu

title=MySQL
server=mysqld
client=mysql
dump=mysqldump
# What there is to do where taking data over fails: a server that does not come to its end may have done half of it.
if_not_taken_over="if the server does not start, the data may be this version's already: mend what its log says and start it again"
# Options of a server that follows nobody yet.
alone="--skip-replica-start --event-scheduler=OFF --mysqlx=OFF --secure-file-priv=NULL"
# Options of a dump, of what is no table too. Masking policies are the whole server's, in editions that the image is not; 8.4 does
# not know the option: https://dev.mysql.com/doc/refman/9.7/en/data-masking-policy-usage.html
dump_options="--loose-skip-masking-policies --single-transaction --quick --routines --events --triggers --hex-blob --no-tablespaces --set-gtid-purged=OFF --max-allowed-packet=1G"

# Options of a client that shows a certificate (its key's name) and checks the server's, by TCP.
by_certificate() {
    echo "--ssl-mode=VERIFY_IDENTITY --ssl-ca=$CERTIFICATES/ca.crt --ssl-cert=$CERTIFICATES/$1.crt --ssl-key=$CERTIFICATES/$1.key"
}

# The same over a socket, which has no host's name to check.
by_certificate_over_socket() {
    echo "--ssl-mode=VERIFY_CA --ssl-ca=$CERTIFICATES/ca.crt --ssl-cert=$CERTIFICATES/$1.crt --ssl-key=$CERTIFICATES/$1.key"
}

# As root, who has no password yet, over a socket that only this pod reaches.
as_root() { mysql --no-defaults --socket="$socket" --user=root "$@"; }

# Makes system tables in a folder that is not there, and runs the SQL of a file. Users can't be made before there is a server:
# https://dev.mysql.com/doc/refman/8.4/en/server-system-variables.html#sysvar_init_file
make_empty() {
    folder=$1
    first_sql=$2
    make_scratch "$folder"
    start_server "$folder" "$SETTINGS/server.cnf" as_root --skip-log-bin
    as_root <"$first_sql"
    stop_server
}

# As make_empty, where root needs no password: for a server that only this pod reaches.
make_scratch() {
    mysqld --no-defaults --initialize-insecure --datadir="$1" --secure-file-priv=NULL >"$RUN/install.log" 2>&1 ||
        fail "$(cat "$RUN/install.log")"
}

# One file among the zones holds a text in the place of an abbreviation, which no column takes.
time_zones_sql() { mysql_tzinfo_to_sql "$1" | sed 's/Local time zone must be set--see zic manual page/FCTY/'; }

# What makes a server follow a host, once its data is that host's.
follow_sql() {
    cat <<END
CHANGE REPLICATION SOURCE TO SOURCE_HOST = '$1', SOURCE_PORT = $PORT, SOURCE_USER = 'replication', SOURCE_CONNECT_RETRY = 5, SOURCE_RETRY_COUNT = 1000000000, SOURCE_AUTO_POSITION = 1, SOURCE_SSL = 1, SOURCE_SSL_CA = '$CERTIFICATES/ca.crt', SOURCE_SSL_CERT = '$CERTIFICATES/replication.crt', SOURCE_SSL_KEY = '$CERTIFICATES/replication.key', SOURCE_SSL_VERIFY_SERVER_CERT = 1;
END
}

# Fills a folder that is not there with the data of a host, whose version is given, and makes it follow. An empty server beside
# it fetches the files, of its own version alone: https://dev.mysql.com/doc/refman/8.4/en/clone-plugin-remote.html
copy_from() {
    target=$1
    host=$2
    [ "$3" = "$RELEASE" ] ||
        fail "the primary is MySQL $3, whose data no MySQL $RELEASE copies; go back to version \"$3\" until each copy has its data, then go to \"$RELEASE\" again"
    recipient="$target.recipient"
    make_empty "$recipient" "$SETTINGS/accounts.sql"
    start_server "$recipient" "$SETTINGS/server.cnf" over_socket --skip-log-bin
    over_socket <<END
SET GLOBAL clone_valid_donor_list = '$host:$PORT';
SET GLOBAL clone_ssl_ca = '$CERTIFICATES/ca.crt';
SET GLOBAL clone_ssl_cert = '$CERTIFICATES/replication.crt';
SET GLOBAL clone_ssl_key = '$CERTIFICATES/replication.key';
CLONE INSTANCE FROM 'replication'@'$host':$PORT IDENTIFIED BY '' DATA DIRECTORY = '$target' REQUIRE SSL;
END
    stop_server
    rm -rf "$recipient"
    start_server "$target" "$SETTINGS/server.cnf" over_socket --skip-log-bin
    follow_sql "$host" | over_socket
    stop_server
}

# The settings of a server that takes data over, when it can't load that plugin and knows none of its settings:
# https://dev.mysql.com/doc/refman/8.4/en/clone-plugin-installation.html
upgrade_settings() { grep -Ev '"mysql_clone\.so"|^clone' "$SETTINGS/server.cnf"; }

# Ends the script where the server refuses its settings, which it otherwise does once the data is its own already. It opens none
# here: https://dev.mysql.com/doc/refman/9.7/en/server-configuration-validation.html
check_settings() {
    mysqld --defaults-file="$1" --validate-config >"$RUN/settings.log" 2>&1 ||
        fail "MySQL $RELEASE refuses its settings, and was not let at the data; mend them, or go back to the version that made it: $(cat "$RUN/settings.log")"
}

# The server did it when it started, and logged none of it: https://dev.mysql.com/doc/refman/8.4/en/upgrading-what-is-upgraded.html
upgrade_data() { :; }

# Lines of the server's configuration for this pod: its ordinal, the mebibytes of its volume.
pod_settings() {
    # What the log may take at most can't be told, only its age.
    echo "super_read_only = $([ "$1" = "$primary" ] && echo OFF || echo ON)"
    echo "read_only = $([ "$1" = "$primary" ] && echo OFF || echo ON)"
}
