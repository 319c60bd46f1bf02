import { quantityValue } from "../../core/validation";

/** What the server's configuration is made from. */
export interface ServerSettings {
    port: number;
    /** The server's memory limit, as a Kubernetes quantity. */
    memory: string;
    /** Settings of the user, over those chosen here. */
    settings: Record<string, string>;
    /** How many copies must have a commit before it is one. @default 0 */
    synchronousCopies?: number;
}

/** Where the pods have what their server needs. */
export const folders = {
    settings: "/etc/postgresql",
    certificates: "/run/secrets/postgresql",
    run: "/var/run/postgresql",
} as const;

/** Settings that the component lives by; changing one would open the server or lose its data. */
export const ownSettings: readonly string[] = [
    "allow_alter_system",
    "config_file",
    "data_directory",
    "default_transaction_read_only",
    "fsync",
    "full_page_writes",
    "hba_file",
    "hot_standby",
    "ident_file",
    "include",
    "include_dir",
    "include_if_exists",
    "listen_addresses",
    "max_replication_slots",
    "max_wal_senders",
    "password_encryption",
    "port",
    "primary_conninfo",
    "primary_slot_name",
    "recovery_target_timeline",
    "restore_command",
    "ssl",
    "ssl_ca_file",
    "ssl_cert_file",
    "ssl_key_file",
    "ssl_min_protocol_version",
    "synchronous_standby_names",
    "unix_socket_directories",
    "unix_socket_permissions",
    "wal_level",
];

const mebibyte = 2 ** 20;

/** How copies call themselves to their primary. */
const allPods = Array.from({ length: 9 }, (_, ordinal) => `pod_${ordinal}`);

/** The server's configuration file. */
export function postgresqlConf({ port, memory, settings, synchronousCopies = 0 }: ServerSettings): string {
    const share = (part: number): string => `${Math.max(16, Math.floor((quantityValue(memory)! * part) / mebibyte))}MB`;
    const chosen = {
        listen_addresses: "*",
        port: `${port}`,
        hba_file: `${folders.settings}/pg_hba.conf`,
        unix_socket_directories: folders.run,
        unix_socket_permissions: "0700",
        ssl: "on",
        ssl_cert_file: `${folders.certificates}/server.crt`,
        ssl_key_file: `${folders.certificates}/server.key`,
        ssl_ca_file: `${folders.certificates}/ca.crt`,
        ssl_min_protocol_version: "TLSv1.2",
        password_encryption: "scram-sha-256",
        // A quarter for the server's own cache, the rest for the system's: https://www.postgresql.org/docs/current/runtime-config-resource.html
        shared_buffers: share(0.25),
        effective_cache_size: share(0.7),
        wal_level: "replica",
        hot_standby: "on",
        // Copies look for a new primary that often, at most.
        wal_retrieve_retry_interval: "2s",
        // All that there may ever be, so that another copy restarts nobody.
        ...(synchronousCopies > 0
            ? { synchronous_standby_names: `ANY ${synchronousCopies} (${allPods.join(", ")})` }
            : {}),
        log_destination: "stderr",
        logging_collector: "off",
        log_timezone: "Etc/UTC",
        timezone: "Etc/UTC",
    };
    // What prepare.sh writes for this pod alone: what the user may set otherwise, and what a copy has to have.
    const include = (file: string): [string, string] => ["include_if_exists", `${folders.run}/${file}`];
    return [...Object.entries(chosen), include("pod.conf"), ...Object.entries(settings), include("copy.conf")]
        .map(([name, value]) => `${name} = '${value.replaceAll("'", "''")}'\n`)
        .join("");
}

/** The user whom the exporter of metrics logs in as. */
export const monitor = "monitoring";

/** The user who dumps: reads everything, and changes nothing. */
export const backup = "backup";

const forSuperuser = [
    "local   all          postgres        peer",
    "hostssl all          postgres  all   cert",
    "hostssl replication  postgres  all   cert",
];

const forNobody = "host    all          all       all   reject";

/** Who may log in while a pod hands over: the other pods alone. */
export const closedHbaConf = [...forSuperuser, forNobody, ""].join("\n");

/**
 * Who may log in, and how: nobody without TLS; the superuser, the exporter and who dumps by certificates alone, which no password
 * opens; everybody else by a password. The first line that fits counts.
 */
export const pgHbaConf = [
    ...forSuperuser,
    `hostssl all          ${monitor} all  cert`,
    `hostssl all          ${backup}  all   cert`,
    `host    all          postgres,${monitor},${backup} all reject`,
    "hostssl all          all       all   scram-sha-256",
    forNobody,
    "",
].join("\n");
