import { quantityValue } from "../../core/validation";

/** What the server's configuration is made from. */
export interface RedisSettings {
    port: number;
    /** The server's memory limit, as a Kubernetes quantity. */
    memory: string;
    /** Settings of the user, over those chosen here. */
    settings: Record<string, string>;
}

/** Where the pods have what their server needs. */
export const folders = {
    settings: "/etc/redis",
    certificates: "/run/secrets/redis",
    run: "/run/redis",
    exporter: "/run/redis-exporter",
} as const;

/**
 * Starts the server of a pod, with the configuration that `prepare.sh` leaves in a folder. By itself it would let all users of
 * the volume read what it writes.
 */
export function serverCommand(run: string): string[] {
    return ["sh", "-c", `umask 077 && exec redis-server ${run}/pod.conf`];
}

/** Settings that the component lives by; changing one would open the server, lose its data or let a user do so. */
export const ownSettings: readonly string[] = [
    "aclfile",
    "appenddirname",
    "appendfilename",
    "appendonly",
    "bind",
    "cluster-enabled",
    "daemonize",
    "databases",
    "dir",
    "enable-debug-command",
    "enable-module-command",
    "enable-protected-configs",
    "include",
    "loadmodule",
    "logfile",
    "masterauth",
    "masteruser",
    "pidfile",
    "port",
    "protected-mode",
    "rename-command",
    "replica-announce-ip",
    "replica-announce-port",
    "replica-read-only",
    "replicaof",
    "requirepass",
    "slave-announce-ip",
    "slave-announce-port",
    "slave-read-only",
    "slaveof",
    "supervised",
    "syslog-enabled",
    "tls-auth-clients",
    "tls-auth-clients-user",
    "tls-ca-cert-dir",
    "tls-ca-cert-file",
    "tls-cert-file",
    "tls-client-cert-file",
    "tls-client-key-file",
    "tls-cluster",
    "tls-key-file",
    "tls-port",
    "tls-protocols",
    "tls-replication",
    "unixsocket",
    "unixsocketperm",
    "user",
];

/**
 * The rest is for what the limit of memory does not count: buffers of copies and clients, fragments, and the pages that
 * change while a child process rewrites the log.
 */
const dataShare = 0.6;

/** The configuration that all pods of a server share; `prepare.sh` writes what is a pod's own. */
export function redisConf({ port, memory, settings }: RedisSettings): string {
    return renderSettings({
        port: "0",
        "tls-port": `${port}`,
        "tls-cert-file": `${folders.certificates}/server.crt`,
        "tls-key-file": `${folders.certificates}/server.key`,
        "tls-ca-cert-file": `${folders.certificates}/ca.crt`,
        // Who somebody is, a password tells; not every client library has a place for a certificate.
        "tls-auth-clients": "no",
        "tls-replication": "yes",
        "tls-protocols": '"TLSv1.2 TLSv1.3"',
        // It closes servers that ask for no password, which this one always does.
        "protected-mode": "no",
        "enable-debug-command": "no",
        "enable-module-command": "no",
        "enable-protected-configs": "no",
        // Rights are by keys and commands and know no databases.
        databases: "1",
        appendonly: "yes",
        appendfsync: "everysec",
        // The log has all; snapshots beside it would only cost memory and disk.
        save: '""',
        maxmemory: `${Math.floor(quantityValue(memory)! * dataShare)}`,
        "maxmemory-policy": "noeviction",
        ...settings,
    });
}

function renderSettings(settings: Record<string, string>): string {
    return Object.entries(settings)
        .map(([name, value]) => `${name} ${value}\n`)
        .join("");
}
