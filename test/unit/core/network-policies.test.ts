import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import type { EgressRule, IngressRule, NetworkRules } from "../../../components/core/network";
import {
    allow,
    apiServerEgress,
    denyAll,
    dnsEgress,
    networkPolicySpec,
    validateNetworkRules,
} from "../../../components/core/network";
import { testCluster } from "../support/cluster";
import { record, rejects, valueOf } from "../support/mocks";

const policyType = "kubernetes:networking.k8s.io/v1:NetworkPolicy";
const traits = testCluster().traits;
const router = { namespace: "fission", podSelector: { svc: "router" } };

const routerPeer = {
    namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "fission" } },
    podSelector: { matchLabels: { svc: "router" } },
};
const dnsRule = {
    to: [
        {
            namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "kube-system" } },
            podSelector: { matchLabels: { "k8s-app": "kube-dns" } },
        },
    ],
    ports: [
        { protocol: "UDP", port: 53 },
        { protocol: "TCP", port: 53 },
    ],
};

describe("network rules, rendered", () => {
    it("deny both directions when nothing is said", () => {
        assert.deepEqual(networkPolicySpec({}, {}, traits), {
            podSelector: {},
            policyTypes: ["Ingress", "Egress"],
            ingress: [],
            egress: [],
        });
    });

    it("let pods, addresses and everybody in", () => {
        const ingress: IngressRule[] = [
            { pods: [router], ports: [{ port: 8888 }] },
            { cidrs: ["192.0.2.0/24"], ports: [{ port: 1, endPort: 9, protocol: "UDP" }] },
            { anyone: true, ports: [{ port: 443 }] },
        ];

        assert.deepEqual(networkPolicySpec({ app: "a" }, { ingress }, traits), {
            podSelector: { matchLabels: { app: "a" } },
            policyTypes: ["Ingress", "Egress"],
            ingress: [
                { from: [routerPeer], ports: [{ protocol: "TCP", port: 8888 }] },
                { from: [{ ipBlock: { cidr: "192.0.2.0/24" } }], ports: [{ protocol: "UDP", port: 1, endPort: 9 }] },
                { ports: [{ protocol: "TCP", port: 443 }] },
            ],
            egress: [],
        });
    });

    it("let pods out to services, the API server and addresses, with DNS unless told otherwise", () => {
        const rules: NetworkRules = {
            egress: [{ cidrs: ["198.51.100.7/32"], ports: [{ port: 5432 }] }],
            services: [{ ...router, service: "router", port: 80, targetPort: 8888, scheme: "http" }],
            apiServer: true,
        };
        const expected = [
            { to: [{ ipBlock: { cidr: "198.51.100.7/32" } }], ports: [{ protocol: "TCP", port: 5432 }] },
            { to: [routerPeer], ports: [{ protocol: "TCP", port: 8888 }] },
            { to: [{ ipBlock: { cidr: "10.0.0.1/32" } }], ports: [{ protocol: "TCP", port: 6443 }] },
        ];

        assert.deepEqual(networkPolicySpec({}, rules, traits).egress, [dnsRule, ...expected]);
        assert.deepEqual(networkPolicySpec({}, { ...rules, dns: false }, traits).egress, expected);
        assert.deepEqual(networkPolicySpec({}, { dns: true }, traits).egress, [dnsRule]);
    });

    it("open the API server's ports towards every address when its own is not known", async () => {
        const unknown = { apiServer: { cidrs: [], ports: [443, 6443] } };
        const expected = [
            {
                ports: [
                    { protocol: "TCP", port: 443 },
                    { protocol: "TCP", port: 6443 },
                ],
            },
        ];

        assert.deepEqual(apiServerEgress(unknown), expected);
        const later = { apiServer: { cidrs: pulumi.output<string[]>([]), ports: unknown.apiServer.ports } };
        assert.deepEqual(await valueOf(apiServerEgress(later)), expected);
    });

    it("open nothing when a list of addresses turns out to be empty, rather than everything", async () => {
        const empty = pulumi.output<string[]>([]);
        const spec = networkPolicySpec(
            {},
            {
                ingress: [{ cidrs: empty, ports: [{ port: 80 }] }],
                egress: [{ cidrs: empty, ports: [{ port: 80 }] }],
                dns: false,
            },
            traits,
        );

        assert.deepEqual(await valueOf(spec.ingress), []);
        assert.deepEqual(await valueOf(spec.egress), []);
    });

    it("find the cluster's DNS by its traits, which may be known later", async () => {
        assert.deepEqual(dnsEgress(traits), [dnsRule]);
        const later = {
            dns: { namespace: pulumi.output("kube-system"), podSelector: pulumi.output({ "k8s-app": "kube-dns" }) },
        };
        assert.deepEqual(await valueOf(pulumi.output(dnsEgress(later))), [dnsRule]);
    });

    it("find DNS servers that are no pods by their addresses", async () => {
        const dns = { ...traits.dns, cidrs: ["172.20.0.10/32"] };
        const to = [...dnsRule.to, { ipBlock: { cidr: "172.20.0.10/32" } }];
        assert.deepEqual(dnsEgress({ dns }), [{ ...dnsRule, to }]);
        const later = { dns: { ...dns, cidrs: pulumi.output(dns.cidrs) } };
        assert.deepEqual(await valueOf(pulumi.output(dnsEgress(later))), [{ ...dnsRule, to }]);
    });
});

describe("network rules, checked", () => {
    const faultsOf = (rules: unknown): string[] =>
        validateNetworkRules("network", rules as NetworkRules).map((fault) => `${fault.propertyPath} ${fault.reason}`);

    it("have no faults when they are right", () => {
        assert.deepEqual(faultsOf(undefined), []);
        assert.deepEqual(faultsOf({ egress: [{ internet: true, cidrs: ["10.0.0.0/8"], ports: [{ port: 443 }] }] }), []);
    });

    it("are told by every property that is wrong", () => {
        const rules = {
            ingress: [
                { ports: [{ port: 80 }] },
                { pods: [], ports: [] },
                { anyone: true, cidrs: ["10.0.0.1"], ports: [{ port: 90, endPort: 80, protocol: "tcp" }] },
            ],
            egress: [{ ports: [{ port: 0 }] }],
        };

        assert.deepEqual(faultsOf(rules), [
            "network.ingress[0] names nobody; give pods or cidrs, or anyone: true",
            "network.ingress[1].ports is empty; give at least one entry",
            "network.ingress[1] names nobody; give pods or cidrs, or anyone: true",
            'network.ingress[2].ports[0].protocol is "tcp", which is not known here; use one of "SCTP", "TCP", "UDP"; did you mean "TCP"?',
            "network.ingress[2].ports[0].endPort is 80, below port 90; give the last port of the range",
            'network.ingress[2].cidrs[0] is "10.0.0.1", which has no prefix length; give an address and a prefix length, like "10.0.0.0/8" or "fd00::/8"; did you mean "10.0.0.1/32"?',
            "network.ingress[2].anyone is true, but pods or cidrs are named too; leave one of them out",
            "network.egress[0].ports[0].port is 0; give a whole number from 1 to 65535",
            "network.egress[0] names nobody; give pods or cidrs, or internet: true",
        ]);
    });
});

describe("NetworkPolicy resources", () => {
    it("deny all of a namespace, by the cluster's provider, and may go though their parent is kept", async () => {
        const recording = await record(() => {
            const parent = new pulumi.ComponentResource("test:index:Parent", "parent", {}, { protect: true });
            denyAll("shop", { cluster: testCluster(), namespace: "shop", labels: { team: "blue" } }, { parent });
        });

        const policy = recording.only(policyType);
        assert.equal(policy.name, "shop");
        assert.deepEqual(policy.inputs.metadata, {
            name: "shop",
            namespace: "shop",
            labels: {
                team: "blue",
                "app.kubernetes.io/name": "network-policy",
                "app.kubernetes.io/instance": "shop",
                "app.kubernetes.io/managed-by": "kubernetes-faas",
            },
        });
        assert.deepEqual(policy.inputs.spec, { podSelector: {}, policyTypes: ["Ingress", "Egress"] });
        assert.equal(policy.parent, "parent");
        assert.equal(policy.provider, "test-cluster");
        assert.equal(policy.options.protect, false);
        assert.equal(policy.options.retainOnDelete, false);
    });

    it("are the same objects whatever the traits are, even when those are not known yet", async () => {
        const unknown = pulumi.output(pulumi.unknown as unknown as string[]);
        const program = (cluster: ReturnType<typeof testCluster>) => () => {
            allow("router", {
                cluster,
                namespace: "fission",
                podSelector: { svc: "router" },
                rules: { apiServer: true },
            });
        };
        const known = await record(program(testCluster()));
        const later = await record(program(testCluster({ apiServer: { cidrs: unknown, ports: [443] } })), {
            preview: true,
        });

        assert.deepEqual(later.summary(), known.summary());
        assert.deepEqual(known.summary(), [`${policyType} router`]);
    });

    it("get a name that the cluster takes", async () => {
        const recording = await record(() => {
            denyAll("myShop", { cluster: testCluster(), namespace: "shop" });
        });

        assert.match((recording.only(policyType).inputs.metadata as { name: string }).name, /^myshop-[0-9a-f]{8}$/);
    });

    it("are refused with all faults of their rules", async () => {
        const rules = { egress: [{ ports: [{ port: 80 }] } as EgressRule] };
        await rejects(
            () => allow("router", { cluster: testCluster(), namespace: "fission", podSelector: {}, rules }),
            "NetworkPolicy router: rules.egress[0] names nobody; give pods or cidrs, or internet: true",
        );
    });
});
