import { type Input, output } from "@pulumi/pulumi";
import assert from "node:assert/strict";
import {
    AksCluster,
    type AksClusterArgs,
    AksLogin,
    AksPrincipal,
    AksTier,
    validateAksCluster,
} from "../../../../components/azure";
import { rejects } from "../../support/mocks";
import { adminGroup, faultsOf, minimal, resourceId, subnetId } from "./support";

const pool = { machineType: "Standard_D8ds_v5", minNodes: 1, maxNodes: 3 };
const secretsKey = {
    keyId: "https://corp.vault.azure.net/keys/aks/0123456789abcdef0123456789abcdef",
    vaultId: resourceId("Microsoft.KeyVault/vaults", "corp"),
};
const registry = (name: string): string => resourceId("Microsoft.ContainerRegistry/registries", name);
const zone = (name: string): string => resourceId("Microsoft.Network/privateDnsZones", name);
const privately = (privateDnsZoneId: Input<string>): AksClusterArgs["apiServer"] => ({
    privateFrom: ["10.1.0.0/16"],
    privateDnsZoneId,
});

/** Wrong arguments, each with the one fault that they must give. */
const wrong: [string, Partial<AksClusterArgs>, RegExp][] = [
    ["no way in", { apiServer: {} }, /^apiServer leaves no way in: .*give "allowFrom".*or "privateFrom"/],
    [
        "a private cluster with an allow-list",
        { apiServer: { allowFrom: ["203.0.113.0/24"], privateFrom: ["10.1.0.0/16"] } },
        /^apiServer\.privateFrom can't go together with "allowFrom": .*give only one of them$/,
    ],
    [
        "a private cluster that is open to everyone",
        { apiServer: { allowFromAnywhere: true, privateFrom: ["10.1.0.0/16"] } },
        /^apiServer\.privateFrom can't go together with "allowFromAnywhere"/,
    ],
    [
        "the whole Internet in an allow-list",
        { apiServer: { allowFrom: ["0.0.0.0/0"] } },
        /^apiServer\.allowFrom\[0\] .*say "allowFromAnywhere: true"/,
    ],
    [
        "a private name of a public cluster",
        { apiServer: { allowFrom: ["203.0.113.0/24"], publicName: true } },
        /^apiServer\.publicName is given, but the cluster is public \("allowFrom"\)/,
    ],
    [
        "more ranges than AKS takes outside of a network",
        {
            apiServer: { allowFrom: Array.from({ length: 201 }, (_, index) => `198.51.100.${index}/32`) },
            network: { subnetId: subnetId("nodes") },
        },
        /^apiServer\.allowFrom has 201 ranges; AKS takes 200/,
    ],
    ["no administrators", { adminGroups: [] }, /^adminGroups is empty/],
    ["a group by name", { adminGroups: ["admins"] }, /^adminGroups\[0\] is "admins".*az ad group show/],
    [
        "an administrator by name",
        { administrators: [{ principalId: "pipeline" }] },
        /^administrators\[0\]\.principalId is "pipeline"/,
    ],
    [
        "an administrator twice, as whatever",
        {
            administrators: [
                { principalId: adminGroup },
                { principalId: adminGroup.toUpperCase(), type: AksPrincipal.User },
            ],
        },
        /^administrators\[1\]\.principalId is "1B4E28BA-.*", which administrators\[0\]\.principalId is already.*leave one out$/,
    ],
    [
        "a registry twice",
        { registries: [registry("corp"), registry("team"), registry("Corp")] },
        /^registries\[2\] is ".*\/Corp", which registries\[0\] is already/,
    ],
    [
        "a zone for private links, with the API server in the network",
        { apiServer: privately(zone("privatelink.westeurope.azmk8s.io")) },
        /^apiServer\.privateDnsZoneId names the zone "privatelink\..*", but the API server is in the network; give one that is called "private\.westeurope\.azmk8s\.io"/,
    ],
    [
        "a zone for the network, with the API server outside",
        {
            apiServer: privately(zone("private.westeurope.azmk8s.io")),
            network: { subnetId: subnetId("nodes") },
        },
        /^apiServer\.privateDnsZoneId names .* is not in the network; give one that is called "privatelink\.westeurope\./,
    ],
    [
        "a zone of another region",
        { apiServer: privately(zone("private.northeurope.azmk8s.io")) },
        /^apiServer\.privateDnsZoneId names the zone "private\.northeurope\..*"private\.westeurope\./,
    ],
    [
        "a zone by name",
        { apiServer: privately("private.westeurope.azmk8s.io") },
        /^apiServer\.privateDnsZoneId is "private\.westeurope\.azmk8s\.io".*give a resource id/,
    ],
    ["a service principal that nobody named", { login: "spn" }, /^loginClientId is missing, and login is "spn"/],
    ["a region with spaces", { location: "West Europe" }, /^location is "West Europe".*"westeurope"/],
    ["a resource group that ends in a dot", { resourceGroupName: "shared." }, /^resourceGroupName is "shared\."/],
    [
        "a version that AKS does not run any more",
        { kubernetesVersion: "1.29" },
        /^kubernetesVersion is 1\.29.*; use 1\.3/,
    ],
    [
        "a version that is not out yet",
        { kubernetesVersion: "1.99" },
        /^kubernetesVersion is 1\.99, which is not out yet/,
    ],
    [
        "a patch version, which AKS leaves behind",
        { kubernetesVersion: "1.36.2" },
        /^kubernetesVersion is "1\.36\.2", a patch version.*give "1\.36", or upgradeChannel: "none"$/,
    ],
    [
        "a version that is in long-term support only",
        { kubernetesVersion: "1.33" },
        /^kubernetesVersion is 1\.33, which AKS has in long-term support only; .*tier: "Premium"$/,
    ],
    ["long-term support without Premium", { longTermSupport: true }, /^longTermSupport is true.*give tier: "Premium"$/],
    [
        "long-term support in the tier Standard",
        { longTermSupport: true, tier: AksTier.Standard },
        /^longTermSupport is true/,
    ],
    [
        "pods where the nodes are",
        { network: { podCidr: "10.224.0.0/16" } },
        /^network\.podCidr .*overlaps "10\.224\.0\.0\/16"/,
    ],
    ["Services where the pods are", { network: { serviceCidr: "10.244.0.0/20" } }, /^network\.serviceCidr .*overlaps/],
    [
        "the API server among the nodes",
        { network: { apiServerCidr: "10.224.0.0/28" } },
        /^network\.apiServerCidr .*overlaps "10\.224\.0\.0\/17"/,
    ],
    [
        "nodes outside of the network",
        { network: { nodesCidr: "10.225.0.0/24" } },
        /^network\.nodesCidr is "10\.225\.0\.0\/24", which is not within "10\.224\.0\.0\/16"/,
    ],
    [
        "a /29 for the API server",
        { network: { apiServerCidr: "10.224.255.240/29" } },
        /^network\.apiServerCidr .*a \/29; give/,
    ],
    ["pods for one node only", { network: { podCidr: "10.244.0.0/24" } }, /^network\.podCidr .*a \/24; give/],
    ["too many Services", { network: { serviceCidr: "172.16.0.0/12" } }, /^network\.serviceCidr .*a \/12; give/],
    ["IPv6", { network: { podCidr: "fd00::/48" } }, /^network\.podCidr is "fd00::\/48"; give IPv4/],
    ["no CIDR", { network: { cidr: "10.0.0.0" } }, /^network\.cidr is "10\.0\.0\.0"/],
    [
        "a route table in a network that is made",
        { network: { egress: "userDefinedRouting" } },
        /^network\.egress .*give "subnetId" too$/,
    ],
    [
        "addresses of a NAT gateway that is not there",
        { network: { egress: "loadBalancer", egressAddresses: 2 } },
        /^network\.egressAddresses is given, but egress is "loadBalancer"/,
    ],
    ["too many addresses", { network: { egressAddresses: 17 } }, /^network\.egressAddresses is 17/],
    [
        "a subnet for the API server in somebody else's network",
        { network: { apiServerSubnetId: subnetId("api") } },
        /^network\.apiServerSubnetId is given without "subnetId"/,
    ],
    ["a subnet by name", { network: { subnetId: "nodes" } }, /^network\.subnetId is "nodes".*give a resource id/],
    [
        "rules for the group of a given subnet",
        { network: { subnetId: subnetId("nodes"), ingressFromAnywhere: true } },
        /^network\.ingressFromAnywhere is given, but "subnetId"/,
    ],
    [
        "everyone and some",
        { network: { ingressFrom: ["203.0.113.0/24"], ingressFromAnywhere: true } },
        /^network\.ingressFromAnywhere can't go together with "ingressFrom"/,
    ],
    [
        "a region without API servers in networks",
        { location: "qatarcentral" },
        /^network\.subnetId is missing, and in qatarcentral/,
    ],
    ["no pool for anything else", { nodePools: {} }, /^nodePools is empty/],
    ["a pool's name with upper-case letters", { nodePools: { Apps: pool } }, /^nodePools\.Apps is "Apps".*1 to 12/],
    ["a pool's name of 13 characters", { nodePools: { appsappsappsa: pool } }, /^nodePools\.appsappsappsa /],
    ["a pool's name with a minus", { nodePools: { "my-apps": pool } }, /1 to 12 lower-case letters and digits/],
    [
        "a second system pool",
        { nodePools: { system: pool } },
        /^nodePools\.system is the name of the cluster's own pool/,
    ],
    ["spot pools only", { nodePools: { apps: { ...pool, spot: true } } }, /^nodePools has spot pools only/],
    [
        "a zone that is not there",
        { nodePools: { apps: { ...pool, zones: ["4"] } } },
        /^nodePools\.apps\.zones\[0\] is "4"/,
    ],
    ["a zone with the region's name", { zones: ["westeurope-1"] }, /^zones\[0\] is "westeurope-1"/],
    [
        "a machine of another cloud",
        { nodePools: { apps: { ...pool, machineType: "e2-standard-4" } } },
        /"Standard_D4ds_v5"/,
    ],
    [
        "verified boot on ARM",
        { nodePools: { apps: { ...pool, machineType: "Standard_D4pds_v5" } } },
        /^nodePools\.apps\.machineType is "Standard_D4pds_v5", an ARM machine.*trustedLaunch: false$/,
    ],
    ["too few pods on a node", { nodePools: { apps: { ...pool, maxPods: 20 } } }, /^nodePools\.apps\.maxPods is 20/],
    ["a spot system pool", { systemPool: { ...pool, minNodes: 2, spot: true } }, /^systemPool\.spot is true/],
    ["a system pool of one node", { systemPool: pool }, /^systemPool\.minNodes is 1; give 2 or more/],
    [
        "a system pool of the B series",
        { systemPool: { ...pool, minNodes: 2, machineType: "Standard_B4ms" } },
        /^systemPool\.machineType is "Standard_B4ms"/,
    ],
    [
        "taints of the system pool",
        { systemPool: { ...pool, minNodes: 2, taints: [{ key: "a", effect: "NoSchedule" }] } },
        /^systemPool\.taints is given/,
    ],
    ["a window that AKS finds too short", { maintenanceWindow: { hours: 3 } }, /^maintenanceWindow\.hours is 3/],
    [
        "three days, of which AKS takes two",
        { maintenanceWindow: { days: ["Monday", "Tuesday", "Wednesday"] } },
        /^maintenanceWindow\.days has 3 days/,
    ],
    [
        "a key without a version",
        { secretsKey: { ...secretsKey, keyId: "https://corp.vault.azure.net/keys/aks" } },
        /^secretsKey\.keyId .*give it with its version/,
    ],
    [
        "a key that is not to be used",
        { secretsKey, encryptSecrets: false },
        /^secretsKey is given, but "encryptSecrets" is false/,
    ],
    [
        "a private vault that the API server does not reach",
        { secretsKey: { ...secretsKey, privateVault: true }, network: { subnetId: subnetId("nodes") } },
        /^secretsKey\.privateVault is true, but the API server is not in the network/,
    ],
    ["a vault by name", { secretsKey: { ...secretsKey, vaultId: "corp" } }, /^secretsKey\.vaultId is "corp"/],
    ["a registry by name", { registries: ["corp.azurecr.io"] }, /^registries\[0\] is "corp\.azurecr\.io"/],
    ["logs that are kept too short", { logs: { retentionDays: 7 } }, /^logs\.retentionDays is 7/],
    [
        "logs that are off and somewhere",
        { logs: { enabled: false, retentionDays: 30 } },
        /^logs\.retentionDays is given, but/,
    ],
    [
        "retention of somebody else's workspace",
        { logs: { workspaceId: resourceId("Microsoft.OperationalInsights/workspaces", "corp"), retentionDays: 90 } },
        /^logs\.retentionDays is given, but "workspaceId"/,
    ],
    ["disks encrypted by a name", { diskEncryptionSetId: "disks" }, /^diskEncryptionSetId is "disks"/],
];

describe("the arguments of an AksCluster", () => {
    it("are right as in the examples", () => {
        assert.deepEqual(faultsOf(), []);
        assert.deepEqual(faultsOf({ apiServer: { privateFrom: ["10.1.0.0/16"] } }), []);
        assert.deepEqual(faultsOf({ secretsKey }), []);
    });

    for (const [what, args, fault] of wrong) {
        it(`can't have ${what}`, () => {
            const faults = faultsOf(args);
            assert.equal(faults.length, 1, faults.join("\n"));
            assert.match(faults[0]!, fault);
        });
    }

    for (const [property, value] of Object.entries({
        tier: "Basic",
        nodeOs: "Windows",
        upgradeChannel: "rapid",
        nodeOsChannel: "Unmanaged",
        login: "devicecode",
        network: { egress: "none" },
        logs: { categories: ["kube-audit-all"] },
    })) {
        it(`name what may stand in ${property} in place of what may not`, () => {
            const [fault, ...others] = faultsOf({ [property]: value });
            assert.deepEqual(others, []);
            assert.match(fault!, /is not known here; use one of "/);
        });
    }

    it("take a version past its support, and one in long-term support, when that is said", () => {
        assert.deepEqual(faultsOf({ kubernetesVersion: "1.29", allowUnsupportedVersion: true }), []);
        const premium = { longTermSupport: true, tier: AksTier.Premium };
        assert.deepEqual(faultsOf({ kubernetesVersion: "1.33", ...premium }), []);
    });

    it("take a patch version where AKS leaves it alone, and ARM machines without verified boot", () => {
        assert.deepEqual(faultsOf({ kubernetesVersion: "1.36.2", upgradeChannel: "none" }), []);
        const nodePools = { apps: { ...pool, machineType: "Standard_D4pds_v5" } };
        assert.deepEqual(faultsOf({ nodePools, trustedLaunch: false }), []);
    });

    it("take a zone by the name that AKS gives it, with a label of one's own, and one that is not known yet", () => {
        const outside = { network: { subnetId: subnetId("nodes") } };
        for (const [args, ...names] of [
            [{}, "private.westeurope.azmk8s.io", "shop.private.westeurope.azmk8s.io"],
            [outside, "privatelink.westeurope.azmk8s.io", "shop.privatelink.westeurope.azmk8s.io"],
            [{ location: output("later") }, "private.northeurope.azmk8s.io"],
        ] as const) {
            for (const name of names) {
                assert.deepEqual(faultsOf({ ...args, apiServer: privately(zone(name)) }), []);
            }
        }
        assert.deepEqual(faultsOf({ apiServer: privately(output("later")) }), []);
    });

    it("take a version with the v of Kubernetes", () => {
        assert.deepEqual(faultsOf({ kubernetesVersion: "v1.36" }), []);
    });

    it("take 2,000 ranges where the API server is in the network", () => {
        const ranges = (length: number): Partial<AksClusterArgs> => ({
            apiServer: {
                allowFrom: Array.from({ length }, (_, index) => `100.64.${index >> 8}.${index & 255}/32`),
            },
        });
        assert.deepEqual(faultsOf(ranges(2000)), []);
        assert.match(faultsOf(ranges(2001)).join(), /has 2001 ranges; AKS takes 2000/);
    });

    it("name a cluster so that Azure's limits hold for all that is named after it", () => {
        assert.deepEqual(faultsOf({}, "a".repeat(40)), []);
        assert.match(faultsOf({}, "a".repeat(41)).join(), /^name is ".*has 41 characters/);
        assert.match(faultsOf({}, "1st").join(), /^name is "1st"/);
    });

    it("are checked wherever they are known, and left alone where they are not yet", () => {
        const later = output("later");
        const args = {
            location: later,
            adminGroups: [later],
            registries: [later],
            network: { subnetId: later },
            nodePools: { apps: { machineType: later, minNodes: output(1), maxNodes: output(3) } },
        };
        assert.deepEqual(faultsOf(args), []);
    });

    it("are reported all at once, before anything is made", async () => {
        const args: AksClusterArgs = {
            ...minimal,
            adminGroups: [],
            apiServer: {},
            kubernetesVersion: "1.29",
            network: { podCidr: "10.0.0.0/16" },
            nodePools: { Apps: pool },
            systemPool: { ...pool, spot: true },
        };
        await rejects(
            () => new AksCluster("prod", args),
            /^AksCluster prod: 7 arguments are wrong:(\n {2}- (kubernetesVersion|adminGroups|apiServer|network\.serviceCidr|nodePools\.Apps|systemPool\.spot|systemPool\.minNodes) .*){7}$/,
        );
    });

    it("that are missing altogether are asked for", () => {
        const faults = validateAksCluster("prod", {} as AksClusterArgs).map(({ propertyPath }) => propertyPath);
        for (const path of ["location", "kubernetesVersion", "adminGroups", "apiServer", "nodePools"]) {
            assert.ok(faults.includes(path), `${path} is not among ${faults.join(", ")}`);
        }
    });

    it("let every way to log in be named", () => {
        for (const login of Object.values(AksLogin)) {
            assert.deepEqual(faultsOf({ login, loginClientId: adminGroup }), []);
        }
    });
});
