import assert from "node:assert/strict";
import type { AksClusterArgs, AksNodePoolArgs } from "../../../../components/azure";
import type { RecordedResource } from "../../support/mocks";
import { clusterInputs, recordAks } from "./support";

const apps: AksNodePoolArgs = { machineType: "Standard_D8ds_v5", minNodes: 3, maxNodes: 12 };

async function pool(
    args: Partial<AksNodePoolArgs> = {},
    cluster: Partial<AksClusterArgs> = {},
): Promise<RecordedResource> {
    const recording = await recordAks({ ...cluster, nodePools: { other: apps, apps: { ...apps, ...args } } });
    return recording.only("azure-native:containerservice:AgentPool", "prod-apps");
}

describe("a node pool of an AksCluster", () => {
    it("is a resource of its own with hardened nodes that the autoscaler counts", async () => {
        const { inputs, options } = await pool();
        assert.deepEqual(inputs, {
            agentPoolName: "apps",
            resourceGroupName: "prod",
            resourceName: "prod",
            mode: "User",
            type: "VirtualMachineScaleSets",
            vmSize: "Standard_D8ds_v5",
            count: 3,
            enableAutoScaling: true,
            minCount: 3,
            maxCount: 12,
            maxPods: 110,
            availabilityZones: ["1", "2", "3"],
            vnetSubnetID: "prod-nodes-id",
            enableNodePublicIP: false,
            osType: "Linux",
            osSKU: "AzureLinux",
            osDiskType: "Ephemeral",
            osDiskSizeGB: 100,
            enableEncryptionAtHost: true,
            securityProfile: { enableSecureBoot: true, enableVTPM: true },
            upgradeSettings: { maxSurge: "33%" },
        });
        assert.deepEqual(options.ignoreChanges, ["count"]);
    });

    it("takes size, disk, zones, labels and taints as they are given", async () => {
        const { inputs } = await pool({
            diskSizeGib: 200,
            osDisk: "Managed",
            maxPods: 60,
            zones: ["2"],
            labels: { tier: "apps" },
            taints: [
                { key: "gpu", effect: "NoSchedule" },
                { key: "team", value: "a", effect: "NoExecute" },
            ],
        });
        assert.deepEqual([inputs.osDiskSizeGB, inputs.osDiskType, inputs.maxPods], [200, "Managed", 60]);
        assert.deepEqual(inputs.availabilityZones, ["2"]);
        assert.deepEqual(inputs.nodeLabels, { tier: "apps" });
        assert.deepEqual(inputs.nodeTaints, ["gpu=:NoSchedule", "team=a:NoExecute"]);
    });

    it("of spot machines costs at most the usual price, has AKS' mark, and no surge, which spot pools do not know", async () => {
        const { inputs } = await pool({
            spot: true,
            labels: { tier: "batch" },
            taints: [{ key: "a", effect: "NoSchedule" }],
        });
        assert.equal(inputs.scaleSetPriority, "Spot");
        assert.equal(inputs.scaleSetEvictionPolicy, "Delete");
        assert.equal(inputs.spotMaxPrice, -1);
        assert.deepEqual(inputs.nodeLabels, { tier: "batch", "kubernetes.azure.com/scalesetpriority": "spot" });
        assert.deepEqual(inputs.nodeTaints, ["kubernetes.azure.com/scalesetpriority=spot:NoSchedule", "a=:NoSchedule"]);
        assert.equal(inputs.upgradeSettings, undefined);
    });

    it("is weaker only where that is said", async () => {
        const { inputs } = await pool({}, { trustedLaunch: false, encryptHosts: false, nodeOs: "Ubuntu" });
        assert.deepEqual(inputs.securityProfile, { enableSecureBoot: false, enableVTPM: false });
        assert.equal(inputs.enableEncryptionAtHost, false);
        assert.equal(inputs.osSKU, "Ubuntu");
    });

    it("has no SSH server when that is asked for", async () => {
        const { inputs } = await pool({}, { disableSsh: true });
        assert.equal(inputs.securityProfile.sshAccess, "Disabled");
    });

    it("comes and goes without a change of the cluster", async () => {
        const two = await clusterInputs({ nodePools: { apps, batch: { ...apps, minNodes: 0 } } });
        assert.deepEqual(two, await clusterInputs({ nodePools: { apps } }));
    });
});

describe("the system pool of an AksCluster", () => {
    it("is part of the cluster, hardened like the others, and takes only what tolerates its taint", async () => {
        const recording = await recordAks();
        const { inputs, options } = recording.only("azure-native:containerservice:ManagedCluster");
        assert.equal(inputs.agentPoolProfiles.length, 1);
        const [system] = inputs.agentPoolProfiles;
        assert.deepEqual([system.name, system.mode], ["system", "System"]);
        assert.deepEqual(system.nodeTaints, ["CriticalAddonsOnly=true:NoSchedule"]);
        assert.deepEqual([system.vmSize, system.minCount, system.maxCount], ["Standard_D4ds_v5", 3, 5]);
        assert.equal(system.enableEncryptionAtHost, true);
        assert.deepEqual(system.securityProfile, { enableSecureBoot: true, enableVTPM: true });
        assert.deepEqual(options.ignoreChanges, ["agentPoolProfiles[0].count"]);
    });

    it("takes machines and numbers as they are given", async () => {
        const systemPool = { machineType: "Standard_D8ds_v5", minNodes: 2, maxNodes: 3, zones: ["1"] };
        const [system] = (await clusterInputs({ systemPool })).agentPoolProfiles;
        assert.deepEqual(
            [system.vmSize, system.minCount, system.maxCount, system.count],
            ["Standard_D8ds_v5", 2, 3, 2],
        );
        assert.deepEqual(system.availabilityZones, ["1"]);
    });
});
