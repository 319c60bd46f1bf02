import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as http from "node:http";
import type { AddressInfo } from "node:net";
import * as os from "node:os";
import * as path from "node:path";
import { pathToFileURL } from "node:url";
import { FaasFunction, FunktionFlow, type FunktionFlowArgs, planFunktion } from "../../../components/faas";
import { flowCode } from "../../../components/faas/funktion/flow-code";
import { fakePlatform } from "../../../components/testing";
import { testCluster } from "../support/cluster";
import { record, type Recording, rejects } from "../support/mocks";
import { assertPodSecurity } from "../support/pods";
import { helloArgs } from "./function-samples";

const platform = planFunktion("funktion", { cluster: testCluster() });
const configType = "kubernetes:core/v1:ConfigMap";
const policyType = "kubernetes:networking.k8s.io/v1:NetworkPolicy";

const step = (service: string) => ({
    service: {
        namespace: "funktion",
        service,
        port: 80,
        targetPort: 8888,
        scheme: "http" as const,
        podSelector: { name: service },
    },
});

function flowArgs(args: Partial<FunktionFlowArgs> = {}): FunktionFlowArgs {
    return { cluster: testCluster(), platform, steps: [step("load"), { ...step("store"), path: "/orders" }], ...args };
}

function recordFlow(args: Partial<FunktionFlowArgs> = {}): Promise<Recording<FunktionFlow>> {
    return record(() => new FunktionFlow("orders", flowArgs(args)));
}

describe("A flow of Funktion", () => {
    it("is a Deployment with a Service at port 80, a record, and a way to each step and in there", async () => {
        const recording = await recordFlow();

        assert.deepEqual(recording.summary(), [
            "kubernetes-faas:index:FunktionFlow orders",
            "kubernetes-faas:index:HardenedDeployment orders",
            "kubernetes:apps/v1:Deployment orders",
            `${configType} orders-code`,
            `${configType} orders-record`,
            "kubernetes:core/v1:Service orders",
            `${policyType} orders`,
            `${policyType} orders-step-0-egress`,
            `${policyType} orders-step-0-ingress`,
            `${policyType} orders-step-1-egress`,
            `${policyType} orders-step-1-ingress`,
        ]);
        const egress = recording.only(policyType, "orders-step-1-egress").inputs.spec;
        assert.deepEqual(egress.egress.at(-1).to[0].podSelector, { matchLabels: { name: "store" } });
        assert.deepEqual(egress.egress.at(-1).ports, [{ protocol: "TCP", port: 8888 }]);
        const ingress = recording.only(policyType, "orders-step-1-ingress").inputs.spec;
        assert.deepEqual(ingress.policyTypes, ["Ingress"]);
        assert.deepEqual(ingress.podSelector, { matchLabels: { name: "store" } });
        assert.equal(ingress.ingress[0].from[0].podSelector.matchLabels["app.kubernetes.io/instance"], "orders");
        assertPodSecurity(recording.resources);
    });

    it("is described by a ConfigMap of kind Flow with its steps, and its program knows their URLs", async () => {
        const recording = await recordFlow();
        const { metadata, data } = recording.only(configType, "orders-record").inputs;
        const urls = ["http://load.funktion.svc:80/", "http://store.funktion.svc:80/orders"];

        assert.deepEqual(
            [metadata.name, metadata.labels["funktion.fabric8.io/kind"], metadata.labels.connector],
            ["orders", "Flow", "http"],
        );
        assert.deepEqual(
            [...(data["funktion.yml"] as string).matchAll(/uri: "(.*)"/g)].map(([, uri]) => uri),
            ["http://0.0.0.0:8888/", ...urls],
        );
        const [container] = recording.only("kubernetes:apps/v1:Deployment").inputs.spec.template.spec.containers;
        const steps = (container.env as { name: string; value: string }[]).find(({ name }) => name === "FLOW_STEPS")!;
        assert.deepEqual(JSON.parse(steps.value), urls);
    });

    it("begins at set times by a CronJob that calls its Service", async () => {
        const recording = await recordFlow({ cron: "0 4 * * *" });
        const { inputs } = recording.only("kubernetes:batch/v1:CronJob");

        assert.deepEqual([inputs.metadata.name, inputs.spec.schedule], ["orders-schedule-start", "0 4 * * *"]);
        const { data } = recording.only(configType, "orders-record").inputs;
        assert.match(data["funktion.yml"] as string, /uri: "cron:\/\/orders\?schedule=0 4 \* \* \*"/);
    });

    it("is refused without steps, with wrong values, and elsewhere than on Funktion", async () => {
        await rejects(
            () => new FunktionFlow("orders", flowArgs({ steps: [], cron: "often", timeoutSeconds: 301 })),
            /^FunktionFlow orders: 3 arguments are wrong:[^]*cron is "often"[^]*timeoutSeconds is 301[^]*steps is empty/,
        );
        await rejects(
            () => new FunktionFlow("orders", flowArgs({ platform: fakePlatform() })),
            "FunktionFlow orders: platform is fission, and flows are Funktion's; elsewhere let a function call others by functionUrl",
        );
        await rejects(
            () => new FunktionFlow("orders", flowArgs({ flowName: "Orders" })),
            /^FunktionFlow orders: flowName is "Orders"/,
        );
    });

    it("is refused beside a function of its name", async () => {
        await rejects(() => {
            new FaasFunction("orders", helloArgs(platform));
            return new FunktionFlow("flow", flowArgs({ flowName: "orders" }));
        }, /^FunktionFlow flow: flowName is "orders" like that of FaasFunction orders in namespace "funktion"/);
    });
});

describe("The program of a flow", () => {
    let folder: string;
    let server: http.Server;
    let base: string;
    let calls: string[];
    let handler: (request: object, context: object) => Promise<{ status: number; body: unknown; headers?: object }>;

    before(async () => {
        server = http.createServer((request, response) => {
            const chunks: Buffer[] = [];
            request
                .on("data", (chunk: Buffer) => chunks.push(chunk))
                .on("end", () => {
                    const body = Buffer.concat(chunks).toString();
                    calls.push(`${request.method} ${request.url} ${request.headers["content-type"]} ${body}`);
                    response.writeHead(request.url === "/broken" ? 500 : 200, { "content-type": "text/x-step" });
                    response.end(`${body}+${request.url}`);
                });
        });
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
        base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
        folder = fs.mkdtempSync(path.join(os.tmpdir(), "flow-"));
    });
    beforeEach(() => (calls = []));
    after(() => {
        delete process.env.FLOW_STEPS;
        fs.rmSync(folder, { recursive: true });
        server.closeAllConnections();
        server.close();
    });

    async function run(steps: string[]): Promise<{ status: number; body: unknown; headers?: object }> {
        process.env.FLOW_STEPS = JSON.stringify(steps.map((each) => base + each));
        const file = path.join(folder, `${steps.join("").replaceAll("/", "-")}.mjs`);
        fs.writeFileSync(file, flowCode);
        ({ handler } = (await import(pathToFileURL(file).href)) as { handler: typeof handler });
        const log = { error: () => undefined };
        return handler(
            { body: Buffer.from("begin"), headers: { "content-type": "text/plain" } },
            { requestId: "1", remainingMilliseconds: () => 5000, log },
        );
    }

    it("calls each step with the answer of the one before, and answers with the last", async () => {
        const answer = await run(["/a", "/b"]);

        assert.deepEqual(calls, ["POST /a text/plain begin", "POST /b text/x-step begin+/a"]);
        assert.deepEqual([answer.status, String(answer.body)], [200, "begin+/a+/b"]);
        assert.deepEqual(answer.headers, { "content-type": "text/x-step" });
    });

    it("ends at a step that fails, and says which", async () => {
        const answer = await run(["/a", "/broken", "/c"]);

        assert.equal(calls.length, 2);
        assert.deepEqual(answer, {
            status: 502,
            body: { error: "a step failed", url: `${base}/broken`, status: 500 },
        });
    });
});
