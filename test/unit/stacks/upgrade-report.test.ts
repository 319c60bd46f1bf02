import assert from "node:assert/strict";
import type { ClusterInspection } from "../../../components";
import { upgradeReport } from "../../../stacks/upgrade-report";

const inspection: ClusterInspection = {
    context: "production",
    version: "1.36.3",
    user: "ada",
    provider: "eks",
    nodes: [{ name: "old", kubelet: "v1.33.1" }],
    apis: [],
    uses: ["library", "fission"],
    unseen: [],
};
const today = new Date("2026-11-22");

describe("the report on an upgrade", () => {
    it("says what the cluster is, what blocks first, and from when the knowledge is", () => {
        const { text } = upgradeReport(inspection, { to: "1.37" }, today);
        assert.deepEqual(text.split("\n"), [
            'Cluster "production" runs Kubernetes 1.36.3 on 1 node, with objects of kubernetes-faas, Fission v1.27.0.',
            "Kubernetes 1.36 is in standard support on EKS until 2027-08-02, in extended support until 2028-08-02.",
            "",
            "Before you upgrade to 1.37:",
            "- BLOCKS: More than 3 minor versions behind would be: old (kubelet 1.33); upgrade the nodes to 1.34 or later first.",
            "- note: Kubernetes 1.37 is newer than what was known on EKS on 2026-11-22. Whether it can be had, this tells: aws eks describe-cluster-versions",
            "- note: Fission v1.27.0 is tested by its makers up to 1.36; try it on a copy of the cluster first.",
            "",
            "By what was known on 2026-11-22. The API server counts requests since it started: what runs once a month may be missing.",
        ]);
    });

    it("is about the next minor version by default, and says so when there is nothing to do", () => {
        const { text, findings } = upgradeReport(
            { ...inspection, provider: "upstream", nodes: [], uses: [] },
            {},
            today,
        );
        assert.deepEqual(findings, []);
        assert.match(text, /Before you upgrade to 1\.37:\n- nothing that this check knows of stands in the way\.\n/);
    });

    it("names what could not be looked at", () => {
        const { text } = upgradeReport({ ...inspection, unseen: ["the nodes (/api/v1/nodes answers 403)"] }, {}, today);
        assert.match(text, /\nNot looked at:\n- the nodes \(\/api\/v1\/nodes answers 403\)\n/);
    });
});
