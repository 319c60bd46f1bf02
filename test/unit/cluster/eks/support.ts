import * as pulumi from "@pulumi/pulumi";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { EksCluster, type EksClusterArgs } from "../../../../components/aws";
import { record, type Recording, type RecordedResource } from "../../support/mocks";

/** The least that makes a cluster with node groups. */
export const minimal: EksClusterArgs = {
    region: "eu-central-1",
    kubernetesVersion: "1.36",
    vpc: { zones: ["eu-central-1a", "eu-central-1b"] },
    access: { deployer: "arn:aws:iam::123456789012:role/deploy" },
    apiServer: { allowFrom: ["203.0.113.0/24"] },
    nodePools: { system: { machineType: "m7i.large", minNodes: 2, maxNodes: 4 } },
};

/** The least that makes a cluster with Auto Mode. */
export const minimalAuto: EksClusterArgs = { ...minimal, nodePools: undefined, autoMode: {} };

/** The day for which versions are judged. */
export const today = new Date("2026-11-22");

/** A recorded cluster, and what its transforms make of resources of @pulumi/eks' own. */
export interface EksRecording extends Recording<EksCluster> {
    transform: (type: string, props?: Record<string, unknown>) => Promise<pulumi.ResourceTransformResult>;
}

let standard: Promise<EksRecording> | undefined;

/** Makes a cluster under mocks that answer as AWS would; the least one only once, since tests do not change it. */
export function recordEks(change?: Partial<EksClusterArgs>, name = "prod"): Promise<EksRecording> {
    return change ? recordProgram(change, name) : (standard ??= recordProgram({}, name));
}

async function recordProgram(change: Partial<EksClusterArgs>, name: string): Promise<EksRecording> {
    let transforms: pulumi.ResourceTransform[] = [];
    const recording = await record(
        () => {
            const monitor = pulumi.runtime.getMonitor() as unknown as {
                transformCallbacks: Map<string, pulumi.ResourceTransform>;
            };
            const cluster = new EksCluster(name, { ...minimal, ...change });
            transforms = new Proxy([], { get: (_, key) => Reflect.get([...monitor.transformCallbacks.values()], key) });
            return cluster;
        },
        { outputs, call: answers },
    );
    return Object.assign(recording, {
        transform: async (type: string, props: Record<string, unknown> = {}) => {
            let changed: pulumi.ResourceTransformResult = { props, opts: {} };
            for (const transform of transforms) {
                changed = (await transform({ custom: true, type, name: type, ...changed })) ?? changed;
            }
            return changed;
        },
    });
}

/** What AWS tells of the cluster that @pulumi/eks made. */
export const facts = {
    arn: "arn:aws:eks:eu-central-1:123456789012:cluster/prod-abababab",
    endpoint: "https://ABCDEF.gr7.eu-central-1.eks.amazonaws.com",
    createdAt: "2026-11-22T10:00:00Z",
    issuer: "https://oidc.eks.eu-central-1.amazonaws.com/id/ABCDEF",
    certificateAuthority: "Q0E=",
    securityGroup: "sg-0123456789abcdef0",
} as const;

function outputs({ type, name, inputs }: RecordedResource): Record<string, unknown> | undefined {
    if (type === "eks:index:Cluster") {
        return {
            // That of @pulumi/eks: the given group, else EKS' own.
            clusterSecurityGroupId: inputs.clusterSecurityGroup ? "sg-given" : facts.securityGroup,
            eksCluster: {
                name: inputs.name as unknown,
                arn: facts.arn,
                endpoint: facts.endpoint,
                vpcConfig: { clusterSecurityGroupId: facts.securityGroup },
                createdAt: facts.createdAt,
                certificateAuthority: { data: facts.certificateAuthority },
                identities: [{ oidcs: [{ issuer: facts.issuer }] }],
            },
        };
    }
    if (type.startsWith("aws:")) {
        return { arn: `arn:aws:test:${name}`, name: inputs.name ?? name, latestVersion: 7 };
    }
    return undefined;
}

function answers({ token, inputs }: { token: string; inputs: Record<string, unknown> }): Record<string, unknown> {
    const byToken: Record<string, Record<string, unknown>> = {
        "aws:index/getCallerIdentity:getCallerIdentity": { accountId: "123456789012" },
        "aws:eks/getAddonVersion:getAddonVersion": {
            version: `v1.0.0-eksbuild.1 of ${String(inputs.addonName)} for ${String(inputs.kubernetesVersion)}`,
        },
        "aws:ec2/getSubnet:getSubnet": { cidrBlock: "10.9.0.0/24" },
    };
    return byToken[token] ?? {};
}

/** Puts a stand-in of the AWS CLI, or none, on the PATH for all tests of a suite. */
export function withAwsCli(): void {
    const before_ = process.env.PATH;
    let directory: string;
    before(function () {
        // A cluster is some fifty resources, and several tests make more than one.
        this.test!.parent!.eachTest((test) => test.timeout(120_000));
        directory = mkdtempSync(path.join(tmpdir(), "aws-cli-"));
        const command = path.join(directory, "aws");
        writeFileSync(command, "#!/bin/sh\n");
        chmodSync(command, 0o755);
        process.env.PATH = [directory, before_].join(path.delimiter);
    });
    after(() => {
        process.env.PATH = before_;
        rmSync(directory, { recursive: true });
    });
}

/** A policy document among the inputs of a resource. */
export function documentOf(json: unknown): {
    Statement: Record<"Action" | "Resource" | "Condition" | "Principal" | "Sid", unknown>[];
} {
    return JSON.parse(json as string) as ReturnType<typeof documentOf>;
}
