import { execFile } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { promisify } from "node:util";

import { parse, stringify } from "yaml";

import { advertisedAddress, type Layout, type Ports, serviceRange } from "./control-plane";
import { type ControlPlane } from "./tools/binaries";
import { SandboxError } from "./tools/error";
import { writeFileAtomically } from "./tools/paths";

/** Ten years: a sandbox that is started again after a long time must not fail on its own certificates. */
const validity = "87600h";

/** Makes the certificates that are missing, and the kubeconfigs of this port, all by kubeadm. */
export async function writeCredentials(
    programs: ControlPlane,
    layout: Layout,
    ports: Ports,
    context: string,
    kubernetes: string,
): Promise<void> {
    const config = path.join(layout.directory, "kubeadm.yaml");
    writeFileAtomically(config, kubeadmConfig(layout, ports, context, kubernetes));
    await kubeadm(programs, ["init", "phase", "certs", "all", `--config=${config}`]);
    // kubeadm refuses a kubeconfig of another port, so each start makes them anew.
    fs.rmSync(layout.kubeconfigs, { recursive: true, force: true });
    await kubeadm(programs, [
        "init",
        "phase",
        "kubeconfig",
        "all",
        `--config=${config}`,
        `--kubeconfig-dir=${layout.kubeconfigs}`,
    ]);
    for (const file of fs.readdirSync(layout.kubeconfigs)) {
        useLoopback(path.join(layout.kubeconfigs, file), ports);
    }
    writeUserKubeconfig(layout, context);
}

function kubeadmConfig(layout: Layout, ports: Ports, context: string, kubernetes: string): string {
    const apiVersion = "kubeadm.k8s.io/v1beta4";
    const documents = [
        {
            apiVersion,
            kind: "InitConfiguration",
            localAPIEndpoint: { advertiseAddress: advertisedAddress, bindPort: ports.api },
            nodeRegistration: { name: "sandbox" },
        },
        {
            apiVersion,
            kind: "ClusterConfiguration",
            clusterName: context,
            kubernetesVersion: `v${kubernetes}`,
            controlPlaneEndpoint: `127.0.0.1:${ports.api}`,
            certificatesDir: layout.certificates,
            encryptionAlgorithm: "ECDSA-P256",
            certificateValidityPeriod: validity,
            caCertificateValidityPeriod: validity,
            networking: { serviceSubnet: serviceRange },
            apiServer: { certSANs: ["127.0.0.1", "localhost"] },
        },
    ];
    return documents.map((each) => stringify(each)).join("---\n");
}

async function kubeadm(programs: ControlPlane, args: string[]): Promise<void> {
    const [file, ...first] = programs.kubeadm;
    try {
        await promisify(execFile)(file!, [...first, ...args]);
    } catch (error) {
        const { stderr } = error as { stderr?: string };
        throw new SandboxError(`kubeadm could not make the certificates: ${stderr?.trim() || String(error)}`);
    }
}

/** kubeadm points some kubeconfigs at the advertised address, which nothing listens on here. */
function useLoopback(file: string, ports: Ports): void {
    const config = parse(fs.readFileSync(file, "utf8")) as { clusters: { cluster: { server: string } }[] };
    for (const { cluster } of config.clusters) {
        cluster.server = `https://127.0.0.1:${ports.api}`;
    }
    writeFileAtomically(file, stringify(config));
}

/** The kubeconfig for the sandbox's user: the one of kubeadm's super-admin under the sandbox's name. */
function writeUserKubeconfig(layout: Layout, context: string): void {
    const config = parse(fs.readFileSync(path.join(layout.kubeconfigs, "super-admin.conf"), "utf8")) as {
        "current-context": string;
        contexts: { name: string; context: { cluster: string; user: string } }[];
        users: { name: string }[];
    };
    config["current-context"] = context;
    config.users[0]!.name = context;
    config.contexts = [{ name: context, context: { cluster: context, user: context } }];
    writeFileAtomically(layout.kubeconfig, stringify(config));
}
