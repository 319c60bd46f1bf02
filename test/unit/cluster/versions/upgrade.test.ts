import assert from "node:assert/strict";
import fc from "fast-check";
import { checkUpgrade, type UpgradePlan } from "../../../../components/cluster";
import { versionTable } from "../../../../components/core";

const today = new Date("2026-11-22");
const plain = { from: "1.36.3", to: "1.37" };

function findings(plan: Partial<UpgradePlan>): string[] {
    return checkUpgrade({ ...plain, ...plan }, today).map(({ severity, reason }) => `${severity}: ${reason}`);
}

const node = (
    name: string,
    kubelet: string,
    runtime?: string,
): { name: string; kubelet: string; runtime?: string } => ({
    name,
    kubelet,
    runtime,
});

describe("the check of an upgrade", () => {
    it("finds nothing about one minor version with nodes of the same version", () =>
        assert.deepEqual(findings({ nodes: [node("a", "v1.36.3", "containerd://2.1.4")], kubectl: "1.36.0" }), []));

    it("finds nothing about a patch", () => assert.deepEqual(findings({ to: "1.36.4" }), []));

    it("blocks more than one minor version at a time, and names the steps", () =>
        assert.deepEqual(
            findings({ from: "1.34.9", to: "1.37", provider: "upstream" })[0],
            "blocks: It skips 2 minor versions; upgrade to 1.35, then 1.36, then 1.37.",
        ));

    it("lets AKS go over minor versions, with what that takes", () => {
        const [first] = findings({ from: "1.34.9", to: "1.36", provider: "aks" });
        assert.equal(
            first,
            "warns: It skips a minor version, which AKS takes between versions in long-term support only; else upgrade to 1.35, then 1.36.",
        );
    });

    it("blocks the way back", () =>
        assert.deepEqual(findings({ to: "1.35" }), [
            "blocks: A control plane never goes back, and this one has 1.36.3; restore a backup into a new cluster.",
        ]));

    it("blocks what the cloud does not run any more, and warns of what it may not have yet", () => {
        assert.match(
            findings({ from: "1.29", to: "1.30", provider: "eks" })[0]!,
            /^blocks: Kubernetes 1\.30 is a version which EKS does not run any more/,
        );
        assert.deepEqual(findings({ provider: "eks" }), [
            "warns: Kubernetes 1.37 is newer than what was known on EKS on 2026-11-22. Whether it can be had, this tells: aws eks describe-cluster-versions",
        ]);
    });

    it("blocks kubelets more than three minor versions behind, and warns of those at the limit", () =>
        assert.deepEqual(
            findings({
                nodes: [node("a", "v1.33.1"), node("b", "v1.34.9"), node("c", "v1.35.0"), node("d", "v1.33.4")],
            }),
            [
                "blocks: More than 3 minor versions behind would be: a, d (kubelet 1.33); upgrade the nodes to 1.34 or later first.",
                "warns: As far behind as kubelets may be is: b (kubelet 1.34); upgrade the nodes before the next upgrade.",
            ],
        ));

    it("blocks kubelets that are newer than the API server would be, and names five nodes of many", () => {
        const nodes = Array.from({ length: 7 }, (_, index) => node(`n${index}`, "v1.38.0"));
        assert.deepEqual(findings({ nodes }), [
            "blocks: Newer than the API server would be: n0, n1, n2, n3, n4 and 2 more (kubelet 1.38); replace the nodes by older ones.",
        ]);
    });

    it("warns of a kubectl that is too far away, either way", () => {
        assert.deepEqual(findings({ kubectl: "1.35.2" }), [
            "warns: kubectl 1.35.2 is 2 minor versions apart; use 1.37.",
        ]);
        assert.deepEqual(findings({ kubectl: "1.38" }), []);
    });

    it("blocks the use of an API that is gone then, by kind or by resource, and warns of one that goes later", () =>
        assert.deepEqual(
            findings({
                apis: [
                    { api: "networking.k8s.io/v1beta1", kind: "IPAddress" },
                    { api: "networking.k8s.io/v1beta1", kind: "servicecidrs", by: "kube-apiserver" },
                    { api: "resource.k8s.io/v1beta1", kind: "ResourceClaim" },
                    { api: "storage.k8s.io/v1beta1", kind: "volumeattributesclasses" },
                    { api: "example.com/v1", kind: "things", removedIn: "1.37" },
                    { api: "v1", kind: "endpoints" },
                ],
            }),
            [
                "blocks: IPAddress of networking.k8s.io/v1beta1 is used, and gone in 1.37; move to the version that replaces it first.",
                "blocks: servicecidrs of networking.k8s.io/v1beta1 is used by kube-apiserver, and gone in 1.37; move to the version that replaces it first.",
                "blocks: volumeattributesclasses of storage.k8s.io/v1beta1 is used, and gone in 1.37; move to storage.k8s.io/v1 first.",
                "blocks: things of example.com/v1 is used, and gone in 1.37; move to the version that replaces it first.",
                "warns: ResourceClaim of resource.k8s.io/v1beta1 is used, and gone in 1.38; move to the version that replaces it before that.",
                "warns: endpoints of v1 is used, and is deprecated; move to the version that replaces it.",
            ],
        ));

    it("warns of what else changes on the way, of a runtime only where a node has it", () => {
        const nodes = [node("old", "v1.36.1", "containerd://1.7.27"), node("new", "v1.36.1", "containerd://2.2.0")];
        assert.deepEqual(findings({ nodes }), [
            "warns: From 1.37 on containerd 1.x is not supported any more; before nodes are upgraded, use node images with containerd 2. Nodes with it: old.",
        ]);
        assert.match(findings({ from: "1.34.3", to: "1.35" }).join("\n"), /cgroup v1/);
        assert.deepEqual(findings({ from: "1.35.3", to: "1.36" }), []);
    });

    it("blocks what a platform in the cluster can't run on, and warns of what its makers have not tested", () => {
        assert.deepEqual(
            findings({ from: "1.30.1", to: "1.31", uses: ["fission"] })[0],
            "blocks: Fission v1.27.0 needs Kubernetes 1.32 or later.",
        );
        assert.deepEqual(findings({ uses: ["fission", "openfaas", "kubeless", "funktion", "library"] }), [
            "warns: Fission v1.27.0 is tested by its makers up to 1.36; try it on a copy of the cluster first.",
        ]);
    });

    it("refuses what is no version", () =>
        assert.throws(
            () => findings({ to: "latest" }),
            new RangeError('"latest" is not a Kubernetes version; give one like "1.36" or "1.36.3"'),
        ));

    it("lets nodes pass exactly when they are no newer than the API server and at most three minor versions older", () => {
        const minors = fc.integer({ min: 20, max: 60 });
        fc.assert(
            fc.property(minors, minors, (target, kubelet) => {
                const plan = { from: `1.${target}`, to: `1.${target}`, nodes: [node("a", `v1.${kubelet}.1`)] };
                const isBlocked = checkUpgrade(plan, today).some(({ reason }) => reason.includes("kubelet"));
                const behind = target - kubelet;
                assert.equal(isBlocked, behind < 0 || behind >= versionTable.skew.kubeletBehind);
            }),
        );
    });
});
