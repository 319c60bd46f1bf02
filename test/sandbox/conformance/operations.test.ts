import assert from "node:assert/strict";
import * as k8s from "@pulumi/kubernetes";
import type { Stack } from "@pulumi/pulumi/automation";
import {
    openStack,
    type ResourceRun,
    runDestroy,
    runPreview,
    runRefresh,
    runUp,
    type StackRun,
} from "../../../sandbox";
import { describeSandbox } from "../support";
import recordedOperations from "./operations.json";
import { failing, type Fields, RecordedObject, sandboxProvider } from "./support";

interface Operation {
    id: string;
    kind: string;
    base: Fields;
    edited: Fields;
    operation: "same" | "update" | "replace-delete-first" | "replace-create-first";
    replaceKeys?: string[];
    detailedDiff?: Record<string, string>;
    refusedAt?: "preview" | "up";
    because?: string;
}

const operations = recordedOperations as unknown as Operation[];
const accepted = operations.filter(({ refusedAt }) => !refusedAt);
const refused = operations.filter(({ refusedAt }) => refusedAt);

/** How the recordings name what the engine did. */
function operationOf({ operation, steps }: ResourceRun): string {
    if (operation !== "replace") {
        return operation;
    }
    const deleted = steps.indexOf("delete-replaced");
    return deleted >= 0 && deleted < steps.indexOf("create-replacement")
        ? "replace-delete-first"
        : "replace-create-first";
}

function assertAsRecorded(recorded: Operation, run: StackRun): void {
    const resource = run.resources.find(({ name }) => name === recorded.id);
    assert.ok(resource, `${recorded.id} was not part of the run`);
    const diff = Object.entries(resource.detailedDiff).map(([path, { diffKind }]) => [path, diffKind]);
    assert.deepEqual(
        {
            operation: operationOf(resource),
            replaceKeys: [...resource.replaceKeys].sort(),
            detailedDiff: Object.fromEntries(diff) as Record<string, string>,
        },
        {
            operation: recorded.operation,
            replaceKeys: recorded.replaceKeys ?? [],
            detailedDiff: recorded.detailedDiff ?? {},
        },
    );
}

/** A field that the recorded reason names must be in the message: the refusal is for that reason and no other. */
function assertRefusal({ because }: Operation, message: string): void {
    const field = /[A-Za-z]+(\.[A-Za-z]+)+/.exec(because!)?.[0] ?? because!.split(" ")[0]!;
    const wanted = because!.startsWith("the API server allows growth") ? "dynamically provisioned pvc" : field;
    assert.ok(message.includes(wanted), `${message}\nshould name ${wanted}`);
}

describeSandbox("The Kubernetes plugin, edit by edit as the official one was recorded", function (context) {
    let stack: Stack;
    /** Objects as the program asks for them; swapped between two runs. */
    let wanted: (operation: Operation) => Fields = ({ base }) => base;

    before("creates the base objects", async () => {
        const { sandbox } = context();
        const program = () => {
            const provider = sandboxProvider(sandbox);
            const parents = ["conf", "conf2"].map(
                (name) => new k8s.core.v1.Namespace(name, { metadata: { name } }, { provider }),
            );
            // Classes that can't grow, as they were at the recording.
            const classes = ["manual", "other"].map(
                (name) =>
                    new k8s.storage.v1.StorageClass(
                        name,
                        { metadata: { name }, provisioner: "sandbox.kubernetes-faas" },
                        { provider },
                    ),
            );
            for (const operation of operations) {
                new RecordedObject(operation.kind, operation.id, wanted(operation), {
                    provider,
                    dependsOn: [...parents, ...classes],
                });
            }
            return Promise.resolve();
        };
        stack = await openStack({ sandbox, project: "conformance", stack: "operations", program });
        await runUp(stack);
    });

    after("destroys everything", async () => {
        wanted = ({ base }) => base;
        await runDestroy(stack);
    });

    it("finds nothing to do when nothing is edited, also after a refresh", async () => {
        assert.deepEqual((await runPreview(stack)).changed, []);
        await runRefresh(stack);
        assert.deepEqual((await runPreview(stack)).changed, []);
    });

    for (const operation of refused) {
        it(`${operation.id}: refused at ${operation.refusedAt}`, async () => {
            wanted = (each) => (each === operation ? each.edited : each.base);
            if (operation.refusedAt === "up") {
                assertAsRecorded(operation, await runPreview(stack));
            }
            const attempt = operation.refusedAt === "up" ? runUp(stack) : runPreview(stack);
            const { run, message } = await failing(attempt);
            assertAsRecorded(operation, run);
            assertRefusal(operation, message);
        });
    }

    describe("all accepted edits", () => {
        let preview: StackRun;
        let update: StackRun;

        before("previews and applies them together, since none touches another", async () => {
            wanted = ({ base, edited, refusedAt }) => (refusedAt ? base : edited);
            preview = await runPreview(stack);
            update = await runUp(stack);
        });

        for (const operation of accepted) {
            it(`${operation.id}: ${operation.operation}`, () => {
                assertAsRecorded(operation, preview);
                assertAsRecorded(operation, update);
            });
        }

        it("are done: nothing is left to do, also after a refresh", async () => {
            assert.deepEqual((await runPreview(stack)).changed, []);
            await runRefresh(stack);
            assert.deepEqual((await runPreview(stack)).changed, []);
        });
    });
});
