import assert from "node:assert/strict";
import type { AksClusterArgs } from "../../../../components/azure";
import type { Recording } from "../../support/mocks";
import { valueOf } from "../../support/mocks";
import { clusterInputs, recordAks, resourceId, subnetId } from "./support";

const given = { subnetId: subnetId("nodes") };
const privately: Partial<AksClusterArgs> = { apiServer: { privateFrom: ["10.1.0.0/16", "10.2.0.0/16"] } };

interface Rule {
    name: string;
    access: string;
    sourceAddressPrefix?: string;
    sourceAddressPrefixes?: string[];
    destinationPortRanges: string[];
    priority: number;
    protocol: string;
    direction: string;
}

function rulesOf(recording: Recording<unknown>, name: string): Rule[] {
    return recording.only("azure-native:network:NetworkSecurityGroup", name).inputs.securityRules as Rule[];
}

/** Rules that let everyone in. */
function openRules(recording: Recording<unknown>): string[] {
    return recording
        .ofType("azure-native:network:NetworkSecurityGroup")
        .flatMap(({ inputs }) => inputs.securityRules as Rule[])
        .filter(({ access }) => access === "Allow")
        .filter((rule) =>
            [rule.sourceAddressPrefix, ...(rule.sourceAddressPrefixes ?? [])].some((source) =>
                ["*", "Internet", "0.0.0.0/0", "::/0"].includes(source ?? ""),
            ),
        )
        .map(({ name }) => name);
}

describe("the network of an AksCluster", () => {
    it("has a subnet for nodes, with its own way out and no other, and one for the API server", async () => {
        const recording = await recordAks();
        const network = recording.only("azure-native:network:VirtualNetwork").inputs;
        assert.deepEqual(network.addressSpace, { addressPrefixes: ["10.224.0.0/16"] });
        const nodes = recording.only("azure-native:network:Subnet", "prod-nodes").inputs;
        assert.equal(nodes.addressPrefix, "10.224.0.0/17");
        assert.equal(nodes.defaultOutboundAccess, false);
        assert.deepEqual(nodes.natGateway, { id: "prod-egress-id" });
        const apiServer = recording.only("azure-native:network:Subnet", "prod-api-server");
        assert.equal(apiServer.inputs.addressPrefix, "10.224.255.240/28");
        assert.deepEqual(apiServer.inputs.delegations, [
            { name: "aks", serviceName: "Microsoft.ContainerService/managedClusters" },
        ]);
        assert.ok(apiServer.options.dependencies.includes("prod-nodes"), "Azure refuses two changes at a time");
    });

    it("takes its addresses as they are given", async () => {
        const network = { cidr: "10.64.0.0/20", nodesCidr: "10.64.4.0/22", podCidr: "100.64.0.0/16" };
        const recording = await recordAks({ network });
        const nodes = recording.only("azure-native:network:Subnet", "prod-nodes").inputs;
        const apiServer = recording.only("azure-native:network:Subnet", "prod-api-server").inputs;
        assert.deepEqual([nodes.addressPrefix, apiServer.addressPrefix], ["10.64.4.0/22", "10.64.15.240/28"]);
        const { networkProfile } = recording.only("azure-native:containerservice:ManagedCluster").inputs;
        assert.equal(networkProfile.podCidr, "100.64.0.0/16");
    });

    it("reaches the Internet from addresses that stay, as many as are asked for, and says which", async () => {
        const recording = await recordAks({ network: { egressAddresses: 2 } });
        const addresses = recording.ofType("azure-native:network:PublicIPAddress");
        for (const { inputs } of addresses) {
            assert.deepEqual(inputs.sku, { name: "Standard" });
            assert.equal(inputs.publicIPAllocationMethod, "Static");
            assert.deepEqual(inputs.zones, ["1", "2", "3"]);
        }
        const { publicIpAddresses } = recording.only("azure-native:network:NatGateway").inputs;
        assert.deepEqual(publicIpAddresses, [{ id: "prod-egress-1-id" }, { id: "prod-egress-2-id" }]);
        assert.deepEqual(await valueOf(recording.result.egressAddresses), ["198.51.100.1", "198.51.100.2"]);
    });

    it("goes out by the load balancer where that is enough", async () => {
        const recording = await recordAks({ network: { egress: "loadBalancer" } });
        assert.deepEqual(recording.ofType("azure-native:network:NatGateway"), []);
        assert.equal(recording.only("azure-native:network:Subnet", "prod-nodes").inputs.natGateway, undefined);
        const { networkProfile } = recording.only("azure-native:containerservice:ManagedCluster").inputs;
        assert.equal(networkProfile.outboundType, "loadBalancer");
    });

    it("is not made where a subnet is given; the API server is in the network only if it has one too", async () => {
        for (const [network, profile] of [
            [given, {}],
            [
                { ...given, apiServerSubnetId: subnetId("api"), egress: "userDefinedRouting" as const },
                { enableVnetIntegration: true, subnetId: subnetId("api") },
            ],
        ] as const) {
            const recording = await recordAks({ network });
            assert.deepEqual(
                recording.resources.filter(({ type }) => type.startsWith("azure-native:network:")),
                [],
            );
            const { apiServerAccessProfile, networkProfile, agentPoolProfiles } = recording.only(
                "azure-native:containerservice:ManagedCluster",
            ).inputs;
            assert.deepEqual(apiServerAccessProfile, {
                disableRunCommand: true,
                enablePrivateCluster: false,
                authorizedIPRanges: ["203.0.113.0/24"],
                ...profile,
            });
            assert.equal(networkProfile.outboundType, "egress" in network ? network.egress : "loadBalancer");
            assert.equal(agentPoolProfiles[0].vnetSubnetID, given.subnetId);
            assert.deepEqual(await valueOf(recording.result.egressAddresses), []);
        }
    });

    it("has zones nowhere in a region without any", async () => {
        const recording = await recordAks({ zones: [] });
        assert.equal(recording.only("azure-native:network:PublicIPAddress").inputs.zones, undefined);
        const { agentPoolProfiles } = recording.only("azure-native:containerservice:ManagedCluster").inputs;
        assert.equal(agentPoolProfiles[0].availabilityZones, undefined);
    });
});

describe("the security groups of an AksCluster", () => {
    it("let nobody in from outside, whichever way the API server is reached", async () => {
        for (const args of [{}, privately, { apiServer: { allowFromAnywhere: true } }]) {
            assert.deepEqual(openRules(await recordAks(args)), []);
        }
        assert.deepEqual(rulesOf(await recordAks(), "prod-nodes"), []);
    });

    it("stand around every subnet of nodes", async () => {
        const recording = await recordAks();
        const { networkSecurityGroup } = recording.only("azure-native:network:Subnet", "prod-nodes").inputs;
        assert.deepEqual(networkSecurityGroup, { id: "prod-nodes-id" });
    });

    it("let named addresses reach public load balancers, on the ports of an ingress", async () => {
        const recording = await recordAks({ network: { ingressFrom: ["203.0.113.0/24", "198.51.100.0/24"] } });
        const [rule, ...others] = rulesOf(recording, "prod-nodes");
        assert.deepEqual(others, []);
        assert.deepEqual(rule!.sourceAddressPrefixes, ["203.0.113.0/24", "198.51.100.0/24"]);
        assert.deepEqual(rule!.destinationPortRanges, ["80", "443"]);
        assert.deepEqual([rule!.protocol, rule!.direction, rule!.access], ["Tcp", "Inbound", "Allow"]);
        assert.deepEqual(openRules(recording), []);
    });

    it("open public load balancers to everyone when that is said, and nothing else", async () => {
        const recording = await recordAks({ network: { ingressFromAnywhere: true } });
        assert.deepEqual(openRules(recording), ["ingress"]);
        assert.deepEqual(rulesOf(recording, "prod-nodes")[0]!.destinationPortRanges, ["80", "443"]);
    });

    it("let nodes and the declared networks reach a private API server, and nobody else in the network", async () => {
        const recording = await recordAks(privately);
        const rules = rulesOf(recording, "prod-api-server");
        assert.deepEqual(
            rules.map(({ access, sourceAddressPrefix, sourceAddressPrefixes, destinationPortRanges }) => [
                access,
                sourceAddressPrefix ?? sourceAddressPrefixes,
                destinationPortRanges.join(),
            ]),
            [
                ["Allow", "10.224.0.0/17", "443,4443"],
                ["Allow", "10.224.255.240/28", "0-65535"],
                ["Allow", "AzureLoadBalancer", "0-65535"],
                ["Allow", ["10.1.0.0/16", "10.2.0.0/16"], "443"],
                ["Deny", "*", "0-65535"],
            ],
        );
        assert.deepEqual(
            rules.map(({ priority }) => priority),
            [100, 200, 300, 400, 500],
        );
        assert.equal(rules.at(-1)!.protocol, "*");
        const { networkSecurityGroup } = recording.only("azure-native:network:Subnet", "prod-api-server").inputs;
        assert.deepEqual(networkSecurityGroup, { id: "prod-api-server-id" });
    });
});

describe("access to the API server of an AksCluster", () => {
    it("is for the named addresses; nodes have an address of it in their network", async () => {
        assert.deepEqual((await clusterInputs()).apiServerAccessProfile, {
            disableRunCommand: true,
            enableVnetIntegration: true,
            subnetId: "prod-api-server-id",
            enablePrivateCluster: false,
            authorizedIPRanges: ["203.0.113.0/24"],
        });
    });

    it("is for everyone only when that is said", async () => {
        const { apiServerAccessProfile } = await clusterInputs({ apiServer: { allowFromAnywhere: true } });
        assert.equal(apiServerAccessProfile.authorizedIPRanges, undefined);
        assert.equal(apiServerAccessProfile.enablePrivateCluster, false);
    });

    it("is private where only private networks are named: no allow-list, no public name, a private zone", async () => {
        assert.deepEqual((await clusterInputs(privately)).apiServerAccessProfile, {
            disableRunCommand: true,
            enableVnetIntegration: true,
            subnetId: "prod-api-server-id",
            enablePrivateCluster: true,
            enablePrivateClusterPublicFQDN: false,
            privateDNSZone: "system",
        });
    });

    it("goes by a zone of one's own, or by a public name, when that is said", async () => {
        const privateDnsZoneId = resourceId("Microsoft.Network/privateDnsZones", "private.westeurope.azmk8s.io");
        const recording = await recordAks({
            apiServer: { privateFrom: ["10.1.0.0/16"], privateDnsZoneId, publicName: true },
        });
        const { apiServerAccessProfile } = recording.only("azure-native:containerservice:ManagedCluster").inputs;
        assert.equal(apiServerAccessProfile.privateDNSZone, privateDnsZoneId);
        assert.equal(apiServerAccessProfile.enablePrivateClusterPublicFQDN, true);
        const { inputs } = recording.calls.find(({ token }) => token.endsWith("listManagedClusterUserCredentials"))!;
        assert.equal(inputs.serverFqdn, "prod.public.example");
    });
});
