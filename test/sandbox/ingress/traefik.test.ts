import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import type { Stack } from "@pulumi/pulumi/automation";
import { ExistingCluster } from "../../../components/cluster";
import { HardenedNamespace } from "../../../components/core/namespace";
import { Route } from "../../../components/core/route";
import { TraefikIngress, type TraefikIngressArgs } from "../../../components/ingress";
import { openStack, resourcesInState, runDestroy, runPreview, runUp } from "../../../sandbox";
import { writeLogin } from "../../../sandbox/pod-process";
import { TraefikProcess } from "../../behaviour/ingress/support/traefik-process";
import { eventually } from "../../support/eventually";
import { changesOf, describeSandbox, stateOnDisk } from "../support";

/** What a test varies from run to run. */
interface IngressProgram {
    ingress?: Partial<TraefikIngressArgs>;
    users?: string[];
    /** Paths of the routes by their names. */
    routes?: Record<string, string>;
}

interface Pods {
    spec: { template: { spec: { volumes: { name: string; configMap?: { name: string } }[] } } };
}

const base: IngressProgram = { users: ["alice"], routes: { "edge-hello": "/" } };

describeSandbox("TraefikIngress on a real API server", (context) => {
    let stack: Stack;
    let program: IngressProgram = base;
    let passwords: Record<string, string> = {};
    let authority = "";

    function define({ ingress: args, users = [], routes = {} }: IngressProgram): void {
        const { sandbox } = context();
        const { cluster } = new ExistingCluster("home", {
            kubeconfig: sandbox.kubeconfig,
            context: sandbox.context,
            kubernetesVersion: "1.36",
            traits: { cloud: "local" },
        });
        const ingress = new TraefikIngress("edge", {
            cluster,
            protections: { login: { basicAuth: { users: users.map((name) => ({ name })) } } },
            ...args,
        });
        const apps = new HardenedNamespace("edge-apps", { cluster });
        const service = { namespace: apps.name, service: "hello", port: 80, scheme: "http" as const, podSelector: {} };
        for (const [name, path] of Object.entries(routes)) {
            new Route(name, { cluster, gateway: ingress.gateway, service, path, protections: ["login"] });
        }
        ingress.caCertificate!.apply((known) => (authority = known));
        pulumi.output(ingress.passwords).apply((known) => (passwords = { ...known["login"] }));
    }

    async function update(changed: IngressProgram): Promise<string[]> {
        program = changed;
        return changesOf(await runUp(stack));
    }

    before(async function () {
        this.timeout(20 * 60_000);
        stack = await openStack({
            sandbox: context().sandbox,
            project: "edge",
            stack: "test",
            program: () => {
                define(program);
                return Promise.resolve({});
            },
        });
        await runUp(stack);
    });

    it("runs: two pods are available, and the API server takes every object as it is", async () => {
        const { client } = context();
        const deployment = await client.get("/apis/apps/v1/namespaces/edge/deployments/edge");
        assert.equal((deployment!.status as { availableReplicas: number }).availableReplicas, 2);
        const { spec } = (await client.get("/api/v1/namespaces/edge/services/edge")) as unknown as {
            spec: { type: string; externalTrafficPolicy: string };
        };
        assert.deepEqual([spec.type, spec.externalTrafficPolicy], ["LoadBalancer", "Local"]);
        const [route] = await client.list("/apis/networking.k8s.io/v1/namespaces/edge-apps/ingresses");
        assert.equal(route!.metadata.annotations!["traefik.ingress.kubernetes.io/router.middlewares"], "login@file");
    });

    it("stays as it is in a second preview and a refreshing up", async () => {
        assert.deepEqual(changesOf(await runPreview(stack)), []);
        assert.deepEqual(changesOf(await runUp(stack, { refresh: true })), []);
    });

    it("changes the one Secret in place, and rolls no pod, when users come and go", async () => {
        assert.deepEqual(await update({ ...base, users: ["alice", "bob"] }), [
            "create RandomPassword edge-login-bob",
            "update Secret edge-dynamic-secret",
        ]);
        assert.deepEqual(await update({ ...base, users: ["bob"] }), [
            "delete RandomPassword edge-login-alice",
            "update Secret edge-dynamic-secret",
        ]);
        await update(base);
    });

    it("keeps passwords, hashes and keys out of the state in clear", async () => {
        const password = passwords["alice"]!;
        assert.equal(password.length, 32);
        const secret = await context().client.get("/api/v1/namespaces/edge/secrets/edge-dynamic");
        const file = Buffer.from((secret!.data as Record<string, string>)["protections.yaml"]!, "base64").toString();
        const [hash] = /\$2[abxy]\$\S+/.exec(file)!;
        const state = stateOnDisk(stack, "edge");
        for (const clear of [password, hash, "BEGIN EC PRIVATE KEY", "BEGIN PRIVATE KEY"]) {
            assert.ok(!state.includes(clear));
        }
        assert.ok(!file.includes(password));
    });

    it("is served by the real Traefik with the rights of its ServiceAccount, its certificate and its users", async () => {
        const { client, sandbox } = context();
        const read = async (kind: string, name: string, file: string): Promise<string> => {
            const object = await client.get(`/api/v1/namespaces/edge/${kind}/${name}`);
            return (object!.data as Record<string, string>)[file]!;
        };
        const decoded = (text: string): string => Buffer.from(text, "base64").toString();
        await client.create("/api/v1/namespaces/edge-apps/services", {
            apiVersion: "v1",
            kind: "Service",
            metadata: { name: "hello", namespace: "edge-apps" },
            spec: { ports: [{ port: 80 }] },
        });
        const deployment = (await client.get("/apis/apps/v1/namespaces/edge/deployments/edge")) as unknown as Pods;
        const { volumes } = deployment.spec.template.spec;
        const directory = fs.mkdtempSync(path.join(os.tmpdir(), "kubernetes-faas-login-"));
        const login = path.join(directory, "kubeconfig");
        await writeLogin(client, sandbox.kubeconfig, "edge", "edge", login);
        const traefik = await TraefikProcess.start({
            staticConfig: await read(
                "configmaps",
                volumes.find(({ name }) => name === "static")!.configMap!.name,
                "traefik.yaml",
            ),
            protections: decoded(await read("secrets", "edge-dynamic", "protections.yaml")),
            kubeconfig: fs.readFileSync(login, "utf8"),
        });
        const status = async (password?: string): Promise<number> => {
            const request = { host: "edge-hello.faas.localhost" };
            const known =
                password === undefined ? request : { ...request, login: ["alice", password] as [string, string] };
            return (await traefik.call(authority, known)).status;
        };
        try {
            await eventually(async () => assert.equal(await status(), 401));
            assert.equal(await status("wrong"), 401);
            assert.equal(await status(passwords["alice"]), 503, "let in, to a service without pods");
            assert.doesNotMatch(traefik.log, /forbidden/);
        } finally {
            await traefik.stop();
            fs.rmSync(directory, { recursive: true });
        }
    });

    it("adds a route by two objects, and touches nothing else", async () => {
        assert.deepEqual(await update({ ...base, routes: { ...base.routes, "edge-more": "/more" } }), [
            "create Ingress edge-more",
            "create NetworkPolicy edge-more-gateway",
            "create Route edge-more",
        ]);
        await update(base);
    });

    it("rolls its pods for what Traefik reads once, and changes protections while it runs", async () => {
        const rolled = await update({ ...base, ingress: { timeouts: { request: "5m" } } });
        assert.deepEqual(rolled, ["replace ConfigMap edge-static", "update Deployment edge"]);
        assert.deepEqual(
            await update({ ...base, ingress: { timeouts: { request: "5m" }, tls: { minimumVersion: "1.3" } } }),
            ["update Secret edge-dynamic-secret"],
        );
        await update(base);
    });

    it("refuses a value that is wrong only when it is known", async () => {
        const protections = {
            login: { basicAuth: { users: [{ name: "alice" }] } },
            office: { ipAllowList: { ranges: Promise.resolve(["0.0.0.0/0"]) } },
        };
        await assert.rejects(
            update({ ...base, ingress: { protections } }),
            /office\.ipAllowList\.ranges\[0\] is "0\.0\.0\.0\/0", which is everybody/,
        );
        await update(base);
    });

    it("is destroyed without a rest", async () => {
        await runDestroy(stack);

        assert.deepEqual(await resourcesInState(stack), []);
        const { client } = context();
        for (const path of [
            "/api/v1/namespaces",
            "/apis/networking.k8s.io/v1/ingressclasses",
            "/apis/rbac.authorization.k8s.io/v1/clusterroles",
            "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings",
        ]) {
            const left = (await client.list(path)).map(({ metadata }) => metadata.name);
            assert.deepEqual(
                left.filter((name) => name.startsWith("edge")),
                [],
            );
        }
    });
});
