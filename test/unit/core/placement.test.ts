import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { objectLabels, validateLabels } from "../../../components/core/labels";
import { type Placement, placementSpec, validatePlacement } from "../../../components/core/placement";
import { valueOf } from "../support/mocks";

function faultsOf(placement: unknown): string[] {
    return validatePlacement("placement", placement as Placement).map(
        ({ propertyPath, reason }) => `${propertyPath} ${reason}`,
    );
}

describe("a placement", () => {
    it("leaves out of the pod what it does not say", () => {
        assert.deepEqual(placementSpec(), {});
        assert.deepEqual(placementSpec({ tolerations: [] }), {});
    });

    it("fills the pod's specification, the architecture as a node label", () => {
        const spec = placementSpec({
            nodeSelector: { pool: "functions" },
            architecture: "arm64",
            priorityClassName: "high",
            tolerations: [
                { key: "spot" },
                { key: "lone", operator: "Equal" },
                { key: "pool", value: "functions", effect: "NoSchedule" },
            ],
        });

        assert.deepEqual(spec, {
            nodeSelector: { pool: "functions", "kubernetes.io/arch": "arm64" },
            priorityClassName: "high",
            tolerations: [
                { key: "spot", operator: "Exists" },
                { key: "lone", operator: "Equal" },
                { key: "pool", value: "functions", effect: "NoSchedule", operator: "Equal" },
            ],
        });
    });

    it("adds the architecture to a node selector that is known later", async () => {
        const spec = placementSpec({ nodeSelector: pulumi.output({ pool: "functions" }), architecture: "amd64" });

        assert.deepEqual(await valueOf(spec.nodeSelector), { pool: "functions", "kubernetes.io/arch": "amd64" });
    });

    it("that is right has no faults", () => {
        assert.deepEqual(faultsOf(undefined), []);
        assert.deepEqual(
            faultsOf({
                nodeSelector: { "kubernetes.io/arch": "arm64" },
                architecture: "arm64",
                tolerations: [{ operator: "Exists" }, { key: "a", operator: "Equal", value: "b" }, { key: "a" }],
            }),
            [],
        );
    });

    it("that is wrong is told by every property", () => {
        const placement = {
            nodeSelector: { "bad key": "x" },
            architecture: "x86_64",
            priorityClassName: "High",
            tolerations: [
                { key: "a", operator: "Exists", value: "b" },
                { operator: "equal" },
                { value: "x", effect: "NoScedule" },
            ],
        };

        assert.deepEqual(faultsOf(placement), [
            'placement.nodeSelector["bad key"] is "bad key", which has a name that is too long or has characters that are not allowed; use at most 63 letters, digits, "-", "_" and ".", with a letter or digit at both ends',
            'placement.priorityClassName is "High", which has upper-case letters; use at most 253 lower-case letters, digits, "-" and ".", with a letter or digit at both ends of each part; did you mean "high"?',
            'placement.tolerations[0].value is given, but the operator "Exists" takes none; leave it out, or use "Equal"',
            'placement.tolerations[1].operator is "equal", which is not known here; use one of "Equal", "Exists"; did you mean "Equal"?',
            'placement.tolerations[2].effect is "NoScedule", which is not known here; use one of "NoExecute", "NoSchedule", "PreferNoSchedule"; did you mean "NoSchedule"?',
            'placement.tolerations[2].key is missing; name the taint, or use the operator "Exists" alone to put up with every one',
            'placement.architecture is "x86_64", which is not a processor that Kubernetes knows; use one of "amd64", "arm", "arm64", "ppc64le", "riscv64", "s390x"; did you mean "amd64"?',
        ]);
    });

    it("that asks for two processors is refused", () => {
        assert.deepEqual(faultsOf({ nodeSelector: { "kubernetes.io/arch": "amd64" }, architecture: "arm64" }), [
            'placement.architecture is "arm64", but nodeSelector asks for "amd64"; leave one of them out',
        ]);
    });
});

describe("a user's labels", () => {
    it("are refused when malformed, or when they would override the library's own", () => {
        const labels = { team: "blue", "app.kubernetes.io/instance": "mine", size: "x y" };
        assert.deepEqual(
            validateLabels("labels", labels).map(({ propertyPath }) => propertyPath),
            ['labels["app.kubernetes.io/instance"]', "labels.size"],
        );
        assert.deepEqual(validateLabels("labels", undefined), []);
    });

    it("refuse exactly the keys that objects get from the library", () => {
        const own = Object.keys(objectLabels({ app: "a", instance: "b", component: "c" }));
        for (const key of own) {
            assert.equal(validateLabels("labels", { [key]: "x" }).length, 1, key);
        }
    });
});
