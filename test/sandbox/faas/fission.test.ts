import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import type { Stack } from "@pulumi/pulumi/automation";
import {
    openStack,
    prepareFission,
    reportToStandardError,
    resourcesInState,
    runDestroy,
    runPreview,
    runUp,
} from "../../../sandbox";
import { changesOf, describeSandbox, stateOnDisk } from "../support";
import { fissionProgram, type FissionProgram } from "./fission-program";

const base: FissionProgram = { functions: { hello: {} } };

describeSandbox("Fission on a real API server", (context) => {
    let stack: Stack;
    let program: FissionProgram = base;

    async function update(changed: FissionProgram): Promise<string[]> {
        program = changed;
        return changesOf(await runUp(stack));
    }

    before(async function () {
        this.timeout(20 * 60_000);
        const { sandbox } = context();
        await prepareFission(reportToStandardError);
        stack = await openStack({
            sandbox,
            project: "fission",
            stack: "test",
            program: () => {
                fissionProgram(sandbox, program);
                return Promise.resolve({});
            },
        });
        await runUp(stack);
    });

    it("runs: every part is available, and Pod Security and the definitions let everything in", async () => {
        const deployments = await context().client.list("/apis/apps/v1/namespaces/fission/deployments");

        assert.deepEqual(
            deployments.map(({ metadata, status }) => [
                metadata.name,
                (status as { availableReplicas: number }).availableReplicas,
            ]),
            ["buildermgr", "executor", "kubewatcher", "router", "storagesvc", "timer", "webhook"].map((name) => [
                name,
                1,
            ]),
        );
        const objects = await Promise.all(
            ["environments", "packages", "functions", "httptriggers"].map((plural) =>
                context().client.list(`/apis/fission.io/v1/namespaces/fission-functions/${plural}`),
            ),
        );
        assert.deepEqual(
            objects.map((list) => list.length),
            [2, 1, 1, 1],
        );
    });

    it("stays as it is in a second preview and a refreshing up", async () => {
        assert.deepEqual(changesOf(await runPreview(stack)), []);
        assert.deepEqual(changesOf(await runUp(stack, { refresh: true })), []);
    });

    it("changes a Package and its Function, and nothing else, when the code changes", async () => {
        const code = new pulumi.asset.StringAsset('exports.handler = () => "bye";');

        assert.deepEqual(await update({ functions: { hello: { code } } }), [
            "replace Package hello-package",
            "update Function hello",
        ]);
    });

    it("gives a function pods of its own and takes them back", async () => {
        const scaling = { minimum: 1, maximum: 4 };
        const own = await update({ functions: { hello: { scaling } } });
        assert.deepEqual(own, [
            "create Environment hello-environment",
            "replace Package hello-package",
            "update Function hello",
        ]);
        assert.deepEqual(await update({ functions: { hello: { scaling: { ...scaling, maximum: 6 } } } }), [
            "update Function hello",
        ]);
        assert.deepEqual(await update({ functions: { hello: { scaling: { ...scaling, minimum: 0 } } } }), [
            "replace Function hello",
        ]);
        assert.deepEqual(await update(base), [
            "delete Environment hello-environment",
            "replace Package hello-package",
            "update Function hello",
        ]);
    });

    it("makes a function anew for other labels, which Fission could not give its pods, and nothing else", async () => {
        assert.deepEqual(await update({ functions: { hello: { labels: { team: "web" } } } }), [
            "replace Function hello",
            "update HTTPTrigger hello-call",
            "update Package hello-package",
        ]);
        const [hello] = await context().client.list("/apis/fission.io/v1/namespaces/fission-functions/functions");
        assert.equal(hello!.metadata.labels!.team, "web");
        await update(base);
    });

    it("doubles what can be doubled, and rolls its parts when the key is replaced", async () => {
        const doubled = await update({ ...base, fission: { highAvailability: true } });
        assert.deepEqual(
            doubled,
            ["kubewatcher", "router", "timer", "webhook"]
                .flatMap((part) => [`create PodDisruptionBudget fission-${part}`, `update Deployment fission-${part}`])
                .sort(),
        );
        const rotated = await update({ ...base, fission: { highAvailability: true, internalAuthGeneration: 2 } });
        assert.ok(rotated.includes("create RandomBytes fission-internal-auth-2"), rotated.join());
        assert.ok(rotated.includes("update Secret fission-auth"), rotated.join());
        assert.ok(rotated.includes("update Environment fission-nodejs-in-fission-functions"), rotated.join());
        assert.equal(rotated.filter((line) => line.startsWith("update Deployment")).length, 7);
        assert.deepEqual(
            rotated.filter((line) => !/^(create|update) /.test(line)),
            [],
        );
    });

    it("refuses a smaller volume and another namespace before it touches anything", async () => {
        await assert.rejects(
            update({ ...base, fission: { storage: { size: "1Gi" }, namespace: "elsewhere" } }),
            (error: Error) => {
                assert.match(error.message, /storage\.size is "1Gi", less than the "8Gi" that there is/);
                assert.match(error.message, /namespace is "elsewhere", but the data was made with "fission"/);
                return true;
            },
        );
        program = base;
    });

    it("keeps its keys out of the state in clear", async () => {
        const secret = await context().client.get("/api/v1/namespaces/fission/secrets/fission-internal-auth");
        const encoded = (secret as unknown as { data: { secret: string } }).data.secret;
        const clear = Buffer.from(encoded, "base64").toString();

        const state = stateOnDisk(stack, "fission");
        assert.ok(!state.includes(clear) && !state.includes(encoded));
        assert.ok(!state.includes("BEGIN PRIVATE KEY") && !state.includes("BEGIN EC PRIVATE KEY"));
    });

    it("is destroyed without a rest", async () => {
        await runDestroy(stack);

        assert.deepEqual(await resourcesInState(stack), []);
        const { client } = context();
        const namespaces = (await client.list("/api/v1/namespaces")).map(({ metadata }) => metadata.name);
        assert.deepEqual(
            namespaces.filter((name) => name.startsWith("fission")),
            [],
        );
        for (const kind of ["validatingwebhookconfigurations", "mutatingwebhookconfigurations"]) {
            const left = await client.list(`/apis/admissionregistration.k8s.io/v1/${kind}`);
            assert.deepEqual(
                left.map(({ metadata }) => metadata.name).filter((name) => name.includes("fission")),
                [],
            );
        }
    });
});
