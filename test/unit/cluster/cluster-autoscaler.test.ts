import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import {
    ClusterAutoscaler,
    type ClusterAutoscalerArgs,
    ExternalDns,
    validateClusterAutoscaler,
} from "../../../components/cluster";
import { Cloud } from "../../../components/core/contracts";
import { testCluster } from "../support/cluster";
import { record, rejects } from "../support/mocks";
import { assertPodSecurity } from "../support/pods";

const traits = { addons: [], cloud: Cloud.Aws };
const cluster = testCluster(traits);

function recordAutoscaler(args: Partial<ClusterAutoscalerArgs> = {}) {
    return record(
        () =>
            new ClusterAutoscaler("cluster-autoscaler", {
                cluster,
                clusterName: "prod",
                region: "eu-central-1",
                ...args,
            }),
    );
}

async function pod(args: Partial<ClusterAutoscalerArgs> = {}) {
    const recording = await recordAutoscaler(args);
    const { spec, metadata } = recording.only("kubernetes:apps/v1:Deployment").inputs;
    const { spec: podSpec } = spec.template;
    return { recording, metadata, deployment: spec, spec: podSpec, container: podSpec.containers[0] };
}

interface Rule {
    apiGroups: string[];
    resources: string[];
    resourceNames?: string[];
    verbs: string[];
}

describe("ClusterAutoscaler", () => {
    it("finds this cluster's node groups by their tags, and lets nodes go that hold nothing but /tmp", async () => {
        const { container, metadata, spec, recording } = await pod();
        assert.deepEqual(container.args, [
            "--cloud-provider=aws",
            "--namespace=kube-system",
            "--node-group-auto-discovery=asg:tag=k8s.io/cluster-autoscaler/enabled,k8s.io/cluster-autoscaler/prod",
            "--expander=least-waste",
            "--balance-similar-node-groups=false",
            "--scale-down-enabled=true",
            "--scale-down-utilization-threshold=0.5",
            "--scale-down-unneeded-time=10m",
            "--scale-down-delay-after-add=10m",
            "--skip-nodes-with-local-storage=false",
            "--logging-format=json",
        ]);
        assert.deepEqual(container.command, ["/cluster-autoscaler"]);
        assert.deepEqual(
            container.env.find(({ name }: { name: string }) => name === "AWS_REGION"),
            { name: "AWS_REGION", value: "eu-central-1" },
        );
        assert.equal(metadata.namespace, "kube-system");
        assert.equal(spec.priorityClassName, "system-cluster-critical");
        assertPodSecurity(recording.resources);
        assert.deepEqual(recording.result.cluster.traits.addons, ["cluster-autoscaler"]);
    });

    it("takes what is asked for, also where it is known late", async () => {
        const { container } = await pod({
            clusterName: pulumi.output("late"),
            expander: "least-nodes",
            balanceSimilarNodeGroups: true,
            maxNodes: pulumi.output(30),
            scaleDown: {
                enabled: false,
                utilizationPercent: 65,
                unneededTime: "5m",
                delayAfterAdd: "1h",
                keepLocalStorage: true,
            },
        });
        for (const arg of [
            "--node-group-auto-discovery=asg:tag=k8s.io/cluster-autoscaler/enabled,k8s.io/cluster-autoscaler/late",
            "--expander=least-nodes",
            "--balance-similar-node-groups=true",
            "--max-nodes-total=30",
            "--scale-down-enabled=false",
            "--scale-down-utilization-threshold=0.65",
            "--scale-down-unneeded-time=5m",
            "--scale-down-delay-after-add=1h",
            "--skip-nodes-with-local-storage=true",
        ]) {
            assert.ok(container.args.includes(arg), arg);
        }
    });

    it("is of the minor version of the cluster, and of no other", async () => {
        const imageOf = async (kubernetesVersion: pulumi.Input<string>): Promise<string> =>
            (await pod({ cluster: testCluster(traits, { kubernetesVersion }) })).container.image;
        for (const minor of ["1.32", "1.33", "1.34", "1.35", "1.36"]) {
            const pattern = new RegExp(`^registry\\.k8s\\.io/autoscaling/cluster-autoscaler:v${minor}\\.\\d+$`);
            assert.match(await imageOf(minor), pattern);
            assert.match(await imageOf(pulumi.output(`v${minor}.9-eks-1a2b3c`)), pattern);
        }
        for (const unknown of ["1.31", "1.37"]) {
            await rejects(
                () => recordAutoscaler({ cluster: testCluster(traits, { kubernetesVersion: unknown }) }),
                /cluster\.kubernetesVersion is 1\.3\d, .* same minor version, .* 1\.32, 1\.33, 1\.34, 1\.35, 1\.36 here/,
            );
        }
    });

    it("reads what the scheduler reads, changes nodes, evicts pods, and writes its own lock and state only", async () => {
        const { recording } = await pod();
        const rulesOf = (kind: string) =>
            recording.only(`kubernetes:rbac.authorization.k8s.io/v1:${kind}`).inputs.rules as Rule[];
        const writing = ({ verbs }: Rule) => verbs.some((verb) => !["get", "list", "watch"].includes(verb));
        const text = ({ resources, resourceNames, verbs }: Rule) =>
            `${resources.join(",")}${resourceNames ? `/${resourceNames.join(",")}` : ""}: ${verbs.join(",")}`;
        assert.deepEqual(rulesOf("ClusterRole").filter(writing).map(text), [
            "events: create,patch",
            "pods/eviction: create",
            "nodes: get,list,watch,update",
        ]);
        assert.deepEqual(rulesOf("Role").map(text), [
            "configmaps: create",
            "configmaps/cluster-autoscaler-status: get,update,delete",
            "leases: create",
            "leases/cluster-autoscaler: get,update",
        ]);
        const read = rulesOf("ClusterRole").flatMap(({ resources }) => resources);
        assert.ok(!read.includes("secrets") && !read.includes("configmaps"));
    });

    it("is who Pod Identity says, or a role of its own, and reaches AWS and the agent only", async () => {
        const account = async (args: Partial<ClusterAutoscalerArgs> = {}) => {
            const { recording } = await pod(args);
            return recording.only("kubernetes:core/v1:ServiceAccount").inputs.metadata;
        };
        const plain = await account();
        assert.deepEqual(
            [plain.name, plain.namespace, plain.annotations],
            ["cluster-autoscaler", "kube-system", undefined],
        );
        const awsRoleArn = "arn:aws:iam::111122223333:role/autoscaler";
        const own = await account({ awsRoleArn, namespace: "platform" });
        assert.deepEqual([own.namespace, own.annotations], ["platform", { "eks.amazonaws.com/role-arn": awsRoleArn }]);

        const { recording } = await pod({ egress: [{ cidrs: ["10.0.0.0/24"], ports: [{ port: 443 }] }] });
        const egress = JSON.stringify(
            recording.ofType("kubernetes:networking.k8s.io/v1:NetworkPolicy").map(({ inputs }) => inputs.spec.egress),
        );
        assert.ok(egress.includes('"169.254.170.23/32"') && egress.includes('"10.0.0.0/24"'));
    });

    it("has two copies with a disruption budget where asked for, and one without", async () => {
        const budgets = async (highAvailability: boolean) => {
            const { recording, deployment } = await pod({ highAvailability });
            return [deployment.replicas, recording.ofType("kubernetes:policy/v1:PodDisruptionBudget").length];
        };
        assert.deepEqual(await budgets(false), [1, 0]);
        assert.deepEqual(await budgets(true), [2, 1]);
    });

    it("tells where to look when it stalls, stops or gets no nodes", async () => {
        const { recording } = await pod();
        const { targets, alerts } = recording.result.telemetry;
        assert.deepEqual([targets[0]!.namespace, targets[0]!.port], ["kube-system", 8085]);
        for (const { expression } of alerts) {
            assert.match(expression, /job="cluster-autoscaler"/);
        }
        assert.deepEqual(
            alerts.map(({ name }) => name.replace("ClusterAutoscaler", "")),
            ["Down", "Stalled", "Unsafe", "PodsWithoutNode", "ScaleUpFailed", "Errors"],
        );
    });

    it("makes nothing where it is there already, and is missing where the cluster goes without", async () => {
        for (const { mode, addons } of [
            { mode: "existing" as const, addons: ["cluster-autoscaler"] },
            { mode: "none" as const, addons: [] },
        ]) {
            const recording = await record(() => new ClusterAutoscaler("cluster-autoscaler", { cluster, mode }));
            assert.deepEqual(recording.result.cluster.traits.addons, addons);
            assert.deepEqual(recording.result.telemetry.targets, []);
            assert.equal(recording.ofType("kubernetes:apps/v1:Deployment").length, 0);
        }
    });

    it("goes along with the other add-ons", async () => {
        const { result } = await record(() => {
            const autoscaler = new ClusterAutoscaler("cluster-autoscaler", {
                cluster,
                clusterName: "prod",
                region: "eu-central-1",
            });
            return new ExternalDns("external-dns", { cluster: autoscaler.cluster, mode: "existing" });
        });
        assert.deepEqual(result.cluster.traits.addons, ["cluster-autoscaler", "external-dns"]);
    });

    it("says everything that is wrong at once", () => {
        const paths = (args: Partial<ClusterAutoscalerArgs>) =>
            validateClusterAutoscaler({ cluster, ...args }).map(({ propertyPath }) => propertyPath);
        assert.deepEqual(paths({}), ["clusterName", "region"]);
        assert.deepEqual(
            paths({
                clusterName: "a,b",
                region: "Frankfurt",
                expander: "price" as never,
                maxNodes: 0,
                scaleDown: { utilizationPercent: 101, unneededTime: "ten", delayAfterAdd: "1d" },
                namespace: "No",
                awsRoleArn: "role",
            }),
            [
                "clusterName",
                "region",
                "expander",
                "maxNodes",
                "scaleDown.utilizationPercent",
                "scaleDown.unneededTime",
                "scaleDown.delayAfterAdd",
                "namespace",
                "awsRoleArn",
            ],
        );
        assert.deepEqual(paths({ clusterName: "prod", region: "us-gov-west-1" }), []);
        assert.deepEqual(paths({ mode: "existing", region: "eu-central-1" }), ["region"]);
        const gke = testCluster({ cloud: Cloud.Gcp });
        assert.match(
            validateClusterAutoscaler({ cluster: gke, clusterName: "prod", region: "eu-central-1" })[0]!.reason,
            /GKE and AKS scale their node pools themselves/,
        );
    });
});
