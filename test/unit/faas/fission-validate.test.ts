import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { Fission, validateFission, type FissionArgs } from "../../../components/faas/fission";
import { fakeObjectStore } from "../../../components/testing";
import { testCluster } from "../support/cluster";
import { rejects } from "../support/mocks";

const definitions = ["functions.fission.io"];

describe("What is wrong with a Fission", () => {
    const args = { cluster: testCluster(), definitions } satisfies FissionArgs;

    const refused: { what: string; args: Partial<FissionArgs>; name?: string; because: string }[] = [
        {
            what: "an old cluster",
            args: { cluster: testCluster({}, { kubernetesVersion: "1.31.9-gke.100" }) },
            because:
                "cluster.kubernetesVersion is 1.31.9-gke.100, but Fission v1.27.0 needs Kubernetes 1.32 or later; upgrade the cluster first",
        },
        {
            what: "no namespace for functions",
            args: { functionNamespaces: [] },
            because: "functionNamespaces is empty; give at least one entry",
        },
        {
            what: "functions among its own parts",
            args: { namespace: "faas", functionNamespaces: ["faas"] },
            because: 'functionNamespaces[0] is "faas", the namespace of Fission\'s own parts; give functions another',
        },
        {
            what: "a namespace twice",
            args: { functionNamespaces: ["shop", "shop"] },
            because: 'functionNamespaces[1] is "shop" a second time; name each namespace once',
        },
        {
            what: "a language that it does not know",
            args: { environments: { nodjs: {} } as FissionArgs["environments"] },
            because: 'environments.nodjs is not known here; known are "nodejs", "python"; did you mean "nodejs"?',
        },
        {
            what: "a pool without pods",
            args: { environments: { nodejs: { poolSize: 0 } } },
            because: "environments.nodejs.poolSize is 0; give a whole number from 1 to 1000",
        },
        {
            what: "a volume and a bucket",
            args: { storage: { size: "1Gi", objectStore: fakeObjectStore() } },
            because: 'storage.size can\'t go together with "objectStore"; give only one of "objectStore" and "size"',
        },
        {
            what: "a bucket without a key",
            args: { storage: { objectStore: fakeObjectStore({ key: undefined }) } },
            because:
                "storage.objectStore.key is missing; Fission knows no workload identity, so give the store an access key",
        },
        {
            what: "a bucket at an endpoint without a scheme",
            args: { storage: { objectStore: fakeObjectStore({ endpoint: "s3.example.com" }) } },
            because:
                'storage.objectStore.endpoint is "s3.example.com", which does not have the right form; give a URL with its scheme, such as "https://s3.example.com"',
        },
        {
            what: "a bucket that is nowhere",
            args: { storage: { objectStore: fakeObjectStore({ network: {} }) } },
            because:
                "storage.objectStore.network names neither pods nor cidrs, so that Fission could not reach the store; give one of them",
        },
        {
            what: "a store that speaks another language",
            args: { storage: { objectStore: fakeObjectStore({ kind: "azure-blob" }) } },
            because:
                'storage.objectStore.kind is "azure-blob", which does not speak S3; use an S3-compatible store, or the volume',
        },
        {
            what: "egress to nobody",
            args: { functionEgress: [{ ports: [{ port: 443 }] }] },
            because: "functionEgress[0] names nobody; give pods or cidrs, or internet: true",
        },
        {
            what: "a key before the first",
            args: { internalAuthGeneration: 0 },
            because: "internalAuthGeneration is 0; give a whole number 1 or more",
        },
        {
            what: "a deletion that it does not know",
            args: { deletion: "keep" as FissionArgs["deletion"] },
            because: 'deletion is "keep", which is not known here; use one of "delete", "retain", "protect"',
        },
    ];
    for (const { what, args: changes, because } of refused) {
        it(`is ${what}`, () => {
            const faults = validateFission("fission", { ...args, ...changes });
            assert.deepEqual(
                faults.map(({ propertyPath, reason }) => `${propertyPath} ${reason}`),
                [because],
            );
        });
    }

    it("is said all at once, before the first resource", async () => {
        await rejects(
            () => new Fission("fission", { ...args, functionNamespaces: [], drainSeconds: -1 }),
            "Fission fission: 2 arguments are wrong:\n" +
                "  - functionNamespaces is empty; give at least one entry\n" +
                "  - drainSeconds is -1; give a whole number from 0 to 3600",
        );
    });

    it("is nothing by default, nor with a version that is not known yet", () => {
        assert.deepEqual(validateFission("fission", args), []);
        const later = testCluster({}, { kubernetesVersion: pulumi.output("1.20.0") });
        assert.deepEqual(validateFission("fission", { ...args, cluster: later }), []);
    });
});
