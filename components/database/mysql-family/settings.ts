import { type Checks, quantityValue } from "../../core/validation";
import { clients } from "./accounts";

/** Where the pods have what their server needs. */
export const folders = {
    settings: "/etc/mysql",
    certificates: "/run/secrets/mysql",
    run: "/run/mysqld",
    volume: "/var/lib/mysql",
} as const;

export const port = 3306;

/** The data, beside which there is room for what is not whole yet. */
export const dataFolder = `${folders.volume}/data`;

/** Settings that the component lives by; changing one would open the server or lose its data. */
export const ownSettings: readonly string[] = [
    "aria_log_dir_path",
    "bind_address",
    "binlog_format",
    "datadir",
    "enforce_gtid_consistency",
    "grant_tables",
    "gtid_domain_id",
    "gtid_mode",
    "gtid_strict_mode",
    "init_file",
    "init_slave",
    "innodb_data_file_path",
    "innodb_data_home_dir",
    "innodb_directories",
    "innodb_doublewrite",
    "innodb_flush_log_at_trx_commit",
    "innodb_log_group_home_dir",
    "innodb_read_only",
    "innodb_undo_directory",
    "local_infile",
    "log_basename",
    "log_bin",
    "log_replica_updates",
    "log_slave_updates",
    "mysqlx",
    "networking",
    "offline_mode",
    "pid_file",
    "plugin_dir",
    "port",
    "read_only",
    "relay_log",
    "relay_log_recovery",
    "replica_start",
    "report_host",
    "require_secure_transport",
    "secure_file_priv",
    "server_id",
    "skip_name_resolve",
    "slave_start",
    "socket",
    "ssl",
    "ssl_ca",
    "ssl_cert",
    "ssl_key",
    "super_read_only",
    "sync_binlog",
    "tls_version",
    "tmpdir",
    "user",
];

const prefixes = /^(loose_|skip_|disable_|enable_|maximum_)+/;

/**
 * Servers of this family take `loose_ssl`, `skip_ssl` and the beginning of a name for the name itself:
 * https://dev.mysql.com/doc/refman/8.4/en/program-option-modifiers.html
 */
export function checkSettings(checks: Checks, settings: Record<string, string> | undefined): void {
    checks.map("settings", settings, (key, _, nested) => {
        if (ownSettings.includes(key)) {
            return; // every engine's are refused
        }
        const name = key.replace(prefixes, "");
        const meant = ownSettings.find((own) => own === name || own.replace(prefixes, "") === name);
        const begun = ownSettings.find((own) => own.startsWith(name));
        if (meant ?? begun) {
            nested.fault("", `means "${meant ?? begun}", which is set by the component; leave it out`);
        }
    });
}

/** What a server's configuration is made from. */
export interface ServerSettings {
    /** The memory limit, as a Kubernetes quantity. */
    memory: string;
    /** Those of one engine. */
    engine: Record<string, string>;
    /** Plugins of one engine. @default none */
    plugins?: readonly string[];
    /** Settings of the user, over those chosen here. */
    settings: Record<string, string>;
}

const mebibyte = 2 ** 20;

/** Of the memory for InnoDB's pages; connections and the server itself need the rest. */
const bufferPoolShare = 0.5;
const smallestBufferPool = 16;

/** The server's configuration file. */
export function serverCnf({ memory, engine, plugins = [], settings }: ServerSettings): string {
    const bufferPool = Math.floor((quantityValue(memory)! * bufferPoolShare) / mebibyte);
    const chosen = Object.entries({
        port: `${port}`,
        bind_address: "*",
        datadir: dataFolder,
        tmpdir: `${folders.volume}/tmp`,
        socket: `${folders.run}/mysqld.sock`,
        pid_file: `${folders.run}/mysqld.pid`,
        ssl_ca: `${folders.certificates}/ca.crt`,
        ssl_cert: `${folders.certificates}/server.crt`,
        ssl_key: `${folders.certificates}/server.key`,
        tls_version: "TLSv1.2,TLSv1.3",
        require_secure_transport: "ON",
        // A user's host is an address, whatever a name server says.
        skip_name_resolve: "ON",
        local_infile: "OFF",
        character_set_server: "utf8mb4",
        default_time_zone: "+00:00",
        innodb_buffer_pool_size: `${Math.max(smallestBufferPool, bufferPool)}M`,
        // A commit is on the disk, in the data and in the log that copies read.
        innodb_flush_log_at_trx_commit: "1",
        sync_binlog: "1",
        log_bin: "binlog",
        // Owners may make functions and triggers: a log of rows carries what they did, whatever they would do again.
        loose_log_bin_trust_function_creators: "ON",
        binlog_expire_logs_seconds: `${3 * 24 * 60 * 60}`,
        relay_log: "relay",
        relay_log_recovery: "ON",
        ...engine,
        ...settings,
    });
    // Last, and added: `plugin_load` of a user would take the place of what stands before it.
    const loaded = plugins.map((plugin) => ["plugin_load_add", plugin] as const);
    const lines = [...chosen, ...loaded].map(([name, value]) => `${name} = ${quoted(value)}`);
    // What prepare.sh writes for this pod alone.
    return ["[mysqld]", ...lines, `!includedir ${folders.run}`, ""].join("\n");
}

/** As option files want it: https://dev.mysql.com/doc/refman/8.4/en/option-files.html */
function quoted(value: string): string {
    return `"${value.replaceAll("\\", "\\\\")}"`;
}

/** How the exporter of metrics logs in: by its certificate. */
export const exporterCnf = [
    "[client]",
    `user = ${clients.monitor}`,
    "host = 127.0.0.1",
    `port = ${port}`,
    `ssl-ca = ${folders.certificates}/ca.crt`,
    `ssl-cert = ${folders.certificates}/monitor.crt`,
    `ssl-key = ${folders.certificates}/monitor.key`,
    "",
].join("\n");
