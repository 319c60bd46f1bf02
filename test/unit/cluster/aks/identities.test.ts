import { output } from "@pulumi/pulumi";
import assert from "node:assert/strict";
import { AksCluster, type AksClusterArgs } from "../../../../components/azure";
import { azureRoles } from "../../../../components/cluster/aks/roles";
import { record } from "../../support/mocks";
import { adminGroup, minimal, recordAks, recordOptions, resourceId, subnetId } from "./support";

const titles = new Map(Object.entries(azureRoles).map(([title, id]) => [id as string, title]));
const secretsKey = {
    keyId: "https://corp.vault.azure.net/keys/aks/0123456789abcdef0123456789abcdef",
    vaultId: resourceId("Microsoft.KeyVault/vaults", "corp"),
};

const person = "2b4e28ba-2fa1-11d2-883f-0016d3cca427";

/** Who has which role on what: `principal: role on scope`, sorted. */
async function grants(args: Partial<AksClusterArgs> = {}): Promise<string[]> {
    const recording = await recordAks(args);
    return recording
        .ofType("azure-native:authorization:RoleAssignment")
        .map(({ inputs }) => {
            const role = titles.get(inputs.roleDefinitionId.split("/").at(-1));
            return `${inputs.principalId}: ${role} on ${inputs.scope}`;
        })
        .sort();
}

describe("the identities of an AksCluster", () => {
    it("have the roles that they can't do without, each on one resource, and no other", async () => {
        assert.deepEqual(await grants(), [
            "principal-of-prod-control-plane: Key Vault Crypto User on prod-secrets-id",
            "principal-of-prod-control-plane: Managed Identity Operator on prod-kubelet-id",
            "principal-of-prod-control-plane: Network Contributor on prod-api-server-id",
            "principal-of-prod-control-plane: Network Contributor on prod-nodes-id",
        ]);
    });

    it("have none on a network that is given but on its subnets", async () => {
        const network = { subnetId: subnetId("nodes"), apiServerSubnetId: subnetId("api") };
        const onNetworks = (await grants({ network })).filter((grant) => grant.includes("Network"));
        assert.deepEqual(onNetworks, [
            `principal-of-prod-control-plane: Network Contributor on ${subnetId("api")}`,
            `principal-of-prod-control-plane: Network Contributor on ${subnetId("nodes")}`,
        ]);
    });

    it("may pull images from the named registries and from no other", async () => {
        const pulls = async (registries: string[] | undefined): Promise<string[]> =>
            (await grants({ registries })).filter((grant) => grant.startsWith("principal-of-prod-kubelet:"));
        assert.deepEqual(await pulls(undefined), []);
        const registry = resourceId("Microsoft.ContainerRegistry/registries", "corp");
        assert.deepEqual(await pulls([registry]), [`principal-of-prod-kubelet: AcrPull on ${registry}`]);
    });

    it("may use a private zone and a disk encryption set where these are given", async () => {
        const zone = resourceId("Microsoft.Network/privateDnsZones", "private.westeurope.azmk8s.io");
        const disks = resourceId("Microsoft.Compute/diskEncryptionSets", "disks");
        const all = await grants({
            apiServer: { privateFrom: ["10.1.0.0/16"], privateDnsZoneId: zone },
            diskEncryptionSetId: disks,
        });
        assert.ok(all.includes(`principal-of-prod-control-plane: Private DNS Zone Contributor on ${zone}`));
        assert.ok(all.includes(`principal-of-prod-control-plane: Reader on ${disks}`));
        assert.ok(all.includes("principal-of-prod-control-plane: Network Contributor on prod-id"), "to link the zone");
    });

    it("may link a private zone to the network of a given subnet", async () => {
        const zone = resourceId("Microsoft.Network/privateDnsZones", "privatelink.westeurope.azmk8s.io");
        const onNetworks = await grants({
            apiServer: { privateFrom: ["10.1.0.0/16"], privateDnsZoneId: zone },
            network: { subnetId: subnetId("nodes") },
        });
        assert.deepEqual(
            onNetworks.filter((grant) => grant.includes("Network Contributor")),
            [
                `principal-of-prod-control-plane: Network Contributor on ${resourceId("Microsoft.Network/virtualNetworks", "hub")}`,
                `principal-of-prod-control-plane: Network Contributor on ${subnetId("nodes")}`,
            ],
        );
    });

    it("are the ones that control plane and nodes run as", async () => {
        const { inputs } = (await recordAks()).only("azure-native:containerservice:ManagedCluster");
        assert.deepEqual(inputs.identity, {
            type: "UserAssigned",
            userAssignedIdentities: ["prod-control-plane-id"],
        });
        assert.deepEqual(inputs.identityProfile.kubeletidentity, {
            resourceId: "prod-kubelet-id",
            clientId: "client-of-prod-kubelet",
            objectId: "principal-of-prod-kubelet",
        });
    });

    it("get roles by definitions of the scope's own subscription, as Azure returns them", async () => {
        const registry = resourceId("Microsoft.ContainerRegistry/registries", "corp");
        const recording = await recordAks({ registries: [registry] });
        const { inputs } = recording.only("azure-native:authorization:RoleAssignment", "prod-registry-corp");
        assert.equal(
            inputs.roleDefinitionId,
            `/subscriptions/00000000-0000-0000-0000-000000000001/providers/Microsoft.Authorization/roleDefinitions/${azureRoles.AcrPull}`,
        );
        assert.equal(inputs.principalType, "ServicePrincipal");
    });
});

describe("administrators of an AksCluster", () => {
    it("beside the groups are the named identities, on this cluster alone", async () => {
        const recording = await recordAks({
            administrators: [{ principalId: adminGroup }, { principalId: person, type: "User" }],
        });
        const scopes = [adminGroup, person].map((principalId) => {
            const name = `prod-administrator-${principalId}`;
            const { inputs } = recording.only("azure-native:authorization:RoleAssignment", name);
            assert.ok(inputs.roleDefinitionId.endsWith(azureRoles["Azure Kubernetes Service RBAC Cluster Admin"]));
            return [inputs.scope, inputs.principalType];
        });
        assert.deepEqual(scopes, [
            ["prod-id", "ServicePrincipal"],
            ["prod-id", "User"],
        ]);
    });

    it("and registries keep their roles when others go or the order changes", async () => {
        const registries = ["corp", "Shared"].map((name) => resourceId("Microsoft.ContainerRegistry/registries", name));
        const administrators = [{ principalId: adminGroup }, { principalId: person.toUpperCase() }];
        const listed = async (args: Partial<AksClusterArgs>): Promise<Map<string, object>> => {
            const assignments = (await recordAks(args)).ofType("azure-native:authorization:RoleAssignment");
            const ofLists = assignments.filter(({ name }) => /administrator|registry/.test(name));
            return new Map(ofLists.map(({ name, inputs }) => [name, inputs]));
        };
        const all = await listed({ registries, administrators });
        assert.deepEqual([...all.keys()].sort(), [
            `prod-administrator-${adminGroup}`,
            `prod-administrator-${person}`,
            "prod-registry-corp",
            "prod-registry-shared",
        ]);
        assert.deepEqual(
            await listed({ registries: registries.toReversed(), administrators: administrators.toReversed() }),
            all,
        );
        const fewer = await listed({ registries: registries.slice(1), administrators: administrators.slice(1) });
        assert.equal(fewer.size, 2);
        for (const [name, inputs] of fewer) {
            assert.deepEqual(inputs, all.get(name));
        }
    });

    it("are told apart by their places where their ids are not known yet", async () => {
        const recording = await recordAks({
            administrators: [{ principalId: adminGroup }, { principalId: output(person) }],
        });
        const { inputs } = recording.only("azure-native:authorization:RoleAssignment", "prod-administrator-2");
        assert.equal(inputs.principalId, person);
    });
});

describe("encryption of an AksCluster's Secrets", () => {
    it("uses a key of its own that turns every year, in a vault that nobody can purge or open without a role", async () => {
        const recording = await recordAks();
        const { inputs: vault } = recording.only("azure-native:keyvault:Vault");
        assert.match(vault.vaultName, /^prod-[0-9a-f]{8}$/);
        assert.deepEqual(vault.properties, {
            tenantId: "tenant",
            sku: { family: "A", name: "standard" },
            enableRbacAuthorization: true,
            enableSoftDelete: true,
            softDeleteRetentionInDays: 90,
            enablePurgeProtection: true,
            publicNetworkAccess: "Enabled",
            // The SDK's own values.
            enabledForDeployment: false,
            enabledForDiskEncryption: false,
            enabledForTemplateDeployment: false,
        });
        const { properties } = recording.only("azure-native:keyvault:Key").inputs;
        assert.deepEqual(properties.keyOps, ["encrypt", "decrypt"]);
        assert.deepEqual([properties.kty, properties.keySize], ["RSA", 3072]);
        assert.deepEqual(properties.rotationPolicy.lifetimeActions, [
            { action: { type: "rotate" }, trigger: { timeAfterCreate: "P1Y" } },
        ]);
        const { securityProfile } = recording.only("azure-native:containerservice:ManagedCluster").inputs;
        assert.deepEqual(securityProfile.azureKeyVaultKms, {
            enabled: true,
            keyId: "https://prod.vault.azure.net/keys/secrets/0123456789abcdef0123456789abcdef",
            keyVaultNetworkAccess: "Public",
        });
    });

    it("names the vault within Azure's 24 characters, whatever the cluster is called", async () => {
        const name = "a-rather-long-name-of-a-cluster-forty-ch";
        const recording = await record(() => new AksCluster(name, minimal), recordOptions);
        const { vaultName } = recording.only("azure-native:keyvault:Vault").inputs;
        assert.match(vaultName, /^a-rather-long-n-[0-9a-f]{8}$/);
        assert.equal(vaultName.length, 24);
    });

    it("uses a given key, and may use no other of its vault", async () => {
        const recording = await recordAks({ secretsKey });
        assert.deepEqual(recording.ofType("azure-native:keyvault:Vault"), []);
        const { securityProfile } = recording.only("azure-native:containerservice:ManagedCluster").inputs;
        assert.deepEqual(securityProfile.azureKeyVaultKms, {
            enabled: true,
            keyId: secretsKey.keyId,
            keyVaultNetworkAccess: "Public",
        });
        const onVault = (await grants({ secretsKey })).filter((grant) => grant.includes("Key Vault"));
        assert.deepEqual(onVault, [
            `principal-of-prod-control-plane: Key Vault Crypto User on ${secretsKey.vaultId}/keys/aks`,
        ]);
    });

    it("reaches a private vault by an endpoint, which the control plane may make", async () => {
        const key = { ...secretsKey, privateVault: true };
        const recording = await recordAks({ secretsKey: key });
        const { securityProfile } = recording.only("azure-native:containerservice:ManagedCluster").inputs;
        assert.equal(securityProfile.azureKeyVaultKms.keyVaultNetworkAccess, "Private");
        assert.equal(securityProfile.azureKeyVaultKms.keyVaultResourceId, secretsKey.vaultId);
        assert.ok(
            (await grants({ secretsKey: key })).includes(
                `principal-of-prod-control-plane: Key Vault Contributor on ${secretsKey.vaultId}`,
            ),
        );
    });

    it("is off only when that is said; then there is no vault and no role on one", async () => {
        const recording = await recordAks({ encryptSecrets: false });
        assert.deepEqual(recording.ofType("azure-native:keyvault:Key"), []);
        assert.deepEqual(recording.ofType("random:index/randomId:RandomId"), []);
        const { securityProfile } = recording.only("azure-native:containerservice:ManagedCluster").inputs;
        assert.equal(securityProfile.azureKeyVaultKms, undefined);
        assert.ok(!(await grants({ encryptSecrets: false })).some((grant) => grant.includes("Key Vault")));
    });
});
