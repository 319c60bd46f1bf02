import { yaml } from "../../core/lazy-modules";
import { quantityValue } from "../../core/validation";

/** What the server's configuration is made from. */
export interface ServerSettings {
    port: number;
    /** The server's memory limit, as a Kubernetes quantity. */
    memory: string;
    /** Settings of the user, over those chosen here, by their names with dots. */
    settings: Record<string, string>;
}

/** Where the pods have what their server needs. */
export const folders = {
    settings: "/etc/mongodb",
    certificates: "/run/secrets/mongodb",
    run: "/run/mongodb",
    volume: "/data/db",
    data: "/data/db/data",
} as const;

/** Name of every replica set: sets are told apart by their hosts and keys. */
export const setName = "rs0";

/** Sections of mongod's configuration file of which any setting may be named. */
export const settingName =
    /^(net|operationProfiling|replication|security|setParameter|storage|systemLog)(\.[a-zA-Z][a-zA-Z0-9_]*)+$/;

/** Settings that the component lives by; changing one would open the server or lose its data. */
export const ownSettings: readonly string[] = [
    "net.bindIp",
    "net.bindIpAll",
    "net.port",
    "net.ssl",
    "net.ssl.",
    "net.tls",
    "net.tls.",
    "net.unixDomainSocket",
    "net.unixDomainSocket.",
    "replication.replSetName",
    "security.authorization",
    "security.clusterAuthMode",
    "security.keyFile",
    "security.transitionToAuth",
    "setParameter.authenticationMechanisms",
    "setParameter.clusterAuthMode",
    "setParameter.enableLocalhostAuthBypass",
    "setParameter.enableTestCommands",
    "setParameter.skipShardingConfigurationChecks",
    "setParameter.tlsMode",
    "setParameter.tlsWithholdClientCertificate",
    "storage.dbPath",
    "storage.directoryPerDB",
    "storage.engine",
    "storage.wiredTiger.engineConfig.directoryForIndexes",
    "systemLog.destination",
    "systemLog.path",
];

const gibibyte = 2 ** 30;

/** WiredTiger takes no less: https://www.mongodb.com/docs/manual/reference/configuration-options/ */
const smallestCache = 0.25;

/** Settings by their names with dots. */
function chosenSettings({ port, memory }: ServerSettings): Record<string, string> {
    // What WiredTiger takes of a whole machine by itself; the rest is for connections, sorts and the system's cache.
    const cache = Math.max(smallestCache, (quantityValue(memory)! - gibibyte) / 2 / gibibyte);
    return {
        "net.port": `${port}`,
        "net.bindIpAll": "true",
        "net.unixDomainSocket.enabled": "false",
        "net.tls.mode": "requireTLS",
        "net.tls.certificateKeyFile": `${folders.run}/server.pem`,
        "net.tls.CAFile": `${folders.certificates}/ca.crt`,
        "net.tls.disabledProtocols": "TLS1_0,TLS1_1",
        // Users with a password have no certificate.
        "net.tls.allowConnectionsWithoutCertificates": "true",
        "replication.replSetName": setName,
        "security.authorization": "enabled",
        "security.clusterAuthMode": "keyFile",
        "security.keyFile": `${folders.run}/keyfile`,
        // Else whoever is in the pod makes the first user of a member that is empty.
        "setParameter.enableLocalhostAuthBypass": "false",
        // Members know each other by the key file; their certificates are for servers only.
        "setParameter.tlsWithholdClientCertificate": "true",
        // Else it warns of each of them, and of every probe:
        // https://www.mongodb.com/docs/manual/reference/parameters/#mongodb-parameter-param.suppressNoTLSPeerCertificateWarning
        "setParameter.suppressNoTLSPeerCertificateWarning": "true",
        "storage.dbPath": folders.data,
        "storage.wiredTiger.engineConfig.cacheSizeGB": cache.toFixed(2),
    };
}

/** The server's configuration file. Logins are asked for by it and nothing else, whatever the environment holds. */
export function mongodConf(server: ServerSettings): string {
    return yaml.stringify(nested({ ...chosenSettings(server), ...server.settings }), { lineWidth: 0 });
}

/** The first setting under a name that stands for a value, if there is one: both can't be in one file. */
export function settingBelow(name: string, settings: Record<string, string>): string | undefined {
    const chosen = Object.keys(chosenSettings({ port: 0, memory: "1Gi", settings: {} }));
    return [...chosen, ...Object.keys(settings)].find((other) => other.startsWith(`${name}.`));
}

type Tree = { [name: string]: Tree | string | number | boolean };

function nested(settings: Record<string, string>): Tree {
    const root: Tree = {};
    for (const [path, value] of Object.entries(settings)) {
        const steps = path.split(".");
        const last = steps.pop()!;
        const parent = steps.reduce((tree, step) => (tree[step] ??= {}) as Tree, root);
        parent[last] = scalar(value);
    }
    return root;
}

/** mongod tells numbers and truth values from texts, as YAML does. */
function scalar(value: string): string | number | boolean {
    if (value === "true" || value === "false") {
        return value === "true";
    }
    return /^-?\d{1,15}(\.\d{1,15})?$/.test(value) ? Number(value) : value;
}
