import assert from "node:assert/strict";
import {
    formatMatrix,
    type NetworkEndpoint,
    type NetworkModel,
    networkFromObjects,
    networkPolicySpec,
    type NetworkRules,
    reachable,
    reachabilityMatrix,
    type RenderedObject,
    type RenderedPolicySpec,
} from "../../../components/core/network";
import { testCluster } from "../support/cluster";

const web: NetworkEndpoint = {
    name: "web",
    namespace: "shop",
    address: "10.244.0.1",
    labels: { app: "web" },
    ports: [{ name: "http", port: 8080 }],
};
const db: NetworkEndpoint = {
    name: "db",
    namespace: "data",
    address: "10.244.0.2",
    labels: { app: "db" },
    ports: [{ name: "sql", port: 5432 }],
};
const internet: NetworkEndpoint = { name: "internet", address: "198.51.100.1", ports: [{ port: 443 }] };
const metadata: NetworkEndpoint = { name: "metadata", address: "169.254.169.254", ports: [{ port: 80 }] };

function network(...specs: [string, RenderedPolicySpec][]): NetworkModel {
    const policies = specs.map(([namespace, spec], index) => ({ name: `policy-${index}`, namespace, spec }));
    return { namespaces: { shop: {}, data: { tier: "private" } }, policies };
}

function reaches(model: NetworkModel, from: NetworkEndpoint, to: NetworkEndpoint, port = to.ports![0]!): boolean {
    return reachable(model, from, to, port).allowed;
}

/** A policy as this library renders it. */
function rendered(podSelector: Record<string, string>, rules: NetworkRules): RenderedPolicySpec {
    return networkPolicySpec(podSelector, rules, testCluster().traits) as RenderedPolicySpec;
}

const toDb: NetworkRules = {
    egress: [{ pods: [{ namespace: "data", podSelector: { app: "db" } }], ports: [{ port: 5432 }] }],
};
const fromWeb: NetworkRules = {
    ingress: [{ pods: [{ namespace: "shop", podSelector: { app: "web" } }], ports: [{ port: 5432 }] }],
};

describe("who reaches whom", () => {
    it("everybody, without policies, and a verdict says why", () => {
        assert.deepEqual(reachable(network(), web, db, { port: 5432 }), {
            allowed: true,
            reason: "no policy restricts the egress of shop/web; no policy restricts the ingress of data/db",
        });
    });

    it("nobody, past a policy that denies all, and the verdict names it", () => {
        const denied = network(["data", rendered({}, {})]);

        assert.deepEqual(reachable(denied, web, db, { port: 5432 }), {
            allowed: false,
            reason: "data/policy-0 restricts the ingress of data/db, and nothing allows it",
        });
        assert.equal(reaches(denied, db, internet), false);
        assert.equal(reaches(denied, web, internet), true);
    });

    it("needs both ends to agree", () => {
        const denyAll: [string, RenderedPolicySpec][] = [
            ["shop", rendered({}, {})],
            ["data", rendered({}, {})],
        ];
        const out: [string, RenderedPolicySpec] = ["shop", rendered({ app: "web" }, toDb)];
        const into: [string, RenderedPolicySpec] = ["data", rendered({ app: "db" }, fromWeb)];

        assert.equal(reaches(network(...denyAll, out), web, db), false);
        assert.equal(reaches(network(...denyAll, into), web, db), false);
        assert.equal(reaches(network(...denyAll, out, into), web, db), true);
        assert.equal(reaches(network(...denyAll, out, into), db, web), false);
        assert.equal(reaches(network(...denyAll, out, into), web, db, { port: 22 }), false);
        assert.equal(reaches(network(...denyAll, out, into), web, db, { port: 5432, protocol: "UDP" }), false);
    });

    it("a pod always reaches itself, another of the same kind only when allowed", () => {
        const denied = network(["data", rendered({}, {})]);

        assert.equal(reaches(denied, db, db), true);
        assert.equal(reaches(denied, db, { ...db, address: "10.244.0.3" }), false);
    });

    it("the Internet does not mean the private networks or a cloud's metadata server", () => {
        const rules: NetworkRules = { egress: [{ internet: true, ports: [{ port: 443 }, { port: 80 }] }] };
        const model = network(["shop", rendered({}, rules)]);

        assert.equal(reaches(model, web, internet), true);
        assert.equal(reaches(model, web, { ...internet, address: "2001:db8::1" }), true);
        assert.equal(reaches(model, web, metadata), false);
        assert.equal(reaches(model, web, db, { port: 443 }), false);
        assert.equal(reaches(model, web, { ...internet, address: "fd00:ec2::254" }), false);
    });

    it("a policy without types is for ingress, and for egress when it has such rules", () => {
        assert.equal(reaches(network(["shop", { podSelector: {} }]), web, db), true);
        assert.equal(reaches(network(["shop", { podSelector: {}, egress: [] }]), web, db), true);
        const elsewhere = { egress: [{ to: [{ ipBlock: { cidr: "192.0.2.0/24" } }] }] };
        assert.equal(reaches(network(["shop", elsewhere]), web, db), false);
        assert.equal(reaches(network(["data", { podSelector: {} }]), web, db), false);
    });

    it("an empty rule, list of peers or list of ports means everybody and everything", () => {
        for (const rule of [{}, { from: [] }, { ports: [] }, { from: [], ports: [{ port: 5432 }] }]) {
            assert.equal(reaches(network(["data", { ingress: [rule] }]), web, db), true, JSON.stringify(rule));
        }
    });

    it("a named port is the port of that name on the pod that listens", () => {
        const model = network(["data", { ingress: [{ ports: [{ port: "sql" }] }] }]);

        assert.equal(reaches(model, web, db), true);
        assert.equal(reaches(model, web, db, { port: 8080 }), false);
        assert.equal(
            reaches(network(["shop", { policyTypes: ["Egress"], egress: [{ ports: [{ port: "sql" }] }] }]), web, db),
            true,
        );
        assert.equal(
            reaches(
                network(["shop", { policyTypes: ["Egress"], egress: [{ ports: [{ port: "sql" }] }] }]),
                web,
                internet,
            ),
            false,
        );
    });

    it("a selector of pods alone looks in the policy's namespace, one of namespaces in those", () => {
        const podsAlone = { ingress: [{ from: [{ podSelector: { matchLabels: { app: "web" } } }] }] };
        const namespaces = { ingress: [{ from: [{ namespaceSelector: { matchLabels: { tier: "private" } } }] }] };

        assert.equal(reaches(network(["data", podsAlone]), web, db), false);
        assert.equal(reaches(network(["data", podsAlone]), { ...web, namespace: "data" }, db), true);
        assert.equal(reaches(network(["data", namespaces]), web, db), false);
        assert.equal(reaches(network(["data", namespaces]), { ...web, namespace: "data" }, db), true);
        assert.equal(reaches(network(["data", { ingress: [{ from: [{ namespaceSelector: {} }] }] }]), web, db), true);
        assert.equal(
            reaches(network(["data", { ingress: [{ from: [{ namespaceSelector: {} }] }] }]), internet, db),
            false,
        );
    });

    it("a pod on the node's network is subject to no policy and found by its address only", () => {
        const node: NetworkEndpoint = { ...web, hostNetwork: true, address: "192.0.2.10" };

        assert.equal(reaches(network(["shop", rendered({}, {})]), node, internet), true);
        assert.equal(reaches(network(["data", rendered({}, fromWeb)]), node, db), false);
        const byAddress = rendered({}, { ingress: [{ cidrs: ["192.0.2.0/24"], ports: [{ port: 5432 }] }] });
        assert.equal(reaches(network(["data", byAddress]), node, db), true);
    });

    it("refuses a selector's operator that Kubernetes does not have", () => {
        const wrong = { podSelector: { matchExpressions: [{ key: "app", operator: "Like" }] } };
        assert.throws(
            () => reaches(network(["data", wrong]), web, db),
            /"Like" is not an operator of a label selector/,
        );
    });
});

describe("the matrix of rendered manifests", () => {
    const container = (port: number): object => ({ name: "c", ports: [{ name: "main", containerPort: port }] });
    const policy = (name: string, namespace: string, spec: RenderedPolicySpec): RenderedObject => ({
        kind: "NetworkPolicy",
        metadata: { name, namespace },
        spec,
    });
    const objects: RenderedObject[] = [
        { kind: "Namespace", metadata: { name: "data", labels: { tier: "private" } } },
        {
            kind: "Deployment",
            metadata: { name: "web", namespace: "shop" },
            spec: { template: { metadata: { labels: { app: "web" } }, spec: { containers: [container(8080)] } } },
        },
        {
            kind: "StatefulSet",
            metadata: { name: "db", namespace: "data" },
            spec: {
                template: {
                    metadata: { labels: { app: "db" } },
                    spec: {
                        initContainers: [
                            { restartPolicy: "Always", ports: [{ containerPort: 53, protocol: "UDP" }] },
                            container(1),
                        ],
                        containers: [container(5432)],
                    },
                },
            },
        },
        {
            kind: "CronJob",
            metadata: { name: "backup", namespace: "data" },
            spec: { jobTemplate: { spec: { template: { metadata: { labels: { app: "backup" } } } } } },
        },
        { kind: "Pod", metadata: { name: "agent", labels: { app: "agent" } }, spec: { hostNetwork: true } },
        { kind: "Service", metadata: { name: "db", namespace: "data" } },
        policy("deny-all", "shop", rendered({}, {})),
        policy("deny-all", "data", rendered({}, {})),
        policy("web", "shop", rendered({ app: "web" }, toDb)),
        policy("db", "data", rendered({ app: "db" }, fromWeb)),
    ];

    it("has one endpoint for each workload, with labels, listening ports and an address of its own", () => {
        const { endpoints, namespaces } = networkFromObjects(objects);

        assert.deepEqual(namespaces, { data: { tier: "private" } });
        assert.deepEqual(
            endpoints.map(({ namespace, name, labels, hostNetwork }) => [
                namespace,
                name,
                labels,
                hostNetwork ?? false,
            ]),
            [
                ["shop", "web", { app: "web" }, false],
                ["data", "db", { app: "db" }, false],
                ["data", "backup", { app: "backup" }, false],
                ["default", "agent", { app: "agent" }, true],
            ],
        );
        assert.deepEqual(endpoints[1]!.ports, [
            { name: undefined, port: 53, protocol: "UDP" },
            { name: "main", port: 5432, protocol: undefined },
        ]);
        assert.equal(new Set(endpoints.map(({ address }) => address)).size, 4);
    });

    it("prints which ports get through, for people", () => {
        const model = networkFromObjects(objects);

        assert.equal(
            formatMatrix(model, [...model.endpoints, internet]),
            [
                "| from \\ to     | shop/web | data/db | internet |",
                "| ------------- | -------- | ------- | -------- |",
                "| shop/web      | -        | 5432    | -        |",
                "| data/db       | -        | -       | -        |",
                "| data/backup   | -        | -       | -        |",
                "| default/agent | -        | -       | 443      |",
                "| internet      | -        | -       | 443      |",
                "",
            ].join("\n"),
        );
    });

    it("lists every pair, UDP marked as such", () => {
        const model = networkFromObjects(objects.filter(({ kind }) => kind !== "NetworkPolicy"));
        const reach = reachabilityMatrix(model, model.endpoints);

        assert.equal(reach.length, 16);
        const webToDb = reach.find(({ from, to }) => from.name === "web" && to.name === "db");
        assert.deepEqual(webToDb?.ports, ["53/UDP", "5432"]);
    });
});
