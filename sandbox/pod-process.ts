import * as fs from "node:fs";
import * as path from "node:path";
import { parse, stringify } from "yaml";
import { type KubernetesObject, type SandboxClient } from "./client";
import { SandboxError } from "./tools/error";

/** The part of a container that a process is started by. */
export interface PodContainer {
    name: string;
    image: string;
    args?: string[];
    env?: PodVariable[];
    volumeMounts?: { name: string; mountPath: string }[];
}

interface PodVariable {
    name: string;
    value?: string;
    valueFrom?: { secretKeyRef?: { name: string; key: string; optional?: boolean } };
}

/** The part of a pod that a process is started by. */
export interface PodSpec {
    serviceAccountName: string;
    containers: PodContainer[];
    volumes?: { name: string; secret?: { secretName: string } }[];
}

async function secretData(client: SandboxClient, namespace: string, name: string): Promise<Record<string, Buffer>> {
    const secret = await client.get(`/api/v1/namespaces/${namespace}/secrets/${name}`);
    const data = (secret?.data ?? {}) as Record<string, string>;
    return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, Buffer.from(value, "base64")]));
}

/** The variables of a container, with the values of the Secrets that they refer to. */
export async function containerVariables(
    client: SandboxClient,
    namespace: string,
    { env = [] }: PodContainer,
): Promise<Record<string, string>> {
    const variables: Record<string, string> = {};
    for (const { name, value, valueFrom } of env) {
        const reference = valueFrom?.secretKeyRef;
        const known = reference
            ? (await secretData(client, namespace, reference.name))[reference.key]?.toString()
            : value;
        if (known !== undefined) {
            variables[name] = known;
        }
    }
    return variables;
}

/**
 * Writes the Secrets that a container mounts below a directory of the pod, below one of this machine instead: a process
 * that looks for its directory for temporary files in `TMPDIR` finds those of `/tmp` at the same place.
 */
export async function placeSecrets(
    client: SandboxClient,
    namespace: string,
    pod: PodSpec,
    container: PodContainer,
    place: { from: string; to: string },
): Promise<void> {
    for (const { name, mountPath } of container.volumeMounts ?? []) {
        const secretName = pod.volumes?.find((volume) => volume.name === name)?.secret?.secretName;
        const below = path.relative(place.from, mountPath);
        if (secretName === undefined || below.startsWith("..")) {
            continue;
        }
        const directory = path.join(place.to, below);
        fs.mkdirSync(directory, { recursive: true, mode: 0o700 });
        for (const [key, content] of Object.entries(await secretData(client, namespace, secretName))) {
            fs.writeFileSync(path.join(directory, key), content, { mode: 0o600 });
        }
    }
}

/** Writes a kubeconfig with a token of the pod's own ServiceAccount, so that the process has the pod's rights. */
export async function writeLogin(
    client: SandboxClient,
    kubeconfig: string,
    namespace: string,
    serviceAccount: string,
    file: string,
): Promise<void> {
    const request: KubernetesObject = await client.create(
        `/api/v1/namespaces/${namespace}/serviceaccounts/${serviceAccount}/token`,
        { apiVersion: "authentication.k8s.io/v1", kind: "TokenRequest", spec: { expirationSeconds: 24 * 3600 } },
    );
    const token = (request.status as { token?: string } | undefined)?.token;
    if (token === undefined) {
        throw new SandboxError(`the API server gave no token for ServiceAccount ${namespace}/${serviceAccount}`);
    }
    const config = parse(fs.readFileSync(kubeconfig, "utf8")) as { users: { user: object }[] };
    config.users.forEach((entry) => (entry.user = { token }));
    fs.writeFileSync(file, stringify(config), { mode: 0o600 });
}
