import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import type { Stack } from "@pulumi/pulumi/automation";
import { ApiError, openStack, type Sandbox, type SandboxClient } from "../../../sandbox";
import { readConfiguration } from "../../../stacks/config/read";
import { deployStack } from "../../../stacks/program";
import { asConfig, projectName, readStackFile, type StackFile } from "../../../stacks/stack-file";

/** What a test sets in place of what stands in a stack's file, by the keys below `kubernetes-faas:`. */
export interface Changes {
    readonly cluster?: object;
    readonly faas?: object;
    readonly addons?: object;
}

/** Opens the stack of a file, with stand-ins for its cloud. */
export function openCloudStack(sandbox: Sandbox, name: string, changes: Changes = {}): Promise<Stack> {
    return openStack({
        sandbox,
        offlineClouds: true,
        project: projectName,
        stack: name,
        program: () => deployStack(readConfiguration()),
        config: asConfig(changed(readStackFile(name), changes)),
    });
}

function changed(file: StackFile, changes: Changes): StackFile {
    const entries = Object.entries(changes).map(([key, change]) => {
        const fullKey = `${projectName}:${key}`;
        return [fullKey, { ...(file[fullKey] as object), ...(change as object) }];
    });
    return { ...file, ...Object.fromEntries(entries) };
}

/** Storage classes that GKE and AKS bring along, with the sandbox's provisioner in place of theirs. */
const cloudClasses = ["standard-rwo", "managed-csi-premium"];

/** Volumes for the class that EKS clusters are given, whose provisioner is not there: stored code, and certificates. */
const volumes = ["cloud-stacks-gp3-1", "cloud-stacks-gp3-2"];

/** Gives the sandbox what a cloud's cluster has from its beginning, and @pulumi/eks the AWS CLI that it looks for. */
export async function prepareClouds(client: SandboxClient): Promise<void> {
    for (const name of cloudClasses) {
        await create(client, "/apis/storage.k8s.io/v1/storageclasses", {
            apiVersion: "storage.k8s.io/v1",
            kind: "StorageClass",
            metadata: { name },
            provisioner: "sandbox.kubernetes-faas",
        });
    }
    for (const name of volumes) {
        await create(client, "/api/v1/persistentvolumes", {
            apiVersion: "v1",
            kind: "PersistentVolume",
            metadata: { name },
            spec: {
                accessModes: ["ReadWriteOnce"],
                capacity: { storage: "64Gi" },
                csi: { driver: "ebs.csi.aws.com", volumeHandle: name },
                persistentVolumeReclaimPolicy: "Retain",
                storageClassName: "gp3",
            },
        });
    }
    const directory = fs.mkdtempSync(path.join(os.tmpdir(), "kubernetes-faas-aws-"));
    fs.writeFileSync(path.join(directory, "aws"), "#!/bin/sh\nexit 1\n", { mode: 0o755 });
    process.env.PATH = `${process.env.PATH}${path.delimiter}${directory}`;
}

/** A sandbox that is used again has it already. */
async function create(client: SandboxClient, collection: string, object: object): Promise<void> {
    try {
        await client.create(collection, object);
    } catch (error) {
        if (!(error instanceof ApiError && error.status === 409)) {
            throw error;
        }
    }
}

/** Takes away what `prepareClouds` made. */
export async function cleanUpClouds(client: SandboxClient): Promise<void> {
    for (const name of volumes) {
        await client.request("DELETE", `/api/v1/persistentvolumes/${name}`);
    }
    for (const name of cloudClasses) {
        await client.request("DELETE", `/apis/storage.k8s.io/v1/storageclasses/${name}`);
    }
}
