import assert from "node:assert/strict";
import { ArgumentsError, type Fault } from "../../../components/core/errors";
import { HardenedDeployment, validateHardenedCronJob, validateHardenedJob } from "../../../components/core/workload";
import { testCluster } from "../support/cluster";
import { record } from "../support/mocks";
import { container, deployment, lines, paths, statefulSet, webArgs, webContainer } from "./support/workloads";

const asked = { readiness: { command: ["/check"] } };

/** Each fault that the workloads find by themselves, with its whole message. */
const messages: [string, () => Fault[], string[]][] = [
    [
        "arguments that are left out",
        () => deployment({ namespace: undefined, app: undefined, containers: undefined }),
        [
            "namespace is missing; give a value",
            'app is missing; give the name of the application, such as "fission"',
            "containers is missing; give a value",
        ],
    ],
    ["no containers", () => deployment({ containers: [] }), ["containers is empty; give at least one entry"]],
    [
        "names that are there twice",
        () =>
            deployment({
                containers: [webContainer(), webContainer()],
                volumes: [
                    { name: "a", emptyDir: { sizeLimit: "1Gi" } },
                    { name: "a", secret: { name: "x" } },
                ],
            }),
        [
            'volumes has the name "a" more than once; give each its own',
            'containers has the name "web" more than once; give each its own',
            'containers has the port name "http" more than once; give each its own',
        ],
    ],
    [
        "an image without a name",
        () => container({ image: "" }),
        ['containers[0].image is "", which is empty; give an image with a tag or digest'],
    ],
    [
        "an image without a tag",
        () => container({ image: "localhost:5000/web" }),
        [
            'containers[0].image is "localhost:5000/web", which has no tag, which means latest; ' +
                "give a tag that stays the same, such as a version, or a digest",
        ],
    ],
    [
        "an image whose tag moves",
        () => container({ image: "web:latest" }),
        [
            'containers[0].image is "web:latest", which moves with every release; ' +
                "give a tag that stays the same, such as a version, or a digest",
        ],
    ],
    [
        "a variable from two sources",
        () => container({ environment: { A: "1" }, environmentFromSecrets: { A: { name: "s", key: "k" } } }),
        ["containers[0].environment.A is also in `environmentFromSecrets`; give each variable once"],
    ],
    [
        "no probes, or only a startup probe",
        () => [...container({ probes: undefined }), ...container({ probes: { startup: { tcp: {} } } })],
        Array<string>(2).fill(
            "containers[0].probes has neither readiness nor liveness, so a container that hangs keeps its traffic; " +
                "give one of them, or say in `withoutProbes` why nobody can ask",
        ),
    ],
    [
        "probes and a reason for having none",
        () => container({ withoutProbes: "it ends by itself" }),
        ["containers[0].withoutProbes can't go together with `probes`; leave one of them out"],
    ],
    [
        "an empty reason for having no probes",
        () => container({ probes: undefined, withoutProbes: " " }),
        ["containers[0].withoutProbes is empty; give at least one character"],
    ],
    [
        "probes that need a port where there is none",
        () => container({ ports: [], probes: { readiness: { http: { path: "/" } }, liveness: { tcp: {} } } }),
        [
            "containers[0].probes.readiness.http.port is missing, and the container has no port to take instead; give one",
            "containers[0].probes.liveness.tcp.port is missing, and the container has no port to take instead; give one",
        ],
    ],
    [
        "a request above its limit",
        () => container({ resources: { requests: { memory: "2Gi" }, limits: { memory: "1Gi" } } }),
        ['containers[0].resources.requests.memory is "2Gi", more than the limit "1Gi"; request at most the limit'],
    ],
    [
        "a mount where the pod has no volumes",
        () => container({ mounts: [{ volume: "data", path: "/data" }] }),
        ['containers[0].mounts[0].volume is "data", but the pod has no volumes; add it to `volumes`'],
    ],
    [
        "a mount of another volume, and two at one path",
        () =>
            deployment({
                volumes: [{ name: "data", emptyDir: { sizeLimit: "1Gi" } }],
                containers: [
                    webContainer({
                        mounts: [
                            { volume: "dta", path: "/a" },
                            { volume: "data", path: "/a" },
                        ],
                    }),
                ],
            }),
        [
            'containers[0].mounts[0].volume is "dta", which is not known here; use "data"; did you mean "data"?',
            'containers[0].mounts[1].path is "/a", where another volume is mounted; give each its own',
        ],
    ],
    [
        "a folder of the node",
        () => deployment({ volumes: [{ name: "root", hostPath: { path: "/" } }] }),
        [
            "volumes[0].hostPath opens the node's file system to the pod; use another kind of volume, " +
                "or set weakenedSecurity: { reason, hostPaths: true }",
        ],
    ],
    [
        "permissions and annotations for somebody else's ServiceAccount",
        () =>
            deployment({
                permissions: [{ apiGroups: [""], resources: ["pods"], verbs: ["get"] }],
                identity: { existingServiceAccount: "shared", annotations: {} },
            }),
        [
            "permissions can't go together with identity.existingServiceAccount; give the permissions where that one is made",
            "identity.annotations can't go together with identity.existingServiceAccount; annotate it where it is made",
        ],
    ],
    [
        "a weakening without a reason that weakens nothing",
        () => deployment({ weakenedSecurity: {} }),
        [
            "weakenedSecurity.reason is missing; give the reason why the pods can't do without",
            "weakenedSecurity weakens nothing; leave it out, or set one of runAsRoot, privileged, " +
                "allowPrivilegeEscalation, addCapabilities, seccompUnconfined, hostNetwork, hostPid, hostPaths",
        ],
    ],
    [
        "low ports on the node's network",
        () => deployment({ bindLowPorts: true, weakenedSecurity: { reason: "a test", hostNetwork: true } }),
        [
            "bindLowPorts can't go together with weakenedSecurity.hostNetwork: the kubelet sets no network options of " +
                "the node; listen on a port from 1024 on",
        ],
    ],
    [
        "a sleep before the end that the cluster does not know",
        () =>
            deployment({
                cluster: testCluster({}, { kubernetesVersion: "v1.29.4-gke.1043002" }),
                containers: [webContainer({ lifecycle: { preStopSleepSeconds: 5 } })],
            }),
        [
            "containers[0].lifecycle.preStopSleepSeconds needs Kubernetes 1.30 or later, and the cluster has v1.29.4-gke.1043002; " +
                "give a preStopCommand that waits, or upgrade the cluster",
        ],
    ],
    [
        "root as the user of the pod and of a container",
        () => deployment({ runAsUser: 0, containers: [webContainer({ runAsGroup: 0 })] }),
        [
            "runAsUser is 0, which is root; give another, or set weakenedSecurity: { reason, runAsRoot: true }",
            "containers[0].runAsGroup is 0, which is root; give another, or set weakenedSecurity: { reason, runAsRoot: true }",
        ],
    ],
    [
        "two arguments for the number of pods",
        () => deployment({ replicas: 2, scaledElsewhere: true }),
        [
            'scaledElsewhere can\'t go together with "replicas"; ' +
                'give only one of "replicas" and "autoscaling" and "scaledElsewhere"',
        ],
    ],
    [
        "a first number of pods where nobody changes it later",
        () => deployment({ initialReplicas: 2 }),
        ["initialReplicas is given, but nobody else scales the pods; give `replicas`, or set scaledElsewhere: true"],
    ],
    [
        "a disruption budget that blocks every drain",
        () => deployment({ replicas: 2, disruptionBudget: { minAvailable: 2 } }),
        ["disruptionBudget.minAvailable is 2 of 2 pods, so no node could ever be drained; give less, or more replicas"],
    ],
    [
        "a time to stay ready that outlasts the time for a roll",
        () => deployment({ minReadySeconds: 600 }),
        ["minReadySeconds is 600; give a whole number from 0 to 599"],
    ],
    [
        "a Service in front of no port",
        () => deployment({ containers: [webContainer({ ports: [], probes: asked })], service: {} }),
        ["service is given, but no container has a port; give the container's `ports`"],
    ],
    [
        "a Service that has to guess its ports",
        () =>
            deployment({
                containers: [webContainer({ name: "a", ports: [], probes: asked }), webContainer()],
                service: {},
            }),
        ["service.ports is missing, and the first container has no port to take instead; name some of http"],
    ],
    [
        "what means nothing for a Service inside the cluster",
        () => deployment({ service: { keepClientAddress: true, loadBalancerSourceRanges: ["192.0.2.0/24"] } }),
        [
            "service.loadBalancerSourceRanges does nothing for a Service inside the cluster; leave it out, or set type",
            "service.keepClientAddress does nothing for a Service inside the cluster; leave it out, or set type",
        ],
    ],
    [
        "claims of pods that somebody else scales",
        () => statefulSet({ scaledElsewhere: true, claims: [{ name: "data", size: "1Gi" }] }),
        ["scaledElsewhere can't go together with claims, of which there is one for each pod; give `replicas`"],
    ],
    [
        "a claim with the name of a volume",
        () =>
            statefulSet({
                volumes: [{ name: "data", emptyDir: { sizeLimit: "1Gi" } }],
                claims: [{ name: "data", size: "1Gi" }],
            }),
        ['volumes has the name "data" more than once; give each its own'],
    ],
    [
        "claims for fewer pods than there are",
        () => statefulSet({ replicas: 3, claimedReplicas: 2 }),
        ["claimedReplicas is 2; give a whole number 3 or more"],
    ],
    [
        "claims without a name or a size",
        () => statefulSet({ claims: [{}] }),
        ["claims[0].name is missing; give a value", 'claims[0].size is missing; give a size, such as "10Gi"'],
    ],
    [
        "a schedule in a time zone that nobody knows",
        () =>
            validateHardenedCronJob("backup", {
                ...webArgs(),
                schedule: "0 3 * * *",
                timeZone: "Berlin",
            }),
        ['timeZone is "Berlin", which is not a time zone; give a name of the tz database, like "Europe/Berlin"'],
    ],
];

describe("the arguments of hardened workloads", () => {
    for (const [what, validate, expected] of messages) {
        it(`are refused with the way out: ${what}`, () => {
            assert.deepEqual(lines(validate()), expected);
        });
    }

    it("need no probes for what ends by itself", () => {
        const ends = webContainer({ probes: undefined });
        assert.deepEqual(deployment({ initContainers: [{ ...ends, name: "init", ports: [] }] }), []);
        assert.deepEqual(validateHardenedJob("migrate", { ...webArgs(), containers: [ends] }), []);
    });

    it("pass when an image is pinned by its digest", () => {
        assert.deepEqual(container({ image: "localhost:5000/web@sha256:0123" }), []);
    });

    it("stop the component before its first resource, with all faults in one error", async () => {
        let failure: unknown;
        const recording = await record(() => {
            try {
                new HardenedDeployment("web", { ...webArgs({ image: "web" }), replicas: -1 });
            } catch (error) {
                failure = error;
            }
        });
        assert.deepEqual(recording.resources, []);
        assert.ok(failure instanceof ArgumentsError);
        assert.deepEqual(paths(failure.errors), ["containers[0].image", "replicas"]);
        assert.match(failure.message, /^HardenedDeployment web: 2 arguments are wrong:\n {2}- containers\[0\]\.image/);
    });
});
