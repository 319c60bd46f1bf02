import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { type Answer } from "./support/client";
import { eventually } from "../../support/eventually";
import { password, type Published, RunningIngress } from "./support/ingress";

describe("Traefik at the edge", function () {
    this.timeout(60_000);
    let ingress: RunningIngress;

    before(async function () {
        this.timeout(30 * 60_000);
        ingress = await RunningIngress.start({
            ingress: {
                protections: {
                    login: { basicAuth: { users: [{ name: "alice" }] } },
                    page: {
                        headers: {
                            contentSecurityPolicy: "default-src 'self'",
                            set: { "X-Template": "{{ braces }}" },
                            remove: ["X-Internal"],
                        },
                    },
                    few: { rateLimit: { requests: 1, period: "1m" } },
                },
            },
            routes: {
                open: {},
                closed: { protections: ["login"] },
                page: { protections: ["page"] },
                few: { protections: ["few"] },
            },
        });
    });
    after(() => ingress?.stop());

    function assertSecurityHeaders({ headers, status }: Answer): void {
        assert.equal(headers["strict-transport-security"], "max-age=31536000", `${status}`);
        assert.equal(headers["x-content-type-options"], "nosniff", `${status}`);
        assert.equal(headers["x-frame-options"], "DENY", `${status}`);
        assert.equal(headers["referrer-policy"], "strict-origin-when-cross-origin", `${status}`);
    }

    it("puts the security headers on every answer, on refusals too, and hides what services say of themselves", async () => {
        const answers = [
            await ingress.call({ host: "open" }),
            await ingress.call({ host: "open", path: "/status/500" }),
            await ingress.call({ host: "closed" }),
            await ingress.call({ host: "few" }),
            await ingress.call({ host: "few" }),
        ];
        assert.deepEqual(
            answers.map(({ status }) => status),
            [200, 500, 401, 200, 429],
        );
        answers.forEach(assertSecurityHeaders);
        for (const { headers } of answers) {
            assert.equal(headers.server, undefined);
            assert.equal(headers["x-powered-by"], undefined);
        }
    });

    it("adds and removes the headers that a route's protection names, braces and all", async () => {
        const answer = await ingress.call({ host: "page" });
        assertSecurityHeaders(answer);
        assert.equal(answer.headers["content-security-policy"], "default-src 'self'");
        assert.equal(answer.headers["x-template"], "{{ braces }}");
        assert.equal(answer.headers["x-internal"], undefined);
    });

    it("sends plain HTTP to https, at the port that clients use, before any protection", async () => {
        for (const host of ["open", "closed"]) {
            const answer = await ingress.callPlain("web", { host: `${host}.faas.localhost`, path: "/a?b=c" });
            assert.equal(answer.status, 301);
            assert.equal(answer.headers.location, `https://${host}.faas.localhost:30443/a?b=c`);
        }
    });

    it("refuses TLS 1.1 and takes 1.2 and 1.3", async () => {
        const speak = (version: "TLSv1.1" | "TLSv1.2" | "TLSv1.3") =>
            ingress.status({
                host: "open",
                // OpenSSL itself must be talked into the old version.
                tls: { minVersion: version, maxVersion: version, ciphers: "DEFAULT@SECLEVEL=0" },
            });
        await assert.rejects(speak("TLSv1.1"), /protocol version/);
        assert.equal(await speak("TLSv1.2"), 200);
        assert.equal(await speak("TLSv1.3"), 200);
    });

    it("refuses ciphers without forward secrecy", async () => {
        const tls = { maxVersion: "TLSv1.2" as const, ciphers: "AES128-GCM-SHA256:AES128-SHA@SECLEVEL=0" };
        await assert.rejects(ingress.call({ host: "open", tls }), /handshake failure/);
    });

    it("serves no host that no route names", async () => {
        assert.equal(await ingress.status({ host: "unknown" }), 404);
    });

    it("keeps metrics, health, API and dashboard from clients, and routes from the port of metrics", async () => {
        for (const path of ["/metrics", "/ping", "/api/rawdata", "/dashboard/"]) {
            const { seen } = await ingress.call({ host: "open", path });
            assert.equal(seen?.path, path, `${path} is the service's own`);
            assert.equal(await ingress.status({ host: "unknown", path }), 404);
        }
        const internal = (path: string) => ingress.callPlain("traefik", { host: "open.faas.localhost", path });
        assert.equal((await internal("/")).status, 404);
        assert.equal((await internal("/api/rawdata")).status, 404);
        assert.equal((await internal("/dashboard/")).status, 404);
        assert.equal((await internal("/ping")).status, 200);
    });

    it("has the metrics that its alerts ask for", async () => {
        const { text } = await ingress.callPlain("traefik", { host: "127.0.0.1", path: "/metrics" });
        for (const metric of ["traefik_tls_certs_not_after{", 'traefik_service_requests_total{code="200"']) {
            assert.ok(text.includes(metric), metric);
        }
    });

    it("writes what it was asked for as JSON, and neither passwords nor hashes, queries, cookies or keys", async () => {
        await ingress.call({
            host: "closed",
            path: "/report?token=query-secret",
            login: ["alice", password],
            headers: { cookie: "session=cookie-secret", "x-api-key": "header-secret", "user-agent": "a browser" },
        });
        await ingress.call({ host: "closed", login: ["alice", "wrong-secret"] });
        const line = await eventually(() => {
            const found = ingress.accessLog.find(({ RequestPath }) => String(RequestPath).startsWith("/report"));
            return found ? Promise.resolve(found) : Promise.reject(new Error("the line is missing"));
        });
        assert.equal(line.DownstreamStatus, 200);
        assert.equal(line.ClientHost, "127.0.0.1");
        assert.equal(line["request_User-Agent"], "a browser");
        const login = Buffer.from(`alice:${password}`).toString("base64");
        for (const secret of [
            "query-secret",
            "cookie-secret",
            "header-secret",
            "wrong-secret",
            password,
            login,
            "$2a$",
            "PRIVATE KEY",
        ]) {
            assert.ok(!ingress.log.includes(secret), `${secret} is in the log`);
        }
    });

    it("writes its address into the routes' status, and needs no rights but those that it has", async () => {
        const service = ingress.api.get("Service", "traefik", "traefik")!;
        ingress.api.put({
            ...service,
            spec: { ...(service.spec as object), type: "LoadBalancer" },
            status: { loadBalancer: { ingress: [{ ip: "192.0.2.10" }] } },
        });
        await eventually(() => {
            const written = ingress.api.written.get("ingresses/status apps/open");
            return written?.includes("192.0.2.10") ? Promise.resolve() : Promise.reject(new Error("no address yet"));
        });
        assert.deepEqual(ingress.api.forbidden, []);
    });
});

describe("Traefik takes over changes", function () {
    this.timeout(120_000);
    const users = (...names: string[]): Published => ({
        ingress: { protections: { login: { basicAuth: { users: names.map((name) => ({ name })) } } } },
        routes: { closed: { protections: ["login"] } },
    });
    let ingress: RunningIngress;

    before(async function () {
        this.timeout(30 * 60_000);
        ingress = await RunningIngress.start(users("alice"));
    });
    after(() => ingress?.stop());

    const status = (name: string) => ingress.status({ host: "closed", login: [name, password] });

    it("of users, three times in a row, without a restart", async () => {
        for (const [added, removed] of [
            ["bob", "alice"],
            ["carol", "bob"],
            ["dave", "carol"],
        ] as const) {
            assert.equal(await status(added), 401);
            await ingress.update(users(added));
            await eventually(async () => assert.equal(await status(added), 200));
            assert.equal(await status(removed), 401);
        }
        assert.ok(ingress.isRunning);
    });

    it("of routes, as other stacks add them", async () => {
        await ingress.update({ ...users("dave"), routes: { closed: { protections: ["login"] }, later: {} } });
        await eventually(async () => assert.equal(await ingress.status({ host: "later" }), 200));
    });

    it("but for a file that it can't read: it goes on with the one before, and takes the next", async () => {
        ingress.placeProtections("http: [this is\n  no: configuration");
        await eventually(() => {
            assert.match(ingress.log, /Error occurred during watcher callback/);
            return Promise.resolve();
        });
        assert.equal(await status("dave"), 200);
        assert.equal(await status("alice"), 401);
        await ingress.update(users("erin"));
        await eventually(async () => assert.equal(await status("erin"), 200));
    });

    it("and serves no route whose protection is not there", async () => {
        const route = ingress.api.get("Ingress", "apps", "later")!;
        const annotations = { "traefik.ingress.kubernetes.io/router.middlewares": "gone@file" };
        ingress.api.put({ ...route, metadata: { ...route.metadata, annotations } });
        await eventually(async () => assert.equal(await ingress.status({ host: "later" }), 404));
        ingress.api.put(route);
        await eventually(async () => assert.equal(await ingress.status({ host: "later" }), 200));
    });

    it("and finishes what it works on when it is told to end", async () => {
        const slow = ingress.status({ host: "later", path: "/delay/3000" });
        await sleep(500);
        const ended = ingress.terminate();
        await eventually(async () => {
            assert.equal((await ingress.callPlain("traefik", { host: "127.0.0.1", path: "/ping" })).status, 503);
        });
        assert.equal(await ingress.status({ host: "later" }), 200, "it takes requests until balancers have noticed");
        assert.equal(await slow, 200);
        assert.equal(await ended, 0);
    });
});

describe("Traefik for the routes of some namespaces only", function () {
    this.timeout(60_000);
    let ingress: RunningIngress;

    before(async function () {
        this.timeout(30 * 60_000);
        ingress = await RunningIngress.start({ ingress: { routeNamespaces: ["apps"] }, routes: { open: {} } });
    });
    after(() => ingress?.stop());

    it("serves them with a certificate, by rights in these namespaces alone", async () => {
        assert.equal(await ingress.status({ host: "open" }), 200);
        assert.deepEqual(ingress.api.forbidden, []);
    });

    it("does not see those of others", async () => {
        const route = ingress.api.get("Ingress", "apps", "open")!;
        const elsewhere = { ...route.metadata, name: "foreign", namespace: "elsewhere" };
        const spec = JSON.parse(JSON.stringify(route.spec).replaceAll("open.", "foreign.")) as object;
        ingress.api.put({ ...route, metadata: elsewhere, spec });
        await sleep(3_000);
        assert.equal(await ingress.status({ host: "foreign" }), 404);
    });
});
