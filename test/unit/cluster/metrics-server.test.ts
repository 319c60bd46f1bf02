import assert from "node:assert/strict";
import { MetricsServer, type MetricsServerArgs, validateMetricsServer } from "../../../components/cluster";
import { Cloud } from "../../../components/core/contracts";
import { testCluster } from "../support/cluster";
import { record, rejects } from "../support/mocks";
import { assertPodSecurity } from "../support/pods";

const cluster = testCluster({ addons: [], cloud: Cloud.Aws });

function recordServer(args: Partial<MetricsServerArgs> = {}) {
    return record(() => new MetricsServer("metrics-server", { cluster, ...args }));
}

async function server(args: Partial<MetricsServerArgs> = {}) {
    const recording = await recordServer(args);
    const { spec } = recording.only("kubernetes:apps/v1:Deployment").inputs;
    return { recording, spec, container: spec.template.spec.containers[0] };
}

describe("MetricsServer", () => {
    it("passes the restricted profile, and says that the cluster has it", async () => {
        const { recording } = await server();
        assertPodSecurity(recording.resources);
        assert.deepEqual(recording.result.cluster.traits.addons, ["metrics-server"]);
    });

    it("is known to the API server by a certificate, and knows the kubelets by the cluster's", async () => {
        const { recording, container } = await server();
        const { spec, metadata } = recording.only("kubernetes:apiregistration.k8s.io/v1:APIService").inputs;
        assert.equal(metadata.name, "v1beta1.metrics.k8s.io");
        assert.match(Buffer.from(spec.caBundle, "base64").toString(), /BEGIN CERTIFICATE/);
        assert.equal(spec.insecureSkipTLSVerify, undefined);
        assert.deepEqual(spec.service, { name: "metrics-server", namespace: "metrics-server", port: 443 });
        const request = recording.only("tls:index/certRequest:CertRequest").inputs;
        assert.deepEqual(request.dnsNames, ["metrics-server.metrics-server.svc"]);
        assert.ok(!container.args.includes("--kubelet-insecure-tls"));
    });

    it("trusts any kubelet only where it is told to", async () => {
        const { container } = await server({ insecureKubeletTls: true });
        assert.ok(container.args.includes("--kubelet-insecure-tls"));
    });

    it("may read what it measures and ask who asks, and nothing else", async () => {
        const { recording } = await server();
        const rights = recording
            .ofType("kubernetes:rbac.authorization.k8s.io/v1:ClusterRole")
            .find(({ name }) => name === "metrics-server-server")!.inputs.rules as {
            resources: string[];
            verbs: string[];
        }[];
        assert.deepEqual(
            rights.map(({ resources, verbs }) => `${resources.join(",")}: ${verbs.join(",")}`),
            [
                "nodes/metrics: get",
                "pods,nodes: get,list,watch",
                "tokenreviews: create",
                "subjectaccessreviews: create",
            ],
        );
        const role = recording.only("kubernetes:rbac.authorization.k8s.io/v1:Role").inputs;
        assert.equal(role.metadata.namespace, "kube-system");
        assert.deepEqual(role.rules[0].resourceNames, ["extension-apiserver-authentication"]);
    });

    it("reaches the kubelets' port, of the given nodes only where they are given", async () => {
        const kubelets = async (args: Partial<MetricsServerArgs>) => {
            const { recording } = await server(args);
            const { egress } = recording.only("kubernetes:networking.k8s.io/v1:NetworkPolicy", "metrics-server-server")
                .inputs.spec;
            return (egress as { to?: { ipBlock?: { cidr: string } }[]; ports: { port: number }[] }[])
                .filter(({ ports }) => ports[0]!.port === 10250)
                .flatMap(({ to }) => to!.map(({ ipBlock }) => ipBlock!.cidr));
        };
        assert.deepEqual(await kubelets({}), ["0.0.0.0/0", "::/0"]);
        assert.deepEqual(await kubelets({ nodeCidrs: ["10.1.0.0/16"] }), ["10.1.0.0/16"]);
    });

    it("runs two copies with highAvailability, one of which may be missing", async () => {
        const { recording, spec } = await server({ highAvailability: true });
        assert.equal(spec.replicas, 2);
        assert.equal(recording.ofType("kubernetes:policy/v1:PodDisruptionBudget").length, 1);
    });

    it("makes nothing where it exists or is not wanted", async () => {
        for (const { mode, addons } of [
            { mode: "existing" as const, addons: ["metrics-server"] },
            { mode: "none" as const, addons: [] },
        ]) {
            const recording = await recordServer({ mode });
            assert.deepEqual(recording.summary(), ["kubernetes-faas:index:MetricsServer metrics-server"]);
            assert.deepEqual(recording.result.cluster.traits.addons, addons);
        }
    });

    it("refuses a second one, an older Kubernetes and what does nothing in a mode", async () => {
        const gke = testCluster({ addons: [], cloud: Cloud.Gcp });
        assert.deepEqual(validateMetricsServer("metrics-server", { cluster: gke }), [
            {
                propertyPath: "mode",
                reason: 'is "install", but the cluster "test-cluster" has a metrics-server; give mode: "existing", or leave the component out',
            },
        ]);
        assert.deepEqual(validateMetricsServer("metrics-server", { cluster: gke, mode: "existing" }), []);
        const old = testCluster({ addons: [] }, { kubernetesVersion: "1.33" });
        await rejects(
            () => new MetricsServer("m", { cluster: old }),
            /is 1\.33, but the metrics-server v0\.9\.0 needs/,
        );
        assert.deepEqual(
            validateMetricsServer("m", { cluster, mode: "existing", insecureKubeletTls: true, nodeCidrs: [] }).map(
                ({ propertyPath }) => propertyPath,
            ),
            ["nodeCidrs", "insecureKubeletTls", "nodeCidrs"],
        );
    });
});
