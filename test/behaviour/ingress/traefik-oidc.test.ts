import assert from "node:assert/strict";
import type { OidcProtection } from "../../../components";
import { eventually } from "../../support/eventually";
import type { Call } from "./support/client";
import { type Published, RunningIngress } from "./support/ingress";
import { cookies, LoginStandIn } from "./support/login-stand-in";

const oidc: OidcProtection = {
    issuerUrl: "https://login.example.org",
    clientId: "faas",
    clientSecret: "secret",
    allowedGroups: ["operators"],
};

/** Headers by which a client claims to have logged in, in all spellings. */
const forged = {
    "X-Auth-Request-User": "mallory",
    "x-auth-request-email": "admin@example.com",
    X_Auth_Request_Email: "admin@example.com",
    "X-Auth-Request-Groups": "operators",
    "X-Auth-Request-Preferred-Username": "admin",
};

describe("Traefik asks a login by OIDC about each request (a stand-in answers for oauth2-proxy)", function () {
    this.timeout(60_000);
    let login: LoginStandIn;
    let ingress: RunningIngress;
    let published: Published;

    before(async function () {
        this.timeout(30 * 60_000);
        login = await LoginStandIn.start("/oauth2/staff/");
        published = {
            ingress: { protections: { staff: { oidc }, password: { basicAuth: { users: [{ name: "alice" }] } } } },
            routes: {
                closed: { protections: ["staff"] },
                open: {},
                second: { protections: ["password"] },
            },
            logins: { staff: login.port },
        };
        ingress = await RunningIngress.start(published);
    });
    after(async () => {
        await ingress?.stop();
        await login?.stop();
    });

    const asAlice = (call: Partial<Call> = {}): Call => ({
        host: "closed",
        ...call,
        headers: { cookie: cookies.alice, ...call.headers },
    });

    it("sends who has not logged in to the provider: redirect and cookie reach the browser as they are", async () => {
        const { status, headers } = await ingress.call({ host: "closed", path: "/a?b=c" });
        assert.equal(status, 302);
        assert.equal(headers.location, "https://login.example.org/authorize?client_id=faas");
        assert.deepEqual(headers["set-cookie"], ["__Host-oauth2-staff_csrf=1; Path=/; Secure; HttpOnly; SameSite=Lax"]);
        assert.match(headers["strict-transport-security"]!, /max-age/);
    });

    it("answers 401 to those who ask for JSON, and 403 to accounts that are not let in", async () => {
        assert.equal(await ingress.status({ host: "closed", headers: { accept: "application/json" } }), 401);
        assert.equal(await ingress.status({ host: "closed", headers: { cookie: cookies.foreigner } }), 403);
    });

    it("tells the login which page it is, and keeps other logins of the request from it", async () => {
        const headers = {
            "x-forwarded-uri": "/elsewhere",
            "x-forwarded-host": "evil.example",
            authorization: "Basic x",
        };
        await ingress.call({ host: "closed", path: "/page?b=c", method: "POST", body: "secret", headers });
        const asked = login.asked.at(-1)!;
        assert.equal(asked.url, "/");
        assert.equal(asked.method, "GET");
        assert.equal(asked.headers["x-forwarded-uri"], "/page?b=c");
        assert.equal(asked.headers["x-forwarded-host"], "closed.faas.localhost");
        assert.equal(asked.headers["x-forwarded-proto"], "https");
        assert.equal(asked.headers.authorization, undefined);
    });

    it("lets in who has logged in, and tells the service who it is", async () => {
        const { status, seen } = await ingress.call(asAlice({ path: "/page" }));
        assert.equal(status, 200);
        assert.equal(seen!.headers["x-auth-request-email"], "alice@example.com");
        assert.equal(seen!.headers["x-auth-request-user"], "1");
    });

    it("drops what clients say of themselves, with a login, on other routes, and towards the login itself", async () => {
        const { seen } = await ingress.call(asAlice({ headers: forged }));
        assert.deepEqual(
            Object.entries(seen!.headers).filter(([name]) => /x.auth.request/i.test(name)),
            [
                ["x-auth-request-email", "alice@example.com"],
                ["x-auth-request-user", "1"],
            ],
        );
        const open = await ingress.call({ host: "open", headers: forged });
        assert.deepEqual(
            Object.keys(open.seen!.headers).filter((name) => /x.auth.request/i.test(name)),
            [],
        );
        const asked = login.asked.at(-1)!;
        assert.ok(!Object.keys(asked.headers).some((name) => /x.auth.request/i.test(name)));
    });

    it("leads the login's own paths to it on every host, without asking for a login, and no others", async () => {
        for (const host of ["closed", "open", "second"]) {
            const { status, text } = await ingress.call({ host, path: "/oauth2/staff/callback?code=1" });
            assert.deepEqual([status, text], [200, "own path /oauth2/staff/callback?code=1"]);
        }
        for (const path of ["/oauth2/staff", "/oauth2/staffed/x", "/oauth2/", "/x/oauth2/staff/callback"]) {
            assert.equal(await ingress.status({ host: "closed", path }), 302, path);
        }
    });

    it("finds no way around the login by dots, slashes or escapes below its own paths", async () => {
        for (const path of ["/oauth2/staff/../../admin", "/oauth2/staff/%2e%2e/%2e%2e/admin", "//oauth2/staff/../x"]) {
            const { status, seen } = await ingress.call({ host: "closed", path });
            assert.ok([302, 400].includes(status) && seen === undefined, `${path} was answered with ${status}`);
        }
    });

    it("leaves a 401 of the service's own alone", async () => {
        const { status, headers } = await ingress.call(asAlice({ path: "/status/401" }));
        assert.equal(status, 401);
        assert.equal(headers.location, undefined);
    });

    it("hands a renewed cookie on where logins are refreshed, and only there", async () => {
        assert.equal((await ingress.call(asAlice())).headers["set-cookie"], undefined);
        const staff = { oidc: { ...oidc, cookie: { refresh: "10m" } } };
        await ingress.update({ ...published, ingress: { protections: { ...published.ingress!.protections, staff } } });
        await eventually(async () => {
            const { headers } = await ingress.call(asAlice());
            assert.deepEqual(headers["set-cookie"], [
                "__Host-oauth2-staff=alice; Path=/; HttpOnly; Secure; SameSite=Lax",
            ]);
        });
        await ingress.update(published);
    });

    it("writes no cookie, no query and no secret into its log", () => {
        for (const secret of ["__Host-oauth2-staff", "code=1", oidc.clientSecret as string]) {
            assert.ok(
                !ingress.accessLog
                    .map((line) => JSON.stringify(line))
                    .join("\n")
                    .includes(secret),
                secret,
            );
        }
    });

    it("serves nothing while the login is gone, and everything else", async () => {
        await login.stop();
        const { status, seen } = await ingress.call(asAlice());
        assert.ok(status >= 500 && seen === undefined, String(status));
        assert.equal(await ingress.status({ host: "open" }), 200);
    });
});
