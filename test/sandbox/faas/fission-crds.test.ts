import assert from "node:assert/strict";
import type { Stack } from "@pulumi/pulumi/automation";
import { ExistingCluster } from "../../../components/cluster";
import { FissionCrds } from "../../../components/faas/fission";
import { ApiError, openStack, resourcesInState, runDestroy, runPreview, runUp } from "../../../sandbox";
import { describeSandbox } from "../support";
import { fissionSamples } from "./fission-samples";

const definitionsPath = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

describeSandbox("Fission's definitions on a real API server", (context) => {
    let stack: Stack;

    before(async () => {
        const { sandbox } = context();
        stack = await openStack({
            sandbox,
            project: "fission-crds",
            stack: "test",
            program: () => {
                const { cluster } = new ExistingCluster("home", {
                    kubeconfig: sandbox.kubeconfig,
                    context: sandbox.context,
                    kubernetesVersion: "1.36",
                });
                new FissionCrds("fission-crds", { cluster, deletion: "delete" });
                return Promise.resolve({});
            },
        });
        await runUp(stack);
    });

    it("are established, structural and below the limit of a client-side apply", async () => {
        const definitions = (await context().client.list(definitionsPath)).filter(
            ({ spec }) => (spec as { group: string }).group === "fission.io",
        );

        assert.equal(definitions.length, 8);
        for (const { metadata, spec, status } of definitions) {
            const conditions = (status as { conditions: { type: string; status: string }[] }).conditions;
            const isTrue = (type: string): boolean =>
                conditions.some((condition) => condition.type === type && condition.status === "True");
            assert.ok(isTrue("Established") && isTrue("NamesAccepted"), metadata.name);
            assert.ok(!isTrue("NonStructuralSchema"), metadata.name);
            assert.ok(Buffer.byteLength(JSON.stringify(spec)) < 262_144, metadata.name);
        }
    });

    it("stay as they are in a second preview and a refreshing up", async () => {
        assert.deepEqual((await runPreview(stack)).changed, []);
        assert.deepEqual((await runUp(stack, { refresh: true })).changed, []);
    });

    for (const { what, kind, plural, spec, refusedFor } of fissionSamples) {
        it(`${refusedFor === undefined ? "take" : "refuse"} ${what}`, async () => {
            const create = context().client.create(`/apis/fission.io/v1/namespaces/default/${plural}?dryRun=All`, {
                apiVersion: "fission.io/v1",
                kind,
                metadata: { name: "sample" },
                spec,
            });
            if (refusedFor === undefined) {
                await create;
                return;
            }
            await assert.rejects(create, (error: ApiError) => {
                assert.equal(error.status, 422);
                assert.ok(error.message.includes(refusedFor), error.message);
                return true;
            });
        });
    }

    it("never change an Environment's version", async () => {
        const { client } = context();
        const environments = "/apis/fission.io/v1/namespaces/default/environments";
        const spec = { version: 3, runtime: { image: "a" } };
        await client.create(environments, {
            apiVersion: "fission.io/v1",
            kind: "Environment",
            metadata: { name: "sample" },
            spec,
        });
        await assert.rejects(
            client.patch(`${environments}/sample`, { spec: { version: 2 } }),
            /spec\.version is immutable/,
        );
        await client.delete(`${environments}/sample`);
    });

    it("take a trigger with a prefix alone, which upstream's own refuse by mistake", async () => {
        await context().client.create("/apis/fission.io/v1/namespaces/default/httptriggers?dryRun=All", {
            apiVersion: "fission.io/v1",
            kind: "HTTPTrigger",
            metadata: { name: "sample" },
            spec: { prefix: "/hello", methods: ["GET"], functionref: { type: "name", name: "hello" } },
        });
    });

    it("leave nothing behind when they may go", async () => {
        await runDestroy(stack);

        assert.deepEqual(await resourcesInState(stack), []);
        const names = (await context().client.list(definitionsPath)).map(({ metadata }) => metadata.name);
        assert.deepEqual(
            names.filter((name) => name.endsWith(".fission.io")),
            [],
        );
    });
});
