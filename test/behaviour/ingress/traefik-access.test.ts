import assert from "node:assert/strict";
import type { IngressProtection } from "../../../components";
import { TestAuthority, type Pair } from "./support/certificates";
import { password, RunningIngress } from "./support/ingress";

/** The hash of "another password". */
const otherHash = "$2a$04$AXNW31Urb5jS6YrK5DwtgetggJM7faDShHw/jLcr1kzNgNZYvL5YC";

const loopback: IngressProtection = { ipAllowList: { ranges: ["127.0.0.1/32"] } };

describe("Traefik lets in whom its protections say", function () {
    this.timeout(60_000);
    let clients: TestAuthority;
    let client: Pair;
    let stranger: Pair;
    let ingress: RunningIngress;

    before(async function () {
        this.timeout(30 * 60_000);
        clients = new TestAuthority("clients");
        const strangers = new TestAuthority("strangers");
        client = clients.issue("a client");
        stranger = strangers.issue("a stranger");
        strangers.remove();
        ingress = await RunningIngress.start({
            ingress: {
                protections: {
                    login: { basicAuth: { users: [{ name: "alice" }, { name: "bob", passwordHash: otherHash }] } },
                    office: loopback,
                    clients: { mutualTls: { caCertificate: clients.certificate } },
                    app: { cors: { origins: ["https://app.example.com"], credentials: true } },
                },
            },
            routes: {
                open: {},
                closed: { protections: ["login"] },
                inside: { protections: ["office"] },
                both: { protections: ["office", "login"] },
                machines: { protections: ["clients"] },
                api: { protections: ["app", "login"] },
                "open-path": { host: "paths.faas.localhost", path: "/" },
                "closed-path": { host: "paths.faas.localhost", path: "/admin", protections: ["login"] },
                "asked-path": { host: "mixed.faas.localhost", path: "/secret", protections: ["clients"] },
                "free-path": { host: "mixed.faas.localhost", path: "/" },
            },
        });
    });
    after(async () => {
        await ingress?.stop();
        clients?.remove();
    });

    it("asks for a login: 401 without one or with a wrong one, 200 with the right one", async () => {
        const refused = await ingress.call({ host: "closed" });
        assert.equal(refused.status, 401);
        assert.equal(refused.headers["www-authenticate"], 'Basic realm="login"');
        assert.equal(await ingress.status({ host: "closed", login: ["alice", "wrong"] }), 401);
        assert.equal(await ingress.status({ host: "closed", login: ["mallory", password] }), 401);
        assert.equal(await ingress.status({ host: "closed", login: ["alice", password] }), 200);
        assert.equal(await ingress.status({ host: "closed", login: ["bob", "another password"] }), 200);
    });

    it("keeps the password from the service behind", async () => {
        const { seen } = await ingress.call({ host: "closed", login: ["alice", password] });
        assert.ok(seen && !("authorization" in seen.headers));
    });

    it("protects a path and what is below it, and no other path of the host", async () => {
        const status = (path: string) => ingress.status({ host: "paths", path });
        assert.deepEqual(
            await Promise.all(["/", "/admin", "/admin/users", "/administration"].map(status)),
            [200, 401, 401, 200],
        );
    });

    it("finds no way around a path's protection by dots, slashes or escapes", async () => {
        for (const path of ["/x/../admin", "//admin", "/./admin", "/%61dmin", "/admin%2Fusers", "/x/%2e%2e/admin"]) {
            const status = await ingress.status({ host: "paths", path });
            assert.ok([400, 401].includes(status), `${path} was answered with ${status}`);
        }
    });

    it("refuses escaped slashes, zero bytes and the like in paths", async () => {
        for (const path of ["/a%2Fb", "/a%5Cb", "/a%00b", "/a%3Bb", "/a%25b", "/a%3Fb", "/a%23b"]) {
            assert.equal(await ingress.status({ host: "open", path }), 400, path);
        }
    });

    it("answers 403 to addresses that are not on the list, whatever they claim", async () => {
        const inside = { host: "inside" };
        assert.equal(await ingress.status(inside), 200);
        assert.equal(await ingress.status({ ...inside, from: "127.0.0.2" }), 403);
        for (const header of ["X-Forwarded-For", "X_Forwarded_For", "X-Real-Ip", "Forwarded"]) {
            const headers = { [header]: header === "Forwarded" ? "for=127.0.0.1" : "127.0.0.1" };
            assert.equal(await ingress.status({ ...inside, from: "127.0.0.2", headers }), 403, header);
        }
    });

    it("tells the service behind who the client is, and nothing that the client claims", async () => {
        const headers = { "X-Forwarded-For": "8.8.8.8", X_Forwarded_For: "8.8.8.8", "X-Real-Ip": "8.8.8.8" };
        const { seen } = await ingress.call({ host: "open", from: "127.0.0.3", headers });
        assert.equal(seen!.headers["x-forwarded-for"], "127.0.0.3");
        assert.equal(seen!.headers["x-real-ip"], "127.0.0.3");
        assert.ok(!JSON.stringify(seen!.headers).includes("8.8.8.8"));
    });

    it("wants every protection that a route names", async () => {
        const login: [string, string] = ["alice", password];
        assert.equal(await ingress.status({ host: "both", login }), 200);
        assert.equal(await ingress.status({ host: "both" }), 401);
        assert.equal(await ingress.status({ host: "both", login, from: "127.0.0.2" }), 403);
    });

    it("refuses clients without a certificate, and with one of another authority", async () => {
        await assert.rejects(ingress.call({ host: "machines" }), /certificate required/);
        await assert.rejects(ingress.call({ host: "machines", certificate: stranger }), /unknown ca|bad certificate/);
        assert.equal(await ingress.status({ host: "machines", certificate: client }), 200);
    });

    it("protects by HTTP/2 as well, as browsers speak it", async () => {
        const status = (request: Parameters<typeof ingress.statusOverHttp2>[0]) => ingress.statusOverHttp2(request);
        assert.equal(await status({ host: "open" }), 200);
        assert.equal(await status({ host: "closed" }), 401);
        assert.equal(await status({ host: "closed", login: ["alice", password] }), 200);
        assert.equal(await status({ host: "inside", from: "127.0.0.2" }), 403);
        await assert.rejects(status({ host: "machines" }));
        assert.equal(await status({ host: "machines", certificate: client }), 200);
    });

    it("does not let clients name one host in the handshake and another in the request", async () => {
        const headers = { host: "machines.faas.localhost" };
        assert.equal(await ingress.status({ host: "open", headers }), 421);
    });

    it("serves neither route of a host that disagree on client certificates, rather than both without", async () => {
        const answers = await Promise.all(
            ["/secret", "/"].map((path) => ingress.status({ host: "mixed", path }).catch(() => 0)),
        );
        assert.ok(!answers.includes(200), answers.join());
    });

    it("answers browsers that ask for another origin, before any login, and only the origins that are meant", async () => {
        const ask = (origin: string) =>
            ingress.call({
                host: "api",
                method: "OPTIONS",
                headers: { Origin: origin, "Access-Control-Request-Method": "POST" },
            });
        const allowed = await ask("https://app.example.com");
        assert.equal(allowed.status, 200);
        assert.equal(allowed.headers["access-control-allow-origin"], "https://app.example.com");
        assert.equal(allowed.headers["access-control-allow-credentials"], "true");
        const other = await ask("https://evil.example.com");
        assert.equal(other.headers["access-control-allow-origin"], undefined);
        assert.equal(await ingress.status({ host: "api", headers: { Origin: "https://app.example.com" } }), 401);
    });
});

describe("Traefik with client certificates for every route", function () {
    this.timeout(60_000);
    let clients: TestAuthority;
    let ingress: RunningIngress;

    before(async function () {
        this.timeout(30 * 60_000);
        clients = new TestAuthority("clients");
        const mutualTls = { caCertificate: clients.certificate };
        ingress = await RunningIngress.start({
            ingress: { protections: { machines: { mutualTls, everyRoute: true } } },
            routes: { open: {} },
            ready: { certificate: clients.issue("a client") },
        });
    });
    after(async () => {
        await ingress?.stop();
        clients?.remove();
    });

    it("refuses clients without one on routes that name nothing", async () => {
        await assert.rejects(ingress.call({ host: "open" }), /certificate required/);
        await assert.rejects(ingress.call({ host: "unknown" }), /certificate required/);
        assert.equal(await ingress.status({ host: "open", certificate: clients.issue("another client") }), 200);
    });
});

describe("Traefik with an allow-list for every route", function () {
    this.timeout(60_000);
    const proxy = "127.0.0.9";
    let direct: RunningIngress;
    let proxied: RunningIngress;
    let balanced: RunningIngress;

    before(async function () {
        this.timeout(30 * 60_000);
        const protections = { office: { ...loopback, everyRoute: true } };
        direct = await RunningIngress.start({ ingress: { protections }, routes: { open: {} } });
        const trusted = [`${proxy}/32`];
        proxied = await RunningIngress.start({
            ingress: {
                trustedProxies: trusted,
                protections: {
                    office: { ipAllowList: { ranges: ["127.0.0.1/32", "127.0.0.3/32"] }, everyRoute: true },
                    each: { rateLimit: { requests: 2, period: "1m" } },
                },
            },
            routes: { open: {}, limited: { protections: ["each"] } },
            ready: { from: proxy, headers: { "X-Forwarded-For": "127.0.0.1" } },
        });
        balanced = await RunningIngress.start({
            ingress: { protections, proxyProtocolFrom: trusted },
            routes: { open: {} },
        });
    });
    after(async () => {
        await Promise.all([direct, proxied, balanced].map((each) => each?.stop()));
    });

    it("holds for routes that name nothing", async () => {
        assert.equal(await direct.status({ host: "open" }), 200);
        assert.equal(await direct.status({ host: "open", from: "127.0.0.2" }), 403);
    });

    it("believes X-Forwarded-For from trusted proxies only, and of it the last address that is none of theirs", async () => {
        const status = (from: string, forwarded?: string) =>
            proxied.status({ host: "open", from, headers: forwarded ? { "X-Forwarded-For": forwarded } : {} });
        assert.equal(await status(proxy, "127.0.0.1"), 200);
        assert.equal(await status(proxy, `127.0.0.1, ${proxy}`), 200);
        assert.equal(await status(proxy, "127.0.0.2"), 403);
        assert.equal(await status(proxy, "127.0.0.1, 127.0.0.2"), 403);
        assert.equal(await status("127.0.0.2", "127.0.0.1"), 403);
        assert.equal(await status("127.0.0.1"), 403, "it came past the proxies");
    });

    it("counts the requests of each client behind a proxy by itself", async () => {
        const status = (client: string) =>
            proxied.status({ host: "limited", from: proxy, headers: { "X-Forwarded-For": client } });
        const first = [await status("127.0.0.1"), await status("127.0.0.1"), await status("127.0.0.1")];
        assert.deepEqual(first, [200, 200, 429]);
        assert.equal(await status("127.0.0.3"), 200);
    });

    it("believes the PROXY protocol from trusted load balancers only", async () => {
        const claim = "PROXY TCP4 127.0.0.1 127.0.0.1 40000 443\r\n";
        const other = "PROXY TCP4 127.0.0.2 127.0.0.1 40000 443\r\n";
        assert.equal(await balanced.status({ host: "open", from: proxy, proxyProtocol: claim }), 200);
        assert.equal(await balanced.status({ host: "open", from: proxy, proxyProtocol: other }), 403);
        assert.equal(await balanced.status({ host: "open", from: "127.0.0.2", proxyProtocol: claim }), 403);
    });
});
