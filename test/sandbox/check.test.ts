import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { parse, stringify } from "yaml";
import { type ClusterInspection, inspectCluster } from "../../components/cluster";
import { describeSandbox } from "./support";

const namespace = "check-of-versions";
const accounts = `/api/v1/namespaces/${namespace}/serviceaccounts`;

interface TokenRequest {
    status: { token: string };
}

describeSandbox("the check before an upgrade, on a real API server", (context) => {
    const inspect = (kubeconfig = context().sandbox.kubeconfig): Promise<ClusterInspection> =>
        inspectCluster({ kubeconfig });

    function run(...args: string[]): { status: number | null; stdout: string } {
        const script = path.resolve(__dirname, "../../stacks/check.js");
        const all = [script, "--kubeconfig", context().sandbox.kubeconfig, ...args];
        return spawnSync(process.execPath, all, { encoding: "utf8" });
    }

    before(async () => {
        const { client } = context();
        await client.request("POST", "/api/v1/namespaces", { metadata: { name: namespace } });
        const labels = {
            "app.kubernetes.io/name": "fission",
            "app.kubernetes.io/component": "router",
            "app.kubernetes.io/managed-by": "kubernetes-faas",
        };
        await client.request("POST", accounts, { metadata: { name: "router", labels } });
    });

    after(async () => {
        await context().client.request("DELETE", `/api/v1/namespaces/${namespace}`);
    });

    it("reads version, nodes, metrics and what this library made, and nothing stays unseen", async () => {
        const { version, nodes, apis, uses, unseen, provider } = await inspect();
        assert.equal(version, context().sandbox.kubernetes.replace(/^v/, ""));
        assert.ok(nodes.length > 0);
        assert.deepEqual([...new Set(nodes.map(({ kubelet }) => kubelet.replace(/^v/, "")))], [version]);
        assert.deepEqual([apis, unseen, provider], [[], [], "upstream"]);
        assert.ok(uses.includes("library") && uses.includes("fission"), uses.join());
    });

    it("ends with 0 when nothing blocks the next minor version", () => {
        const { status, stdout } = run();
        assert.equal(status, 0, stdout);
        assert.match(stdout, /with objects of kubernetes-faas, .*Fission v1\.27\.0/);
        assert.doesNotMatch(stdout, /BLOCKS/);
    });

    it("ends with 1 when a kubelet would be too far behind, and names the node", async () => {
        const { client } = context();
        const name = "check-of-versions-old";
        await client.request("POST", "/api/v1/nodes", { metadata: { name } });
        try {
            const nodeInfo = { kubeletVersion: "v1.31.2", containerRuntimeVersion: "containerd://1.7.27" };
            const patch = { status: { nodeInfo } };
            await client.request("PATCH", `/api/v1/nodes/${name}/status`, patch, "application/merge-patch+json");
            const { status, stdout } = run("--to", "1.37");
            assert.equal(status, 1, stdout);
            assert.match(
                stdout,
                /BLOCKS: More than 3 minor versions behind would be: check-of-versions-old \(kubelet 1\.31\)/,
            );
            assert.match(stdout, /note: From 1\.37 on containerd 1\.x .* Nodes with it: check-of-versions-old\./);
        } finally {
            await client.request("DELETE", `/api/v1/nodes/${name}`);
        }
    });

    it("names what credentials without rights may not read", async () => {
        const { sandbox, client } = context();
        const { status } = await client.request<TokenRequest>("POST", `${accounts}/router/token`, { spec: {} });
        const config = parse(fs.readFileSync(sandbox.kubeconfig, "utf8")) as { users: { user: object }[] };
        config.users[0]!.user = { token: status.token };
        const { unseen, user } = await inspect(stringify(config));
        assert.equal(user, `system:serviceaccount:${namespace}:router`);
        assert.deepEqual(unseen, [
            "requests for deprecated APIs, in the API server's metrics (/metrics answers 403)",
            "the nodes (/api/v1/nodes answers 403)",
            "what this library made (/api/v1/serviceaccounts answers 403)",
        ]);
    });

    it("ends with 2 when the cluster can't be asked", () => assert.equal(run("--context", "nowhere").status, 2));
});
