import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import type { Stack } from "@pulumi/pulumi/automation";
import type { OpenFaasArgs } from "../../../components/faas/openfaas";
import {
    ApiError,
    type KubernetesObject,
    openStack,
    resourcesInState,
    runDestroy,
    runPreview,
    runUp,
} from "../../../sandbox";
import { changesOf, describeSandbox, stateOnDisk } from "../support";
import { openFaasProgram, type OpenFaasProgram } from "./openfaas-program";

const functionsPath = "/apis/apps/v1/namespaces/openfaas-fn/deployments";

describeSandbox("OpenFaaS on a real API server", (context) => {
    let stack: Stack;
    const program: Required<OpenFaasProgram> = {
        openfaas: { cronConnector: true },
        functions: {
            hello: { scaling: { minimum: 1, maximum: 5 } },
            many: { scaling: { minimum: 3 } },
            figlet: { image: "registry.example.com/figlet:1.0.0", schedules: [{ cron: "0 3 * * *" }] },
        },
    };

    /** Changes arguments of the OpenFaas, and leaves them so. */
    async function update(changed: Partial<OpenFaasArgs>): Promise<string[]> {
        Object.assign(program.openfaas, changed);
        return changesOf(await runUp(stack));
    }

    before(async function () {
        this.timeout(10 * 60_000);
        const { sandbox } = context();
        stack = await openStack({
            sandbox,
            project: "openfaas",
            stack: "test",
            program: () => {
                openFaasProgram(sandbox, program);
                return Promise.resolve({});
            },
        });
        await runUp(stack);
    });

    it("runs: every part and function is available, and Pod Security lets everything in", async () => {
        const available = async (namespace: string) =>
            (await context().client.list(`/apis/apps/v1/namespaces/${namespace}/deployments`)).map(
                ({ metadata, status }) => [metadata.name, (status as { availableReplicas: number }).availableReplicas],
            );

        assert.deepEqual(await available("openfaas"), [
            ["alertmanager", 1],
            ["cron-connector", 1],
            ["gateway", 1],
            ["nats", 1],
            ["prometheus", 1],
            ["queue-worker", 1],
        ]);
        assert.deepEqual(await available("openfaas-fn"), [
            ["figlet", 1],
            ["hello", 1],
            // As many as it is to have at least, from the start.
            ["many", 3],
        ]);
    });

    it("stays as it is in a second preview and a refreshing up", async () => {
        assert.deepEqual(changesOf(await runPreview(stack)), []);
        assert.deepEqual(changesOf(await runUp(stack, { refresh: true })), []);
    });

    it("leaves the number of pods to the gateway, which writes it as faas-netes does", async () => {
        await scaleAsGateway("hello", 3);

        assert.deepEqual(changesOf(await runPreview(stack)), []);
        assert.deepEqual(changesOf(await runUp(stack, { refresh: true })), []);
        assert.equal(await replicasOf("hello"), 3);

        program.functions.hello!.code = new pulumi.asset.StringAsset('exports.handler = () => "bye";');
        assert.deepEqual(changesOf(await runUp(stack)), ["replace ConfigMap hello-code", "update Deployment hello"]);
        assert.equal(await replicasOf("hello"), 3);
    });

    /** A read, and a write of the whole object. */
    async function scaleAsGateway(name: string, replicas: number): Promise<void> {
        const deployment = (await context().client.get(`${functionsPath}/${name}`))!;
        const changed = { ...deployment, spec: { ...(deployment.spec as object), replicas } };
        await context().client.request("PUT", `${functionsPath}/${name}?fieldManager=faas-netes`, changed);
    }

    async function replicasOf(name: string): Promise<number> {
        return ((await context().client.get(`${functionsPath}/${name}`))!.spec as { replicas: number }).replicas;
    }

    it("may do what faas-netes does in the namespace of functions, and nothing beside it", async () => {
        for (const [verb, group, resource, subresource] of [
            ["list", "apps", "deployments"],
            ["watch", "apps", "deployments"],
            ["get", "apps", "deployments"],
            ["update", "apps", "deployments"],
            ["list", "", "endpoints"],
            ["watch", "", "endpoints"],
            ["list", "", "pods"],
            ["watch", "", "pods"],
            ["get", "", "pods", "log"],
        ] as const) {
            assert.equal(await may("openfaas-fn", verb, group, resource, subresource), true, `${verb} ${resource}`);
            assert.equal(await may("openfaas", verb, group, resource, subresource), false, `${verb} ${resource}`);
        }
        for (const [verb, group, resource] of [
            ["create", "apps", "deployments"],
            ["delete", "apps", "deployments"],
            ["get", "", "secrets"],
            ["create", "", "pods"],
        ] as const) {
            assert.equal(await may("openfaas-fn", verb, group, resource), false, `${verb} ${resource}`);
        }
    });

    /** Whether the gateway's account may do something, by the API server's own word. */
    async function may(
        namespace: string,
        verb: string,
        group: string,
        resource: string,
        subresource?: string,
    ): Promise<boolean> {
        const review = await context().client.create("/apis/authorization.k8s.io/v1/subjectaccessreviews", {
            apiVersion: "authorization.k8s.io/v1",
            kind: "SubjectAccessReview",
            spec: {
                user: "system:serviceaccount:openfaas:gateway",
                groups: ["system:serviceaccounts", "system:serviceaccounts:openfaas", "system:authenticated"],
                resourceAttributes: { namespace, verb, group, resource, subresource },
            },
        });
        return (review.status as { allowed: boolean }).allowed;
    }

    it("restarts what reads the password, and nothing else, when it is rotated", async () => {
        const rotated = await update({ passwordRotation: "2026-12" });

        assert.deepEqual(rotated, [
            "replace RandomPassword openfaas-password",
            "replace Secret openfaas-login",
            "update Deployment openfaas-alertmanager",
            "update Deployment openfaas-cron-connector",
            "update Deployment openfaas-gateway",
        ]);
    });

    it("restarts Prometheus alone when functions are to scale at another load", async () => {
        assert.deepEqual(await update({ scaleUpCallsPerSecond: 20 }), [
            "replace ConfigMap openfaas-prometheus-config",
            "update Deployment openfaas-prometheus",
        ]);
    });

    it("lets in pods such as faas-netes makes only where functions come by the gateway", async () => {
        await assert.rejects(createPod(), (error: Error) => {
            assert.ok(error instanceof ApiError);
            assert.equal(error.status, 403);
            assert.match(error.message, /violates PodSecurity "restricted:latest"/);
            return true;
        });

        assert.deepEqual(await update({ insecureApiDeploys: true }), [
            "create LimitRange openfaas-functions",
            "create NetworkPolicy openfaas-functions-network",
            "update Namespace openfaas-functions",
            "update Role openfaas-gateway-in-openfaas-fn",
        ]);
        assert.equal((await createPod()).kind, "Pod");
        assert.equal(await may("openfaas-fn", "create", "apps", "deployments"), true);
        assert.equal(await may("openfaas-fn", "update", "", "secrets"), true);
        assert.equal(await may("openfaas", "get", "", "secrets"), false);
    });

    /** What faas-netes 0.18.17 makes with `set_nonroot_user`, as far as Pod Security looks at it; nothing stays. */
    function createPod(): Promise<KubernetesObject> {
        return context().client.create("/api/v1/namespaces/openfaas-fn/pods?dryRun=All", {
            apiVersion: "v1",
            kind: "Pod",
            metadata: { name: "deployed", labels: { faas_function: "deployed" } },
            spec: {
                serviceAccountName: "function",
                containers: [
                    {
                        name: "deployed",
                        image: "ghcr.io/openfaas/figlet:latest",
                        securityContext: { runAsUser: 12000, readOnlyRootFilesystem: false },
                    },
                ],
            },
        });
    }

    it("takes its queue away where no call is to wait", async () => {
        const withoutQueue = await update({ asyncInvocation: false });
        assert.ok(withoutQueue.includes("delete Deployment openfaas-nats"), withoutQueue.join());
        assert.ok(withoutQueue.includes("delete Deployment openfaas-queue-worker"), withoutQueue.join());
        assert.deepEqual(
            withoutQueue.filter((line) => line.startsWith("update")),
            ["update Deployment openfaas-gateway", "update NetworkPolicy openfaas-gateway"],
        );
        assert.deepEqual(changesOf(await runPreview(stack)), []);
    });

    it("keeps the password out of the state in clear, and gives it to the gateway", async () => {
        const secrets = await context().client.list("/api/v1/namespaces/openfaas/secrets");
        const login = secrets.find(({ metadata }) => metadata.name.startsWith("openfaas-login"))!;
        const encoded = (login.data as Record<string, string>)["basic-auth-password"]!;
        const clear = Buffer.from(encoded, "base64").toString();
        assert.equal(clear.length, 32);
        assert.equal(
            Buffer.from((login.data as Record<string, string>)["basic-auth-user"]!, "base64").toString(),
            "admin",
        );

        const state = stateOnDisk(stack, "openfaas");
        assert.ok(!state.includes(clear) && !state.includes(encoded));
    });

    it("is destroyed without a rest", async () => {
        await runDestroy(stack);

        assert.deepEqual(await resourcesInState(stack), []);
        const namespaces = (await context().client.list("/api/v1/namespaces")).map(({ metadata }) => metadata.name);
        assert.deepEqual(
            namespaces.filter((name) => name.startsWith("openfaas")),
            [],
        );
    });
});
