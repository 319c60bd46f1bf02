import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import fc from "fast-check";
import { dataInputs, dataLosses, guardData } from "../../../components/core/data-guard";
import { childOptions, dataOptions, Deletion } from "../../../components/core/deletion";
import { record } from "../support/mocks";

function sizes(before: string | number, after: unknown) {
    return dataLosses({ dataSizes: { size: before } }, { dataSizes: { size: after } });
}

function fixed(before: string | number, after: unknown) {
    return dataLosses({ dataFixed: { storageClass: before } }, { dataFixed: { storageClass: after } });
}

describe("the guard of a component's data", () => {
    it("refuses a size that shrinks, with both sizes and what to do", () => {
        assert.deepEqual(sizes("10Gi", "5Gi"), [
            {
                propertyPath: "size",
                reason:
                    'is "5Gi", less than the "10Gi" that there is; sizes only grow: give "10Gi" or more, ' +
                    "or copy the data to a smaller one of another name",
            },
        ]);
        assert.equal(sizes(100, 20).length, 1);
    });

    it("passes sizes that grow, stay or are only written another way", () => {
        assert.deepEqual(sizes("10Gi", "20Gi"), []);
        assert.deepEqual(sizes("10Gi", "10Gi"), []);
        assert.deepEqual(sizes("1Ti", "1024Gi"), []);
        assert.deepEqual(sizes(20, 100), []);
    });

    it("refuses a shrinking size, whichever it is, and no other", () => {
        const gibibytes = fc.integer({ min: 1, max: 100_000 });
        fc.assert(
            fc.property(gibibytes, gibibytes, (before, after) => {
                assert.equal(sizes(`${before}Gi`, `${after}Gi`).length, after < before ? 1 : 0);
            }),
        );
    });

    it("refuses a change that would replace the data, with the way out", () => {
        assert.deepEqual(fixed("standard", "fast"), [
            {
                propertyPath: "storageClass",
                reason:
                    'is "fast", but the data was made with "standard"; the change would replace the data with nothing: ' +
                    'keep "standard", or make a second component of another name, copy the data and remove this one',
            },
        ]);
    });

    it("takes giving an argument that was left out, and leaving one out, for changes", () => {
        assert.match(
            fixed("", "fast")[0]!.reason,
            /^is "fast", but the data was made with nothing; .*: leave it out, or/,
        );
        assert.match(
            fixed("fast", "")[0]!.reason,
            /^is nothing, but the data was made with "fast"; .*: keep "fast", or/,
        );
    });

    it("passes what is unknown yet, new, or from before the guard", () => {
        assert.deepEqual(fixed("standard", undefined), []);
        assert.deepEqual(fixed("standard", { unknown: true }), []);
        assert.deepEqual(dataLosses({ dataFixed: {} }, { dataFixed: { storageClass: "fast" } }), []);
        assert.deepEqual(dataLosses({}, { dataFixed: { storageClass: "fast" }, dataSizes: { size: "1Gi" } }), []);
        assert.deepEqual(dataLosses({ dataFixed: { storageClass: "fast" } }, {}), []);
    });

    it("finds every loss of one update", () => {
        const before = { dataFixed: { engine: "mysql", name: "a" }, dataSizes: { "data.size": "2Gi" } };
        const after = { dataFixed: { engine: "redis", name: "b" }, dataSizes: { "data.size": "1Gi" } };
        assert.deepEqual(
            dataLosses(before, after).map(({ propertyPath }) => propertyPath),
            ["data.size", "engine", "name"],
        );
    });

    it("registers one hook for all components of a program, beside the caller's, and runs it at preview", async () => {
        class Store extends pulumi.ComponentResource {
            constructor(name: string, opts?: pulumi.ComponentResourceOptions) {
                const facts = { fixed: { name, zone: undefined }, sizes: { size: pulumi.output("1Gi") } };
                super("test:index:Store", name, dataInputs(facts), guardData(opts));
                this.registerOutputs();
            }
        }
        const recording = await record(() => {
            const own = new pulumi.ResourceHook("own", () => {});
            new Store("one", { hooks: { beforeUpdate: [own] } });
            new Store("two");
        });

        assert.deepEqual(Object.fromEntries(recording.hooks), { own: false, "kubernetes-faas:keep-data": true });
        const one = recording.only("test:index:Store", "one");
        const two = recording.only("test:index:Store", "two");
        assert.deepEqual(one.options.hooks.beforeUpdate, ["own", "kubernetes-faas:keep-data"]);
        assert.deepEqual(two.options.hooks.beforeUpdate, ["kubernetes-faas:keep-data"]);
        assert.deepEqual(one.inputs, { dataFixed: { name: "one", zone: "" }, dataSizes: { size: "1Gi" } });
    });
});

describe("deletion", () => {
    const parent = {} as pulumi.Resource;

    it("says for every child without data that it may go, whatever it would inherit", () => {
        assert.deepEqual(childOptions(parent), { parent, protect: false, retainOnDelete: false });
        assert.deepEqual(childOptions(parent, { ignoreChanges: ["a"] }).ignoreChanges, ["a"]);
    });

    it("sets both options of a child with data, so that neither is inherited", () => {
        assert.deepEqual(dataOptions(parent, Deletion.Delete), { parent, protect: false, retainOnDelete: false });
        assert.deepEqual(dataOptions(parent, Deletion.Retain), { parent, protect: false, retainOnDelete: true });
        assert.deepEqual(dataOptions(parent, Deletion.Protect), { parent, protect: true, retainOnDelete: false });
        assert.deepEqual(dataOptions(parent), { parent, protect: true, retainOnDelete: false });
    });
});
