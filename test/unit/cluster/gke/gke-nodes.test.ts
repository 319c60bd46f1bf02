import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import type { GkeClusterArgs, GkeNodePoolArgs } from "../../../../components/gcp";
import { gkeCluster, types } from "./support";

const plain: GkeNodePoolArgs = { machineType: "e2-standard-4", minNodes: 3, maxNodes: 9 };

/** The inputs of one pool, beside a plain one. */
async function poolInputs(pool: GkeNodePoolArgs): Promise<Record<string, unknown> & { nodeConfig: object }> {
    const recording = await gkeCluster({ nodePools: { plain, other: pool } });
    return recording.only(types.nodePool, "prod-other").inputs as never;
}

describe("the nodes of a GkeCluster", () => {
    it("are private, shielded, patched by Google, counted by the autoscaler, and hide their identity from pods", async () => {
        assert.deepEqual((await gkeCluster()).only(types.nodePool).inputs, {
            project: "acme-prod",
            location: "europe-west3",
            cluster: "prod-id",
            initialNodeCount: 1,
            autoscaling: { totalMinNodeCount: 2, totalMaxNodeCount: 6, locationPolicy: "BALANCED" },
            ignoreNodeCountChanges: true,
            maxPodsPerNode: 110,
            management: { autoRepair: true, autoUpgrade: true },
            upgradeSettings: { strategy: "SURGE", maxSurge: 1, maxUnavailable: 0 },
            nodeDrainConfigs: [{ respectPdbDuringNodePoolDeletion: true }],
            networkConfig: { enablePrivateNodes: true },
            nodeConfig: {
                machineType: "e2-standard-4",
                imageType: "COS_CONTAINERD",
                diskType: "pd-balanced",
                diskSizeGb: 100,
                serviceAccount: "prod-nodes@acme-prod.iam.gserviceaccount.com",
                oauthScopes: ["https://www.googleapis.com/auth/cloud-platform"],
                shieldedInstanceConfig: { enableSecureBoot: true, enableIntegrityMonitoring: true },
                workloadMetadataConfig: { mode: "GKE_METADATA" },
                metadata: { "disable-legacy-endpoints": "true" },
                kubeletConfig: { insecureKubeletReadonlyPortEnabled: "FALSE", podPidsLimit: 4096 },
                resourceLabels: { "managed-by": "kubernetes-faas" },
                spot: false,
            },
        });
    });

    it("are what each pool says", async () => {
        const { nodeConfig, ...pool } = await poolInputs({
            machineType: "n4-standard-8",
            minNodes: 0,
            maxNodes: 40,
            zones: ["europe-west3-a"],
            labels: { tier: "batch" },
            taints: [
                { key: "batch", effect: "NoExecute" },
                { key: "tier", value: "low", effect: "PreferNoSchedule" },
            ],
            diskSizeGib: 50,
            diskType: "hyperdisk-balanced",
            sandbox: true,
            maxPodsPerNode: 32,
            maxSurge: 3,
        });
        assert.deepEqual(pool.nodeLocations, ["europe-west3-a"]);
        assert.equal(pool.initialNodeCount, 0);
        assert.deepEqual(pool.autoscaling, {
            totalMinNodeCount: 0,
            totalMaxNodeCount: 40,
            locationPolicy: "BALANCED",
        });
        assert.equal(pool.maxPodsPerNode, 32);
        assert.deepEqual(pool.upgradeSettings, { strategy: "SURGE", maxSurge: 3, maxUnavailable: 0 });
        const { machineType, diskSizeGb, diskType, labels, taints, sandboxConfig } = nodeConfig as never as Record<
            string,
            unknown
        >;
        assert.deepEqual(
            { machineType, diskSizeGb, diskType, labels, taints, sandboxConfig },
            {
                machineType: "n4-standard-8",
                diskSizeGb: 50,
                diskType: "hyperdisk-balanced",
                labels: { tier: "batch" },
                taints: [
                    { key: "batch", value: "", effect: "NO_EXECUTE" },
                    { key: "tier", value: "low", effect: "PREFER_NO_SCHEDULE" },
                ],
                sandboxConfig: { type: "GVISOR" },
            },
        );
    });

    it("of a spot pool keep away pods that do not ask for them, and come from wherever Google has some", async () => {
        const pool = await poolInputs({ ...plain, spot: true });
        const { spot, taints } = pool.nodeConfig as { spot: boolean; taints: unknown };
        assert.equal(spot, true);
        assert.deepEqual(taints, [{ key: "cloud.google.com/gke-spot", value: "true", effect: "NO_SCHEDULE" }]);
        assert.equal((pool.autoscaling as { locationPolicy: string }).locationPolicy, "ANY");
    });

    it("have no name of ours, so that a replaced pool is there before the old one goes, and no first count that drifts", async () => {
        const { inputs, options } = (await gkeCluster()).only(types.nodePool);
        assert.equal("name" in inputs || "nodeCount" in inputs || "version" in inputs, false);
        assert.deepEqual(options.ignoreChanges, ["initialNodeCount"]);
        assert.equal(options.deleteBeforeReplace, undefined);
    });
});

describe("the identity of a GkeCluster's nodes", () => {
    it("has the role for logs and metrics and the one for images, and no other", async () => {
        const recording = await gkeCluster();
        assert.equal(recording.only(types.account).inputs.accountId, "prod-nodes");
        const member = "serviceAccount:prod-nodes@acme-prod.iam.gserviceaccount.com";
        assert.deepEqual(
            recording.ofType(types.role).map(({ inputs }) => inputs),
            [
                { project: "acme-prod", role: "roles/container.defaultNodeServiceAccount", member },
                { project: "acme-prod", role: "roles/artifactregistry.reader", member },
            ],
        );
    });

    it("pulls images from the projects that are named", async () => {
        const recording = await gkeCluster({ imageProjects: ["acme-images", "acme-more"] });
        assert.deepEqual(
            recording.ofType(types.role).map(({ inputs: { project, role } }) => [project, role]),
            [
                ["acme-prod", "roles/container.defaultNodeServiceAccount"],
                ["acme-images", "roles/artifactregistry.reader"],
                ["acme-more", "roles/artifactregistry.reader"],
            ],
        );
    });

    it("keeps each project's grant when the list's order changes or another project leaves it", async () => {
        const grants = async (args: Partial<GkeClusterArgs>): Promise<Record<string, unknown>> => {
            const roles = (await gkeCluster(args)).ofType(types.role);
            return Object.fromEntries(roles.map(({ name, inputs }) => [name, inputs.project]));
        };
        const nodes = { "prod-nodes": "acme-prod" };
        const both = { ...nodes, "prod-images-acme-a": "acme-a", "prod-images-acme-b": "acme-b" };
        assert.deepEqual(await grants({ imageProjects: ["acme-a", "acme-b"] }), both);
        assert.deepEqual(await grants({ imageProjects: ["acme-b", "acme-a"] }), both);
        assert.deepEqual(await grants({ imageProjects: ["acme-b"] }), { ...nodes, "prod-images-acme-b": "acme-b" });
        assert.deepEqual(await grants({}), await grants({ imageProjects: ["acme-prod"] }), "the default, named");
        assert.deepEqual(await grants({ imageProjects: ["acme-a", pulumi.output("acme-b")] }), {
            ...nodes,
            "prod-images-acme-a": "acme-a",
            "prod-images-1": "acme-b",
        });
    });

    it("has an id of 30 characters at most, however long the cluster's name", async () => {
        const long = await gkeCluster({ clusterName: "a-cluster-with-a-name-of-forty-character" });
        assert.match(long.only(types.account).inputs.accountId as string, /^[a-z][-a-z0-9]{4,28}[a-z0-9]$/);
        const short = await gkeCluster({ clusterName: "c" });
        assert.equal(short.only(types.account).inputs.accountId, "c-nodes");
    });

    it("is the account that is given, with the roles that its owner gave it", async () => {
        const email = "nodes@acme-iam.iam.gserviceaccount.com";
        const recording = await gkeCluster({ nodeServiceAccount: email });
        assert.deepEqual([...recording.ofType(types.account), ...recording.ofType(types.role)], []);
        assert.equal(recording.only(types.nodePool).inputs.nodeConfig.serviceAccount, email);
        assert.deepEqual(recording.only(types.firewall).inputs.targetServiceAccounts, [email]);
    });
});

describe("the keys of a GkeCluster", () => {
    const disksKey = "projects/acme-keys/locations/europe-west3/keyRings/gke/cryptoKeys/disks";

    it("encrypt Secrets with a key of its own that rotates, and that GKE's agent alone may use", async () => {
        const recording = await gkeCluster({ labels: { team: "platform" } });
        assert.deepEqual(recording.only(types.keyRing).inputs, { project: "acme-prod", location: "europe-west3" });
        assert.deepEqual(recording.only(types.key).inputs, {
            keyRing: "prod-secrets-id",
            purpose: "ENCRYPT_DECRYPT",
            rotationPeriod: "7776000s",
            labels: { team: "platform", "managed-by": "kubernetes-faas" },
        });
        assert.equal(recording.only(types.agent).inputs.service, "container.googleapis.com");
        assert.deepEqual(recording.only(types.grant).inputs, {
            cryptoKeyId: "prod-secrets-id",
            role: "roles/cloudkms.cryptoKeyEncrypterDecrypter",
            member: "serviceAccount:service-42@container-engine-robot.iam.gserviceaccount.com",
        });
    });

    it("are those that are given, and then none is made nor granted", async () => {
        const secretsKey = disksKey.replace("disks", "secrets");
        const recording = await gkeCluster({ secretsKey });
        for (const type of [types.keyRing, types.key, types.grant, types.agent]) {
            assert.deepEqual(recording.ofType(type), [], type);
        }
        assert.deepEqual(recording.only(types.cluster).inputs.databaseEncryption, {
            state: "ENCRYPTED",
            keyName: secretsKey,
        });
    });

    it("encrypt disks of nodes and volumes where one is given for them", async () => {
        const recording = await gkeCluster({ disksKey });
        assert.equal(recording.only(types.nodePool).inputs.nodeConfig.bootDiskKmsKey, disksKey);
        assert.equal(recording.only(types.cluster).inputs.nodeConfig.bootDiskKmsKey, disksKey);
        const { metadata, ...storage } = recording.only(types.storageClass).inputs;
        assert.equal(metadata.name, "encrypted-rwo");
        assert.deepEqual(storage, {
            apiVersion: "storage.k8s.io/v1",
            kind: "StorageClass",
            provisioner: "pd.csi.storage.gke.io",
            parameters: { type: "pd-balanced", "disk-encryption-kms-key": disksKey },
            volumeBindingMode: "WaitForFirstConsumer",
            allowVolumeExpansion: true,
            reclaimPolicy: "Delete",
        });
        assert.equal(recording.only(types.storageClass).provider, "prod");
        assert.equal(recording.result.cluster.traits.storageClass, "encrypted-rwo");
    });

    it("reach Autopilot's nodes too", async () => {
        const cluster = (await gkeCluster({ mode: "autopilot", disksKey })).only(types.cluster).inputs;
        assert.equal(cluster.clusterAutoscaling.autoProvisioningDefaults.bootDiskKmsKey, disksKey);
    });
});
