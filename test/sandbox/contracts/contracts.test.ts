import assert from "node:assert/strict";
import type { Stack } from "@pulumi/pulumi/automation";
import { DatabaseEngine, FaasKind, IngressKind, ObjectStoreKind, registerFunctionDriver } from "../../../components";
import { fakeFunctionDriver } from "../../../components/testing";
import { openStack, runDestroy, runPreview, runUp } from "../../../sandbox";
import { describeSandbox, stateOnDisk } from "../support";
import { applicationProgram } from "./application";
import { platformProgram, type PlatformKinds } from "./platform";

/** The stack of the platform, as the application's program names it. */
const platformStack = "organization/contracts-platform/dev";

const kinds: PlatformKinds = {
    faas: FaasKind.OpenFaas,
    ingress: IngressKind.Traefik,
    database: DatabaseEngine.PostgreSql,
    store: ObjectStoreKind.MinIo,
};

/** Secrets of the fakes, which must not be found in clear in a state. */
const secrets = ["fake-platform-password", "fake-database-password", "fake-store-secret"];

describeSandbox("a platform stack and an application stack, by contracts alone", (context) => {
    let application: Stack;
    let restore: (() => void)[];

    function openPlatform(swapped: Partial<PlatformKinds> = {}): Promise<Stack> {
        const { sandbox } = context();
        return openStack({
            sandbox,
            project: "contracts-platform",
            stack: "dev",
            program: platformProgram(sandbox.kubeconfig, sandbox.context, { ...kinds, ...swapped }),
        });
    }

    before(async () => {
        restore = Object.values(FaasKind).map((kind) => registerFunctionDriver(kind, fakeFunctionDriver));
        await runUp(await openPlatform());
        application = await openStack({
            sandbox: context().sandbox,
            project: "contracts-application",
            stack: "dev",
            program: applicationProgram(platformStack),
        });
    });

    it("come up one after the other, the application with credentials for its namespaces only", async () => {
        const run = await runUp(application);
        assert.deepEqual(
            run.changed
                .filter(({ type }) => !type.startsWith("pulumi:"))
                .map(({ type, name }) => `${type.split(":").at(-1)} ${name}`)
                .sort(),
            [
                "ConfigMap hello",
                "FaasFunction hello",
                "Ingress hello-hello",
                "NetworkPolicy hello-hello-gateway",
                "NetworkPolicy hello-to-orders-egress",
                "NetworkPolicy hello-to-orders-ingress",
                "Route hello-hello",
                "Secret media",
                "Secret orders",
            ],
        );
        const { urls, database } = await application.outputs();
        assert.deepEqual(urls!.value, ["https://hello.example.com/hello"]);
        assert.equal(database!.secret, true);
    });

    it("change nothing when they are previewed again", async () => {
        assert.deepEqual((await runPreview(await openPlatform())).changed, []);
        assert.deepEqual((await runPreview(application)).changed, []);
    });

    it("keep secrets encrypted on both sides", async () => {
        const platform = await openPlatform();
        for (const [stack, project] of [
            [platform, "contracts-platform"],
            [application, "contracts-application"],
        ] as const) {
            const state = stateOnDisk(stack, project);
            assert.deepEqual(
                secrets.filter((secret) => state.includes(secret)),
                [],
            );
        }
    });

    const swaps: Partial<PlatformKinds>[] = [
        ...Object.values(FaasKind).map((faas) => ({ faas })),
        ...Object.values(DatabaseEngine).map((database) => ({ database })),
        ...Object.values(ObjectStoreKind).map((store) => ({ store })),
    ];
    for (const swap of swaps) {
        it(`${JSON.stringify(swap)} changes no line of the application`, async () => {
            await runUp(await openPlatform(swap));
            await runPreview(application);
        });
    }

    it("say that Kong takes no routes from other stacks", async () => {
        await runUp(await openPlatform({ ingress: IngressKind.Kong }));
        await assert.rejects(runPreview(application), /gateway is kong, which is configured as a whole/);
    });

    it("leave nothing when they are destroyed", async () => {
        await runUp(await openPlatform());
        await runDestroy(application);
        await runDestroy(await openPlatform());
        const namespaces = await context().client.list("/api/v1/namespaces");
        const own = namespaces.filter(({ metadata }) => metadata.labels?.["app.kubernetes.io/managed-by"]);
        assert.deepEqual(
            own.map(({ metadata }) => metadata.name),
            [],
        );
    });

    after(() => restore.forEach((each) => each()));
});
