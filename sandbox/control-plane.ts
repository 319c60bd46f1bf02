import * as fs from "node:fs";
import * as path from "node:path";

import { stringify } from "yaml";

import { type ControlPlane } from "./tools/binaries";
import { SandboxError } from "./tools/error";
import { projectRoot, writeFileAtomically } from "./tools/paths";

/** Ports of one sandbox, all on 127.0.0.1. */
export interface Ports {
    readonly api: number;
    readonly etcd: number;
    readonly etcdPeer: number;
}

/** Where one sandbox keeps what. */
export interface Layout {
    readonly directory: string;
    readonly certificates: string;
    readonly kubeconfigs: string;
    readonly logs: string;
    readonly etcdData: string;
    /** The kubeconfig for people, tests and Pulumi. */
    readonly kubeconfig: string;
    readonly state: string;
    readonly pulumi: string;
    /** Where the API server dials into the cluster network. */
    readonly egressSocket: string;
    /** Which local process answers for which Service. */
    readonly routes: string;
    /** What runs in place of simulated pods. */
    readonly activated: string;
}

export function layoutOf(directory: string): Layout {
    const at = (...parts: string[]): string => path.join(directory, ...parts);
    return {
        directory,
        certificates: at("pki"),
        kubeconfigs: at("kubeconfigs"),
        logs: at("logs"),
        etcdData: at("etcd"),
        kubeconfig: at("kubeconfig"),
        state: at("state.json"),
        pulumi: at("pulumi"),
        egressSocket: at("egress.sock"),
        routes: at("routes.json"),
        activated: at("activated.json"),
    };
}

/** Range of cluster IPs; the load-balancer stage maps it onto 198.18.0.0/16. */
export const serviceRange = "10.96.0.0/16";

/** An address from RFC 5737: an Endpoints object refuses the loopback address that the server really listens on. */
export const advertisedAddress = "192.0.2.1";

/** One process of a sandbox. */
export interface Component {
    readonly name: string;
    readonly command: readonly string[];
}

const flags = (values: Readonly<Record<string, string>>): string[] =>
    Object.entries(values).map(([name, value]) => `--${name}=${value}`);

export function etcd(programs: ControlPlane, layout: Layout, ports: Ports): Component {
    const certificate = (name: string): string => path.join(layout.certificates, "etcd", name);
    const peer = `https://127.0.0.1:${ports.etcdPeer}`;
    return {
        name: "etcd",
        command: [
            ...programs.etcd,
            ...flags({
                name: "sandbox",
                "data-dir": layout.etcdData,
                "listen-client-urls": `https://127.0.0.1:${ports.etcd}`,
                "advertise-client-urls": `https://127.0.0.1:${ports.etcd}`,
                "listen-peer-urls": peer,
                // Part of the stored membership, and of no use with one member: must not change with the port.
                "initial-advertise-peer-urls": "https://127.0.0.1:2380",
                "initial-cluster": "sandbox=https://127.0.0.1:2380",
                "cert-file": certificate("server.crt"),
                "key-file": certificate("server.key"),
                "client-cert-auth": "true",
                "trusted-ca-file": certificate("ca.crt"),
                "peer-cert-file": certificate("peer.crt"),
                "peer-key-file": certificate("peer.key"),
                "peer-client-cert-auth": "true",
                "peer-trusted-ca-file": certificate("ca.crt"),
                // A crash of the machine may lose the last seconds of a sandbox; waiting for the disk costs half the speed.
                "unsafe-no-fsync": "true",
                "log-level": "warn",
            }),
        ],
    };
}

export function apiServer(programs: ControlPlane, layout: Layout, ports: Ports): Component {
    const certificate = (name: string): string => path.join(layout.certificates, name);
    return {
        name: "kube-apiserver",
        command: [
            ...programs["kube-apiserver"],
            ...flags({
                "bind-address": "127.0.0.1",
                "secure-port": String(ports.api),
                "advertise-address": advertisedAddress,
                "allow-privileged": "true",
                "authorization-mode": "Node,RBAC",
                "enable-admission-plugins": "NodeRestriction",
                "client-ca-file": certificate("ca.crt"),
                "tls-cert-file": certificate("apiserver.crt"),
                "tls-private-key-file": certificate("apiserver.key"),
                "egress-selector-config-file": path.join(layout.directory, egressConfig),
                "etcd-servers": `https://127.0.0.1:${ports.etcd}`,
                "etcd-cafile": certificate("etcd/ca.crt"),
                "etcd-certfile": certificate("apiserver-etcd-client.crt"),
                "etcd-keyfile": certificate("apiserver-etcd-client.key"),
                "kubelet-client-certificate": certificate("apiserver-kubelet-client.crt"),
                "kubelet-client-key": certificate("apiserver-kubelet-client.key"),
                "proxy-client-cert-file": certificate("front-proxy-client.crt"),
                "proxy-client-key-file": certificate("front-proxy-client.key"),
                "requestheader-allowed-names": "front-proxy-client",
                "requestheader-client-ca-file": certificate("front-proxy-ca.crt"),
                "requestheader-extra-headers-prefix": "X-Remote-Extra-",
                "requestheader-group-headers": "X-Remote-Group",
                "requestheader-username-headers": "X-Remote-User",
                "service-account-issuer": "https://kubernetes.default.svc.cluster.local",
                "service-account-key-file": certificate("sa.pub"),
                "service-account-signing-key-file": certificate("sa.key"),
                "service-cluster-ip-range": serviceRange,
                profiling: "false",
            }),
        ],
    };
}

const egressConfig = "egress.yaml";

/** The process that stands in for the cluster network; writes the file that points the API server at it. */
export function egress(layout: Layout): Component {
    // A socket's path is limited to 104 bytes on macOS and 108 on Linux, with an end mark.
    if (Buffer.byteLength(layout.egressSocket) > 103) {
        throw new SandboxError(
            `the path ${layout.egressSocket} is too long for a socket: take a shorter name for the sandbox, or set ` +
                `KUBERNETES_FAAS_CACHE to a shorter path`,
        );
    }
    const transport = { uds: { udsName: layout.egressSocket } };
    const config = {
        apiVersion: "apiserver.k8s.io/v1beta1",
        kind: "EgressSelectorConfiguration",
        egressSelections: [{ name: "cluster", connection: { proxyProtocol: "HTTPConnect", transport } }],
    };
    writeFileAtomically(path.join(layout.directory, egressConfig), stringify(config));
    return { name: "egress", command: [process.execPath, path.join(__dirname, "egress.js"), layout.directory] };
}

export function controllerManager(programs: ControlPlane, layout: Layout): Component {
    const certificate = (name: string): string => path.join(layout.certificates, name);
    return {
        name: "kube-controller-manager",
        command: [
            ...programs["kube-controller-manager"],
            ...flags({
                kubeconfig: path.join(layout.kubeconfigs, "controller-manager.conf"),
                "secure-port": "0",
                "leader-elect": "false",
                "root-ca-file": certificate("ca.crt"),
                "service-account-private-key-file": certificate("sa.key"),
                "cluster-signing-cert-file": certificate("ca.crt"),
                "cluster-signing-key-file": certificate("ca.key"),
                "use-service-account-credentials": "true",
                // The defaults are for fleets: here a human waits.
                "pvclaimbinder-sync-period": "1s",
                profiling: "false",
            }),
        ],
    };
}

export function scheduler(programs: ControlPlane, layout: Layout): Component {
    return {
        name: "kube-scheduler",
        command: [
            ...programs["kube-scheduler"],
            ...flags({
                kubeconfig: path.join(layout.kubeconfigs, "scheduler.conf"),
                "secure-port": "0",
                "leader-elect": "false",
                profiling: "false",
            }),
        ],
    };
}

export function kwok(programs: ControlPlane, layout: Layout): Component {
    const stages = path.join(projectRoot, "sandbox", "stages");
    return {
        name: "kwok",
        command: [
            ...programs.kwok,
            ...fs
                .readdirSync(stages)
                .sort()
                .map((file) => `--config=${path.join(stages, file)}`),
            ...flags({
                kubeconfig: path.join(layout.kubeconfigs, "super-admin.conf"),
                "manage-all-nodes": "true",
                "node-lease-duration-seconds": "40",
                v: "WARN",
            }),
        ],
    };
}
