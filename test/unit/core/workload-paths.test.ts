import assert from "node:assert/strict";
import type { Fault } from "../../../components/core/errors";
import {
    validateHardenedCronJob,
    validateHardenedDaemonSet,
    validateHardenedJob,
    type HardenedCronJobArgs,
    type HardenedDaemonSetArgs,
    type HardenedJobArgs,
} from "../../../components/core/workload";
import { container, deployment, paths, statefulSet, webArgs, webContainer } from "./support/workloads";

/** Each argument that a shared check refuses, by the property path of the fault. */
const delegated: [string, () => Fault[], string[]][] = [
    ["a logical name that is no name in the cluster", () => deployment({}, "Web_1"), ["name"]],
    ["a name in the cluster", () => deployment({ resourceName: "x".repeat(64) }), ["resourceName"]],
    ["a name that a Service can't have", () => deployment({ resourceName: "1web", service: {} }), ["resourceName"]],
    ["the longest name of a StatefulSet", () => statefulSet({}, "x".repeat(53)), ["name"]],
    ["a StatefulSet's name that its headless Service can't have", () => statefulSet({}, "1store"), ["name"]],
    [
        "label facts, labels and namespace",
        () =>
            deployment({
                namespace: "No",
                app: "a b",
                component: "-",
                instance: "x".repeat(64),
                labels: { "a b": "c d" },
                podLabels: { "x/y/z": "1" },
            }),
        ["namespace", "app", "component", "instance", 'labels["a b"]', 'labels["a b"]', 'podLabels["x/y/z"]'],
    ],
    ["a container's name", () => container({ name: "x".repeat(60) }), ["containers[0].name"]],
    ["a variable's name", () => container({ environment: { "1A": "x" } }), ["containers[0].environment.1A"]],
    [
        "ports",
        () => container({ ports: [{ name: "HTTP", port: 0, protocol: "tcp" }] }),
        ["containers[0].ports[0].name", "containers[0].ports[0].port", "containers[0].ports[0].protocol"],
    ],
    [
        "probes",
        () =>
            container({
                probes: {
                    readiness: { http: { path: "ready", port: 0, scheme: "http" }, tcp: { port: 0 } },
                    liveness: {
                        initialDelaySeconds: -1,
                        periodSeconds: 0,
                        timeoutSeconds: 0,
                        failureThreshold: 0,
                    },
                },
            }),
        [
            "readiness.tcp",
            "readiness.http.path",
            "readiness.http.port",
            "readiness.http.scheme",
            "readiness.tcp.port",
            "liveness.http",
            "liveness.initialDelaySeconds",
            "liveness.periodSeconds",
            "liveness.timeoutSeconds",
            "liveness.failureThreshold",
        ].map((path) => `containers[0].probes.${path}`),
    ],
    [
        "quantities",
        () =>
            deployment({
                tmpSize: "lots",
                containers: [webContainer({ resources: { requests: { cpu: "2Gi" }, limits: { memory: "1GB" } } })],
            }),
        ["containers[0].resources.requests.cpu", "containers[0].resources.limits.memory", "tmpSize"],
    ],
    [
        "mount paths and lifecycle",
        () =>
            deployment({
                volumes: [{ name: "data", emptyDir: { sizeLimit: "1Gi" } }],
                containers: [
                    webContainer({
                        mounts: [{ volume: "data", path: "data" }],
                        lifecycle: { preStopCommand: ["/drain"], preStopSleepSeconds: 0 },
                    }),
                ],
            }),
        [
            "containers[0].mounts[0].path",
            "containers[0].lifecycle.preStopSleepSeconds",
            "containers[0].lifecycle.preStopSleepSeconds",
        ],
    ],
    [
        "volumes",
        () =>
            deployment({
                volumes: [
                    { name: "A" },
                    { name: "b", emptyDir: { sizeLimit: "1 GB" }, secret: { name: "s", mode: 1000 } },
                    { name: "t", token: { audience: "a", expirationSeconds: 5 } },
                ],
            }),
        [
            "volumes[0].name",
            "volumes[0].configMap",
            "volumes[1].emptyDir",
            "volumes[1].emptyDir.sizeLimit",
            "volumes[1].secret.mode",
            "volumes[2].token.expirationSeconds",
        ],
    ],
    [
        "numbers of a pod",
        () => deployment({ terminationGracePeriodSeconds: -1, runAsUser: -1, fsGroup: 1.5 }),
        ["runAsUser", "fsGroup", "terminationGracePeriodSeconds"],
    ],
    [
        "placement, registry, network and permissions",
        () =>
            deployment({
                placement: { architecture: "x86_64" },
                registry: { mirror: "https://mirror" },
                network: { ingress: [{ ports: [] }] },
                permissions: [{ apiGroups: [""], resources: ["pods"], verbs: ["gett"] }],
            }),
        [
            "placement.architecture",
            "registry.mirror",
            "permissions[0].verbs[0]",
            "network.ingress[0].ports",
            "network.ingress[0]",
        ],
    ],
    [
        "scaling",
        () =>
            deployment({
                autoscaling: {
                    minReplicas: 3,
                    maxReplicas: 2,
                    cpuPercent: 0,
                    memoryPercent: 0,
                    scaleDownDelaySeconds: 9999,
                },
                disruptionBudget: { maxUnavailable: 0 },
                topologySpread: [{ topologyKey: "a b", maxSkew: 0 }],
                updateStrategy: "Rolling",
            }),
        [
            "disruptionBudget.maxUnavailable",
            "topologySpread[0].topologyKey",
            "topologySpread[0].maxSkew",
            "autoscaling.maxReplicas",
            "autoscaling.cpuPercent",
            "autoscaling.memoryPercent",
            "autoscaling.scaleDownDelaySeconds",
            "updateStrategy",
        ],
    ],
    [
        "a Service",
        () =>
            deployment({
                service: {
                    name: "1a",
                    type: "Loadbalancer",
                    loadBalancerSourceRanges: ["192.0.2.1"],
                    ports: [{ name: "htp", port: 0, nodePort: 70000, scheme: "htps" }],
                },
            }),
        [
            "service.name",
            "service.type",
            "service.loadBalancerSourceRanges[0]",
            "service.ports[0].name",
            "service.ports[0].port",
            "service.ports[0].nodePort",
            "service.ports[0].scheme",
        ],
    ],
    ["a Service's empty list of ports", () => deployment({ service: { ports: [] } }), ["service.ports"]],
    [
        "a StatefulSet's own arguments",
        () =>
            statefulSet({
                claims: [{ name: "A", size: "10GB", storageClass: "X", accessMode: "RWO" }],
                deletion: "keep",
                podManagement: "any",
                podReplacement: "any",
            }),
        [
            "claims[0].name",
            "claims[0].size",
            "claims[0].storageClass",
            "claims[0].accessMode",
            "deletion",
            "podManagement",
            "podReplacement",
        ],
    ],
    [
        "a DaemonSet's own arguments",
        () =>
            validateHardenedDaemonSet("agent", {
                ...webArgs(),
                podReplacement: "any",
            } as unknown as HardenedDaemonSetArgs),
        ["podReplacement"],
    ],
    [
        "a Job's own arguments",
        () =>
            validateHardenedJob("migrate", {
                ...webArgs(),
                restart: "Always",
                retries: -1,
                timeoutSeconds: 0,
                completions: 0,
                parallelism: 0,
            } as unknown as HardenedJobArgs),
        ["restart", "retries", "timeoutSeconds", "completions", "parallelism"],
    ],
    [
        "a CronJob's own arguments",
        () =>
            validateHardenedCronJob("backup", {
                ...webArgs(),
                schedule: "* * *",
                overlap: "any",
                startingDeadlineSeconds: 1,
                keptCompletions: -1,
                keptFailures: -1,
            } as unknown as HardenedCronJobArgs),
        ["schedule", "overlap", "startingDeadlineSeconds", "keptCompletions", "keptFailures"],
    ],
];

describe("the arguments of hardened workloads that shared checks judge", () => {
    for (const [what, validate, expected] of delegated) {
        it(`are refused by their property path: ${what}`, () => {
            assert.deepEqual(paths(validate()), expected);
        });
    }
});
