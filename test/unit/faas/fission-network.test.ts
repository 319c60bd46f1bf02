import assert from "node:assert/strict";
import { networkFromObjects, reachable, type RenderedObject } from "../../../components/core/network";
import { Fission, type FissionArgs } from "../../../components/faas/fission";
import { testCluster } from "../support/cluster";
import { record, type Recording } from "../support/mocks";

const parts = ["buildermgr", "executor", "kubewatcher", "router", "storagesvc", "timer", "webhook"];

function recordFission(args: FissionArgs): Promise<Recording<Fission>> {
    return record(() => new Fission("fission", args));
}

function rendered(recording: Recording<unknown>): RenderedObject[] {
    return recording.resources
        .filter(({ type }) => type.startsWith("kubernetes:"))
        .map(({ type, inputs }) => ({ kind: type.split(":").at(-1)!, ...inputs }));
}

describe("The network of Fission", () => {
    const outsider = { name: "outsider", namespace: "default", address: "10.9.9.9", labels: {} };

    async function network(args: Partial<FissionArgs> = {}) {
        const recording = await recordFission({
            cluster: testCluster(),
            definitions: [],
            functionNamespaces: ["shop"],
            ...args,
        });
        const model = networkFromObjects(rendered(recording));
        const pods = (labels: Record<string, string>, name: string, port: number, namespace = "shop") => ({
            name,
            namespace,
            address: "10.1.1.1",
            labels,
            ports: [{ port }],
        });
        const functions = {
            pooled: pods({ executorType: "poolmgr" }, "pooled", 8888),
            own: pods({ executorType: "newdeploy" }, "own", 8888),
            image: pods({ executorType: "container" }, "image", 8080),
            build: pods({ owner: "buildermgr" }, "build", 8001),
            foreign: pods({ executorType: "poolmgr" }, "foreign", 8888, "elsewhere"),
        };
        const part = (name: string) => model.endpoints.find((endpoint) => endpoint.name === name)!;
        const reaches = (from: Parameters<typeof reachable>[1], to: Parameters<typeof reachable>[2], port: number) =>
            reachable(model, from, to, { port }).allowed;
        return { functions, part, reaches };
    }

    it("lets the router reach functions and nobody else but the executor, which tells them what to load", async () => {
        const { functions, part, reaches } = await network();

        assert.deepEqual(
            parts.filter((from) => reaches(part(from), functions.pooled, 8888)),
            ["executor", "router"],
        );
        assert.deepEqual(
            parts.filter((from) => reaches(part(from), functions.pooled, 8000)),
            ["executor"],
        );
        assert.deepEqual(
            parts.filter((from) => reaches(part(from), functions.image, 8080)),
            ["router"],
        );
        assert.equal(reaches(outsider, functions.own, 8888), false);
        assert.equal(reaches(functions.own, functions.pooled, 8888), false);
    });

    it("lets nobody into the router but its own triggers, and those who are named", async () => {
        const caller = { ...outsider, name: "caller", namespace: "apps", labels: { app: "shop" } };
        const closed = await network();
        assert.deepEqual(
            parts.filter((from) => from !== "router" && closed.reaches(closed.part(from), closed.part("router"), 8889)),
            ["kubewatcher", "timer"],
        );
        assert.equal(closed.reaches(caller, closed.part("router"), 8888), false);

        const open = await network({ callers: [{ namespace: "apps", podSelector: { app: "shop" } }] });
        assert.equal(open.reaches(caller, open.part("router"), 8888), true);
        assert.equal(open.reaches(caller, open.part("router"), 8889), false);
        assert.equal(open.reaches(outsider, open.part("router"), 8888), false);
    });

    it("lets only the router into the executor, and only what loads code into the archives", async () => {
        const { functions, part, reaches } = await network();

        assert.deepEqual(
            parts.filter((from) => from !== "executor" && reaches(part(from), part("executor"), 8888)),
            ["router"],
        );
        assert.deepEqual(
            parts.filter((from) => from !== "storagesvc" && reaches(part(from), part("storagesvc"), 8000)),
            ["buildermgr"],
        );
        const loading = Object.entries(functions).filter(([, from]) => reaches(from, part("storagesvc"), 8000));
        assert.deepEqual(
            loading.map(([name]) => name),
            ["pooled", "own", "build"],
        );
    });

    it("lets functions out to nowhere but what loads them, unless told", async () => {
        const internet = { name: "internet", address: "93.184.216.34" };
        const apiServer = { name: "api server", address: "10.0.0.1" };
        const closed = await network();
        assert.equal(closed.reaches(closed.functions.pooled, internet, 443), false);
        assert.equal(closed.reaches(closed.functions.pooled, apiServer, 6443), true);
        assert.equal(closed.reaches(closed.functions.image, apiServer, 6443), false);

        const open = await network({ functionEgress: [{ internet: true, ports: [{ port: 443 }] }] });
        for (const from of [open.functions.pooled, open.functions.own, open.functions.image]) {
            assert.equal(open.reaches(from, internet, 443), true);
            assert.equal(open.reaches(from, internet, 80), false);
        }
    });

    it("lets everybody into the webhook's own port, since the API server is no pod", async () => {
        const { part, reaches } = await network();

        assert.equal(reaches(outsider, part("webhook"), 9443), true);
        assert.equal(reaches(outsider, part("webhook"), 8080), false);
    });
});
