import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import type { Stack } from "@pulumi/pulumi/automation";
import { ExistingCluster } from "../../../components/cluster";
import { HardenedNamespace } from "../../../components/core/namespace";
import { KongIngress, type KongIngressArgs } from "../../../components/ingress";
import { openStack, resourcesInState, runDestroy, runPreview, runUp } from "../../../sandbox";
import { type Configuration, kongConfiguration } from "../../unit/ingress/kong-schema";
import { changesOf, describeSandbox, stateOnDisk } from "../support";

/** What a test varies from run to run. */
interface IngressProgram {
    ingress?: Partial<KongIngressArgs>;
    users?: string[];
    teams?: string[];
    /** Paths of the routes by their names. */
    routes?: Record<string, string>;
}

interface Pods {
    spec: { template: { spec: { volumes: { name: string; secret?: { secretName: string } }[] } } };
}

const base: IngressProgram = { users: ["alice"], teams: ["billing"], routes: { hello: "/" } };
const rolled = ["replace Secret gate-configuration-secret", "update Deployment gate"];

describeSandbox("KongIngress on a real API server", (context) => {
    let stack: Stack;
    let program: IngressProgram = base;
    let passwords: Record<string, string> = {};
    let keys: Record<string, string> = {};

    function define({ ingress: args, users = [], teams = [], routes = {} }: IngressProgram): void {
        const { sandbox } = context();
        const { cluster } = new ExistingCluster("home", {
            kubeconfig: sandbox.kubeconfig,
            context: sandbox.context,
            kubernetesVersion: "1.36",
            traits: { cloud: "local" },
        });
        const apps = new HardenedNamespace("gate-apps", { cluster });
        const service = { namespace: apps.name, service: "hello", port: 80, scheme: "http" as const, podSelector: {} };
        const kong = new KongIngress("gate", {
            cluster,
            protections: {
                login: { basicAuth: { users: users.map((name) => ({ name })) } },
                partners: { apiKey: { holders: teams.map((name) => ({ name })) } },
            },
            routes: Object.entries(routes).map(([name, path]) => ({ name, path, service, protections: ["partners"] })),
            ...args,
        });
        pulumi.output(kong.passwords).apply((known) => (passwords = { ...known["login"] }));
        pulumi.output(kong.apiKeys).apply((known) => (keys = { ...known["partners"] }));
    }

    async function update(changed: IngressProgram): Promise<string[]> {
        program = changed;
        return changesOf(await runUp(stack));
    }

    /** The configuration that the pods mount, held to Kong's own schemas. */
    async function configuration(): Promise<Configuration> {
        const { client } = context();
        const deployment = (await client.get("/apis/apps/v1/namespaces/gate/deployments/gate")) as unknown as Pods;
        const { volumes } = deployment.spec.template.spec;
        const { secretName } = volumes.find(({ name }) => name === "configuration")!.secret!;
        const secret = await client.get(`/api/v1/namespaces/gate/secrets/${secretName}`);
        const file = (secret!.data as Record<string, string>)["kong.json"]!;
        return kongConfiguration.parse(JSON.parse(Buffer.from(file, "base64").toString()));
    }

    before(async function () {
        this.timeout(20 * 60_000);
        stack = await openStack({
            sandbox: context().sandbox,
            project: "gate",
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
        const deployment = await client.get("/apis/apps/v1/namespaces/gate/deployments/gate");
        assert.equal((deployment!.status as { availableReplicas: number }).availableReplicas, 2);
        const { spec } = (await client.get("/api/v1/namespaces/gate/services/gate")) as unknown as {
            spec: { type: string; externalTrafficPolicy: string };
        };
        assert.deepEqual([spec.type, spec.externalTrafficPolicy], ["LoadBalancer", "Local"]);
        const policies = await client.list("/apis/networking.k8s.io/v1/namespaces/gate-apps/networkpolicies");
        assert.ok(policies.some(({ metadata }) => metadata.name === "gate-hello-gateway"));
    });

    it("stays as it is in a second preview and a refreshing up", async () => {
        assert.deepEqual(changesOf(await runPreview(stack)), []);
        assert.deepEqual(changesOf(await runUp(stack, { refresh: true })), []);
    });

    it("mounts a configuration that Kong's schemas take, with the users and keys of the stack", async () => {
        const { consumers, services } = await configuration();
        assert.deepEqual(
            services.map(({ host, routes }) => [host, routes[0]!.hosts]),
            [["hello.gate-apps.svc", ["hello.faas.localhost"]]],
        );
        const [alice, billing] = consumers;
        const hash = createHash("sha1").update(`${passwords["alice"]!}${alice!.id}`).digest("hex");
        assert.deepEqual(alice!.basicauth_credentials, [{ username: "alice", password: hash }]);
        assert.deepEqual(billing!.keyauth_credentials, [{ key: keys["billing"] }]);
    });

    it("makes another configuration and rolls the pods when users and teams come and go, and keeps the others'", async () => {
        const before = await configuration();
        assert.deepEqual(await update({ ...base, users: ["alice", "bob"], teams: ["billing", "shipping"] }), [
            "create RandomPassword gate-login-bob",
            "create RandomPassword gate-partners-shipping",
            ...rolled,
        ]);
        const after = await configuration();
        assert.deepEqual(
            after.consumers.filter(({ id }) => before.consumers.some((known) => known.id === id)),
            before.consumers,
        );
        assert.deepEqual(await update(base), [
            "delete RandomPassword gate-login-bob",
            "delete RandomPassword gate-partners-shipping",
            ...rolled,
        ]);
        assert.deepEqual(await configuration(), before);
    });

    it("keeps passwords, keys and hashes out of the state in clear", async () => {
        const [alice] = (await configuration()).consumers;
        const state = stateOnDisk(stack, "gate");
        const clears = [
            passwords["alice"]!,
            keys["billing"]!,
            alice!.basicauth_credentials![0]!.password,
            "PRIVATE KEY",
        ];
        for (const clear of clears) {
            assert.ok(clear.length > 10 && !state.includes(clear));
        }
    });

    it("adds a route by its NetworkPolicy and another configuration, and touches nothing else", async () => {
        assert.deepEqual(await update({ ...base, routes: { ...base.routes, more: "/more" } }), [
            "create NetworkPolicy gate-more-gateway",
            ...rolled,
            "update NetworkPolicy gate",
        ]);
        assert.deepEqual(
            (await configuration()).services.map(({ name }) => name),
            ["hello", "more"],
        );
        await update(base);
    });

    it("rolls its pods alone for a setting", async () => {
        assert.deepEqual(await update({ ...base, ingress: { timeouts: { request: "5m" } } }), [
            "update Deployment gate",
        ]);
        await update(base);
    });

    it("refuses a value that is wrong only when it is known", async () => {
        const protections = {
            login: { basicAuth: { users: [{ name: "alice" }] } },
            partners: { apiKey: { holders: [{ name: "billing" }] } },
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
        assert.equal(await client.get("/api/v1/namespaces/gate"), undefined);
        assert.equal(await client.get("/api/v1/namespaces/gate-apps"), undefined);
    });
});
