import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import type { ClusterTraits, TraefikIngressArgs } from "../../../components";
import { testCluster } from "../support/cluster";
import { valueOf } from "../support/mocks";
import { recordIngress, serviceFor, staticOf } from "./support";

const on = (cloud: ClusterTraits["cloud"], args: Partial<TraefikIngressArgs> = {}): Partial<TraefikIngressArgs> => ({
    cluster: testCluster({ cloud }),
    ...args,
});
const aws = "service.beta.kubernetes.io/aws-load-balancer";
const azure = "service.beta.kubernetes.io/azure";

describe("TraefikIngress's Service", () => {
    it("keeps the clients' addresses and is waited for, on every cloud", async () => {
        for (const cloud of ["aws", "azure", "gcp", "local", "other"] as const) {
            const { metadata, spec } = await serviceFor(on(cloud));
            assert.equal(spec.type, "LoadBalancer");
            assert.equal(spec.externalTrafficPolicy, "Local");
            assert.equal(metadata.annotations["pulumi.com/skipAwait"], undefined);
        }
    });

    it("says nothing of what is spoken on its ports, by which AKS would ask a path for the pods' health", async () => {
        const { spec } = await serviceFor(on("azure"));
        assert.deepEqual(spec.ports, [
            { name: "web", port: 80, targetPort: "web", protocol: "TCP" },
            { name: "websecure", port: 443, targetPort: "websecure", protocol: "TCP" },
        ]);
    });

    it("is on fixed ports of the nodes where there are no load balancers, and redirects lead there", async () => {
        const cluster = testCluster({ cloud: "local", exposure: "NodePort" });
        const recording = await recordIngress({ cluster, nodePorts: { https: 30_500 } });
        const { metadata, spec } = recording.only("kubernetes:core/v1:Service").inputs;
        assert.equal(metadata.annotations["pulumi.com/skipAwait"], "true");
        assert.deepEqual(
            (spec.ports as { nodePort: number }[]).map(({ nodePort }) => nodePort),
            [30_080, 30_500],
        );
        assert.equal(staticOf(recording).entryPoints.web.http.redirections.entryPoint.to, ":30500");
        assert.equal(await valueOf(recording.result.gateway.httpsPort), 30_500);
        assert.equal(await valueOf(recording.result.gateway.address), "edge.edge.svc");
    });

    it("is inside the cluster alone where that is asked for", async () => {
        const { spec } = await serviceFor({ exposure: "ClusterIP" });
        assert.equal(spec.type, "ClusterIP");
        assert.equal(spec.externalTrafficPolicy, undefined);
        assert.equal(spec.loadBalancerSourceRanges, undefined);
    });

    it("takes the class of load balancers that the cluster names over the cloud's usual one", async () => {
        const cluster = testCluster({ cloud: "aws", loadBalancerClass: "eks.amazonaws.com/nlb" });
        const { spec } = await serviceFor({ cluster });
        assert.equal(spec.loadBalancerClass, "eks.amazonaws.com/nlb");
    });

    it("asks EKS for a network load balancer that faces the Internet, or an internal one, with nodes as targets", async () => {
        const outside = await serviceFor(on("aws", { loadBalancer: { staticAddress: "eipalloc-1,eipalloc-2" } }));
        assert.equal(outside.spec.loadBalancerClass, "service.k8s.aws/nlb");
        assert.deepEqual(outside.metadata.annotations, {
            [`${aws}-scheme`]: "internet-facing",
            [`${aws}-nlb-target-type`]: "instance",
            [`${aws}-eip-allocations`]: "eipalloc-1,eipalloc-2",
        });
        const inside = await serviceFor(on("aws", { loadBalancer: { internal: true, subnet: "subnet-1" } }));
        assert.deepEqual(inside.metadata.annotations, {
            [`${aws}-scheme`]: "internal",
            [`${aws}-nlb-target-type`]: "instance",
            [`${aws}-subnets`]: "subnet-1",
        });
    });

    it("switches the PROXY protocol on at both ends together", async () => {
        const recording = await recordIngress(on("aws", { proxyProtocolFrom: ["10.0.0.0/16"] }));
        const { annotations } = recording.only("kubernetes:core/v1:Service").inputs.metadata;
        assert.equal(annotations[`${aws}-proxy-protocol`], "*");
        for (const entryPoint of ["web", "websecure"]) {
            assert.deepEqual(staticOf(recording).entryPoints[entryPoint].proxyProtocol, {
                trustedIPs: ["10.0.0.0/16"],
            });
        }
    });

    it("asks AKS for a public or an internal address", async () => {
        const outside = await serviceFor(
            on("azure", { loadBalancer: { staticAddress: "edge-ip", resourceGroup: "net" } }),
        );
        assert.deepEqual(outside.metadata.annotations, {
            [`${azure}-pip-name`]: "edge-ip",
            [`${azure}-load-balancer-resource-group`]: "net",
        });
        const loadBalancer = {
            internal: true,
            staticAddress: "10.0.0.9",
            subnet: "edge",
            sourceRanges: ["10.0.0.0/8"],
        };
        const inside = await serviceFor(on("azure", { loadBalancer }));
        assert.deepEqual(inside.metadata.annotations, {
            [`${azure}-load-balancer-internal`]: "true",
            [`${azure}-load-balancer-internal-subnet`]: "edge",
            [`${azure}-load-balancer-ipv4`]: "10.0.0.9",
            [`${azure}-deny-all-except-load-balancer-source-ranges`]: "true",
        });
    });

    it("asks GKE for an external or an internal address", async () => {
        const outside = await serviceFor(on("gcp", { loadBalancer: { staticAddress: "edge" } }));
        assert.deepEqual(outside.metadata.annotations, {
            "cloud.google.com/l4-rbs": "enabled",
            "networking.gke.io/load-balancer-ip-addresses": "edge",
        });
        const inside = await serviceFor(on("gcp", { loadBalancer: { internal: true, subnet: "edge" } }));
        assert.deepEqual(inside.metadata.annotations, {
            "networking.gke.io/load-balancer-type": "Internal",
            "networking.gke.io/load-balancer-subnet": "edge",
        });
    });

    it("does the same on a cluster whose cloud is known later", async () => {
        const cluster = testCluster({
            cloud: pulumi.output("gcp" as const),
            exposure: pulumi.output("LoadBalancer" as const),
        });
        const { metadata, spec } = await serviceFor({ cluster, certificates: { secretName: "edge" } });
        assert.deepEqual(metadata.annotations, { "cloud.google.com/l4-rbs": "enabled" });
        assert.equal(spec.type, "LoadBalancer");
    });

    it("lets in at the load balancer what the one allow-list for every route lets in", async () => {
        const ranges = ["203.0.113.0/24"];
        const rangesOf = async (args: Partial<TraefikIngressArgs>) =>
            (await serviceFor(args)).spec.loadBalancerSourceRanges as string[] | undefined;
        const everyRoute = { office: { ipAllowList: { ranges }, everyRoute: true } };
        assert.deepEqual(await rangesOf({ protections: everyRoute }), ranges);
        assert.equal(await rangesOf({ protections: { office: { ipAllowList: { ranges } } } }), undefined);
        const second = { ipAllowList: { ranges: ["198.51.100.0/24"] }, everyRoute: true };
        assert.equal(await rangesOf({ protections: { ...everyRoute, second } }), undefined);
        assert.equal(await rangesOf({ protections: everyRoute, trustedProxies: ["10.0.0.0/8"] }), undefined);
        const given = { sourceRanges: ["198.51.100.0/24"] };
        assert.deepEqual(await rangesOf({ protections: everyRoute, loadBalancer: given }), given.sourceRanges);
    });

    it("believes forwarded headers from proxies that are named, and from nobody else", async () => {
        const entryPoints = async (args: Partial<TraefikIngressArgs>) =>
            staticOf(await recordIngress(args)).entryPoints;
        assert.equal((await entryPoints({})).websecure.forwardedHeaders, undefined);
        assert.deepEqual((await entryPoints({ trustedProxies: ["10.0.0.0/8"] })).websecure.forwardedHeaders, {
            trustedIPs: ["10.0.0.0/8"],
        });
    });
});
