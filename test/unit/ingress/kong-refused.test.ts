import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import {
    type IngressProtection,
    KongIngress,
    type KongIngressArgs,
    type KongRoute,
    planKongIngress,
    validateKongIngress,
    validateRoute,
} from "../../../components";
import { declarativeConfig } from "../../../components/ingress/kong/declarative";
import { fakeService } from "../../../components/testing";
import { testCluster } from "../support/cluster";
import { record, valueOf } from "../support/mocks";
import { kongArgs, openRoute } from "./kong-support";

const lines = (args: Partial<KongIngressArgs>): string[] =>
    validateKongIngress("edge", kongArgs(args)).map(({ propertyPath, reason }) => `${propertyPath} ${reason}`);
const linesFor = (it: IngressProtection): string[] => lines({ protections: { it } });
const linesOf = (...routes: Partial<KongRoute>[]): string[] => lines({ routes: routes.map(openRoute) });

/** Asserts that there is exactly one fault, and what it says. */
function only(found: string[], expected: RegExp): void {
    assert.equal(found.length, 1, found.join("\n"));
    assert.match(found[0]!, expected);
}

const user = (name: string): IngressProtection => ({ basicAuth: { users: [{ name }] } });
const publicKey = "-----BEGIN PUBLIC KEY-----\n";

describe("KongIngress refuses", () => {
    it("a host and path twice, also when one is written with a slash at its end", () => {
        only(
            linesOf({ path: "/a" }, { name: "other", host: "web.example.com", path: "/a/" }),
            /^routes\[1\]\.path is "\/a" of host "web\.example\.com", which route web has; give another path or host$/,
        );
    });

    it("two routes of one name", () => {
        only(linesOf({}, { host: "b.example.com" }), /^routes\[1\]\.name is "web" a second time/);
    });

    it("a route without a login that does not say so, and says which there are", () => {
        only(
            lines({ protections: { login: user("alice") }, routes: [openRoute({ insecureWithoutLogin: false })] }),
            /^routes\[0\]\.protections has none that asks for a login; name one of login, or set insecureWithoutLogin/,
        );
    });

    it("a protection that is not there, and says what was meant", () => {
        only(
            lines({
                protections: { office: { rateLimit: { requests: 1 } } },
                routes: [openRoute({ protections: ["ofice"] })],
            }),
            /^routes\[0\]\.protections\[0\] is "ofice".*did you mean "office"\?$/,
        );
    });

    it("a route without host on an ingress without domain", () => {
        only(
            lines({
                cluster: testCluster({ cloud: "gcp" }),
                domain: undefined,
                certificates: { selfSigned: { hosts: ["a.example.com"] } },
            }),
            /^routes\[0\]\.host is missing, and the gateway has no domain/,
        );
    });

    it("two logins on one route, of which Kong would check the members of one", () => {
        const protections = { login: { ...user("alice"), everyRoute: true }, admin: user("bob") };
        only(
            lines({ protections, routes: [openRoute({ protections: ["admin"] })] }),
            /^routes\[0\]\.protections asks for the logins login and admin, and kong checks the members of one/,
        );
    });

    it("two protections of a kind that Kong has once per route, but for headers, which it joins", () => {
        const list = (range: string): IngressProtection => ({ ipAllowList: { ranges: [range] } });
        const protections = { office: { ...list("203.0.113.0/24"), everyRoute: true }, home: list("198.51.100.0/24") };
        only(
            lines({ protections, routes: [openRoute({ protections: ["home"] })] }),
            /^routes\[0\]\.protections has home of the same kind as office, and kong has one per route, of the controllers only traefik has several/,
        );
        const headers = { one: { headers: { remove: ["A"] } }, two: { headers: { remove: ["B"] } } };
        assert.deepEqual(lines({ protections: headers, routes: [openRoute({ protections: ["one", "two"] })] }), []);
    });

    it("a user, a key or an issuer of two protections, which it could not tell apart", () => {
        only(
            lines({ protections: { one: user("alice"), two: user("alice") } }),
            /^protections\.two\.basicAuth\.users has one that protections\.one\.basicAuth\.users has, too, and kong tells users apart by nothing else/,
        );
        const key = "0123456789abcdef";
        const found = lines({
            protections: {
                one: { apiKey: { holders: [{ name: "a", key }] } },
                two: { apiKey: { holders: [{ name: "b", key }] } },
            },
        });
        only(found, /^protections\.two\.apiKey\.holders\[0\]\.key has one that protections\.one/);
        assert.ok(!found[0]!.includes(key));
        const jwt = { issuer: "https://id.example.com", publicKey };
        only(lines({ protections: { one: { jwt }, two: { jwt } } }), /^protections\.two\.jwt\.issuer has one that/);
    });

    it("keys that can be guessed, holders without or with one name, and no holders", () => {
        only(
            linesFor({ apiKey: { holders: [{ name: "a", key: "short" }] } }),
            /^protections\.it\.apiKey\.holders\[0\]\.key is a secret value, which has 5 characters; give a text of/,
        );
        only(linesFor({ apiKey: { holders: [] } }), /holders is empty/);
        only(
            linesFor({ apiKey: { holders: [{ name: "a" }, { name: "a" }] } }),
            /holders\[1\]\.name is "a" a second time/,
        );
        only(linesFor({ apiKey: { holders: [{ name: "a" }], header: "X Key" } }), /header is "X Key"/);
        const both = { name: "a", key: "0123456789abcdef", rotation: "1" };
        only(linesFor({ apiKey: { holders: [both] } }), /rotation changes nothing beside key/);
    });

    it("tokens without an issuer or a public key, and algorithms with a shared secret", () => {
        only(linesFor({ jwt: { issuer: "", publicKey } }), /^protections\.it\.jwt\.issuer is empty/);
        only(linesFor({ jwt: { issuer: "a", publicKey: "secret" } }), /publicKey is "secret".*public key in PEM/);
        only(linesFor({ jwt: { issuer: "a", publicKey, algorithm: "HS256" as "RS256" } }), /algorithm is "HS256"/);
    });

    it("a login without users, and a hash of a password that only Traefik reads", () => {
        only(linesFor({ basicAuth: { users: [] } }), /users is empty/);
        const passwordHash = `$2y$10$${"a".repeat(53)}`;
        only(
            linesFor({ basicAuth: { users: [{ name: "alice", passwordHash }] } }),
            /passwordHash is of bcrypt, which of the controllers only traefik reads; give the password itself/,
        );
        only(
            linesFor({ basicAuth: { users: [{ name: "alice", password: "correct-horse" }] } }),
            /password is a secret value, which has 13 characters; give 16 or more for kong/,
        );
    });

    it("windows, bursts and pauses that Kong does not have, and names Traefik", () => {
        only(
            linesFor({ rateLimit: { requests: 1, period: "10s" } }),
            /period is "10s", and kong counts by .* only traefik/,
        );
        only(linesFor({ rateLimit: { requests: 1, burst: 5 } }), /burst is given, but kong .* only traefik/);
        only(linesFor({ retry: { attempts: 2, interval: "1s" } }), /interval is given, but kong .* only traefik/);
        assert.deepEqual(linesFor({ rateLimit: { requests: 5, burst: 5, period: "1m" } }), []);
    });

    it("methods of HTTP that it does not know, and headers without a value, which it would skip", () => {
        only(linesFor({ cors: { origins: ["https://a.example"], methods: ["GTE"] } }), /methods\[0\] is "GTE".*"GET"/);
        only(linesFor({ headers: { set: { "X-Empty": "" } } }), /^protections\.it\.headers\.set\["X-Empty"\] is empty/);
    });

    it("certificates that are renewed while it runs, and no certificate on a cluster that others reach", () => {
        only(
            lines({ certificates: { issuer: { name: "letsencrypt" } } }),
            /^certificates\.issuer renews certificates, and kong reads them only when it starts, of the controllers only traefik/,
        );
        only(
            lines({ certificates: { acme: { email: "ops@example.com" } } }),
            /^certificates\.acme renews certificates/,
        );
        const cluster = testCluster({ cloud: "gcp" });
        only(
            lines({ cluster, certificates: undefined }),
            /^certificates is missing; give one of own, secretName, selfSigned/,
        );
    });

    it("two certificates of one host, and a key that is none, without repeating it", () => {
        const certificate = { certificate: "-----BEGIN CERTIFICATE-----", privateKey: "-----BEGIN PRIVATE KEY-----" };
        only(
            linesOf({ certificate }, { name: "api", host: "web.example.com", path: "/api", certificate }),
            /^routes\[1\]\.certificate is a second one for host "web\.example\.com", which has that of route web/,
        );
        const found = linesOf({ certificate: { ...certificate, privateKey: "hunter2" } });
        only(found, /^routes\[0\]\.certificate\.privateKey is a secret value/);
    });

    it("services that speak TLS or no HTTP, whose certificates it could not check", () => {
        only(
            linesOf({ service: fakeService({ scheme: "https" }) }),
            /^routes\[0\]\.service\.scheme is "https", and kong can check/,
        );
        only(linesOf({ service: fakeService({ scheme: "tcp" }) }), /^routes\[0\]\.service\.scheme is "tcp"/);
    });

    it("paths with escapes, which it compares in another form", () => {
        only(linesOf({ path: "/a%2Fb" }), /^routes\[0\]\.path is "\/a%2Fb", which Kong compares in another form/);
    });

    it("proxies and the PROXY protocol together, of which it believes one", () => {
        only(
            lines({
                trustedProxies: ["10.0.0.0/8"],
                proxyProtocolFrom: ["10.1.0.0/16"],
                cluster: testCluster({ cloud: "aws" }),
            }),
            /^proxyProtocolFrom can't go together with trustedProxies: kong learns .* only traefik from both/,
        );
        only(
            lines({ trustedProxies: ["0.0.0.0/0"] }),
            /^trustedProxies\[0\] is "0\.0\.0\.0\/0", by which every client/,
        );
    });

    it("ciphers without forward secrecy", () => {
        only(
            lines({ tls: { cipherSuites: ["TLS_RSA_WITH_AES_128_GCM_SHA256"] } }),
            /^tls\.cipherSuites\[0\] is "TLS_RSA_WITH/,
        );
    });

    it("several faults together, and makes nothing", async () => {
        const args = kongArgs({
            protections: { it: { retry: { attempts: 1 } }, slow: { concurrency: { requests: 1 } } },
            routes: [openRoute({ path: "a" }), openRoute()],
            replicas: 0,
        });
        const error = await record(() => new KongIngress("edge", args)).catch((thrown: Error) => thrown.message);
        for (const path of [
            "protections.it.retry.attempts",
            "protections.slow.concurrency",
            "replicas",
            "routes[0].path",
            "routes[1].name",
        ]) {
            assert.ok((error as string).includes(`  - ${path} `), `${path} in ${error as string}`);
        }
        let made = -1;
        await record(() => {
            assert.throws(() => new KongIngress("edge", args));
        }).then(({ resources }) => (made = resources.length));
        assert.equal(made, 0);
    });

    it("what turns out to be wrong only when it is known", async () => {
        const known = (args: Partial<KongIngressArgs>): Promise<unknown> =>
            valueOf(declarativeConfig("edge", kongArgs(args), { passwords: {}, apiKeys: {} }));
        const host = pulumi.output("web.example.com");
        await assert.rejects(
            known({ routes: [openRoute(), openRoute({ name: "api", host })] }),
            /KongIngress edge: routes\[1\]\.path is "\/" of host "web\.example\.com", which route web has/,
        );
        const ranges = pulumi.output(["203.0.113.7"]);
        await assert.rejects(
            known({ protections: { it: { ipAllowList: { ranges } } } }),
            /protections\.it\.ipAllowList\.ranges\[0\] is "203\.0\.113\.7"/,
        );
        await assert.rejects(
            known({ protections: { it: { rateLimit: { requests: 1, period: pulumi.output("10s") } } } }),
            /protections\.it\.rateLimit\.period is "10s"/,
        );
    });

    it("routes that come from elsewhere, and says where they belong", () => {
        const gateway = planKongIngress("edge", kongArgs());
        const faults = validateRoute({
            cluster: testCluster(),
            gateway,
            service: fakeService(),
            insecureWithoutLogin: true,
        });
        assert.deepEqual(faults, [
            {
                propertyPath: "gateway",
                reason: "is kong, which is configured as a whole; give this route to the ingress component's `routes`",
            },
        ]);
    });
});
