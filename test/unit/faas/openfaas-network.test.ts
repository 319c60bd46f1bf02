import assert from "node:assert/strict";
import { networkFromObjects, reachable, type RenderedObject } from "../../../components/core/network";
import type { OpenFaasArgs } from "../../../components/faas/openfaas";
import type { Recording } from "../support/mocks";
import { recordOpenFaas } from "./openfaas-recording";

function rendered(recording: Recording<unknown>): RenderedObject[] {
    return recording.resources
        .filter(({ type }) => type.startsWith("kubernetes:"))
        .map(({ type, inputs }) => ({ kind: type.split(":").at(-1)!, ...inputs }));
}

type Endpoint = Parameters<typeof reachable>[1];

describe("The network of OpenFaas", () => {
    const pod = (name: string, namespace: string, labels: Record<string, string> = {}): Endpoint => ({
        name,
        namespace,
        address: "10.1.1.1",
        labels,
    });
    const outsider = pod("outsider", "default");
    const frontend = pod("frontend", "web", { app: "frontend" });
    /** As the API of the gateway makes them: without any label of ours. */
    const deployed = pod("deployed", "openfaas-fn", { faas_function: "deployed" });
    const internet = { name: "internet", address: "93.184.216.34" };
    const apiServer = { name: "api server", address: "10.0.0.1" };
    const proxy = { name: "proxy", address: "198.51.100.7" };
    const parts = ["alertmanager", "cron-connector", "gateway", "nats", "prometheus", "queue-worker"];

    async function network(args: Partial<OpenFaasArgs> = {}) {
        const model = networkFromObjects(rendered(await recordOpenFaas({ cronConnector: true, ...args })));
        const part = (name: string) => model.endpoints.find((endpoint) => endpoint.name === name)!;
        const reaches = (from: Endpoint, to: Endpoint, port: number) => reachable(model, from, to, { port }).allowed;
        /** The parts, and others, that reach a port of a part. */
        const whoReaches = (to: string, port: number) =>
            [...parts.filter((each) => each !== to).map(part), outsider, frontend, deployed]
                .filter((from) => reaches(from, part(to), port))
                .map(({ name }) => name);
        return { part, reaches, whoReaches };
    }

    it("opens each port to those who need it, and that of faas-netes, which asks for no login, to nobody", async () => {
        const { whoReaches } = await network();

        assert.deepEqual(whoReaches("gateway", 8080), ["alertmanager", "cron-connector", "queue-worker"]);
        assert.deepEqual(whoReaches("gateway", 8081), []);
        assert.deepEqual(whoReaches("gateway", 8082), ["prometheus"]);
        assert.deepEqual(whoReaches("nats", 4222), ["gateway", "queue-worker"]);
        assert.deepEqual(whoReaches("prometheus", 9090), ["gateway"]);
        assert.deepEqual(whoReaches("alertmanager", 9093), ["prometheus"]);
    });

    it("lets callers that are named into the gateway, and nowhere else of OpenFaaS' own", async () => {
        const { whoReaches } = await network({ callers: [{ namespace: "web", podSelector: { app: "frontend" } }] });

        assert.ok(whoReaches("gateway", 8080).includes("frontend"));
        for (const [part, port] of [
            ["gateway", 8081],
            ["gateway", 8082],
            ["nats", 4222],
            ["prometheus", 9090],
            ["alertmanager", 9093],
        ] as const) {
            assert.ok(!whoReaches(part, port).includes("frontend"), `${part} ${port}`);
        }
    });

    it("lets the gateway's pod alone out: to functions, the API server and by TLS to the Internet", async () => {
        const { part, reaches } = await network();
        const open = (to: Endpoint, port: number) => parts.filter((from) => reaches(part(from), to, port));

        assert.deepEqual(open(internet, 443), ["gateway"]);
        assert.deepEqual(open(internet, 80), []);
        assert.deepEqual(open(apiServer, 6443), ["gateway"]);
        assert.deepEqual(open({ name: "metadata", address: "169.254.169.254" }, 443), []);
    });

    it("goes to the proxy and no further where there is one", async () => {
        const { part, reaches } = await network({
            proxy: { url: "http://proxy.example.com:3128", endpoint: { cidrs: ["198.51.100.7/32"] } },
        });

        assert.equal(reaches(part("gateway"), proxy, 3128), true);
        assert.equal(reaches(part("gateway"), proxy, 443), false);
        assert.equal(reaches(part("gateway"), internet, 443), false);
    });

    it("lets the results of queued calls out only where it is said", async () => {
        const closed = await network();
        assert.equal(closed.reaches(closed.part("queue-worker"), internet, 443), false);

        const open = await network({ callbackEgress: [{ internet: true, ports: [{ port: 443 }] }] });
        assert.equal(open.reaches(open.part("queue-worker"), internet, 443), true);
        assert.equal(open.reaches(open.part("gateway"), internet, 443), true);
    });

    it("lets the gateway into functions that it deployed itself only where it may deploy any", async () => {
        const closed = await network();
        assert.equal(closed.reaches(closed.part("gateway"), deployed, 8080), false);

        const open = await network({ insecureApiDeploys: true });
        assert.equal(open.reaches(open.part("gateway"), deployed, 8080), true);
        assert.equal(open.reaches(open.part("gateway"), deployed, 8081), false);
        assert.equal(open.reaches(outsider, deployed, 8080), false);
        assert.equal(open.reaches(deployed, deployed, 8080), true);
        assert.equal(open.reaches(deployed, { ...deployed, name: "other" }, 8080), false);
    });

    it("lets functions out to nowhere unless told", async () => {
        const closed = await network({ insecureApiDeploys: true });
        assert.equal(closed.reaches(deployed, internet, 443), false);
        assert.equal(closed.reaches(deployed, closed.part("gateway"), 8080), false);

        const open = await network({ functionEgress: [{ internet: true, ports: [{ port: 443 }] }] });
        assert.equal(open.reaches(deployed, internet, 443), true);
        assert.equal(open.reaches(deployed, internet, 80), false);
        assert.equal(open.reaches(deployed, apiServer, 6443), false);
    });

    it("opens nothing to a queue that there is not", async () => {
        const model = networkFromObjects(rendered(await recordOpenFaas({ asyncInvocation: false })));
        const gateway = model.endpoints.find(({ name }) => name === "gateway")!;
        const impostor = pod("nats", "openfaas", {
            "app.kubernetes.io/name": "openfaas",
            "app.kubernetes.io/instance": "openfaas",
            "app.kubernetes.io/component": "nats",
        });
        assert.equal(reachable(model, gateway, impostor, { port: 4222 }).allowed, false);
    });
});
