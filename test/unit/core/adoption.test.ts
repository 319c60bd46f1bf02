import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { takeOver, type ObjectName } from "../../../components/core/adoption";
import { Deletion } from "../../../components/core/deletion";
import * as k8s from "../../../components/core/kubernetes";
import { HardenedNamespace } from "../../../components/core/namespace";
import { HardenedStatefulSet } from "../../../components/core/workload";
import { takenOverFaults } from "../../../components/core/workload/claims";
import { testCluster } from "../support/cluster";
import { record } from "../support/mocks";
import { webArgs, webContainer } from "./support/workloads";

const claimType = "kubernetes:core/v1:PersistentVolumeClaim";

/** What a resource that takes over an object of that name is registered with. */
async function importOf(object: ObjectName): Promise<unknown> {
    const props = { metadata: { name: "whatever" } };
    const opts = { retainOnDelete: true };
    const result = await takeOver(object)({ custom: true, type: "t", name: "n", props, opts });
    if (!result) {
        return undefined;
    }
    assert.deepEqual(result.props, props);
    const { import: id, retainOnDelete }: pulumi.CustomResourceOptions = result.opts;
    assert.equal(retainOnDelete, true, "other options stay");
    return id;
}

function store(adopt: boolean | undefined): HardenedStatefulSet {
    return new HardenedStatefulSet("store", {
        ...webArgs(),
        app: "store",
        claims: [{ name: "data", size: "10Gi", adopt, annotations: { team: "shop" } }],
        deletion: Deletion.Retain,
        containers: [webContainer({ mounts: [{ volume: "data", path: "/data" }] })],
    });
}

describe("taking over objects", () => {
    it("is an import by the object's names, once these are known", async () => {
        assert.equal(await importOf({ namespace: "data", name: "data-orders-0" }), "data/data-orders-0");
        assert.equal(await importOf({ namespace: pulumi.output("data"), name: "claim" }), "data/claim");
        assert.equal(await importOf({ name: "data" }), "data");
    });

    it("is left to the `up` where a preview does not know the namespace", async () => {
        const { result } = await record(
            () => {
                const home = new k8s.core.v1.Namespace("home", {});
                return importOf({ namespace: home.status.phase, name: "claim" });
            },
            { preview: true },
        );
        assert.equal(await result, undefined);
    });

    it("wins the fields of the claim's former stack, and its other annotations stay", async () => {
        const annotated = async (adopt: boolean | undefined): Promise<unknown> => {
            const recording = await record(() => store(adopt));
            return recording.only(claimType).inputs.metadata.annotations as unknown;
        };
        const own = { "pulumi.com/skipAwait": "true", team: "shop" };
        assert.deepEqual(await annotated(undefined), own);
        assert.deepEqual(await annotated(true), { ...own, "pulumi.com/patchForce": "true" });
    });

    it("keeps what a claim was made with and can't change, whether it was taken over or not", async () => {
        for (const adopt of [true, false]) {
            const { options } = (await record(() => store(adopt))).only(claimType);
            assert.deepEqual(options.ignoreChanges, [
                "spec.accessModes",
                "spec.selector",
                "spec.storageClassName",
                "spec.volumeName",
            ]);
        }
    });

    it("says what a claim was made with where the arguments say something else", () => {
        const found = { storageClassName: "slow", accessModes: ["ReadWriteMany"] };
        assert.deepEqual(takenOverFaults(found, { storageClassName: "fast", accessModes: ["ReadWriteOnce"] }), [
            'storageClass is "fast", but it was made with "slow"; give "slow"',
            'accessMode is "ReadWriteOnce", but it was made with "ReadWriteMany"; give "ReadWriteMany"',
        ]);
        // Without a storage class in the arguments it is whichever was the default then.
        assert.deepEqual(takenOverFaults(found, { accessModes: ["ReadWriteMany"] }), []);
    });

    it("takes over a namespace, too", async () => {
        const recording = await record(
            () => new HardenedNamespace("data", { cluster: testCluster(), adopt: true, annotations: { a: "b" } }),
        );
        assert.deepEqual(recording.only("kubernetes:core/v1:Namespace").inputs.metadata.annotations, {
            "pulumi.com/patchForce": "true",
            a: "b",
        });
    });
});
