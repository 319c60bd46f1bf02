import assert from "node:assert/strict";
import type { Stack } from "@pulumi/pulumi/automation";
import * as pulumi from "@pulumi/pulumi";
import { ExistingCluster } from "../../../components/cluster";
import { HardenedNamespace } from "../../../components/core/namespace";
import { Route } from "../../../components/core/route";
import { type OidcProtection, TraefikIngress } from "../../../components/ingress";
import { openStack, resourcesInState, runDestroy, runPreview, runUp } from "../../../sandbox";
import { changesOf, describeSandbox, stateOnDisk } from "../support";

const login = "gate-oauth2-staff";
const clientSecret = "a-secret-of-the-providers";

const base: OidcProtection = {
    issuerUrl: "https://login.example.org/realms/staff",
    clientId: "faas",
    clientSecret: pulumi.secret(clientSecret),
    allowedEmailDomains: ["example.com"],
    allowedGroups: ["operators"],
};

describeSandbox("A login by OIDC on a real API server", (context) => {
    let stack: Stack;
    let oidc: OidcProtection = base;

    function define(): void {
        const { sandbox } = context();
        const { cluster } = new ExistingCluster("home", {
            kubeconfig: sandbox.kubeconfig,
            context: sandbox.context,
            kubernetesVersion: "1.36",
            traits: { cloud: "local" },
        });
        const { gateway } = new TraefikIngress("gate", { cluster, protections: { staff: { oidc } } });
        const apps = new HardenedNamespace("gate-apps", { cluster });
        const service = { namespace: apps.name, service: "hello", port: 80, scheme: "http" as const, podSelector: {} };
        new Route("gate-hello", { cluster, gateway, service, protections: ["staff"] });
    }

    async function update(changed: Partial<OidcProtection>): Promise<string[]> {
        oidc = { ...base, ...changed };
        return changesOf(await runUp(stack));
    }

    before(async function () {
        this.timeout(20 * 60_000);
        stack = await openStack({
            sandbox: context().sandbox,
            project: "gate",
            stack: "test",
            program: () => {
                define();
                return Promise.resolve({});
            },
        });
        await runUp(stack);
    });

    it("runs: two pods of oauth2-proxy are available, with the key and the files that they need", async () => {
        const { client } = context();
        const deployment = await client.get(`/apis/apps/v1/namespaces/gate/deployments/${login}`);
        assert.equal((deployment!.status as { availableReplicas: number }).availableReplicas, 2);
        const secrets = await client.list("/api/v1/namespaces/gate/secrets");
        const { data } = secrets.find(({ metadata }) => metadata.name.startsWith(`${login}-secret`))! as unknown as {
            data: Record<string, string>;
        };
        const decoded = (key: string): string => Buffer.from(data[key]!, "base64").toString();
        assert.equal(decoded("client-secret"), clientSecret);
        assert.equal(Buffer.from(decoded("cookie-secret"), "base64url").length, 32);
        const [route] = await client.list("/apis/networking.k8s.io/v1/namespaces/gate-apps/ingresses");
        assert.equal(route!.metadata.annotations!["traefik.ingress.kubernetes.io/router.middlewares"], "staff@file");
    });

    it("stays as it is in a second preview and a refreshing up", async () => {
        assert.deepEqual(changesOf(await runPreview(stack)), []);
        assert.deepEqual(changesOf(await runUp(stack, { refresh: true })), []);
    });

    it("rolls oauth2-proxy alone when a group changes, or the client's secret", async () => {
        assert.deepEqual(await update({ allowedGroups: ["developers"] }), [
            `replace ConfigMap ${login}-config`,
            `update Deployment ${login}`,
        ]);
        await update({});
        assert.deepEqual(await update({ clientSecret: pulumi.secret("another-secret") }), [
            `replace Secret ${login}-secret`,
            `update Deployment ${login}`,
        ]);
        await update({});
    });

    it("ends every login by another key for cookies, which is kept from then on", async () => {
        const rotated = { cookie: { rotation: "2" } };
        assert.deepEqual(await update(rotated), [
            `replace RandomBytes ${login}-cookies`,
            `replace Secret ${login}-secret`,
            `update Deployment ${login}`,
        ]);
        assert.deepEqual(changesOf(await runPreview(stack)), []);
    });

    it("keeps client secret and cookie key out of the state in clear", () => {
        const state = stateOnDisk(stack, "gate");
        assert.ok(state.includes(`${login}-secret`));
        assert.ok(!state.includes(clientSecret) && !state.includes("another-secret"));
        assert.ok(!state.includes(Buffer.from(clientSecret).toString("base64")));
    });

    it("refuses a value that is wrong only when it is known", async () => {
        await assert.rejects(
            update({ allowedEmailDomains: Promise.resolve(["*"]) }),
            /staff\.oidc\.allowedEmailDomains\[0\] is "\*", which is every account/,
        );
        await update({});
    });

    it("is destroyed without a rest", async () => {
        await runDestroy(stack);

        assert.deepEqual(await resourcesInState(stack), []);
        const { client } = context();
        for (const path of ["/api/v1/namespaces", "/apis/networking.k8s.io/v1/ingressclasses"]) {
            const left = (await client.list(path)).map(({ metadata }) => metadata.name);
            assert.deepEqual(
                left.filter((name) => name.startsWith("gate")),
                [],
            );
        }
    });
});
