import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as path from "node:path";

import { type KubernetesObject, SandboxClient } from "../../sandbox";
import { eventually } from "../support/eventually";
import { describeSandbox } from "./support";

const container = { name: "main", image: "registry.example/app:1" };

const restricted = {
    allowPrivilegeEscalation: false,
    capabilities: { drop: ["ALL"] },
    runAsNonRoot: true,
    seccompProfile: { type: "RuntimeDefault" },
};

describeSandbox("sandbox control plane", (context) => {
    const namespace = "sandbox-cluster";
    const core = (kind: string, name = ""): string => `/api/v1/namespaces/${namespace}/${kind}${name && `/${name}`}`;
    const client = (): SandboxClient => context().client;

    before(async () => {
        await client().create("/api/v1/namespaces", { metadata: { name: namespace } });
        await eventually(async () => assert.ok(await client().get(core("serviceaccounts", "default"))));
    });
    after(async () => {
        await client().delete(`/api/v1/namespaces/${namespace}`);
        await eventually(async () => assert.equal(await client().get(`/api/v1/namespaces/${namespace}`), undefined));
    });

    const until = (path: string, check: (object: KubernetesObject) => void): Promise<KubernetesObject> =>
        eventually(async () => {
            const object = await client().get(path);
            assert.ok(object, `${path} is not there`);
            check(object);
            return object;
        });

    const createPod = (name: string, spec: object, metadata: object = {}): Promise<KubernetesObject> =>
        client().create(core("pods"), { metadata: { name, ...metadata }, spec: { containers: [container], ...spec } });

    const claim = (name: string, storageClassName?: string): object => ({
        metadata: { name },
        spec: { storageClassName, accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
    });

    it("shows three ready nodes in three zones through kubectl", () => {
        const cli = path.resolve(__dirname, "../../sandbox/cli.js");
        const columns = "NAME:.metadata.name,ZONE:.metadata.labels.topology\\.kubernetes\\.io/zone";
        const output = execFileSync(
            process.execPath,
            [
                cli,
                "--name",
                context().sandbox.name,
                "kubectl",
                "get",
                "nodes",
                "--no-headers",
                "-o",
                `custom-columns=${columns}`,
            ],
            { encoding: "utf8" },
        );
        assert.deepEqual(
            output
                .trim()
                .split("\n")
                .map((line) => line.split(/\s+/)),
            [
                ["sandbox-1", "sandbox-a"],
                ["sandbox-2", "sandbox-b"],
                ["sandbox-3", "sandbox-c"],
            ],
        );
    });

    it("rolls out a Deployment with init and sidecar containers, and takes its pods away gracefully", async () => {
        const labels = { app: "web" };
        const deployment = `/apis/apps/v1/namespaces/${namespace}/deployments`;
        await client().create(deployment, {
            metadata: { name: "web" },
            spec: {
                replicas: 3,
                selector: { matchLabels: labels },
                template: {
                    metadata: { labels },
                    spec: {
                        initContainers: [
                            { ...container, name: "first" },
                            { ...container, name: "beside", restartPolicy: "Always" },
                        ],
                        containers: [container],
                    },
                },
            },
        });
        await until(`${deployment}/web`, ({ status }) => assert.equal(status.readyReplicas, 3));
        const pods = await client().list(`${core("pods")}?labelSelector=app=web`);
        assert.equal(new Set(pods.map((pod) => pod.status.podIP as string)).size, 3);
        assert.deepEqual(
            (pods[0]!.status.initContainerStatuses as { state: object }[]).map(({ state }) => Object.keys(state)),
            [["terminated"], ["running"]],
        );
        await client().patch(`${deployment}/web`, { spec: { replicas: 0 } });
        await eventually(async () =>
            assert.deepEqual(await client().list(`${core("pods")}?labelSelector=app=web`), []),
        );
    });

    it("binds a claim of the default class, grows it, and removes the volume with it", async () => {
        await client().create(core("persistentvolumeclaims"), claim("data"));
        const bound = await until(core("persistentvolumeclaims", "data"), ({ status }) =>
            assert.equal(status.phase, "Bound"),
        );
        const volume = `/api/v1/persistentvolumes/${bound.spec.volumeName as string}`;
        assert.equal(bound.spec.storageClassName, "standard");

        await client().patch(core("persistentvolumeclaims", "data"), {
            spec: { resources: { requests: { storage: "2Gi" } } },
        });
        await until(core("persistentvolumeclaims", "data"), ({ status }) =>
            assert.equal(status.capacity.storage, "2Gi"),
        );
        assert.equal((await client().get(volume))!.spec.capacity.storage, "2Gi");
        await assert.rejects(
            client().patch(core("persistentvolumeclaims", "data"), {
                spec: { resources: { requests: { storage: "1Gi" } } },
            }),
            /field can not be less than/,
        );

        await client().delete(core("persistentvolumeclaims", "data"));
        await eventually(async () => assert.equal(await client().get(volume), undefined));
    });

    it("keeps the volume of a claim whose class retains", async () => {
        await client().create(core("persistentvolumeclaims"), claim("kept", "standard-retain"));
        const bound = await until(core("persistentvolumeclaims", "kept"), ({ status }) =>
            assert.equal(status.phase, "Bound"),
        );
        const volume = `/api/v1/persistentvolumes/${bound.spec.volumeName as string}`;
        await client().delete(core("persistentvolumeclaims", "kept"));
        await until(volume, ({ status }) => assert.equal(status.phase, "Released"));
        await client().delete(volume);
    });

    it("binds a claim that waits for its first consumer only when a pod uses it", async () => {
        await client().create(core("persistentvolumeclaims"), claim("waits", "standard-wait"));
        await eventually(async () => {
            const events = await client().list(`${core("events")}?fieldSelector=involvedObject.name=waits`);
            assert.ok(events.some(({ reason }) => reason === "WaitForFirstConsumer"));
        });
        const volumes = [{ name: "data", persistentVolumeClaim: { claimName: "waits" } }];
        await createPod("consumer", { volumes });
        await until(core("persistentvolumeclaims", "waits"), ({ status }) => assert.equal(status.phase, "Bound"));
        await until(core("pods", "consumer"), ({ status }) => assert.equal(status.phase, "Running"));
    });

    it("gives a LoadBalancer Service an address and takes it away with the type", async () => {
        const ports = [{ port: 80 }];
        await client().create(core("services"), { metadata: { name: "edge" }, spec: { type: "LoadBalancer", ports } });
        const { spec, status } = await until(core("services", "edge"), ({ status }) =>
            assert.equal(status.loadBalancer.ingress?.length, 1),
        );
        assert.equal(status.loadBalancer.ingress[0].ip, (spec.clusterIP as string).replace("10.96.", "198.18."));
        await client().patch(core("services", "edge"), { spec: { type: "ClusterIP" } });
        await until(core("services", "edge"), ({ status }) => assert.equal(status.loadBalancer.ingress, undefined));
    });

    it("gives an Ingress an address", async () => {
        const ingresses = `/apis/networking.k8s.io/v1/namespaces/${namespace}/ingresses`;
        const backend = { service: { name: "edge", port: { number: 80 } } };
        const paths = [{ path: "/", pathType: "Prefix", backend }];
        await client().create(ingresses, {
            metadata: { name: "edge" },
            spec: { rules: [{ host: "edge.example", http: { paths } }] },
        });
        await until(`${ingresses}/edge`, ({ status }) => assert.equal(status.loadBalancer.ingress?.length, 1));
    });

    it("completes a Job, and fails one whose pods are told to", async () => {
        const jobs = `/apis/batch/v1/namespaces/${namespace}/jobs`;
        const job = (name: string, annotations: object): object => ({
            metadata: { name },
            spec: {
                backoffLimit: 0,
                template: { metadata: { annotations }, spec: { restartPolicy: "Never", containers: [container] } },
            },
        });
        await client().create(jobs, job("good", {}));
        await client().create(jobs, job("bad", { "sandbox.kubernetes-faas/pod": "fail" }));
        const condition = (type: string) => (object: KubernetesObject) =>
            assert.ok(
                (object.status.conditions as { type: string; status: string }[] | undefined)?.some(
                    (each) => each.type === type && each.status === "True",
                ),
            );
        await until(`${jobs}/good`, condition("Complete"));
        await until(`${jobs}/bad`, condition("Failed"));
    });

    for (const [fate, reason] of [
        ["image-pull-error", "ImagePullBackOff"],
        ["crash", "CrashLoopBackOff"],
        ["unready", undefined],
    ] as const) {
        it(`leaves a pod unready that is annotated with ${fate}`, async () => {
            await createPod(fate, {}, { annotations: { "sandbox.kubernetes-faas/pod": fate } });
            const { status } = await until(core("pods", fate), ({ status }) => assert.ok(status.containerStatuses));
            assert.equal(status.containerStatuses[0].ready, false);
            assert.equal(status.containerStatuses[0].state.waiting?.reason, reason);
        });
    }

    it("refuses a privileged pod in a namespace whose Pod Security level is restricted", async () => {
        const name = "sandbox-restricted";
        await client().create("/api/v1/namespaces", {
            metadata: { name, labels: { "pod-security.kubernetes.io/enforce": "restricted" } },
        });
        const pods = `/api/v1/namespaces/${name}/pods`;
        try {
            await eventually(async () =>
                assert.ok(await client().get(`/api/v1/namespaces/${name}/serviceaccounts/default`)),
            );
            const pod = (securityContext: object): object => ({
                metadata: { name: "pod" },
                spec: { containers: [{ ...container, securityContext }] },
            });
            await assert.rejects(client().create(pods, pod({ privileged: true })), {
                status: 403,
                message: /violates PodSecurity "restricted:latest": privileged/,
            });
            await client().create(pods, pod(restricted));
            await until(`${pods}/pod`, ({ status }) => assert.equal(status.phase, "Running"));
        } finally {
            await client().delete(`/api/v1/namespaces/${name}`);
        }
    });

    it("holds a service account to its rights", async () => {
        const account = `system:serviceaccount:${namespace}:default`;
        const review = (resource: string, verb: string): Promise<KubernetesObject> =>
            client().create("/apis/authorization.k8s.io/v1/subjectaccessreviews", {
                spec: { user: account, resourceAttributes: { namespace, resource, verb } },
            });
        assert.equal((await review("secrets", "list")).status.allowed, false);
        const rbac = `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}`;
        await client().create(`${rbac}/rolebindings`, {
            metadata: { name: "viewer" },
            subjects: [{ kind: "ServiceAccount", name: "default", namespace }],
            roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "view" },
        });
        await eventually(async () => assert.equal((await review("pods", "list")).status.allowed, true));
        assert.equal((await review("secrets", "list")).status.allowed, false);
    });

    it("carries the marker without which the stand-in plugins refuse a server", async () => {
        const marker = await client().get("/api/v1/namespaces/kube-system/configmaps/kubernetes-faas-sandbox");
        assert.deepEqual(marker!.data, { sandbox: context().sandbox.name });
    });
});
