import assert from "node:assert/strict";
import { FissionCrds, validateFissionCrds, type FissionCrdsArgs } from "../../../components/faas/fission/fission-crds";
import { testCluster } from "../support/cluster";
import { record, rejects, valueOf } from "../support/mocks";

const names = [
    "canaryconfigs",
    "environments",
    "functions",
    "httptriggers",
    "kuberneteswatchtriggers",
    "messagequeuetriggers",
    "packages",
    "timetriggers",
];
const definitionType = "kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition";

function recordCrds(args: Partial<FissionCrdsArgs> = {}) {
    return record(() => new FissionCrds("crds", { cluster: testCluster(), ...args }));
}

describe("FissionCrds", () => {
    it("makes the eight definitions, named as upstream's, each below 256 KiB", async () => {
        const recording = await recordCrds();

        const definitions = recording.ofType(definitionType);
        assert.deepEqual(
            definitions.map(({ name, inputs }) => [name, inputs.metadata.name as string]).sort(),
            names.map((plural) => [`crds-${plural}`, `${plural}.fission.io`]),
        );
        assert.deepEqual(
            recording.summary().filter((line) => !line.startsWith(definitionType)),
            ["kubernetes-faas:index:FissionCrds crds"],
        );
        for (const { name, inputs, parent } of definitions) {
            const bytes = Buffer.byteLength(JSON.stringify(inputs));
            assert.ok(bytes < 256 * 1024, `${name} has ${bytes} bytes`);
            assert.equal(parent, "crds");
        }
        assert.deepEqual(
            await valueOf(recording.result.definitions),
            names.map((plural) => `${plural}.fission.io`),
        );
    });

    it("serves v1 with a status of its own, under upstream's kinds and short names", async () => {
        const recording = await recordCrds({ labels: { team: "platform" } });

        const { inputs } = recording.only(definitionType, "crds-httptriggers");
        assert.equal(inputs.metadata.labels.team, "platform");
        assert.equal(inputs.metadata.labels["app.kubernetes.io/component"], "crds");
        assert.deepEqual(inputs.spec.names, {
            kind: "HTTPTrigger",
            listKind: "HTTPTriggerList",
            plural: "httptriggers",
            singular: "httptrigger",
        });
        assert.equal(inputs.spec.scope, "Namespaced");
        const [version] = inputs.spec.versions;
        assert.deepEqual([version.name, version.served, version.storage], ["v1", true, true]);
        assert.deepEqual(version.subresources, { status: {} });
        assert.deepEqual(recording.only(definitionType, "crds-functions").inputs.spec.names.shortNames, ["fn"]);
        assert.deepEqual(recording.only(definitionType, "crds-packages").inputs.spec.names.shortNames, ["pkg"]);
    });

    for (const { deletion, protect, retain } of [
        { deletion: undefined, protect: true, retain: false },
        { deletion: "retain", protect: false, retain: true },
        { deletion: "protect", protect: true, retain: false },
        { deletion: "delete", protect: false, retain: false },
    ] as const) {
        it(`with deletion ${deletion} sets protect ${protect} and retainOnDelete ${retain}`, async () => {
            const recording = await recordCrds({ deletion });
            for (const { options } of recording.ofType(definitionType)) {
                assert.equal(options.protect, protect);
                assert.equal(options.retainOnDelete, retain);
            }
        });
    }

    it("makes nothing where the definitions exist, and names them", async () => {
        const recording = await recordCrds({ mode: "existing" });

        assert.deepEqual(recording.ofType(definitionType), []);
        assert.deepEqual(
            await valueOf(recording.result.definitions),
            names.map((plural) => `${plural}.fission.io`),
        );
    });

    it("names every fault before any resource", async () => {
        const args = { cluster: testCluster(), mode: "exist", deletion: "keep" } as unknown as FissionCrdsArgs;
        assert.deepEqual(
            validateFissionCrds(args).map(({ propertyPath }) => propertyPath),
            ["mode", "deletion"],
        );
        await rejects(
            () => new FissionCrds("crds", { cluster: testCluster(), mode: "existing", deletion: "protect" }),
            'FissionCrds crds: deletion is "protect", but existing definitions are not this component\'s; leave it out',
        );
    });
});
