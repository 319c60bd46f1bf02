import assert from "node:assert/strict";
import { freePort } from "../../../sandbox/tools/ports";
import type { OidcProtection } from "../../../components";
import { Browser, type Page } from "./support/browser";
import { TestAuthority } from "./support/certificates";
import { RunningIngress } from "./support/ingress";
import { findOAuth2Proxy, OAuth2ProxyProcess } from "./support/oauth2-proxy";
import { type Account, client, OidcProvider } from "./support/oidc-provider";

const alice: Account = { sub: "a1", email: "alice@example.com", email_verified: true, groups: ["operators", "staff"] };
const callback = (host: string, protection: string): string => `https://${host}:30443/oauth2/${protection}/callback`;

/** All of it: browser, Traefik, oauth2-proxy and provider are real processes or servers, and the login is one, too. */
describe("A login by OIDC with the real Traefik and the real oauth2-proxy", function () {
    this.timeout(60_000);
    const authority = new TestAuthority("provider");
    const proxies: OAuth2ProxyProcess[] = [];
    let provider: OidcProvider;
    let ingress: RunningIngress;

    before(async function () {
        this.timeout(30 * 60_000);
        const found = await findOAuth2Proxy();
        if ("missing" in found) {
            console.log(`      skipped: ${found.missing}`);
            this.skip();
        }
        provider = await OidcProvider.start(authority, [
            callback("closed.faas.localhost", "staff"),
            callback("auth.faas.localhost", "shared"),
        ]);
        const common: OidcProtection = {
            issuerUrl: provider.issuerUrl,
            issuerCaCertificate: authority.certificate,
            clientId: client.id,
            clientSecret: client.secret,
        };
        const logins = { staff: await freePort(), shared: await freePort() };
        ingress = await RunningIngress.start({
            ingress: {
                protections: {
                    staff: { oidc: { ...common, allowedEmailDomains: ["example.com"], allowedGroups: ["operators"] } },
                    shared: {
                        oidc: {
                            ...common,
                            allowedEmails: [alice.email],
                            cookie: { domain: "faas.localhost" },
                            callbackHost: "auth.faas.localhost",
                        },
                    },
                },
            },
            routes: {
                closed: { protections: ["staff"] },
                one: { protections: ["shared"] },
                two: { protections: ["shared"] },
            },
            logins,
        });
        for (const [protection, port] of Object.entries(logins)) {
            proxies.push(await OAuth2ProxyProcess.start(found.program, ingress.loginFiles(protection), port));
        }
    });
    beforeEach(() => {
        provider.account = alice;
        provider.forged = {};
    });
    after(async () => {
        await Promise.all(proxies.map((proxy) => proxy.stop()));
        await ingress?.stop();
        await provider?.stop();
        authority.remove();
    });

    const newBrowser = (): Browser =>
        new Browser({
            ingress: (request) => ingress.call(request),
            provider: { url: provider.issuerUrl, ca: authority.certificate },
        });
    const open = (browser = newBrowser(), path = "/page?a=b"): Promise<Page> =>
        browser.open(`https://closed.faas.localhost:30443${path}`);
    const isLoggedIn = (browser: Browser): boolean =>
        browser.cookiesFor("closed.faas.localhost").some(({ name }) => name === "__Host-oauth2-staff");

    it("sends a browser to the provider and, once logged in, back to the page that it wanted", async () => {
        const { status, seen, visited } = await open();
        assert.equal(status, 200);
        assert.equal(seen!.path, "/page?a=b");
        assert.deepEqual(
            visited.map((url) => url.split("?")[0]),
            [
                "https://closed.faas.localhost:30443/page",
                `${provider.issuerUrl}/authorize`,
                callback("closed.faas.localhost", "staff"),
                "https://closed.faas.localhost:30443/page",
            ],
        );
    });

    it("asks the provider by PKCE and with a nonce, and for no consent by force", async () => {
        await open();
        const asked = provider.asked.at(-1)!;
        assert.equal(asked.get("scope"), "openid email profile groups");
        assert.equal(asked.get("code_challenge_method"), "S256");
        assert.ok(asked.get("nonce")!.length > 20);
        assert.equal(asked.get("approval_prompt"), "auto");
    });

    it("tells the service who it is, and not what the client says of itself", async () => {
        const browser = newBrowser();
        await open(browser);
        const { seen } = await browser.get("https://closed.faas.localhost:30443/", {
            "X-Auth-Request-Email": "root@example.com",
            "X-Auth-Request-Groups": "root",
            "X-Auth-Request-Preferred-Username": "root",
            X_Auth_Request_User: "root",
        });
        const identity = Object.entries(seen!.headers).filter(([name]) => /x.auth.request/i.test(name));
        assert.deepEqual(Object.fromEntries(identity), {
            "x-auth-request-user": alice.sub,
            "x-auth-request-email": alice.email,
            "x-auth-request-groups": "operators,staff",
        });
    });

    it("keeps the login in one cookie that scripts, plain http and other hosts don't get", async () => {
        const browser = newBrowser();
        await open(browser);
        const [cookie, ...others] = browser.cookiesFor("closed.faas.localhost");
        assert.deepEqual(others, []);
        assert.equal(cookie!.name, "__Host-oauth2-staff");
        const flags = cookie!.attributes.filter((each) => !each.startsWith("expires=") && !each.startsWith("max-age="));
        assert.deepEqual(flags, ["httponly", "path=/", "samesite=lax", "secure"]);
        assert.ok(cookie!.value.length < 1_000, "without the provider's tokens");
        assert.deepEqual(browser.cookiesFor("one.faas.localhost"), []);
    });

    it("asks nobody twice", async () => {
        const browser = newBrowser();
        await open(browser);
        assert.deepEqual((await open(browser, "/again")).visited, ["https://closed.faas.localhost:30443/again"]);
    });

    it("lets in both of two pages that ask for a login at a time", async () => {
        const browser = newBrowser();
        const first = await browser.open("https://closed.faas.localhost:30443/first", { steps: 0 });
        const second = await browser.open("https://closed.faas.localhost:30443/second", { steps: 0 });
        for (const [page, path] of [
            [second, "/second"],
            [first, "/first"],
        ] as const) {
            const { status, seen } = await browser.open(page.headers.location!);
            assert.deepEqual([status, seen?.path], [200, path]);
        }
    });

    it("refuses accounts of other domains, without the group, and with an address that is not verified", async () => {
        const strangers: Account[] = [
            { ...alice, email: "alice@example.org" },
            { ...alice, email: "alice@example.com.example.org" },
            { ...alice, groups: ["staff"] },
            { ...alice, groups: undefined },
            { ...alice, email_verified: false },
        ];
        for (const account of strangers) {
            provider.account = account;
            const browser = newBrowser();
            const { status, seen, url } = await open(browser);
            assert.ok(status >= 400 && seen === undefined, `${JSON.stringify(account)}: ${status}`);
            assert.ok(url.startsWith(callback("closed.faas.localhost", "staff")));
            assert.equal(isLoggedIn(browser), false);
        }
    });

    it("refuses tokens for another client, of another provider, with another nonce, or past their time", async () => {
        const past = Math.floor(Date.now() / 1000) - 3600;
        for (const forged of [{ aud: "other" }, { iss: "https://evil.example" }, { nonce: "other" }, { exp: past }]) {
            provider.forged = forged;
            const browser = newBrowser();
            const { status, seen } = await open(browser);
            assert.ok(status >= 400 && seen === undefined, `${JSON.stringify(forged)}: ${status}`);
            assert.equal(isLoggedIn(browser), false);
        }
    });

    it("refuses the answer to somebody else's login, as in a link that is sent to a victim", async () => {
        const attacker = newBrowser();
        const page = await attacker.open("https://closed.faas.localhost:30443/", { steps: 0 });
        const atProvider = await attacker.get(page.headers.location!);
        const victim = newBrowser();
        const { status } = await victim.open(atProvider.headers.location!);
        assert.equal(status, 403);
        assert.equal(isLoggedIn(victim), false);
    });

    it("asks again whose cookie was changed", async () => {
        const browser = newBrowser();
        await open(browser);
        browser.tamper(
            "__Host-oauth2-staff",
            (value) => `${value.slice(0, 20)}${value[20] === "A" ? "B" : "A"}${value.slice(21)}`,
        );
        const { status, headers } = await browser.get("https://closed.faas.localhost:30443/");
        assert.equal(status, 302);
        assert.ok(headers.location!.startsWith(`${provider.issuerUrl}/authorize`));
    });

    it("redirects to no host of others after the login", async () => {
        for (const elsewhere of [
            "https://evil.example/",
            "//evil.example/",
            "/\\evil.example/",
            "https:evil.example",
        ]) {
            const browser = newBrowser();
            const start = `https://closed.faas.localhost:30443/oauth2/staff/start?rd=${encodeURIComponent(elsewhere)}`;
            const { url, status } = await browser.open(start);
            assert.deepEqual([url, status], ["https://closed.faas.localhost:30443/", 200], elsewhere);
        }
    });

    it("answers 401 to those who ask for JSON", async () => {
        const { status } = await ingress.call({ host: "closed", headers: { accept: "application/json" } });
        assert.equal(status, 401);
    });

    it("takes no token of the provider's for a login", async () => {
        await open();
        const token = provider.given.at(-1)!;
        const { status } = await ingress.call({ host: "closed", headers: { authorization: `Bearer ${token}` } });
        assert.equal(status, 302);
    });

    it("ends at sign_out", async () => {
        const browser = newBrowser();
        await open(browser);
        await browser.open("https://closed.faas.localhost:30443/oauth2/staff/sign_out", { steps: 0 });
        assert.equal(isLoggedIn(browser), false);
    });

    it("shares a login among the hosts of a domain, by one URL that the provider knows", async () => {
        const browser = newBrowser();
        const first = await browser.open("https://one.faas.localhost:30443/page");
        assert.deepEqual([first.status, first.url], [200, "https://one.faas.localhost:30443/page"]);
        assert.ok(first.visited.some((url) => url.startsWith(callback("auth.faas.localhost", "shared"))));
        const second = await browser.open("https://two.faas.localhost:30443/page");
        assert.deepEqual([second.status, second.visited.length], [200, 1]);

        const start = `https://one.faas.localhost:30443/oauth2/shared/start?rd=${encodeURIComponent("https://evil.example/")}`;
        assert.ok(!(await newBrowser().open(start)).url.includes("evil"));
    });

    it("lets in nobody by the cookie of another login", async () => {
        const browser = newBrowser();
        await browser.open("https://one.faas.localhost:30443/");
        const { value } = browser.cookiesFor("one.faas.localhost")[0]!;
        const cookie = `__Host-oauth2-staff=${value}`;
        assert.equal((await ingress.call({ host: "closed", headers: { cookie } })).status, 302);
    });

    it("counts requests for Prometheus, by the names that the alerts have", async () => {
        assert.match(await proxies[0]!.metrics(), /^oauth2_proxy_requests_total\{code="302"\} \d+/m);
    });

    it("writes no secret, code, token or cookie into its log, nor does Traefik", async () => {
        const browser = newBrowser();
        await open(browser);
        const { value } = browser.cookiesFor("closed.faas.localhost")[0]!;
        const cookieKey = ingress.loginFiles("staff")["/etc/oauth2-proxy/secrets/cookie-secret"]!;
        // Back once more, which oauth2-proxy refuses: the cookie of the way there is gone.
        const stale = `${callback("closed.faas.localhost", "staff")}?code=stale-code&state=x:/`;
        assert.equal((await browser.get(stale)).status, 403);
        await newBrowser().get("https://closed.faas.localhost:30443/reset?token=of-a-link");
        const logs = [ingress.log, ...proxies.map(({ log }) => log)].join("\n");
        assert.match(logs, /alice@example\.com/, "who has logged in is written down");
        for (const secret of [client.secret, cookieKey, value, "stale-code", "of-a-link", ...provider.given]) {
            assert.ok(!logs.includes(secret));
        }
    });

    it("serves nothing while oauth2-proxy is gone", async () => {
        const browser = newBrowser();
        await open(browser);
        await proxies[0]!.stop();
        const { status, seen } = await browser.get("https://closed.faas.localhost:30443/");
        assert.ok(status >= 500 && seen === undefined, String(status));
    });
});
