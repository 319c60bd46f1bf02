import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import type { Stack } from "@pulumi/pulumi/automation";
import {
    callFunction,
    openStack,
    prepareFission,
    reportToStandardError,
    resourcesInState,
    runDestroy,
    runPreview,
    runUp,
} from "../../sandbox";
import { readConfiguration } from "../../stacks/config/read";
import { deployStack } from "../../stacks/program";
import { localStack } from "../../stacks/local";
import { asConfig, projectName, readStackFile, type StackFile } from "../../stacks/stack-file";
import { changesOf, describeSandbox, secretsIn, stateOnDisk } from "./support";

/** Whether a type is that of an object in the cluster or of a generated value, not of a component or a provider. */
const isObject = (type: string): boolean => /^(kubernetes|random|tls):/.test(type);

/** Whether a value of a Secret is where a server is, which its certificate tells everybody as well. */
const isHost = (value: string): boolean => /^[a-z-]+\.[a-z-]+\.svc$/.test(Buffer.from(value, "base64").toString());

/** Names of what belongs to no platform: the ingress and the data. */
const isKept = /^(traefik|data|minio|visits)/;

describeSandbox("the local stack, from its configuration", (context) => {
    const code = path.join(fs.mkdtempSync(path.join(os.tmpdir(), "kubernetes-faas-stack-")), "hello.js");

    const write = (greeting: string): void =>
        fs.writeFileSync(code, `exports.handler = (request) => "${greeting} " + (request.query.name ?? "world");\n`);

    /** The stack of Pulumi.local.yaml on the test's sandbox, with code of the test's own. */
    async function open(change: (file: StackFile) => StackFile = (file) => file): Promise<Stack> {
        const { sandbox } = context();
        const file = readStackFile("local");
        const functions = file[`${projectName}:functions`] as { hello: object };
        const own = {
            ...file,
            [`${projectName}:cluster`]: { kind: "local", kubeconfig: sandbox.kubeconfig, context: sandbox.context },
            [`${projectName}:functions`]: { hello: { ...functions.hello, code } },
        };
        return openStack({
            sandbox,
            project: projectName,
            stack: "local",
            program: () => deployStack(readConfiguration()),
            config: asConfig(change(own)),
        });
    }

    before(async function () {
        this.timeout(20 * 60_000);
        await prepareFission(reportToStandardError);
        write("Hello");
    });

    after(() => fs.rmSync(path.dirname(code), { recursive: true }));

    it("comes up, with Fission's own webhook admitting what it makes, and the function answers", async () => {
        await runUp(await open());
        const { status, body } = await callFunction(context().sandbox, "hello", { path: "/?name=you" });
        assert.deepEqual([status, body], [200, "Hello you"]);
    });

    it("changes nothing when it is previewed again, and nothing after a refresh", async () => {
        assert.deepEqual(changesOf(await runPreview(await open())), []);
        assert.deepEqual(changesOf(await runUp(await open(), { refresh: true })), []);
    });

    it("changes the Package and the Function when the code changes, and the answer with them", async () => {
        write("Good morning");
        assert.deepEqual(changesOf(await runUp(await open())), [
            "replace Package hello-package",
            "update Function hello",
        ]);
        const { body } = await callFunction(context().sandbox, "hello");
        assert.equal(body, "Good morning world");
    });

    it("is behind a login: changed users roll no pod, and a generated password never shows", async () => {
        const ingress = (file: StackFile) => file[`${projectName}:ingress`] as Record<string, unknown>;
        const withUsers = (...users: object[]) =>
            open((file) => ({
                ...file,
                [`${projectName}:ingress`]: { ...ingress(file), protections: { login: { basicAuth: { users } } } },
            }));
        assert.deepEqual(changesOf(await runUp(await withUsers({ name: "me" }, { name: "you" }))), [
            "create RandomPassword traefik-login-you",
            "update Secret traefik-dynamic-secret",
        ]);
        const stack = await open();
        assert.deepEqual(changesOf(await runUp(stack)), [
            "delete RandomPassword traefik-login-you",
            "update Secret traefik-dynamic-secret",
        ]);
        const { passwords, functions } = await stack.outputs();
        const { me } = (passwords!.value as { login: { me: string } }).login;
        assert.ok(passwords!.secret && me.length === 32);
        assert.ok(!stateOnDisk(stack, projectName).includes(me));
        const { urls } = (functions!.value as { hello: { urls: string[] } }).hello;
        assert.deepEqual(urls, ["https://hello.faas.localhost:30443/hello"]);
    });

    it("is refused by the webhook where the configuration could not be checked: nobody gets past it", async () => {
        const large = {
            apiVersion: "fission.io/v1",
            kind: "Package",
            metadata: { name: "large" },
            spec: {
                environment: { name: "nodejs", namespace: "functions" },
                deployment: { type: "literal", literal: Buffer.alloc(256 * 1024 + 1).toString("base64") },
            },
        };
        await assert.rejects(
            context().client.create("/apis/fission.io/v1/namespaces/functions/packages", large),
            /admission webhook .* denied the request/,
        );
    });

    it("keeps keys and certificates encrypted in its state", async () => {
        const stack = await open();
        const secrets = secretsIn(await resourcesInState(stack));
        assert.ok(
            secrets.some((secret) => secret.startsWith("-----BEGIN")),
            "the stack has no private key to look for",
        );
        const state = stateOnDisk(stack, projectName);
        assert.deepEqual(
            secrets.filter((secret) => state.includes(JSON.stringify(secret).slice(1, -1)) && !isHost(secret)),
            [],
        );
    });

    it("reports everything that is wrong at once, and makes nothing", async () => {
        const stack = await openStack({
            sandbox: context().sandbox,
            project: projectName,
            stack: "wrong",
            program: () => deployStack(readConfiguration()),
            config: asConfig({
                [`${projectName}:cluster`]: { kind: "local", context: context().sandbox.context },
                [`${projectName}:faas`]: { platform: "fision" },
                [`${projectName}:functions`]: { hello: { runtime: "nodjs", codee: "x" } },
            }),
        });
        await assert.rejects(runUp(stack), (error: Error) => {
            for (const words of [
                'faas.platform is "fision"; did you mean fission?',
                'functions.hello.runtime is "nodjs"; did you mean nodejs?',
                "functions.hello.codee is not a known key; did you mean code?",
            ]) {
                assert.ok(error.message.includes(words), error.message);
            }
            return true;
        });
        assert.deepEqual(
            (await resourcesInState(stack)).map(({ type }) => type).filter((type) => type !== "pulumi:pulumi:Stack"),
            [],
        );
    });

    it("reports by the keys of the configuration what components find wrong, and makes nothing", async () => {
        const stack = await openStack({
            sandbox: context().sandbox,
            project: projectName,
            stack: "wrong",
            program: () => deployStack(readConfiguration()),
            config: asConfig({
                [`${projectName}:cluster`]: {
                    kind: "local",
                    kubeconfig: context().sandbox.kubeconfig,
                    context: context().sandbox.context,
                },
                [`${projectName}:faas`]: { platform: "fission", functionNamespaces: ["functions"] },
                [`${projectName}:functions`]: {
                    hello: { runtime: "nodejs", handler: "hello.handle", code, schedules: [{ cron: "61 * * * *" }] },
                },
            }),
        });
        await assert.rejects(
            runUp(stack),
            /functions\.hello\.schedules\[0\]\.cron is "61 [^]*functions\.hello\.handler is "hello\.handle"/,
        );
        assert.deepEqual(
            (await resourcesInState(stack)).map(({ type }) => type).filter((type) => type !== "pulumi:pulumi:Stack"),
            [],
        );
    });

    for (const platform of ["openfaas", "kubeless", "funktion"] as const) {
        const on = (file: StackFile): StackFile => ({
            ...file,
            [`${projectName}:faas`]: localStack({ platform, acceptOpenFaasCommunityEula: true })[`${projectName}:faas`],
        });

        it(`puts ${platform} in the place of the platform before, and keeps the cluster; the function answers`, async () => {
            write(`On ${platform}:`);
            const run = await runUp(await open(on));
            const kept = run.resources.filter(({ operation }) => operation === "same").map(({ type }) => type);
            for (const type of ["kubernetes-faas:index:LocalCluster", "pulumi:providers:kubernetes"]) {
                assert.ok(kept.includes(type), `${type} is not the same`);
            }
            const others = run.resources.filter(
                ({ operation, type, name }) => operation === "same" && isObject(type) && !isKept.test(name),
            );
            assert.deepEqual(others, [], "something of the platform before is still there");
            const operations = run.changed
                // Who may come to the data is another one then.
                .filter(({ type, name }) => isObject(type) && !/^hello-to-.*-ingress$/.test(name))
                .map(({ operation }) => operation);
            assert.deepEqual(
                [...new Set(operations)].filter((each) => !["create", "delete", "replace"].includes(each)),
                [],
            );
            assert.deepEqual(await leftovers("fission", "functions"), []);
            const { status, body } = await callFunction(context().sandbox, "hello", { path: "/?name=you" });
            assert.deepEqual([status, body], [200, `On ${platform}: you`]);
        });

        it(`changes nothing on ${platform} when it is run again`, async () => {
            assert.deepEqual(changesOf(await runUp(await open(on), { refresh: true })), []);
        });
    }

    const onKong = (file: StackFile): StackFile => ({
        ...file,
        [`${projectName}:faas`]: { platform: "funktion" },
        [`${projectName}:ingress`]: {
            ...(file[`${projectName}:ingress`] as object),
            controller: "kong",
            // What is new comes before what was there goes, and two can't have one port.
            nodePorts: { http: 31_080, https: 31_443 },
        },
    });

    it("puts Kong in the place of Traefik, at the same host and with the same login", async () => {
        const stack = await open(onKong);
        await runUp(stack);
        assert.deepEqual(await leftovers("traefik", "traefik"), []);
        const { functions, passwords } = await stack.outputs();
        const { urls } = (functions!.value as { hello: { urls: string[] } }).hello;
        assert.deepEqual(urls, ["https://hello.faas.localhost:31443/hello"]);
        assert.deepEqual(Object.keys((passwords!.value as { login: object }).login), ["me"]);
        assert.deepEqual(changesOf(await runPreview(stack)), []);
        assert.deepEqual(changesOf(await runUp(stack, { refresh: true })), []);
    });

    it("leaves nothing of its own when it is destroyed", async () => {
        await runDestroy(await open());
        assert.deepEqual(await leftovers("funktion", "funktion"), []);
        assert.deepEqual(await leftovers("kong", "kong"), []);
        assert.deepEqual(await leftovers("postgresql", "data"), []);
    });

    /** What is still there of a platform: its own objects, and those of the namespace of its functions. */
    async function leftovers(platform: string, functionNamespace: string): Promise<string[]> {
        const { client } = context();
        const collections = [
            "/api/v1/namespaces",
            "/api/v1/persistentvolumes",
            "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
            "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations",
            "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations",
            "/apis/rbac.authorization.k8s.io/v1/clusterroles",
        ];
        const objects = await Promise.all(collections.map((collection) => client.list(collection)));
        return objects
            .flat()
            .filter(
                ({ metadata }) =>
                    metadata.labels?.["app.kubernetes.io/name"] === platform ||
                    [platform, functionNamespace].includes(metadata.name),
            )
            .map(({ metadata }) => metadata.name);
    }
});
