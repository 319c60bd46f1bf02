import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as http from "node:http";
import type { AddressInfo } from "node:net";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { PulumiFn, Stack } from "@pulumi/pulumi/automation";
import {
    openStack,
    type ResourceRun,
    runDestroy,
    runPreview,
    runRefresh,
    runUp,
    type SandboxClient,
    type StackRun,
} from "../../../sandbox";
import { eventually } from "../../support/eventually";
import { describeSandbox } from "../support";
import { failing, sandboxProvider } from "./support";

const namespace = "features";

/** A Deployment's spec with one container; further fields of the pod's metadata and spec may be given. */
function deploymentSpec(
    name: string,
    image: string,
    podMetadata: k8s.types.input.meta.v1.ObjectMeta = {},
    podSpec: Partial<k8s.types.input.core.v1.PodSpec> = {},
): k8s.types.input.apps.v1.DeploymentSpec {
    const labels = { app: name };
    return {
        selector: { matchLabels: labels },
        template: { metadata: { labels, ...podMetadata }, spec: { containers: [{ name: "c", image }], ...podSpec } },
    };
}

function runOf(run: StackRun, name: string): ResourceRun {
    const found = run.resources.find((resource) => resource.name === name);
    assert.ok(found, `${name} was not part of the run`);
    return found;
}

describeSandbox("The Kubernetes plugin", function (context) {
    let client: SandboxClient;
    const opened: Stack[] = [];
    const stateDirectory = (): string => path.join(context().sandbox.directory, "features");

    before("makes the namespace", async () => {
        client = context().client;
        await client.create("/api/v1/namespaces", { metadata: { name: namespace } });
    });

    afterEach("destroys what the test made", async () => {
        for (const stack of opened.splice(0)) {
            await runDestroy(stack);
        }
    });

    after("removes the namespace", async () => {
        const path = `/api/v1/namespaces/${namespace}`;
        await client.delete(path);
        await eventually(async () => assert.equal(await client.get(path), undefined));
    });

    async function open(stack: string, program: PulumiFn, env: Record<string, string> = {}): Promise<Stack> {
        const { sandbox } = context();
        const backendDirectory = stateDirectory();
        const made = await openStack({ sandbox, project: "features", stack, program, backendDirectory, env });
        opened.push(made);
        return made;
    }

    /** A program whose objects all use one provider for the sandbox. */
    function using(args: k8s.ProviderArgs, define: (options: pulumi.CustomResourceOptions) => unknown): PulumiFn {
        return () => Promise.resolve(void define({ provider: sandboxProvider(context().sandbox, args) }));
    }

    const stateOf = (stack: string): string =>
        fs.readFileSync(path.join(stateDirectory(), `.pulumi/stacks/features/${stack}.json`), "utf8");

    it("previews and creates a namespace, a definition and objects of the new kind in one go", async () => {
        const stack = await open(
            "new-kind",
            using({}, (options) => {
                const made = new k8s.core.v1.Namespace("made", { metadata: { name: "features-made" } }, options);
                const crd = new k8s.apiextensions.v1.CustomResourceDefinition(
                    "crd",
                    {
                        metadata: { name: "planets.features.example.com" },
                        spec: {
                            group: "features.example.com",
                            scope: "Cluster",
                            names: { plural: "planets", singular: "planet", kind: "Planet" },
                            versions: [
                                {
                                    name: "v1",
                                    served: true,
                                    storage: true,
                                    schema: {
                                        openAPIV3Schema: { type: "object", x_kubernetes_preserve_unknown_fields: true },
                                    },
                                },
                            ],
                        },
                    },
                    options,
                );
                new k8s.apiextensions.CustomResource(
                    "planet",
                    {
                        apiVersion: "features.example.com/v1",
                        kind: "Planet",
                        metadata: { name: "mars" },
                        spec: { moons: 2 },
                    },
                    { ...options, dependsOn: crd },
                );
                const data = { a: "1" };
                const inMade = { metadata: { namespace: made.metadata.name }, data };
                new k8s.core.v1.ConfigMap("config", inMade, options);
            }),
        );
        assert.equal(runOf(await runPreview(stack), "planet").operation, "create");
        await runUp(stack);
        assert.ok(await client.get("/apis/features.example.com/v1/planets/mars"), "the planet is cluster-scoped");
        assert.match(stateOf("new-kind"), /"id": ?"features-made\/config-[0-9a-f]{8}"/);
        assert.deepEqual((await runPreview(stack)).changed, []);
    });

    it("adopts an object by import without changing it", async () => {
        const data = { a: "1" };
        await client.create(`/api/v1/namespaces/${namespace}/configmaps`, { metadata: { name: "there" }, data });
        const stack = await open(
            "import",
            using({}, (options) => {
                const id = `${namespace}/there`;
                const metadata = { namespace, name: "there" };
                new k8s.core.v1.ConfigMap("there", { metadata, data }, { ...options, import: id });
            }),
        );
        const run = await runUp(stack);
        assert.deepEqual([runOf(run, "there").operation, runOf(run, "there").detailedDiff], ["import", {}]);
    });

    it("updates ConfigMaps and Secrets in place when the provider says so", async () => {
        let value = "1";
        const stack = await open(
            "mutable",
            using({ enableConfigMapMutable: true, enableSecretMutable: true }, (options) => {
                const metadata = { namespace, name: "mutable" };
                new k8s.core.v1.ConfigMap("config", { metadata, data: { value } }, options);
                new k8s.core.v1.Secret("secret", { metadata, stringData: { value } }, options);
                new k8s.core.v1.ConfigMap(
                    "rolled",
                    { metadata: { namespace }, immutable: true, data: { value } },
                    options,
                );
            }),
        );
        await runUp(stack);
        value = "2";
        const run = await runUp(stack);
        assert.deepEqual(
            ["config", "secret", "rolled"].map((name) => runOf(run, name).operation),
            ["update", "update", "replace"],
        );
    });

    describe("with fields that others own", () => {
        const path = `/apis/apps/v1/namespaces/${namespace}/deployments/shared`;
        const scaleOutside = (): Promise<unknown> =>
            client.apply(path, { apiVersion: "apps/v1", kind: "Deployment", spec: { replicas: 3 } }, "scaler");

        async function scaled(): Promise<unknown> {
            return ((await client.get(path)) as { spec?: { replicas?: number } }).spec?.replicas;
        }

        it("wins them back with the annotation patchForce", async () => {
            let annotations: Record<string, string> = {};
            const stack = await open(
                "force",
                using({}, (options) => {
                    const metadata = { namespace, name: "shared", annotations };
                    const spec = { replicas: 1, ...deploymentSpec("shared", "img:1") };
                    new k8s.apps.v1.Deployment("shared", { metadata, spec }, options);
                }),
            );
            await runUp(stack);
            await scaleOutside();
            await runRefresh(stack);
            await failing(runUp(stack));
            annotations = { "pulumi.com/patchForce": "true" };
            await runUp(stack);
            assert.equal(await scaled(), 1);
        });

        it("leaves them alone with ignoreChanges", async () => {
            let image = "img:1";
            const stack = await open(
                "ignore",
                using({}, (options) => {
                    const metadata = { namespace, name: "shared" };
                    const spec = { replicas: 1, ...deploymentSpec("shared", image) };
                    const ignoreChanges = ["spec.replicas"];
                    new k8s.apps.v1.Deployment("shared", { metadata, spec }, { ...options, ignoreChanges });
                }),
            );
            await runUp(stack);
            await scaleOutside();
            await runRefresh(stack);
            assert.deepEqual((await runPreview(stack)).changed, []);
            image = "img:2";
            await runUp(stack);
            assert.equal(await scaled(), 3);
        });

        it("gives them up when a Patch resource goes", async () => {
            const target = `/api/v1/namespaces/${namespace}`;
            const stack = await open(
                "patch",
                using({}, (options) => {
                    const metadata = { name: namespace, labels: { patched: "yes" } };
                    new k8s.core.v1.NamespacePatch("patch", { metadata }, options);
                }),
            );
            await runUp(stack);
            assert.equal((await client.get(target))?.metadata.labels?.patched, "yes");
            await runDestroy(stack);
            const left = await client.get(target);
            assert.ok(left && !left.metadata.labels?.patched && !left.metadata.deletionTimestamp);
        });
    });

    it("says what is wrong with the pods of a rollout that fails, and recovers by the fix", async () => {
        let annotations: Record<string, string> = { "sandbox.kubernetes-faas/pod": "image-pull-error" };
        const stack = await open(
            "rollout",
            using({}, (options) => {
                const spec = deploymentSpec("rollout", "img:1", { annotations });
                const customTimeouts = { create: "3s", update: "20s" };
                const metadata = { namespace, name: "rollout" };
                new k8s.apps.v1.Deployment("rollout", { metadata, spec }, { ...options, customTimeouts });
            }),
        );
        const { message } = await failing(runUp(stack));
        assert.match(message, /ImagePullBackOff/);
        annotations = {};
        assert.equal(runOf(await runUp(stack), "rollout").operation, "update");
    });

    it("ends its waits when the update is canceled", async () => {
        const stack = await open(
            "cancel",
            using({}, (options) => {
                const spec = deploymentSpec("stuck", "img:1", {}, { nodeSelector: { no: "node" } });
                const metadata = { namespace, name: "stuck" };
                new k8s.apps.v1.Deployment("stuck", { metadata, spec }, options);
            }),
        );
        const cancel = new AbortController();
        const update = failing(runUp(stack, { signal: cancel.signal }));
        await sleep(4000);
        cancel.abort();
        const { run } = await update;
        assert.ok(run.seconds < 20, `it took ${run.seconds} s`);
    });

    it("names the finalizers that keep an object from going away", async () => {
        const object = `/api/v1/namespaces/${namespace}/configmaps/held`;
        const stack = await open(
            "finalizer",
            using({}, (options) => {
                const metadata = { namespace, name: "held", finalizers: ["features.example.com/hold"] };
                const customTimeouts = { delete: "2s" };
                new k8s.core.v1.ConfigMap("held", { metadata, data: { a: "1" } }, { ...options, customTimeouts });
            }),
        );
        await runUp(stack);
        const { message } = await failing(runDestroy(stack));
        await client.patch(object, { metadata: { finalizers: null } });
        assert.match(message, /features\.example\.com\/hold/);
        await runDestroy(stack);
        assert.equal(await client.get(object), undefined);
    });

    it("keeps a secret in any field out of the state's plain text", async () => {
        const stack = await open(
            "secret",
            using({}, (options) => {
                const env = [{ name: "TOKEN", value: pulumi.secret("env-in-clear") }];
                const containers = [{ name: "c", image: "img:1", env }];
                const spec = deploymentSpec("secret", "img:1", {}, { containers });
                new k8s.apps.v1.Deployment("secret", { metadata: { namespace }, spec }, options);
            }),
        );
        await runUp(stack);
        await runRefresh(stack);
        assert.ok(!stateOf("secret").includes("env-in-clear"));
    });

    describe("when the provider changes", () => {
        /** The same cluster under another name. */
        const elsewhere = (): string =>
            fs.readFileSync(context().sandbox.kubeconfig, "utf8").replace("https://127.0.0.1:", "https://localhost:");

        for (const [identified, operation] of [
            [true, "same"],
            [false, "replace"],
        ] as const) {
            const title = identified ? "keeps objects under one clusterIdentifier" : "replaces them without";
            it(title, async () => {
                let kubeconfig = fs.readFileSync(context().sandbox.kubeconfig, "utf8");
                const stack = await open(`identifier-${identified}`, () => {
                    const clusterIdentifier = identified ? "one" : undefined;
                    const provider = sandboxProvider(context().sandbox, { kubeconfig, clusterIdentifier });
                    new k8s.core.v1.ConfigMap("config", { metadata: { namespace }, data: {} }, { provider });
                    return Promise.resolve();
                });
                assert.equal(runOf(await runUp(stack), "config").operation, "create");
                kubeconfig = elsewhere();
                const preview = await runPreview(stack);
                assert.equal(runOf(preview, "config").operation, operation, JSON.stringify(preview.resources));
            });
        }
    });

    it("refuses an API server without the sandbox's marker, with the way to the official plugin", async () => {
        const server = http.createServer((_, response) => {
            response.writeHead(404, { "Content-Type": "application/json" });
            response.end(
                JSON.stringify({ kind: "Status", apiVersion: "v1", status: "Failure", reason: "NotFound", code: 404 }),
            );
        });
        await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
        try {
            const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
            const stack = await open("unmarked", foreignProgram(url));
            const { message } = await failing(runPreview(stack));
            assert.match(message, /not the sandbox's/);
            assert.match(message, /pulumi plugin install resource kubernetes/);
        } finally {
            server.close();
            server.closeAllConnections();
        }
    });

    it("previews without a cluster, and cleans up the state of one that is gone with deleteUnreachable", async () => {
        let target = "";
        const stack = await open("gone", () => {
            const args = target ? { kubeconfig: kubeconfigOf(target), context: "foreign" } : {};
            const provider = sandboxProvider(context().sandbox, { ...args, deleteUnreachable: target !== "" });
            new k8s.core.v1.ConfigMap("config", { metadata: { namespace, name: "gone" }, data: {} }, { provider });
            return Promise.resolve();
        });
        await runUp(stack);
        target = "http://127.0.0.1:1";
        assert.equal(runOf(await runPreview(stack), "config").operation, "same");
        await runUp(stack);
        assert.equal(runOf(await runDestroy(stack), "config").operation, "delete");
        await client.delete(`/api/v1/namespaces/${namespace}/configmaps/gone`);
    });

    it("renders YAML files instead of calling an API server", async () => {
        const directory = path.join(stateDirectory(), "rendered");
        const stack = await open("render", () => {
            const provider = new k8s.Provider("render", { renderYamlToDirectory: directory });
            new k8s.core.v1.ConfigMap("config", { metadata: { name: "rendered" }, data: { a: "1" } }, { provider });
            return Promise.resolve();
        });
        await runUp(stack);
        const file = path.join(directory, "1-manifest", "v1-configmap-default-rendered.yaml");
        assert.match(fs.readFileSync(file, "utf8"), /^data:\n {2}a: "1"\n/m);
        await runDestroy(stack);
        assert.ok(!fs.existsSync(file));
    });

    it("refuses Helm releases and YAML components with the way out", async () => {
        const stack = await open(
            "unsupported",
            using({}, (options) => new k8s.helm.v3.Release("release", { chart: "nginx" }, options)),
        );
        const { message } = await failing(runPreview(stack));
        assert.match(message, /not supported by the sandbox's stand-in.*typed resources/s);
    });

    function kubeconfigOf(server: string): string {
        return JSON.stringify({
            apiVersion: "v1",
            kind: "Config",
            "current-context": "foreign",
            clusters: [{ name: "foreign", cluster: { server } }],
            contexts: [{ name: "foreign", context: { cluster: "foreign", user: "foreign" } }],
            users: [{ name: "foreign", user: {} }],
        });
    }

    function foreignProgram(server: string): PulumiFn {
        return () => {
            const provider = new k8s.Provider("foreign", { kubeconfig: kubeconfigOf(server) });
            new k8s.core.v1.ConfigMap("config", { data: {} }, { provider });
            return Promise.resolve();
        };
    }
});
