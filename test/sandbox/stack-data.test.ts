import assert from "node:assert/strict";
import type { Stack } from "@pulumi/pulumi/automation";
import { callFunction, openStack, resourcesInState, runDestroy, runPreview, runUp } from "../../sandbox";
import { readConfiguration } from "../../stacks/config/read";
import { localStack } from "../../stacks/local";
import { deployStack } from "../../stacks/program";
import { asConfig, projectName, type StackFile } from "../../stacks/stack-file";
import { changesOf, describeSandbox, secretsIn, stateOnDisk } from "./support";

const key = (name: string): string => `${projectName}:${name}`;

describeSandbox("data of a stack, from its configuration", (context) => {
    /** A stack on the test's sandbox. */
    function open(stack: string, file: StackFile): Promise<Stack> {
        const { sandbox } = context();
        const cluster = { kind: "local", kubeconfig: sandbox.kubeconfig, context: sandbox.context };
        return openStack({
            sandbox,
            project: projectName,
            stack,
            program: () => deployStack(readConfiguration()),
            config: asConfig({ ...file, [key("cluster")]: cluster }),
        });
    }

    describe("of the local stack's database and bucket, for hello on Funktion", () => {
        /** In namespaces of its own, beside the other tests' on this sandbox. */
        function file(): StackFile {
            const local = localStack({});
            const { visits } = local[key("databases")] as { visits: object };
            return {
                [key("faas")]: { platform: "funktion", functionNamespaces: ["visited"] },
                [key("databases")]: { visits: { ...visits, namespace: "visits-data" } },
                [key("storage")]: { ...(local[key("storage")] as object), namespace: "visits-data" },
                [key("functions")]: { hello: { ...helloOf(local), routes: undefined } },
            };
        }

        it("comes up, and hello has what it is bound to: Secrets of its own, and ways for its pods alone", async () => {
            const { client } = context();
            await runUp(await open("visits", file()));
            const names = (await client.list("/api/v1/namespaces/visited/secrets")).map(
                ({ metadata }) => metadata.name,
            );
            assert.deepEqual(
                ["hello-visits-binding", "hello-visitors-binding"].filter((wanted) =>
                    names.some((name) => name.startsWith(wanted)),
                ).length,
                2,
                names.join(),
            );
            for (const to of ["database-visits", "storage"]) {
                const policies = "/apis/networking.k8s.io/v1/namespaces";
                const inward = await client.get(`${policies}/visits-data/networkpolicies/hello-to-${to}-ingress`);
                const { ingress } = inward!.spec as { ingress: { from: { podSelector: object }[] }[] };
                const [{ podSelector }] = ingress[0]!.from as [{ podSelector: { matchLabels: object } }];
                const pods = await client.list("/api/v1/namespaces/visited/pods");
                const selected = pods.filter(({ metadata: { labels = {} } }) =>
                    Object.entries(podSelector.matchLabels).every(([label, value]) => labels[label] === value),
                );
                assert.ok(selected.length > 0 && selected.length === pods.length, "the policy is for other pods");
                assert.ok(await client.get(`${policies}/visited/networkpolicies/hello-to-${to}-egress`));
            }
        });

        it("runs hello's code with both bound, which answers without them, since no pod is there", async () => {
            const { status, body, log } = await callFunction(
                context().sandbox,
                "hello",
                { path: "/?name=you" },
                { namespace: "visited" },
            );
            assert.deepEqual(
                [status, body],
                [200, "Hello you\nThe database does not answer.\nThe bucket does not answer.\n"],
            );
            assert.match(log, /the database does not answer.*getaddrinfo \w+ \*\*\*\./);
        });

        it("changes nothing when it is run again, also after a refresh", async () => {
            assert.deepEqual(changesOf(await runPreview(await open("visits", file()))), []);
            assert.deepEqual(changesOf(await runUp(await open("visits", file()), { refresh: true })), []);
        });

        it("keeps every password and key encrypted in its state, those among its outputs too", async () => {
            const stack = await open("visits", file());
            const { connections, stores } = await stack.outputs();
            const { visits } = connections!.value as { visits: { visits: { password: string } } };
            const { visitors } = stores!.value as { visitors: { key: { secret: string } } };
            const state = stateOnDisk(stack, projectName);
            const secrets = [...secretsIn(await resourcesInState(stack)), visits.visits.password, visitors.key.secret];
            assert.deepEqual(
                secrets.filter((secret) => state.includes(JSON.stringify(secret).slice(1, -1))),
                [],
            );
        });

        it("rolls hello when its password is rotated, by another Secret", async () => {
            const rotated = file();
            Object.assign((rotated[key("databases")] as { visits: object }).visits, { rotation: "2" });
            const changes = changesOf(await runUp(await open("visits", rotated)));
            for (const expected of ["replace Secret hello-visits-binding", "update Deployment hello"]) {
                assert.ok(changes.includes(expected), `"${expected}" is not among\n${changes.join("\n")}`);
            }
            assert.ok(!changes.some((change) => /StatefulSet|PersistentVolumeClaim/.test(change)), changes.join("\n"));
        });

        it("takes data and namespace along when it is destroyed, as all of it says", async () => {
            await runDestroy(await open("visits", file()));
            const { client } = context();
            assert.equal(await client.get("/api/v1/namespaces/visits-data"), undefined);
            const volumes = await client.list("/api/v1/persistentvolumes");
            const left = volumes.filter(({ spec }) => JSON.stringify(spec).includes("visits-data"));
            assert.deepEqual(left, []);
        });
    });

    describe("of a database and a store that are retained", () => {
        const size = "1Gi";
        const ledger = (change: object = {}): StackFile => ({
            [key("faas")]: { platform: "funktion", functionNamespaces: ["ledger-functions"] },
            [key("databases")]: {
                ledger: {
                    engine: "postgresql",
                    namespace: "ledger-data",
                    storage: { size },
                    deletion: "retain",
                    ...change,
                },
            },
            [key("storage")]: {
                kind: "minio",
                namespace: "ledger-data",
                storage: { size },
                buckets: { papers: {} },
                deletion: "retain",
                ...change,
            },
        });
        const claims = ["data-ledger-0", "data-0-minio-0"].map(
            (name) => `/api/v1/namespaces/ledger-data/persistentvolumeclaims/${name}`,
        );
        const uids = (): Promise<(string | undefined)[]> =>
            Promise.all(claims.map(async (claim) => (await context().client.get(claim))?.metadata.uid));

        it("outlive the stack in their namespace, of which nothing else stays, and the next one takes them over", async () => {
            const { client } = context();
            await runUp(await open("ledger", ledger()));
            const made = await uids();
            assert.ok(!made.includes(undefined), made.join());
            await runDestroy(await open("ledger", ledger()));
            assert.deepEqual(await uids(), made);
            assert.deepEqual(await client.list("/apis/apps/v1/namespaces/ledger-data/statefulsets"), []);
            assert.deepEqual(
                await client.list("/apis/networking.k8s.io/v1/namespaces/ledger-data/networkpolicies"),
                [],
            );

            const adopting = ledger({ storage: { size, adopt: true } });
            await runUp(await open("ledger", adopting));
            assert.deepEqual(await uids(), made);
            assert.deepEqual(changesOf(await runPreview(await open("ledger", adopting))), []);
        });

        it("go with the stack once that says so", async () => {
            await runUp(await open("ledger", ledger({ deletion: "delete" })));
            await runDestroy(await open("ledger", ledger({ deletion: "delete" })));
            assert.deepEqual(await uids(), [undefined, undefined]);
            assert.equal(await context().client.get("/api/v1/namespaces/ledger-data"), undefined);
        });

        it("are protected when nobody said what should become of them: a destroy is refused", async () => {
            const guarded = ledger({ deletion: undefined });
            await runUp(await open("ledger", guarded));
            await assert.rejects(runDestroy(await open("ledger", guarded)), /protect/);
            assert.ok(!(await uids()).includes(undefined));
            await runUp(await open("ledger", ledger({ deletion: "delete" })));
            await runDestroy(await open("ledger", ledger({ deletion: "delete" })));
        });
    });
});

/** The function of the local stack. */
function helloOf(local: StackFile): object {
    return (local[key("functions")] as { hello: object }).hello;
}
