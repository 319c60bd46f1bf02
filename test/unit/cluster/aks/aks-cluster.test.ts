import { isSecret, type Output } from "@pulumi/pulumi";
import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import { AksCluster, aksKubeconfigFor, AksLogin, describeAksCluster } from "../../../../components/azure";
import { HardenedNamespace } from "../../../../components/core";
import { parseKubeconfig, type UserEntry } from "../../../../components/cluster/kubeconfig";
import { record, valueOf } from "../../support/mocks";
import { adminGroup, clusterInputs, minimal, recordAks, recordOptions, resourceId } from "./support";

const managedCluster = "azure-native:containerservice:ManagedCluster";

describe("the control plane of an AksCluster", () => {
    it("has no local accounts: Entra ID says who somebody is, Azure's roles what he may do", async () => {
        const inputs = await clusterInputs();
        assert.equal(inputs.disableLocalAccounts, true);
        assert.equal(inputs.enableRBAC, true);
        assert.deepEqual(inputs.aadProfile, {
            managed: true,
            enableAzureRBAC: true,
            adminGroupObjectIDs: [adminGroup],
            tenantID: "tenant",
        });
    });

    it("lets pods log in to Azure as their service accounts", async () => {
        const inputs = await clusterInputs();
        assert.deepEqual(inputs.oidcIssuerProfile, { enabled: true });
        assert.deepEqual(inputs.securityProfile.workloadIdentity, { enabled: true });
    });

    it("is in the tier with a promise, takes the patches of its minor version, and cleans nodes of old images", async () => {
        const inputs = await clusterInputs();
        assert.deepEqual(inputs.sku, { name: "Base", tier: "Standard" });
        assert.equal(inputs.supportPlan, "KubernetesOfficial");
        assert.deepEqual(inputs.autoUpgradeProfile, { upgradeChannel: "patch", nodeOSUpgradeChannel: "NodeImage" });
        assert.deepEqual(inputs.securityProfile.imageCleaner, { enabled: true, intervalHours: 168 });
        assert.deepEqual(inputs.storageProfile, {
            diskCSIDriver: { enabled: true },
            fileCSIDriver: { enabled: true },
            snapshotController: { enabled: true },
        });
    });

    it("takes tier, support and channels as they are given", async () => {
        const inputs = await clusterInputs({
            tier: "Premium",
            longTermSupport: true,
            kubernetesVersion: "1.35",
            upgradeChannel: "none",
            nodeOsChannel: "SecurityPatch",
        });
        assert.deepEqual(inputs.sku, { name: "Base", tier: "Premium" });
        assert.equal(inputs.supportPlan, "AKSLongTermSupport");
        assert.deepEqual(inputs.autoUpgradeProfile, { upgradeChannel: "none", nodeOSUpgradeChannel: "SecurityPatch" });
    });

    it("keeps hands off the nodes' resource group, unless it is unlocked", async () => {
        const locked = await clusterInputs();
        assert.equal(locked.nodeResourceGroup, "prod-nodes");
        assert.deepEqual(locked.nodeResourceGroupProfile, { restrictionLevel: "ReadOnly" });
        const unlocked = await clusterInputs({ unlockNodeResourceGroup: true });
        assert.deepEqual(unlocked.nodeResourceGroupProfile, { restrictionLevel: "Unrestricted" });
    });

    it("runs Cilium with enforced network policies on an overlay, and runs no command for who is not let in", async () => {
        const { networkProfile, apiServerAccessProfile } = await clusterInputs();
        assert.deepEqual(networkProfile, {
            networkPlugin: "azure",
            networkPluginMode: "overlay",
            networkDataplane: "cilium",
            networkPolicy: "cilium",
            loadBalancerSku: "standard",
            outboundType: "userAssignedNATGateway",
            podCidr: "10.244.0.0/16",
            serviceCidr: "10.0.0.0/16",
            dnsServiceIP: "10.0.0.10",
        });
        assert.equal(apiServerAccessProfile.disableRunCommand, true);
    });

    it("derives the address of DNS from that of the Services", async () => {
        const { networkProfile } = await clusterInputs({ network: { serviceCidr: "172.20.255.0/24" } });
        assert.equal(networkProfile.dnsServiceIP, "172.20.255.10");
    });

    it("is where and in what it is told, with tags on everything that has some, but identities", async () => {
        const tags = { team: "platform" };
        const recording = await recordAks({ resourceGroupName: "shared", location: "northeurope", tags });
        assert.deepEqual(recording.ofType("azure-native:resources:ResourceGroup"), []);
        const untagged = recording.resources
            .filter(({ type, inputs }) => type.startsWith("azure-native:") && "location" in inputs && !inputs.tags)
            .map(({ type }) => type);
        assert.deepEqual([...new Set(untagged)], ["azure-native:managedidentity:UserAssignedIdentity"]);
        for (const { inputs } of recording.resources.filter(({ type }) => type.startsWith("azure-native:"))) {
            assert.equal(inputs.location ?? "northeurope", "northeurope");
            assert.equal(inputs.resourceGroupName ?? "shared", "shared");
        }
    });

    it("is asked for its version as Azure writes it, without the v of Kubernetes", async () => {
        assert.equal((await clusterInputs({ kubernetesVersion: "v1.36" })).kubernetesVersion, "1.36");
    });

    it("changes nothing but its own version when that goes up: nodes follow, and no pool names one", async () => {
        const { resources: before } = await recordAks({ kubernetesVersion: "1.35" });
        const { resources } = await recordAks({ kubernetesVersion: "1.36" });
        const inputsBefore = new Map(before.map(({ type, name, inputs }) => [`${type} ${name}`, inputs]));
        const changed = resources.filter(
            ({ type, name, inputs }) => !isDeepStrictEqual(inputs, inputsBefore.get(`${type} ${name}`)),
        );
        assert.deepEqual(
            changed.map(({ type }) => type),
            [managedCluster],
        );
        const { kubernetesVersion, ...rest } = changed[0]!.inputs;
        const { kubernetesVersion: old, ...others } = before.find(({ type }) => type === managedCluster)!.inputs;
        assert.deepEqual([old, kubernetesVersion], ["1.35", "1.36"]);
        assert.deepEqual(rest, others);
        assert.ok(!JSON.stringify(rest).includes("orchestratorVersion"));
    });
});

describe("the contract of an AksCluster", () => {
    it("says what is known of AKS before there is a cluster, and the same afterwards", async () => {
        const described = describeAksCluster("prod", minimal);
        const { cluster } = (await recordAks()).result;
        for (const { name, context, access, kubernetesVersion, traits } of [described, cluster]) {
            assert.deepEqual([name, context, access, kubernetesVersion], ["prod", "prod", "admin", "1.36"]);
            const { cloud, exposure, storageClass, networkPolicies, apiServer, addons } = traits;
            assert.deepEqual([cloud, exposure, networkPolicies], ["azure", "LoadBalancer", true]);
            assert.equal(storageClass, "managed-csi-premium");
            assert.deepEqual(apiServer, { cidrs: ["10.224.255.240/28"], ports: [443] });
            assert.deepEqual(addons, ["metrics-server"]);
        }
    });

    it("is told by the cluster's UID, whatever else of it changes, and names the issuer of its tokens", async () => {
        const { cluster } = (await recordAks()).result;
        assert.equal(await valueOf(cluster.clusterIdentifier), "uid-of-prod");
        assert.equal(await valueOf(cluster.traits.identity!.issuer), "https://oidc.example/prod");
    });

    it("knows no address of an API server that is outside of the network", () => {
        const network = { subnetId: resourceId("Microsoft.Network/virtualNetworks/hub/subnets", "nodes") };
        const { traits } = describeAksCluster("prod", { ...minimal, network });
        assert.deepEqual(traits.apiServer, { cidrs: [], ports: [443] });
    });

    it("has volumes encrypted with one's own keys where there are some, by a class of its own", async () => {
        const diskEncryptionSetId = resourceId("Microsoft.Compute/diskEncryptionSets", "disks");
        const recording = await recordAks({ diskEncryptionSetId });
        const { inputs, provider } = recording.only("kubernetes:storage.k8s.io/v1:StorageClass");
        assert.equal(inputs.metadata.name, "premium-encrypted");
        assert.equal(recording.result.cluster.traits.storageClass, "premium-encrypted");
        assert.equal(inputs.provisioner, "disk.csi.azure.com");
        assert.deepEqual(inputs.parameters, { skuName: "Premium_LRS", diskEncryptionSetID: diskEncryptionSetId });
        assert.equal(inputs.volumeBindingMode, "WaitForFirstConsumer");
        assert.equal(inputs.allowVolumeExpansion, true);
        assert.equal(provider, "prod");
        assert.equal(recording.only(managedCluster).inputs.diskEncryptionSetID, diskEncryptionSetId);
    });

    it("takes a storage class by name, and makes none then", async () => {
        const diskEncryptionSetId = resourceId("Microsoft.Compute/diskEncryptionSets", "disks");
        const recording = await recordAks({ storageClass: "fast", diskEncryptionSetId });
        assert.equal(recording.result.cluster.traits.storageClass, "fast");
        assert.deepEqual(recording.ofType("kubernetes:storage.k8s.io/v1:StorageClass"), []);
    });
});

describe("the kubeconfig of an AksCluster", () => {
    const userOf = (text: string): UserEntry => [...parseKubeconfig(text).users.values()][0]!;

    it("takes server and authority from Azure, none of its credentials, and asks kubelogin at each use", async () => {
        const recording = await recordAks();
        const text = (await valueOf(recording.result.cluster.kubeconfig))!;
        assert.ok(!text.includes("token-of-azure"));
        const { clusters, currentContext } = parseKubeconfig(text);
        assert.equal(currentContext, "prod");
        assert.deepEqual(
            [...clusters.values()],
            [{ server: "https://prod.hcp.azmk8s.io:443", "certificate-authority-data": "Q0E=" }],
        );
        const { exec, ...rest } = userOf(text);
        assert.deepEqual(rest, {});
        assert.equal(exec!.command, "kubelogin");
        assert.deepEqual(exec!.args, [
            ...["get-token", "--login", "azurecli", "--server-id", "6dae42f8-4368-4678-94ff-3960e28e3630"],
            ...["--tenant-id", "tenant"],
        ]);
    });

    it("never asks for the administrator's credentials", async () => {
        const { calls } = await recordAks();
        assert.deepEqual(calls.map(({ token }) => token).sort(), [
            "azure-native:containerservice:getManagedCluster",
            "azure-native:containerservice:listManagedClusterUserCredentials",
        ]);
    });

    it("is secret, in every form", async () => {
        const { cluster, userKubeconfig, controlPlane } = (await recordAks()).result;
        for (const kubeconfig of [cluster.kubeconfig, userKubeconfig, aksKubeconfigFor(controlPlane)]) {
            assert.equal(await isSecret(kubeconfig as Output<string>), true);
        }
    });

    it("logs the provider in as it is told, and people with the Azure CLI", async () => {
        const clientId = "2b4e28ba-2fa1-11d2-883f-0016d3cca427";
        const { result } = await recordAks({ login: AksLogin.ServicePrincipal, loginClientId: clientId });
        const provider = userOf((await valueOf(result.cluster.kubeconfig))!).exec!.args!;
        assert.deepEqual(provider.slice(1, 3), ["--login", "spn"]);
        assert.deepEqual(provider.slice(-2), ["--client-id", clientId]);
        const people = userOf((await valueOf(result.userKubeconfig))!).exec!.args!;
        assert.deepEqual(people.slice(1, 3), ["--login", "azurecli"]);
        assert.ok(!people.includes("--client-id"));
    });

    for (const login of Object.values(AksLogin)) {
        it(`can be had for the login ${login}`, async () => {
            const { result } = await recordAks();
            const text = await valueOf(aksKubeconfigFor(result.controlPlane, { context: "shop", login }));
            assert.equal(parseKubeconfig(text!).currentContext, "shop");
            assert.deepEqual(userOf(text!).exec!.args!.slice(1, 3), ["--login", login]);
        });
    }
});

describe("deletion of an AksCluster", () => {
    const lock = "azure-native:authorization:ManagementLockByScope";

    it("is refused by Azure and by Pulumi, for the cluster, its key and the group around them", async () => {
        const recording = await recordAks();
        assert.deepEqual(
            recording.resources
                .filter(({ options }) => options.protect)
                .map(({ type }) => type)
                .sort(),
            [
                managedCluster,
                "azure-native:keyvault:Key",
                "azure-native:keyvault:Vault",
                "azure-native:resources:ResourceGroup",
            ],
        );
        const { inputs, options } = recording.only(lock);
        assert.equal(inputs.scope, recording.only(managedCluster).id);
        assert.equal(inputs.level, "CanNotDelete");
        assert.equal(options.protect, false, "or the program could not remove it");
    });

    it("is free once the program says so: no lock is left, and nothing is protected", async () => {
        const recording = await recordAks({ deletionProtection: false });
        assert.deepEqual(recording.ofType(lock), []);
        assert.deepEqual(
            recording.resources.filter(({ options }) => options.protect || options.retainOnDelete),
            [],
        );
    });

    it("removes the lock before what it covers: pools, administrators, maintenance and logs", async () => {
        const recording = await recordAks({ administrators: [{ principalId: adminGroup }] });
        const { dependencies } = recording.only(lock).options;
        const covered = [
            "prod-apps",
            `prod-administrator-${adminGroup}`,
            "prod-upgrades",
            "prod-node-images",
            "prod-control-plane",
        ];
        for (const name of [...covered, "prod"]) {
            assert.ok(dependencies.includes(name), `${name} is not among ${dependencies.join(", ")}`);
        }
    });

    it("takes what lives in the cluster before the pools, the administrators' rights and the network", async () => {
        const recording = await record(() => {
            const aks = new AksCluster("prod", { ...minimal, administrators: [{ principalId: adminGroup }] });
            return new HardenedNamespace("apps", { cluster: aks.cluster });
        }, recordOptions);
        const provider = recording.only("pulumi:providers:kubernetes");
        for (const name of ["prod", "prod-apps", `prod-administrator-${adminGroup}`]) {
            assert.ok(provider.options.dependencies.includes(name), provider.options.dependencies.join(", "));
        }
        const { dependencies } = recording.only(managedCluster).options;
        for (const name of ["prod-nodes", "prod-api-server", "prod-kubelet", "prod-secrets"]) {
            assert.ok(dependencies.includes(name), dependencies.join(", "));
        }
    });
});
