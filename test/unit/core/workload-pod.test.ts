import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import fc from "fast-check";
import { PodSecurityLevel } from "../../../components/core/pod-security";
import { podSecurityLevelOf, type PlainPodSpec } from "../../../components/core/pod-security-rules";
import {
    HardenedDeployment,
    type HardenedDeploymentArgs,
    type WeakenedSecurity,
    type WorkloadContainer,
} from "../../../components/core/workload";
import { completeResources, renderResources } from "../../../components/core/workload/resources";
import { record, rejects, valueOf } from "../support/mocks";
import { renderedPods } from "../support/pods";
import { webArgs, webContainer } from "./support/workloads";
import { fuzzRuns } from "../../support/effort";

// Tests read deep into these; a precise type would only add casts to every assertion.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Rendered = any;

async function podOf(args: Partial<HardenedDeploymentArgs>): Promise<Rendered> {
    const recording = await record(() => new HardenedDeployment("web", { ...webArgs(), ...args }));
    return renderedPods(recording.resources)[0]!.pod;
}

async function containerOf(container: Partial<WorkloadContainer>, args: Partial<HardenedDeploymentArgs> = {}) {
    const pod = (await podOf({ ...args, containers: [webContainer(container)] })) as { containers: Rendered[] };
    return pod.containers[0];
}

describe("a hardened pod", () => {
    it("orders its variables so that plain values can refer to all the others", async () => {
        const container = await containerOf({
            environment: { URL: "http://$(POD_IP):8080" },
            environmentFromSecrets: { TOKEN: { name: "login", key: "token" } },
            environmentFromConfigMaps: { MODE: { name: "settings", key: "mode", optional: true } },
            environmentFromFields: { POD_IP: "status.podIP" },
            environmentFromResources: { GOMEMLIMIT: "limits.memory" },
            environmentSecrets: ["database"],
        });

        assert.deepEqual(container.env, [
            { name: "POD_IP", valueFrom: { fieldRef: { fieldPath: "status.podIP" } } },
            { name: "GOMEMLIMIT", valueFrom: { resourceFieldRef: { resource: "limits.memory" } } },
            { name: "MODE", valueFrom: { configMapKeyRef: { name: "settings", key: "mode", optional: true } } },
            { name: "TOKEN", valueFrom: { secretKeyRef: { name: "login", key: "token" } } },
            { name: "URL", value: "http://$(POD_IP):8080" },
        ]);
        assert.deepEqual(container.envFrom, [{ secretRef: { name: "database" } }]);
    });

    it("refuses a secret as a plain variable, and does not repeat it", async () => {
        await rejects(async () => {
            const args = webArgs({ environment: { PASSWORD: pulumi.secret("hunter2") } });
            await valueOf(new HardenedDeployment("web", args).workload.id);
        }, /HardenedDeployment web: containers\[0\]\.environment\.PASSWORD is secret, and would stand readable in the workload; put it into a Secret \(see rolledSecret\) and name its key in `environmentFromSecrets`$/);
    });

    it("shows every kind of volume, read-only where nothing should be written", async () => {
        const pod = await podOf({
            volumes: [
                { name: "settings", configMap: { name: "web-settings", files: { "app.ini": "etc/app.ini" } } },
                { name: "login", secret: { name: "web-login", mode: 0o400, optional: true } },
                { name: "cache", emptyDir: { sizeLimit: "1Gi" } },
                { name: "fast", emptyDir: { sizeLimit: "64Mi", inMemory: true } },
                { name: "data", claim: { name: "web-data" } },
                { name: "vault", token: { audience: "vault" } },
                { name: "keys", projectedSecrets: { names: ["one", "two"] } },
            ],
            containers: [
                webContainer({
                    mounts: ["settings", "login", "cache", "fast", "data", "vault", "keys"].map((volume) => ({
                        volume,
                        path: `/mnt/${volume}`,
                    })),
                }),
            ],
        });

        assert.deepEqual(pod.volumes, [
            {
                name: "settings",
                configMap: {
                    name: "web-settings",
                    items: [{ key: "app.ini", path: "etc/app.ini" }],
                    defaultMode: 0o444,
                },
            },
            { name: "login", secret: { secretName: "web-login", defaultMode: 0o400, optional: true } },
            { name: "cache", emptyDir: { sizeLimit: "1Gi" } },
            { name: "fast", emptyDir: { sizeLimit: "64Mi", medium: "Memory" } },
            { name: "data", persistentVolumeClaim: { claimName: "web-data" } },
            {
                name: "vault",
                projected: {
                    defaultMode: 0o440,
                    sources: [{ serviceAccountToken: { audience: "vault", path: "token", expirationSeconds: 3600 } }],
                },
            },
            {
                name: "keys",
                projected: { defaultMode: 0o440, sources: [{ secret: { name: "one" } }, { secret: { name: "two" } }] },
            },
            { name: "tmp-web", emptyDir: { sizeLimit: "64Mi" } },
        ]);
        assert.deepEqual(pod.containers[0].volumeMounts, [
            { name: "settings", mountPath: "/mnt/settings", readOnly: true },
            { name: "login", mountPath: "/mnt/login", readOnly: true },
            { name: "cache", mountPath: "/mnt/cache" },
            { name: "fast", mountPath: "/mnt/fast" },
            { name: "data", mountPath: "/mnt/data" },
            { name: "vault", mountPath: "/mnt/vault", readOnly: true },
            { name: "keys", mountPath: "/mnt/keys", readOnly: true },
            { name: "tmp-web", mountPath: "/tmp" },
        ]);
    });

    it("gives each container a /tmp of its own, unless it mounts something there", async () => {
        const pod = await podOf({
            tmpSize: "1Gi",
            volumes: [{ name: "scratch", emptyDir: { sizeLimit: "2Gi" } }],
            initContainers: [{ name: "init", image: "registry.example.com/init:1" }],
            containers: [webContainer({ mounts: [{ volume: "scratch", path: "/tmp" }] })],
        });
        assert.deepEqual(pod.volumes, [
            { name: "scratch", emptyDir: { sizeLimit: "2Gi" } },
            { name: "tmp-init", emptyDir: { sizeLimit: "1Gi" } },
        ]);
        assert.deepEqual(pod.containers[0].volumeMounts, [{ name: "scratch", mountPath: "/tmp" }]);
        assert.deepEqual(pod.initContainers[0].volumeMounts, [{ name: "tmp-init", mountPath: "/tmp" }]);
    });

    it("renders the three probes with their actions, and gives a slow start five minutes", async () => {
        const container = await containerOf({
            probes: {
                startup: { tcp: {} },
                readiness: { http: { path: "/ready", scheme: "HTTPS", headers: { Host: "web" } }, periodSeconds: 5 },
                liveness: { command: ["/bin/check"], timeoutSeconds: 5, failureThreshold: 6, initialDelaySeconds: 3 },
            },
        });
        assert.deepEqual(container.startupProbe, {
            tcpSocket: { port: 8080 },
            timeoutSeconds: 2,
            failureThreshold: 30,
        });
        assert.deepEqual(container.readinessProbe, {
            httpGet: {
                path: "/ready",
                port: 8080,
                scheme: "HTTPS",
                httpHeaders: [{ name: "Host", value: "web" }],
            },
            periodSeconds: 5,
            timeoutSeconds: 2,
        });
        assert.deepEqual(container.livenessProbe, {
            exec: { command: ["/bin/check"] },
            initialDelaySeconds: 3,
            timeoutSeconds: 5,
            failureThreshold: 6,
        });
    });

    it("renders lifecycle hooks, commands and the working directory", async () => {
        const container = await containerOf({
            command: ["/web"],
            args: ["--port", "8080"],
            workingDirectory: "/srv",
            lifecycle: { postStartCommand: ["/warm"], preStopSleepSeconds: 5 },
        });
        assert.deepEqual(container.command, ["/web"]);
        assert.deepEqual(container.args, ["--port", "8080"]);
        assert.equal(container.workingDir, "/srv");
        assert.deepEqual(container.lifecycle, {
            postStart: { exec: { command: ["/warm"] } },
            preStop: { sleep: { seconds: 5 } },
        });
        const stopped = await containerOf({ lifecycle: { preStopCommand: ["/drain"] } });
        assert.deepEqual(stopped.lifecycle, { preStop: { exec: { command: ["/drain"] } } });
    });

    it("pulls every image through the user's registry, with its pull secrets", async () => {
        const pod = await podOf({
            registry: { mirror: "harbor.example.com/mirror", pullSecrets: ["harbor"] },
            initContainers: [{ name: "init", image: "busybox:1.37.0" }],
            containers: [webContainer({ image: "ghcr.io/example/web:1.0.0" })],
        });
        assert.equal(pod.containers[0].image, "harbor.example.com/mirror/example/web:1.0.0");
        assert.equal(pod.initContainers[0].image, "harbor.example.com/mirror/library/busybox:1.37.0");
        assert.deepEqual(pod.imagePullSecrets, [{ name: "harbor" }]);
    });

    it("goes where its placement says, in the runtime and with the time to end that it is given", async () => {
        const pod = await podOf({
            placement: { nodeSelector: { disk: "ssd" }, priorityClassName: "high", tolerations: [{ key: "spot" }] },
            runtimeClassName: "gvisor",
            terminationGracePeriodSeconds: 90,
            topologySpread: [{ topologyKey: "kubernetes.io/hostname", maxSkew: 2, required: true }],
        });
        assert.deepEqual(pod.nodeSelector, { disk: "ssd" });
        assert.equal(pod.priorityClassName, "high");
        assert.deepEqual(pod.tolerations, [{ key: "spot", operator: "Exists" }]);
        assert.equal(pod.runtimeClassName, "gvisor");
        assert.equal(pod.terminationGracePeriodSeconds, 90);
        assert.equal(pod.topologySpreadConstraints.length, 1);
        assert.equal(pod.topologySpreadConstraints[0].whenUnsatisfiable, "DoNotSchedule");
        assert.equal(pod.topologySpreadConstraints[0].maxSkew, 2);
    });

    it('listens on low ports by a sysctl that "restricted" allows, not by a right of root\'s', async () => {
        const pod = await podOf({ bindLowPorts: true });
        assert.deepEqual(pod.securityContext.sysctls, [{ name: "net.ipv4.ip_unprivileged_port_start", value: "0" }]);
        assert.equal(podSecurityLevelOf(pod as PlainPodSpec), PodSecurityLevel.Restricted);
    });

    it("takes users, groups and a writable root file system as arguments", async () => {
        const pod = await podOf({
            runAsUser: 65534,
            runAsGroup: 65533,
            fsGroup: 65532,
            containers: [webContainer({ runAsUser: 1001, runAsGroup: 1002, writableRootFilesystem: true })],
        });
        const { runAsUser, runAsGroup, fsGroup } = pod.securityContext;
        assert.deepEqual([runAsUser, runAsGroup, fsGroup], [65534, 65533, 65532]);
        const container = pod.containers[0].securityContext;
        assert.deepEqual([container.runAsUser, container.runAsGroup], [1001, 1002]);
        assert.equal(container.readOnlyRootFilesystem, false);
        assert.equal(podSecurityLevelOf(pod as PlainPodSpec), PodSecurityLevel.Restricted);
    });

    it("gives up only what `weakenedSecurity` names, and carries the reason", async () => {
        const recording = await record(
            () =>
                new HardenedDeployment("web", {
                    ...webArgs(),
                    volumes: [{ name: "proc", hostPath: { path: "/proc", type: "Directory" } }],
                    containers: [webContainer({ mounts: [{ volume: "proc", path: "/host/proc" }] })],
                    weakenedSecurity: { reason: "reads the node", hostNetwork: true, hostPid: true, hostPaths: true },
                }),
        );
        const { metadata, spec } = recording.only("kubernetes:apps/v1:Deployment").inputs.spec.template;
        assert.deepEqual(metadata.annotations, { "kubernetes-faas/weakened-security": "reads the node" });
        assert.equal(spec.hostNetwork, true);
        assert.equal(spec.dnsPolicy, "ClusterFirstWithHostNet");
        assert.equal(spec.hostPID, true);
        assert.deepEqual(spec.volumes[0], { name: "proc", hostPath: { path: "/proc", type: "Directory" } });
        assert.equal(spec.containers[0].volumeMounts[0].readOnly, true);
        assert.equal(spec.securityContext.runAsNonRoot, true);
        assert.deepEqual(spec.containers[0].securityContext.capabilities, { drop: ["ALL"] });
    });

    it("meets the level that its weakenings leave", async () => {
        const cases: [Omit<WeakenedSecurity, "reason">, PodSecurityLevel][] = [
            [{ runAsRoot: true }, PodSecurityLevel.Baseline],
            [{ allowPrivilegeEscalation: true }, PodSecurityLevel.Baseline],
            [{ addCapabilities: ["CHOWN"] }, PodSecurityLevel.Baseline],
            [{ addCapabilities: ["NET_ADMIN"] }, PodSecurityLevel.Privileged],
            [{ seccompUnconfined: true }, PodSecurityLevel.Privileged],
            [{ privileged: true }, PodSecurityLevel.Privileged],
            [{ hostNetwork: true }, PodSecurityLevel.Privileged],
            [{ hostPid: true }, PodSecurityLevel.Privileged],
        ];
        for (const [weakened, level] of cases) {
            const pod = (await podOf({ weakenedSecurity: { reason: "a test", ...weakened } })) as PlainPodSpec;
            assert.equal(podSecurityLevelOf(pod), level, JSON.stringify(weakened));
        }
    });

    it("runs as user 0 with `runAsRoot`, and tells Kubernetes the truth about a privileged container", async () => {
        const pod = await podOf({ weakenedSecurity: { reason: "a test", runAsRoot: true, privileged: true } });
        assert.equal(pod.securityContext.runAsUser, 0);
        assert.equal(pod.securityContext.runAsNonRoot, false);
        assert.deepEqual(pod.containers[0].securityContext, {
            allowPrivilegeEscalation: true,
            capabilities: { drop: ["ALL"] },
            privileged: true,
            readOnlyRootFilesystem: true,
            runAsNonRoot: false,
        });
    });

    it("is restricted whatever else it is given", async () => {
        const id = fc.integer({ min: 1, max: 65534 });
        const container = fc.record(
            {
                runAsUser: id,
                runAsGroup: fc.nat(65534).filter((group) => group !== 0),
                writableRootFilesystem: fc.boolean(),
                lifecycle: fc.constant({ preStopSleepSeconds: 3 }),
                environment: fc.dictionary(fc.stringMatching(/^[A-Z]{1,8}$/), fc.string()),
            },
            { requiredKeys: [] },
        );
        const workload = fc.record(
            {
                runAsUser: id,
                fsGroup: fc.nat(65534),
                bindLowPorts: fc.boolean(),
                identity: fc.record({ mountToken: fc.boolean() }),
                tmpSize: fc.constantFrom("1Mi", "2Gi"),
                initContainers: container.map((init) => [{ name: "init", image: "registry.example.com/i:1", ...init }]),
            },
            { requiredKeys: [] },
        );
        await fc.assert(
            fc.asyncProperty(workload, container, async (args, overrides) => {
                const pod = (await podOf({ ...args, containers: [webContainer(overrides)] })) as PlainPodSpec;
                assert.equal(podSecurityLevelOf(pod), PodSecurityLevel.Restricted);
            }),
            { numRuns: fuzzRuns(50) },
        );
    });
});

describe("the resources of a container", () => {
    it("keep every limit at or above its request when only one of them is given", () => {
        assert.deepEqual(renderResources({ requests: { memory: "1Gi", cpu: "10m" } }), {
            requests: { cpu: "10m", memory: "1Gi", "ephemeral-storage": "64Mi" },
            limits: { cpu: "500m", memory: "1Gi", "ephemeral-storage": "1Gi" },
        });
        assert.deepEqual(renderResources({ limits: { memory: "32Mi", cpu: "4" } }), {
            requests: { cpu: "50m", memory: "32Mi", "ephemeral-storage": "64Mi" },
            limits: { cpu: "4", memory: "32Mi", "ephemeral-storage": "1Gi" },
        });
    });

    it("keep to it beside the defaults of a component, which a property without a value leaves in force", () => {
        const defaults = { requests: { cpu: "100m", memory: "256Mi" }, limits: { cpu: "2", memory: "512Mi" } };
        assert.deepEqual(completeResources({ limits: { memory: "64Mi", ephemeralStorage: "2Gi" } }, defaults), {
            requests: { cpu: "100m", memory: "64Mi" },
            limits: { cpu: "2", memory: "64Mi", ephemeralStorage: "2Gi" },
        });
        assert.deepEqual(completeResources({ requests: { cpu: "4", memory: undefined } }, defaults), {
            requests: { cpu: "4", memory: "256Mi" },
            limits: { cpu: "4", memory: "512Mi" },
        });
    });

    it("do so for values that are known only later", async () => {
        const container = await containerOf({ resources: { requests: { memory: pulumi.output("2Gi") } } });
        assert.equal(container.resources.limits.memory, "2Gi");
    });
});
