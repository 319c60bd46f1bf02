import * as fs from "node:fs";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { parseAllDocuments } from "yaml";

import { ApiError, type KubernetesObject, type SandboxClient } from "./client";
import { versions } from "./tools/modules";
import { projectRoot } from "./tools/paths";

/** How many simulated nodes a sandbox has, one in each zone. */
export const nodeCount = 3;

const collections: Record<string, string> = {
    ConfigMap: "/api/v1/namespaces/kube-system/configmaps",
    CSIDriver: "/apis/storage.k8s.io/v1/csidrivers",
    Node: "/api/v1/nodes",
    Role: "/apis/rbac.authorization.k8s.io/v1/namespaces/kube-system/roles",
    RoleBinding: "/apis/rbac.authorization.k8s.io/v1/namespaces/kube-system/rolebindings",
    StorageClass: "/apis/storage.k8s.io/v1/storageclasses",
};

/** Creates what every sandbox holds; what is there from an earlier start stays as it is. */
export async function createObjects(client: SandboxClient, name: string, kubernetes: string): Promise<void> {
    const text = fs.readFileSync(path.join(projectRoot, "sandbox", "objects.yaml"), "utf8").replace("{{NAME}}", name);
    const documents = parseAllDocuments(text).map((each) => each.toJS() as KubernetesObject);
    const nodes = Array.from({ length: nodeCount }, (_, index) => node(index + 1, kubernetes));
    await Promise.all([...documents, ...nodes].map((object) => createOnce(client, object)));
}

async function createOnce(client: SandboxClient, object: KubernetesObject): Promise<void> {
    try {
        await client.create(collections[object.kind]!, object);
    } catch (error) {
        if (!(error instanceof ApiError && error.reason === "AlreadyExists")) {
            throw error;
        }
    }
}

function node(number: number, kubernetes: string): KubernetesObject {
    const name = `sandbox-${number}`;
    const resources = { cpu: "64", memory: "256Gi", "ephemeral-storage": "1Ti", pods: "1000" };
    return {
        apiVersion: "v1",
        kind: "Node",
        metadata: {
            name,
            annotations: { "kwok.x-k8s.io/node": "fake" },
            labels: {
                "kubernetes.io/arch": "amd64",
                "kubernetes.io/hostname": name,
                "kubernetes.io/os": "linux",
                "node.kubernetes.io/instance-type": "simulated",
                "topology.kubernetes.io/region": "sandbox",
                "topology.kubernetes.io/zone": `sandbox-${String.fromCharCode(96 + number)}`,
            },
        },
        spec: { podCIDR: `10.244.${(number - 1) * 64}.0/18`, podCIDRs: [`10.244.${(number - 1) * 64}.0/18`] },
        status: {
            addresses: [
                { type: "InternalIP", address: `10.128.0.${10 + number}` },
                { type: "Hostname", address: name },
            ],
            allocatable: resources,
            capacity: resources,
            nodeInfo: {
                architecture: "amd64",
                bootID: "",
                containerRuntimeVersion: `kwok://${versions.kwok}`,
                kernelVersion: "simulated",
                kubeProxyVersion: "",
                kubeletVersion: `v${kubernetes}`,
                machineID: "",
                operatingSystem: "linux",
                osImage: "simulated",
                systemUUID: "",
            },
        },
    };
}

/**
 * Waits until the controllers have done their first work: the controller manager made the default service account, and
 * kwok made the nodes ready.
 *
 * @param check called between tries; throws when waiting is in vain
 */
export async function waitForControllers(client: SandboxClient, check: () => void): Promise<void> {
    for (;;) {
        check();
        const [account, nodes] = await Promise.all([
            client.get("/api/v1/namespaces/default/serviceaccounts/default"),
            client.list("/api/v1/nodes"),
        ]);
        if (account && nodes.filter(isReady).length >= nodeCount) {
            return;
        }
        await sleep(50);
    }
}

/** True when the node's condition `Ready` is true. */
export function isReady(object: KubernetesObject): boolean {
    const status = object.status as { conditions?: { type: string; status: string }[] } | undefined;
    return status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True") ?? false;
}
