import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { NetworkProtocol } from "../../../components/core/network";
import { HardenedDeployment, UpdateStrategy, type HardenedDeploymentArgs } from "../../../components/core/workload";
import { record, valueOf, type Recording } from "../support/mocks";
import { webArgs } from "./support/workloads";

const deploymentType = "kubernetes:apps/v1:Deployment";
const policyType = "kubernetes:networking.k8s.io/v1:NetworkPolicy";
const webLabels = {
    "app.kubernetes.io/name": "web",
    "app.kubernetes.io/instance": "web",
    "app.kubernetes.io/managed-by": "kubernetes-faas",
};
const webSelector = { "app.kubernetes.io/name": "web", "app.kubernetes.io/instance": "web" };

function deploy(args: Partial<HardenedDeploymentArgs> = {}): Promise<Recording<HardenedDeployment>> {
    return record(() => new HardenedDeployment("web", { ...webArgs(), ...args }));
}

describe("HardenedDeployment", () => {
    it("makes a ServiceAccount, a NetworkPolicy and a Deployment of its own name below itself, and nothing else", async () => {
        const recording = await deploy();

        assert.deepEqual(recording.summary(), [
            "kubernetes-faas:index:HardenedDeployment web",
            "kubernetes:apps/v1:Deployment web",
            "kubernetes:core/v1:ServiceAccount web",
            "kubernetes:networking.k8s.io/v1:NetworkPolicy web",
        ]);
        for (const child of recording.childrenOf("web")) {
            assert.equal(child.provider, "test-cluster", child.type);
            assert.equal(child.options.protect, false, child.type);
            assert.equal(child.options.retainOnDelete, false, child.type);
            assert.deepEqual(child.inputs.metadata, { name: "web", namespace: "apps", labels: webLabels });
        }
    });

    it("lets a new pod stay ready for as long as asked before an old one goes", async () => {
        const recording = await deploy({ minReadySeconds: 15 });
        assert.equal(recording.only(deploymentType).inputs.spec.minReadySeconds, 15);
    });

    it("renders a Deployment that is restricted, limited, probed and spread, without a token", async () => {
        const recording = await deploy();

        assert.equal(recording.only("kubernetes:core/v1:ServiceAccount").inputs.automountServiceAccountToken, false);
        assert.deepEqual(recording.only(deploymentType).inputs.spec, {
            replicas: 1,
            revisionHistoryLimit: 3,
            strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
            selector: { matchLabels: webSelector },
            template: {
                metadata: { labels: webLabels },
                spec: {
                    serviceAccountName: "web",
                    automountServiceAccountToken: false,
                    enableServiceLinks: false,
                    securityContext: {
                        runAsNonRoot: true,
                        runAsUser: 10001,
                        runAsGroup: 10001,
                        fsGroup: 10001,
                        fsGroupChangePolicy: "OnRootMismatch",
                        seccompProfile: { type: "RuntimeDefault" },
                    },
                    topologySpreadConstraints: ["topology.kubernetes.io/zone", "kubernetes.io/hostname"].map(
                        (topologyKey) => ({
                            topologyKey,
                            maxSkew: 1,
                            whenUnsatisfiable: "ScheduleAnyway",
                            labelSelector: { matchLabels: webSelector },
                            matchLabelKeys: ["pod-template-hash"],
                        }),
                    ),
                    terminationGracePeriodSeconds: 30,
                    containers: [
                        {
                            name: "web",
                            image: "registry.example.com/web:1.4.2",
                            imagePullPolicy: "IfNotPresent",
                            ports: [{ name: "http", containerPort: 8080 }],
                            readinessProbe: { httpGet: { path: "/ready", port: 8080 }, timeoutSeconds: 2 },
                            resources: {
                                requests: { cpu: "50m", memory: "128Mi", "ephemeral-storage": "64Mi" },
                                limits: { cpu: "500m", memory: "256Mi", "ephemeral-storage": "1Gi" },
                            },
                            securityContext: {
                                allowPrivilegeEscalation: false,
                                capabilities: { drop: ["ALL"] },
                                readOnlyRootFilesystem: true,
                                runAsNonRoot: true,
                            },
                            volumeMounts: [{ name: "tmp-web", mountPath: "/tmp" }],
                        },
                    ],
                    volumes: [{ name: "tmp-web", emptyDir: { sizeLimit: "64Mi" } }],
                },
            },
        });
    });

    it("denies the pods all traffic unless `network` opens it", async () => {
        assert.deepEqual((await deploy()).only(policyType).inputs.spec, {
            podSelector: { matchLabels: webSelector },
            policyTypes: ["Ingress", "Egress"],
            ingress: [],
            egress: [],
        });

        const open = await deploy({
            network: {
                ingress: [
                    {
                        pods: [{ namespace: "edge", podSelector: { app: "gateway" } }],
                        ports: [{ port: 8080, protocol: NetworkProtocol.Tcp }],
                    },
                ],
            },
        });
        assert.deepEqual(open.only(policyType).inputs.spec.ingress, [
            {
                from: [
                    {
                        namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "edge" } },
                        podSelector: { matchLabels: { app: "gateway" } },
                    },
                ],
                ports: [{ protocol: "TCP", port: 8080 }],
            },
        ]);
    });

    it("gives pods with permissions a token, the way to the API server, and starts them after their bindings", async () => {
        const recording = await deploy({
            permissions: [{ apiGroups: [""], resources: ["pods"], verbs: ["get", "list"] }],
        });

        const deployment = recording.only(deploymentType);
        assert.equal(deployment.inputs.spec.template.spec.automountServiceAccountToken, true);
        assert.equal(recording.only("kubernetes:core/v1:ServiceAccount").inputs.automountServiceAccountToken, false);
        assert.deepEqual(recording.only("kubernetes:rbac.authorization.k8s.io/v1:Role").inputs.rules, [
            { apiGroups: [""], resources: ["pods"], verbs: ["get", "list"] },
        ]);
        assert.deepEqual(recording.only(policyType).inputs.spec.egress, [
            {
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
            },
            { to: [{ ipBlock: { cidr: "10.0.0.1/32" } }], ports: [{ protocol: "TCP", port: 6443 }] },
        ]);
        // The ServiceAccount by its name in the template, the binding and the policy by `dependsOn`.
        assert.deepEqual(deployment.options.dependencies, ["web", "web", "web"]);
    });

    it("uses an existing ServiceAccount where one is named, and makes none", async () => {
        const recording = await deploy({ identity: { existingServiceAccount: "shared", mountToken: true } });

        assert.deepEqual(recording.ofType("kubernetes:core/v1:ServiceAccount"), []);
        const pod = recording.only(deploymentType).inputs.spec.template.spec;
        assert.equal(pod.serviceAccountName, "shared");
        assert.equal(pod.automountServiceAccountToken, true);
        assert.equal(await valueOf(recording.result.serviceAccountName), "shared");
    });

    it("offers a Service that is not waited for, and refers to each of its ports", async () => {
        const recording = await deploy({
            containers: [
                {
                    ...webArgs().containers[0]!,
                    ports: [
                        { name: "http", port: 8080 },
                        { name: "metrics", port: 9090 },
                    ],
                },
            ],
            service: { ports: [{ name: "http", port: 80 }, { name: "metrics" }] },
        });

        const service = recording.only("kubernetes:core/v1:Service");
        assert.deepEqual(service.inputs.metadata.annotations, { "pulumi.com/skipAwait": "true" });
        assert.deepEqual(service.inputs.spec, {
            type: "ClusterIP",
            selector: webSelector,
            ports: [
                { name: "http", port: 80, targetPort: "http" },
                { name: "metrics", port: 9090, targetPort: "metrics" },
            ],
        });
        const { service: first, servicePorts } = recording.result;
        assert.deepEqual(await valueOf(pulumi.output(first!)), {
            namespace: "apps",
            service: "web",
            port: 80,
            targetPort: 8080,
            scheme: "http",
            podSelector: webSelector,
        });
        assert.deepEqual(await Promise.all(servicePorts.map(({ port }) => valueOf(port))), [80, 9090]);
    });

    it("waits for the address of a LoadBalancer, also when its type is known only later", async () => {
        for (const type of ["LoadBalancer", pulumi.output("LoadBalancer")] as const) {
            const recording = await deploy({
                service: {
                    type: type as "LoadBalancer",
                    annotations: { example: "1" },
                    keepClientAddress: true,
                    loadBalancerSourceRanges: ["192.0.2.0/24"],
                },
            });
            const { metadata, spec } = recording.only("kubernetes:core/v1:Service").inputs;
            assert.deepEqual(metadata.annotations, { example: "1" });
            assert.equal(spec.externalTrafficPolicy, "Local");
            assert.deepEqual(spec.loadBalancerSourceRanges, ["192.0.2.0/24"]);
        }
    });

    it("gives two or more pods a disruption budget that a pod which is not ready never blocks", async () => {
        const recording = await deploy({ replicas: 2 });
        assert.deepEqual(recording.only("kubernetes:policy/v1:PodDisruptionBudget").inputs.spec, {
            maxUnavailable: 1,
            selector: { matchLabels: webSelector },
            unhealthyPodEvictionPolicy: "AlwaysAllow",
        });

        const given = await deploy({ replicas: 3, disruptionBudget: { minAvailable: 2 } });
        const { spec } = given.only("kubernetes:policy/v1:PodDisruptionBudget").inputs;
        assert.equal(spec.minAvailable, 2);
        assert.equal(spec.maxUnavailable, undefined);
    });

    it("leaves `replicas` out when an autoscaler or somebody else scales", async () => {
        const scaled = await deploy({ autoscaling: { minReplicas: 2, maxReplicas: 5, memoryPercent: 70 } });
        assert.equal("replicas" in scaled.only(deploymentType).inputs.spec, false);
        assert.equal(scaled.ofType("kubernetes:policy/v1:PodDisruptionBudget").length, 1);
        assert.deepEqual(scaled.only("kubernetes:autoscaling/v2:HorizontalPodAutoscaler").inputs.spec, {
            scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "web" },
            minReplicas: 2,
            maxReplicas: 5,
            metrics: [
                {
                    type: "Resource",
                    resource: { name: "memory", target: { type: "Utilization", averageUtilization: 70 } },
                },
            ],
            behavior: { scaleDown: { stabilizationWindowSeconds: 300 } },
        });

        const elsewhere = await deploy({ scaledElsewhere: true });
        assert.equal("replicas" in elsewhere.only(deploymentType).inputs.spec, false);
    });

    it("says how many pods there are at first, and leaves the number to who scales them from then on", async () => {
        const { inputs, options } = (await deploy({ scaledElsewhere: true, initialReplicas: 3 })).only(deploymentType);
        assert.equal(inputs.spec.replicas, 3);
        assert.deepEqual(options.ignoreChanges, ["spec.replicas"]);
        assert.deepEqual((await deploy({ replicas: 3 })).only(deploymentType).options.ignoreChanges, []);
    });

    it("scales by processor time when nothing else is said", async () => {
        const recording = await deploy({ autoscaling: { minReplicas: 1, maxReplicas: 3 } });
        const { metrics } = recording.only("kubernetes:autoscaling/v2:HorizontalPodAutoscaler").inputs.spec;
        assert.deepEqual(metrics, [
            { type: "Resource", resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 80 } } },
        ]);
        assert.deepEqual(recording.ofType("kubernetes:policy/v1:PodDisruptionBudget"), []);
    });

    it("is made anew when its strategy changes, which Kubernetes refuses in place", async () => {
        const deployment = (await deploy({ updateStrategy: UpdateStrategy.Recreate })).only(deploymentType);
        assert.deepEqual(deployment.inputs.spec.strategy, { type: "Recreate" });
        assert.deepEqual(deployment.options.replaceOnChanges, ["spec.strategy.type"]);
        assert.equal(deployment.options.deleteBeforeReplace, true);
    });

    it("carries the names and labels that it is given, and never lets them override the standard ones", async () => {
        const recording = await record(
            () =>
                new HardenedDeployment("fission-router", {
                    ...webArgs(),
                    app: "fission",
                    component: "router",
                    instance: "fission",
                    resourceName: "router",
                    labels: { team: "platform", "app.kubernetes.io/name": "mine" },
                    podLabels: { svc: "router", "app.kubernetes.io/component": "mine" },
                    annotations: { a: "1" },
                    podAnnotations: { b: "2" },
                }),
        );
        const standard = {
            "app.kubernetes.io/name": "fission",
            "app.kubernetes.io/instance": "fission",
            "app.kubernetes.io/component": "router",
            "app.kubernetes.io/managed-by": "kubernetes-faas",
            team: "platform",
        };
        const { metadata, spec } = recording.only(deploymentType, "fission-router").inputs;
        assert.deepEqual(metadata, {
            name: "router",
            namespace: "apps",
            labels: standard,
            annotations: { a: "1" },
        });
        assert.deepEqual(spec.template.metadata, {
            labels: { ...standard, svc: "router" },
            annotations: { b: "2" },
        });
        const { podSelector } = recording.result.pods;
        assert.deepEqual(podSelector, spec.selector.matchLabels);
    });

    it("passes the caller's options to itself and no further", async () => {
        const recording = await record(() => {
            const first = new HardenedDeployment("first", webArgs());
            return new HardenedDeployment("web", webArgs(), { protect: true, dependsOn: first });
        });
        const component = recording.only("kubernetes-faas:index:HardenedDeployment", "web");
        assert.equal(component.options.protect, true);
        assert.deepEqual(
            recording.childrenOf("web").map(({ options }) => options.protect),
            [false, false, false],
        );
    });
});
