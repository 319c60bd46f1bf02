import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import {
    AwsLoadBalancerController,
    type AwsLoadBalancerControllerArgs,
    AwsLoadBalancerControllerCrds,
    validateAwsLoadBalancerController,
} from "../../../components/cluster";
import { Cloud } from "../../../components/core/contracts";
import { TraefikIngress } from "../../../components/ingress";
import { testCluster } from "../support/cluster";
import { record, rejects, valueOf } from "../support/mocks";
import { assertPodSecurity } from "../support/pods";

const cluster = testCluster({ addons: [], cloud: Cloud.Aws });
const vpcId = "vpc-0a1b2c3d4e5f60718";
const definitions = ["targetgroupbindings.elbv2.k8s.aws", "ingressclassparams.elbv2.k8s.aws"];
const complete = { cluster, clusterName: "production", region: "eu-central-1", vpcId, definitions };
const bare = { cluster, mode: "existing" } as const;

function recordController(args: Partial<AwsLoadBalancerControllerArgs> = {}) {
    return record(() => new AwsLoadBalancerController("balancers", { ...complete, ...args }));
}

type Recorded = Awaited<ReturnType<typeof recordController>>;

async function controller(args: Partial<AwsLoadBalancerControllerArgs> = {}) {
    const recording = await recordController(args);
    const { spec, metadata } = recording.only("kubernetes:apps/v1:Deployment").inputs;
    return { recording, spec, metadata, container: spec.template.spec.containers[0] };
}

interface Rule {
    apiGroups: string[];
    resources: string[];
    verbs: string[];
}

/** Every right of a role, as `group/resource verb`. */
function rights(recording: Recorded, kind: "Role" | "ClusterRole"): string[] {
    const { rules } = recording.only(`kubernetes:rbac.authorization.k8s.io/v1:${kind}`).inputs as { rules: Rule[] };
    return rules.flatMap(({ apiGroups, resources, verbs }) =>
        resources.flatMap((resource) => verbs.map((verb) => `${apiGroups[0]}/${resource} ${verb}`)),
    );
}

/** What a program says beside its resources. */
async function warnings(program: () => unknown): Promise<string[]> {
    const said: string[] = [];
    const { error, warn } = console;
    console.error = console.warn = (text: string) => void said.push(text);
    try {
        await record(program);
        return said;
    } finally {
        Object.assign(console, { error, warn });
    }
}

describe("AwsLoadBalancerControllerCrds", () => {
    it("makes both definitions and protects them, or only names them where they exist", async () => {
        const type = "kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition";
        const made = await record(() => new AwsLoadBalancerControllerCrds("crds", { cluster }));
        assert.deepEqual(await valueOf(made.result.definitions), definitions);
        for (const [name, scope] of [
            ["crds-targetgroupbindings", "Namespaced"],
            ["crds-ingressclassparams", "Cluster"],
        ]) {
            const { inputs, options } = made.only(type, name);
            assert.deepEqual([inputs.spec.scope, options.protect], [scope, true], name);
        }
        const named = await record(() => new AwsLoadBalancerControllerCrds("crds", bare));
        assert.deepEqual(named.ofType(type), []);
        assert.deepEqual(await valueOf(named.result.definitions), definitions);
    });
});

describe("AwsLoadBalancerController", () => {
    it("passes the restricted profile as the account that EKS grants the role, and says that the cluster has it", async () => {
        const { recording, spec, metadata } = await controller();
        assertPodSecurity(recording.resources);
        assert.equal(metadata.namespace, "kube-system");
        assert.equal(spec.template.spec.priorityClassName, "system-cluster-critical");
        const account = recording.only("kubernetes:core/v1:ServiceAccount").inputs;
        assert.equal(account.metadata.name, "aws-load-balancer-controller");
        assert.equal(account.metadata.annotations?.["eks.amazonaws.com/role-arn"], undefined);
        assert.deepEqual(recording.result.cluster.traits.addons, ["aws-load-balancer-controller"]);
    });

    it("assumes a given role by the cluster's OIDC provider", async () => {
        const awsRoleArn = "arn:aws:iam::111122223333:role/balancers";
        const { recording } = await controller({ awsRoleArn });
        const { annotations } = recording.only("kubernetes:core/v1:ServiceAccount").inputs.metadata;
        assert.equal(annotations["eks.amazonaws.com/role-arn"], awsRoleArn);
    });

    it("is told what it can't ask the node, and to serve Services of type LoadBalancer alone", async () => {
        const { container } = await controller();
        for (const flag of [
            "--cluster-name=production",
            "--aws-region=eu-central-1",
            `--aws-vpc-id=${vpcId}`,
            "--feature-gates=ServiceTypeLoadBalancerOnly=true,ALBGatewayAPI=false,NLBGatewayAPI=false,GatewayListenerSet=false",
            "--enable-wafv2=false",
        ]) {
            assert.ok(container.args.includes(flag), flag);
        }
    });

    it("may change Services and what is its own, and reads no Secret", async () => {
        const { recording } = await controller();
        const held = rights(recording, "ClusterRole");
        const changes = held.filter((right) => !/ (get|list|watch)$/.test(right));
        assert.deepEqual(changes, [
            "/services patch",
            "/services/status patch",
            "/events create",
            "/events patch",
            "elbv2.k8s.aws/targetgroupbindings create",
            "elbv2.k8s.aws/targetgroupbindings patch",
            "elbv2.k8s.aws/targetgroupbindings delete",
            "elbv2.k8s.aws/targetgroupbindings/status patch",
        ]);
        assert.ok(!held.some((right) => /secrets|configmaps|namespaces|\*/.test(right)));
        const lock = recording.only("kubernetes:rbac.authorization.k8s.io/v1:Role").inputs;
        assert.equal(lock.metadata.namespace, "kube-system");
        assert.deepEqual(lock.rules[0].resourceNames, ["aws-load-balancer-controller-leader"]);
    });

    it("is asked for its own kinds only, and known by a certificate", async () => {
        const { recording } = await controller();
        const asked = ["MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"].flatMap((type) => {
            const { webhooks } = recording.only(`kubernetes:admissionregistration.k8s.io/v1:${type}`).inputs;
            return webhooks as {
                name: string;
                failurePolicy: string;
                rules: Rule[];
                clientConfig: { caBundle: string; service: { name: string; namespace: string; path: string } };
            }[];
        });
        assert.deepEqual(
            asked.map(({ name, rules, clientConfig }) => [name, rules[0]!.resources[0], clientConfig.service.path]),
            [
                [
                    "mtargetgroupbinding.elbv2.k8s.aws",
                    "targetgroupbindings",
                    "/mutate-elbv2-k8s-aws-v1beta1-targetgroupbinding",
                ],
                [
                    "vingressclassparams.elbv2.k8s.aws",
                    "ingressclassparams",
                    "/validate-elbv2-k8s-aws-v1beta1-ingressclassparams",
                ],
                [
                    "vtargetgroupbinding.elbv2.k8s.aws",
                    "targetgroupbindings",
                    "/validate-elbv2-k8s-aws-v1beta1-targetgroupbinding",
                ],
            ],
        );
        for (const { name, failurePolicy, rules, clientConfig } of asked) {
            assert.deepEqual([failurePolicy, rules[0]!.apiGroups], ["Fail", ["elbv2.k8s.aws"]], name);
            assert.match(Buffer.from(clientConfig.caBundle, "base64").toString(), /BEGIN CERTIFICATE/);
            assert.equal(clientConfig.service.name, "aws-load-balancer-controller-webhook");
            assert.equal(clientConfig.service.namespace, "kube-system");
        }
        const request = recording.only("tls:index/certRequest:CertRequest").inputs;
        assert.deepEqual(request.dnsNames, ["aws-load-balancer-controller-webhook.kube-system.svc"]);
    });

    it("reaches AWS, the agent of Pod Identity and the API server, and more only where it is let", async () => {
        const ways = async (args: Partial<AwsLoadBalancerControllerArgs>) => {
            const { recording } = await controller(args);
            const { egress } = recording.only("kubernetes:networking.k8s.io/v1:NetworkPolicy").inputs.spec;
            return (egress as { to?: { ipBlock?: { cidr: string } }[]; ports: { port: number }[] }[]).map(
                ({ to, ports }) => `${to?.[0]?.ipBlock?.cidr ?? "pods"}:${ports[0]!.port}`,
            );
        };
        const usual = ["pods:53", "0.0.0.0/0:443", "169.254.170.23/32:80"];
        assert.deepEqual(await ways({}), [...usual, "10.0.0.1/32:6443"]);
        assert.deepEqual(await ways({ egress: [{ cidrs: ["10.1.0.0/16"], ports: [{ port: 443 }] }] }), [
            ...usual,
            "10.1.0.0/16:443",
            "10.0.0.1/32:6443",
        ]);
    });

    it("is there before the load balancers of what takes its cluster, and goes after them", async () => {
        const { recording } = await controller();
        const loadBalancerClass = pulumi.output(recording.result.cluster.traits.loadBalancerClass);
        assert.equal(await valueOf(loadBalancerClass), "service.k8s.aws/nlb");
        const awaited = await (
            loadBalancerClass as unknown as { allResources(): Promise<Set<pulumi.CustomResource>> }
        ).allResources();
        const types = [...awaited].map((each) => (each as unknown as { __pulumiType: string }).__pulumiType);
        for (const type of [
            "kubernetes:apps/v1:Deployment",
            "kubernetes:admissionregistration.k8s.io/v1:MutatingWebhookConfiguration",
            "kubernetes:admissionregistration.k8s.io/v1:ValidatingWebhookConfiguration",
        ]) {
            assert.ok(types.includes(type), type);
        }
    });

    it("runs two copies with highAvailability, one of which may be missing", async () => {
        const { recording, spec } = await controller({ highAvailability: true });
        assert.equal(spec.replicas, 2);
        assert.equal(recording.ofType("kubernetes:policy/v1:PodDisruptionBudget").length, 1);
    });

    it("tells what there is to watch", async () => {
        const { targets, alerts } = (await recordController()).result.telemetry;
        assert.deepEqual(
            targets.map(({ name, namespace, port }) => [name, namespace, port]),
            [["balancers", "kube-system", 8080]],
        );
        assert.ok(alerts.every(({ expression }) => expression.includes('job="balancers"')));
    });

    it("makes nothing where it exists or is not wanted", async () => {
        for (const { mode, addons } of [
            { mode: "existing" as const, addons: ["aws-load-balancer-controller"] },
            { mode: "none" as const, addons: [] },
        ]) {
            const recording = await record(() => new AwsLoadBalancerController("balancers", { cluster, mode }));
            assert.deepEqual(recording.summary(), ["kubernetes-faas:index:AwsLoadBalancerController balancers"]);
            assert.deepEqual(recording.result.cluster.traits.addons, addons);
            assert.deepEqual(recording.result.telemetry.targets, []);
        }
    });

    it("refuses what it can't start without, what AWS would not take, and what does nothing in a mode", async () => {
        const paths = (args: AwsLoadBalancerControllerArgs) =>
            validateAwsLoadBalancerController(args).map(({ propertyPath }) => propertyPath);
        assert.deepEqual(paths({ cluster }), ["clusterName", "region", "vpcId", "definitions"]);
        assert.deepEqual(
            paths({ ...complete, clusterName: "a b", region: "Frankfurt", vpcId: "main", awsRoleArn: "balancers" }),
            ["clusterName", "region", "vpcId", "awsRoleArn"],
        );
        assert.deepEqual(paths({ ...bare, vpcId, highAvailability: true }), ["vpcId", "highAvailability"]);
        assert.deepEqual(paths(bare), []);
        await rejects(
            () => new AwsLoadBalancerController("balancers", { ...complete, namespace: "Balancers" }),
            /namespace/,
        );
    });

    it("refuses other clouds, and EKS Auto Mode, which makes load balancers itself", () => {
        const reasonsOn = (traits: Parameters<typeof testCluster>[0]) =>
            validateAwsLoadBalancerController({ ...complete, cluster: testCluster(traits) });
        assert.deepEqual(reasonsOn({ cloud: Cloud.Gcp }), [
            {
                propertyPath: "cluster",
                reason: '"test-cluster" is on gcp, but the AWS Load Balancer Controller is for AWS; leave it out, or say traits: { cloud: "aws" }',
            },
        ]);
        assert.match(
            reasonsOn({ cloud: Cloud.Aws, loadBalancerClass: "eks.amazonaws.com/nlb" })[0]!.reason,
            /Auto Mode, which makes load balancers itself/,
        );
    });
});

describe("An ingress on AWS", () => {
    const edge = (traits: Parameters<typeof testCluster>[0], exposure?: "NodePort") => () =>
        new TraefikIngress("edge", {
            cluster: testCluster(traits),
            domain: "example.com",
            certificates: { selfSigned: {} },
            ...(exposure ? { exposure } : {}),
        });

    it("warns where nobody makes its load balancer, with the line to add", async () => {
        const [said, ...more] = await warnings(edge({ addons: [], cloud: Cloud.Aws }));
        assert.match(
            said!,
            /its Service of type LoadBalancer needs aws-load-balancer-controller, .*new AwsLoadBalancerController\(/,
        );
        assert.deepEqual(more, []);
    });

    it("says nothing where somebody does, or no load balancer is asked for", async () => {
        const aws = { addons: [], cloud: Cloud.Aws };
        for (const program of [
            edge({ ...aws, addons: ["aws-load-balancer-controller"] }),
            edge({ ...aws, loadBalancerClass: "eks.amazonaws.com/nlb" }),
            edge({ addons: [], cloud: Cloud.Gcp }),
            edge(aws, "NodePort"),
        ]) {
            assert.deepEqual(await warnings(program), []);
        }
    });
});
