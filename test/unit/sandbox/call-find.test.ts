import assert from "node:assert/strict";
import { findFunction, listFunctions, type ObjectReader } from "../../../sandbox/call/find";
import type { KubernetesObject } from "../../../sandbox/client";

const deployment = (name: string, namespace: string, platform: string, more: object = {}): object => ({
    metadata: { name, namespace, labels: { "app.kubernetes.io/component": platform }, ...more },
});

const fissionFunction = (name: string, namespace: string): object => ({ metadata: { name, namespace } });

/** An API server with these collections; without functions of Fission it knows no such kind. */
function serverWith(deployments: object[], functions?: object[]): ObjectReader {
    const list = (items: object[] | undefined) => Promise.resolve(items && ({ items } as unknown as KubernetesObject));
    return { get: (path) => list(path.startsWith("/apis/fission.io/") ? functions : deployments) };
}

describe("finding a function", () => {
    it("finds those of every platform, with or without Fission's kinds in the cluster", async () => {
        const reader = serverWith(
            [deployment("b", "kubeless-functions", "kubeless"), deployment("c", "openfaas-fn", "openfaas")],
            [fissionFunction("a", "functions")],
        );
        assert.deepEqual(
            (await listFunctions(reader)).map(({ name, namespace, platform }) => [name, namespace, platform]),
            [
                ["a", "functions", "fission"],
                ["b", "kubeless-functions", "kubeless"],
                ["c", "openfaas-fn", "openfaas"],
            ],
        );
        assert.equal((await findFunction(serverWith([deployment("b", "x", "funktion")]), "b")).platform, "funktion");
    });

    it("counts a function of Fission once, though its Deployments carry its labels, and none that is on its way out", async () => {
        const reader = serverWith(
            [
                deployment("newdeploy-a", "functions", "fission"),
                deployment("old", "functions", "kubeless", { deletionTimestamp: "2026-01-01T00:00:00Z" }),
            ],
            [fissionFunction("a", "functions")],
        );
        assert.deepEqual(
            (await listFunctions(reader)).map(({ name }) => name),
            ["a"],
        );
    });

    it("names those that there are when there is no such function", async () => {
        const reader = serverWith([deployment("hello", "functions", "kubeless")]);
        await assert.rejects(findFunction(reader, "helo"), {
            message: 'there is no function "helo"; there are hello',
        });
        await assert.rejects(findFunction(reader, "hello", { namespace: "other" }), {
            message: 'there is no function "hello" in namespace other; there are functions/hello',
        });
        await assert.rejects(findFunction(serverWith([]), "hello"), {
            message: 'there is no function "hello"; there is none; `npm start` deploys one',
        });
    });

    it("asks for the namespace where several have one of the name", async () => {
        const reader = serverWith([deployment("hello", "a", "kubeless"), deployment("hello", "b", "openfaas")]);
        await assert.rejects(findFunction(reader, "hello"), {
            message: 'there is a function "hello" in each of a, b; say which by --namespace',
        });
        assert.equal((await findFunction(reader, "hello", { namespace: "b" })).platform, "openfaas");
    });
});
