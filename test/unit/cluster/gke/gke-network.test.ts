import assert from "node:assert/strict";
import { gkeCluster, types } from "./support";

const own = {
    nodesCidr: "10.1.0.0/20",
    podsCidr: "10.4.0.0/14",
    servicesCidr: "10.2.0.0/20",
    controlPlaneCidr: "10.3.0.0/28",
};

const existing = {
    network: "projects/net/global/networks/shared",
    subnetwork: "projects/net/regions/europe-west3/subnetworks/prod",
    podsRange: "prod-pods",
    servicesRange: "prod-services",
};

describe("the network of a GkeCluster", () => {
    it("has addresses of its own, reaches Google privately, and logs half of its connections", async () => {
        const recording = await gkeCluster();
        const { autoCreateSubnetworks } = recording.only(types.network).inputs;
        assert.equal(autoCreateSubnetworks, false);
        assert.deepEqual(recording.only(types.subnetwork).inputs, {
            project: "acme-prod",
            region: "europe-west3",
            network: "prod-id",
            ipCidrRange: "10.10.0.0/20",
            secondaryIpRanges: [
                { rangeName: "pods", ipCidrRange: "10.64.0.0/14" },
                { rangeName: "services", ipCidrRange: "10.68.0.0/20" },
            ],
            privateIpGoogleAccess: true,
            logConfig: {
                aggregationInterval: "INTERVAL_1_MIN",
                flowSampling: 0.5,
                metadata: "INCLUDE_ALL_METADATA",
            },
        });
    });

    it("lets nodes out by a NAT of this subnetwork alone, with as many ports as they need", async () => {
        const recording = await gkeCluster();
        assert.deepEqual(recording.only(types.router).inputs, {
            project: "acme-prod",
            region: "europe-west3",
            network: "prod-id",
        });
        const { router, ...nat } = recording.only(types.nat).inputs;
        assert.equal(router, undefined, "the mocks give a router no name, as Pulumi does");
        assert.deepEqual(nat, {
            project: "acme-prod",
            region: "europe-west3",
            natIpAllocateOption: "AUTO_ONLY",
            sourceSubnetworkIpRangesToNat: "LIST_OF_SUBNETWORKS",
            subnetworks: [{ name: "prod-id", sourceIpRangesToNats: ["ALL_IP_RANGES"] }],
            enableDynamicPortAllocation: true,
            enableEndpointIndependentMapping: false,
            logConfig: { enable: true, filter: "ERRORS_ONLY" },
        });
    });

    it("has no firewall rule that lets in anybody but the control plane, to the nodes' account and to webhooks", async () => {
        const recording = await gkeCluster({ network: { ...own, webhookPorts: [9443, 8443] } });
        assert.deepEqual(
            recording.ofType(types.firewall).map(({ inputs: { description: _, ...rule } }) => rule),
            [
                {
                    project: "acme-prod",
                    network: "https://www.googleapis.com/compute/v1/prod",
                    direction: "INGRESS",
                    sourceRanges: ["10.3.0.0/28"],
                    targetServiceAccounts: ["prod-nodes@acme-prod.iam.gserviceaccount.com"],
                    allows: [{ protocol: "tcp", ports: ["9443", "8443"] }],
                },
            ],
        );
    });

    it("opens the port of Fission's webhook by default, and none when told so", async () => {
        const rule = (await gkeCluster()).only(types.firewall).inputs;
        assert.deepEqual(rule.allows, [{ protocol: "tcp", ports: ["9443"] }]);
        assert.deepEqual((await gkeCluster({ network: { webhookPorts: [] } })).ofType(types.firewall), []);
    });

    it("takes the addresses that it is given, and logs no connections when told so", async () => {
        const recording = await gkeCluster({ network: { ...own, flowLogs: false } });
        const subnetwork = recording.only(types.subnetwork).inputs;
        assert.equal(subnetwork.ipCidrRange, "10.1.0.0/20");
        assert.deepEqual(
            (subnetwork.secondaryIpRanges as { ipCidrRange: string }[]).map(({ ipCidrRange }) => ipCidrRange),
            ["10.4.0.0/14", "10.2.0.0/20"],
        );
        assert.equal("logConfig" in subnetwork, false);
        const { masterIpv4CidrBlock } = recording.only(types.cluster).inputs.privateClusterConfig;
        assert.equal(masterIpv4CidrBlock, "10.3.0.0/28");
        assert.deepEqual(recording.result.cluster.traits.apiServer.cidrs, ["10.3.0.0/28"]);
    });

    it("is left alone when it is given: nothing of it is made, and no rule added", async () => {
        const recording = await gkeCluster({ network: { existing } });
        for (const type of [types.network, types.subnetwork, types.router, types.nat, types.firewall]) {
            assert.deepEqual(recording.ofType(type), [], type);
        }
        const { network, subnetwork, ipAllocationPolicy } = recording.only(types.cluster).inputs;
        assert.deepEqual([network, subnetwork], [existing.network, existing.subnetwork]);
        assert.deepEqual(ipAllocationPolicy, {
            clusterSecondaryRangeName: "prod-pods",
            servicesSecondaryRangeName: "prod-services",
            stackType: "IPV4",
        });
    });

    it("has its webhooks' rule in the project of a Shared VPC when one is asked for", async () => {
        const network = { existing: { ...existing, project: "net" }, webhookPorts: [9443] };
        const rule = (await gkeCluster({ network })).only(types.firewall).inputs;
        assert.deepEqual([rule.project, rule.network], ["net", existing.network]);
    });
});
