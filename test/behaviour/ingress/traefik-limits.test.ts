import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "../../../sandbox/tools/ports";
import { eventually } from "../../support/eventually";
import { RunningIngress, serve } from "./support/ingress";

describe("Traefik limits what its protections say", function () {
    this.timeout(60_000);
    let ingress: RunningIngress;

    before(async function () {
        this.timeout(30 * 60_000);
        ingress = await RunningIngress.start({
            ingress: {
                protections: {
                    small: { bodyLimit: { maximum: "1Ki" } },
                    few: { rateLimit: { requests: 3, period: "1m" } },
                    one: { concurrency: { requests: 1 } },
                    each: { concurrency: { requests: 1, perClient: true } },
                    breaker: { circuitBreaker: { serverErrorPercent: 20, openFor: "2s" } },
                    again: { retry: { attempts: 3 } },
                },
                timeouts: { response: "1s" },
            },
            routes: {
                open: {},
                small: { protections: ["small"] },
                few: { protections: ["few"] },
                one: { protections: ["one"] },
                each: { protections: ["each"] },
                broken: { protections: ["breaker"] },
                steady: { protections: ["again"] },
                empty: {},
            },
        });
    });
    after(() => ingress?.stop());

    it("answers 413 to bodies above the limit, also when their length is not announced", async () => {
        const send = (body: string, headers: Record<string, string>) =>
            ingress.call({ host: "small", method: "POST", body, headers });
        const large = "x".repeat(1025);
        const taken = await send("x".repeat(1024), {});
        assert.deepEqual([taken.status, taken.seen?.bytes], [200, 1024]);
        assert.equal((await send(large, { "content-length": "1025" })).status, 413);
        assert.equal((await send(large, { "transfer-encoding": "chunked" })).status, 413);
    });

    it("answers 429 to more requests than a client may send, and lets other clients pass", async () => {
        const answers: number[] = [];
        for (let count = 0; count < 5; count++) {
            answers.push(await ingress.status({ host: "few" }));
        }
        assert.deepEqual(answers, [200, 200, 200, 429, 429]);
        assert.equal(await ingress.status({ host: "few", from: "127.0.0.2" }), 200);
    });

    it("answers 429 to more requests at a time than it works on", async () => {
        const slow = { path: "/delay/500" };
        const [first, second] = await Promise.all([
            ingress.status({ host: "one", ...slow }),
            sleep(200).then(() => ingress.status({ host: "one", ...slow, from: "127.0.0.2" })),
        ]);
        assert.deepEqual([first, second], [200, 429]);
    });

    it("counts requests at a time by client where that is wanted", async () => {
        const slow = { host: "each", path: "/delay/500" };
        const [first, same, other] = await Promise.all([
            ingress.status(slow),
            sleep(200).then(() => ingress.status(slow)),
            sleep(200).then(() => ingress.status({ ...slow, from: "127.0.0.2" })),
        ]);
        assert.deepEqual([first, same, other], [200, 429, 200]);
    });

    it("answers 503 for a service that fails, without asking it, until its time is over", async () => {
        let opened = false;
        for (let count = 0; count < 50 && !opened; count++) {
            opened = (await ingress.status({ host: "broken", path: "/status/500" })) === 503;
        }
        assert.ok(opened, "never answered 503");
        assert.equal(await ingress.status({ host: "broken", path: "/status/200" }), 503);
        await eventually(async () => {
            assert.equal(await ingress.status({ host: "broken", path: "/status/200" }), 200);
        });
    });

    it("answers 504 for a service that does not begin to answer in time", async () => {
        assert.equal(await ingress.status({ host: "open", path: "/delay/3000" }), 504);
    });

    it("tries again where a pod can't be reached", async () => {
        const gone = await freePort();
        for (const host of ["open", "steady"]) {
            serve(ingress.api, "apps", host, 80, [ingress.upstreamPort, gone]);
        }
        await sleep(3_000);
        const statuses = async (host: string) => {
            const answers: number[] = [];
            for (let count = 0; count < 6; count++) {
                answers.push(await ingress.status({ host }));
            }
            return answers;
        };
        assert.ok((await statuses("open")).includes(502), "without retries some calls fail");
        assert.deepEqual(
            await statuses("steady"),
            Array.from({ length: 6 }, () => 200),
        );
    });

    it("answers 503, not 404, while a service has no pods", async () => {
        ingress.api.put({
            apiVersion: "discovery.k8s.io/v1",
            kind: "EndpointSlice",
            metadata: {
                name: "empty-0",
                namespace: "apps",
                labels: { "kubernetes.io/service-name": "empty" },
            },
            addressType: "IPv4",
            ports: [],
            endpoints: [],
        });
        await sleep(3_000);
        assert.equal(await ingress.status({ host: "empty" }), 503);
    });
});
