import assert from "node:assert/strict";
import { fakeCluster, record } from "../../../components/testing";
import type { ClusterKind } from "../../../stacks/clusters";
import { sayVersionSupport } from "../../../stacks/clusters/support";

/** What a run says, on any channel. */
async function said(kind: ClusterKind, kubernetesVersion: string, preview: boolean): Promise<string[]> {
    const lines: string[] = [];
    const { log, info } = console;
    console.log = console.info = (text: string) => void lines.push(text);
    try {
        const { resources } = await record(() => sayVersionSupport(kind, { ...fakeCluster(), kubernetesVersion }), {
            preview,
        });
        assert.ok(resources.every(({ custom }) => !custom));
    } finally {
        Object.assign(console, { log, info });
    }
    return lines;
}

describe("what a stack says of its cluster's version", () => {
    it("is until when it is supported, once, at preview, and no resource", async () => {
        assert.deepEqual(await said("eks", "1.36", true), [
            "info: [runtime] Kubernetes 1.36 is in standard support on EKS until 2027-08-02, in extended support until 2028-08-02.",
        ]);
        assert.deepEqual(await said("eks", "1.36", false), []);
    });

    it("goes by the cloud that the version tells, where the kind of cluster does not", async () => {
        assert.match((await said("existing", "1.36.3-gke.1640000", true))[0]!, /on GKE until 2027-08-09/);
        assert.match((await said("local", "1.36.3", true))[0]!, /support until 2027-06-28\.$/);
    });
});
