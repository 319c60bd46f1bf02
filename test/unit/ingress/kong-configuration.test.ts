import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { fakeService } from "../../../components/testing";
import { plugins } from "../../../components/ingress/kong/names";
import { valueOf } from "../support/mocks";
import { configurationObject, configurationOf, openRoute, pluginsFor, recordKong } from "./kong-support";

const headersOf = (plugin: unknown, part: "add" | "remove" | "replace"): string[] =>
    (plugin as Record<string, { headers: string[] }>)[part]!.headers;

const publicKey = "-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----\n";
const own = {
    certificate: "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n",
    privateKey: "-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n",
};

describe("KongIngress's configuration of routes", () => {
    it("leads to the service by its name and port, within the times that are given, and tries once", async () => {
        const service = fakeService({ namespace: "shop", service: "cart", port: 8080 });
        const { services } = configurationOf(
            await recordKong({ routes: [openRoute({ service })], timeouts: { response: "1m30s" } }),
        );
        const { routes, ...rest } = services[0]!;
        assert.equal(routes.length, 1);
        assert.deepEqual(rest, {
            name: "web",
            protocol: "http",
            host: "cart.shop.svc",
            port: 8080,
            retries: 0,
            connect_timeout: 10_000,
            read_timeout: 90_000,
            write_timeout: 90_000,
        });
    });

    it("hands on host, path and body as they come, answers plain HTTP with a redirect, and hands answers on at once", async () => {
        const { services } = configurationOf(await recordKong());
        const { plugins: _, ...route } = services[0]!.routes[0]!;
        assert.deepEqual(route, {
            name: "web",
            hosts: ["web.example.com"],
            paths: ["/"],
            protocols: ["https"],
            https_redirect_status_code: 301,
            strip_path: false,
            preserve_host: true,
            request_buffering: false,
            response_buffering: false,
        });
    });

    it("takes a path and what is below it, and not what only begins alike", async () => {
        const { services } = configurationOf(await recordKong({ routes: [openRoute({ path: "/v1.0/" })] }));
        const [exact, below] = services[0]!.routes[0]!.paths;
        assert.equal(exact, "~/v1\\.0$");
        assert.equal(below, "/v1.0/");
        const pattern = new RegExp(`^${exact.slice(1)}`);
        assert.deepEqual(
            ["/v1.0", "/v1x0", "/v1.0a", "/v1.0/a"].map((path) => pattern.test(path) || path.startsWith(below)),
            [true, false, false, true],
        );
    });

    it("says 426 where the redirect's port is not 443, which Kong can't name", async () => {
        const { services, routes } = configurationOf(await recordKong({ exposure: "NodePort" }));
        assert.equal(services[0]!.routes[0]!.https_redirect_status_code, 426);
        assert.equal(routes[0]!.https_redirect_status_code, 426);
    });

    it("answers every other host with 404 and the same headers, also where there are no routes", async () => {
        const { services, routes } = configurationOf(await recordKong({ routes: undefined }));
        assert.deepEqual(services, []);
        assert.equal(routes[0]!.hosts, undefined);
        assert.deepEqual(routes[0]!.plugins[0], {
            name: "request-termination",
            config: { status_code: 404, message: "Not found" },
        });
        assert.deepEqual(headersOf(routes[0]!.plugins[1]!.config, "add"), [
            "Strict-Transport-Security:max-age=31536000",
            "X-Content-Type-Options:nosniff",
            "X-Frame-Options:DENY",
            "Referrer-Policy:strict-origin-when-cross-origin",
        ]);
    });

    it("has a host's own certificate, in a Secret", async () => {
        const routes = [openRoute({ host: "*.shop.example", certificate: own })];
        const recording = await recordKong({ routes });
        const { certificates } = configurationOf(recording);
        assert.deepEqual(
            certificates.map(({ cert, key, snis }) => ({ cert, key, snis })),
            [{ cert: own.certificate, key: own.privateKey, snis: [{ name: "*.shop.example" }] }],
        );
        assert.equal(configurationObject(recording).type, "kubernetes:core/v1:Secret");
        assert.deepEqual(configurationObject(recording).secretPaths, ["stringData"]);
    });

    it("takes hosts and services that are known later", async () => {
        const service = fakeService({ namespace: pulumi.output("shop"), service: pulumi.output("cart") });
        const routes = [openRoute({ host: pulumi.output("later.example.com"), service })];
        const recording = await recordKong({ routes });
        const { services } = configurationOf(recording);
        assert.equal(services[0]!.host, "cart.shop.svc");
        assert.deepEqual(services[0]!.routes[0]!.hosts, ["later.example.com"]);
        assert.equal(await valueOf(recording.result.urls.web!), "https://later.example.com/");
    });

    it("counts requests and their times for Prometheus, and uses no plugin that Kong does not load", async () => {
        const configuration = configurationOf(await recordKong());
        assert.deepEqual(configuration.plugins, [
            {
                name: "prometheus",
                config: { status_code_metrics: true, latency_metrics: true, bandwidth_metrics: true },
            },
        ]);
        const used = JSON.stringify(configuration).match(/(?<="name":")[a-z-]+(?=","config")/g)!;
        assert.ok(used.length > 3 && used.every((name) => (plugins as readonly string[]).includes(name)));
    });
});

describe("KongIngress's configuration of protections", () => {
    it("asks for a password, hides it from the service, and lets in the protection's own users alone", async () => {
        const protections = {
            login: { basicAuth: { users: [{ name: "alice" }] } },
            admin: { basicAuth: { users: [{ name: "bob" }], realm: "Admins" } },
        };
        const recording = await recordKong({ protections, routes: [openRoute({ protections: ["admin"] })] });
        const { consumers, services, _transform } = configurationOf(recording);
        assert.deepEqual(services[0]!.routes[0]!.plugins.slice(0, 2), [
            { name: "basic-auth", config: { realm: "Admins", hide_credentials: true } },
            { name: "acl", config: { allow: ["admin"] } },
        ]);
        const [alice, bob] = consumers;
        assert.deepEqual(alice!.acls, [{ group: "login" }]);
        assert.deepEqual(bob!.acls, [{ group: "admin" }]);
        assert.equal(alice!.username, "login/alice");

        // Kong's own hash, of a file that says that it is one.
        assert.equal(_transform, false);
        const password = (await valueOf(recording.result.passwords.login!.alice!))!;
        const hash = createHash("sha1")
            .update(password + alice!.id)
            .digest("hex");
        assert.deepEqual(alice!.basicauth_credentials, [{ username: "alice", password: hash }]);
        assert.ok(!JSON.stringify(configurationObject(recording).inputs).includes(password));
    });

    it("asks for an API key in a header alone, hides it from the service, and has one consumer for each team", async () => {
        const key = "a-key-that-somebody-has-already";
        const holders = [{ name: "billing" }, { name: "shipping", key }];
        const recording = await recordKong({
            protections: { partners: { apiKey: { holders, header: "X-Partner-Key" } } },
            routes: [openRoute({ protections: ["partners"] })],
        });
        const { consumers, services } = configurationOf(recording);
        assert.deepEqual(services[0]!.routes[0]!.plugins.slice(0, 2), [
            {
                name: "key-auth",
                config: {
                    key_names: ["X-Partner-Key"],
                    key_in_header: true,
                    key_in_query: false,
                    key_in_body: false,
                    hide_credentials: true,
                },
            },
            { name: "acl", config: { allow: ["partners"] } },
        ]);
        const billing = await valueOf(recording.result.apiKeys.partners!.billing!);
        assert.equal(billing!.length, 32);
        assert.deepEqual(
            consumers.map(({ username, keyauth_credentials }) => [username, keyauth_credentials]),
            [
                ["partners/billing", [{ key: billing }]],
                ["partners/shipping", [{ key }]],
            ],
        );
        assert.equal(await valueOf(recording.result.apiKeys.partners!.shipping!), key);
        assert.ok(await pulumi.isSecret(recording.result.apiKeys.partners!.shipping!));
        assert.deepEqual(configurationObject(recording).secretPaths, ["stringData"]);
    });

    it("asks for a token of the issuer that has not expired, in the header alone", async () => {
        const protections = {
            token: { jwt: { issuer: "https://id.example.com", publicKey, algorithm: "ES256" } },
        } as const;
        const recording = await recordKong({ protections, routes: [openRoute({ protections: ["token"] })] });
        const { consumers, services } = configurationOf(recording);
        assert.deepEqual(services[0]!.routes[0]!.plugins.slice(0, 2), [
            {
                name: "jwt",
                config: {
                    key_claim_name: "iss",
                    claims_to_verify: ["exp"],
                    header_names: ["authorization"],
                    uri_param_names: [],
                    cookie_names: [],
                },
            },
            { name: "acl", config: { allow: ["token"] } },
        ]);
        assert.deepEqual(consumers[0]!.jwt_secrets, [
            { key: "https://id.example.com", algorithm: "ES256", rsa_public_key: publicKey },
        ]);
    });

    it("keeps consumers' ids from run to run, and tells those of different protections apart", async () => {
        const users = (name: string) => ({ basicAuth: { users: [{ name }] } });
        const ids = async (): Promise<string[]> => {
            const protections = { one: users("alice"), two: users("bob") };
            return configurationOf(await recordKong({ protections })).consumers.map(({ id }) => id);
        };
        const [first, second] = [await ids(), await ids()];
        assert.deepEqual(first, second);
        assert.equal(new Set(first).size, 2);
    });

    it("lets no client say for itself who it is, by the headers in which Kong says it", async () => {
        const open = await pluginsFor({ rateLimit: { requests: 1 } });
        assert.deepEqual((open["request-transformer"]!.remove as { headers: string[] }).headers, [
            "X-Consumer-ID",
            "X-Consumer-Custom-ID",
            "X-Consumer-Username",
            "X-Consumer-Groups",
            "X-Credential-Identifier",
            "X-Anonymous-Consumer",
            "X-Authenticated-Groups",
        ]);
        const login = await pluginsFor({ basicAuth: { users: [{ name: "alice" }] } });
        assert.deepEqual(login["request-transformer"], { remove: { headers: ["X-Authenticated-Groups"] } });
    });

    it("lets in addresses of the list, and tells the others nothing", async () => {
        const { "ip-restriction": plugin } = await pluginsFor({ ipAllowList: { ranges: ["203.0.113.0/24"] } });
        assert.deepEqual(plugin, { allow: ["203.0.113.0/24"], status: 403, message: "Forbidden" });
    });

    it("counts the requests of each address in the window that is asked for", async () => {
        for (const [period, window] of [
            [undefined, "second"],
            ["1s", "second"],
            ["60s", "minute"],
            ["1h", "hour"],
            ["24h", "day"],
        ]) {
            const { "rate-limiting": plugin } = await pluginsFor({ rateLimit: { requests: 7, period } });
            assert.deepEqual(plugin, { [window!]: 7, limit_by: "ip", policy: "local", error_code: 429 });
        }
    });

    it("refuses larger bodies, for which it has them in whole before the service", async () => {
        const recording = await recordKong({
            protections: { small: { bodyLimit: { maximum: "1.5Ki" } } },
            routes: [openRoute({ protections: ["small"] })],
        });
        const route = configurationOf(recording).services[0]!.routes[0]!;
        assert.deepEqual(route.plugins[0]!.config, {
            allowed_payload_size: 1536,
            size_unit: "bytes",
            require_content_length: false,
        });
        assert.equal(route.request_buffering, true);
    });

    it("tries again as often as is asked for, for which it keeps the body", async () => {
        const recording = await recordKong({
            protections: { again: { retry: { attempts: 3 } } },
            routes: [openRoute({ protections: ["again"] })],
        });
        const [service] = configurationOf(recording).services;
        assert.equal(service!.retries, 2);
        assert.equal(service!.routes[0]!.request_buffering, true);
    });

    it("lets scripts of other origins call, and takes no origin for a pattern", async () => {
        const { cors } = await pluginsFor({
            cors: {
                origins: ["https://app.example.com", "http://[::1]:3000"],
                exposedHeaders: ["X-Total"],
                credentials: true,
            },
        });
        assert.deepEqual(cors, {
            origins: ["https://app.example.com", "http://\\[::1\\]:3000"],
            methods: ["GET", "HEAD", "POST"],
            headers: ["Content-Type"],
            exposed_headers: ["X-Total"],
            credentials: true,
            max_age: 600,
            preflight_continue: false,
        });
    });

    it("adds headers of a route to those of every answer, and weakens none of these", async () => {
        const { "response-transformer": plugin } = await pluginsFor(
            {
                headers: {
                    permissionsPolicy: "camera=()",
                    set: { "X-Team": "a:b", "x-frame-options": "SAMEORIGIN" },
                    remove: ["X-Debug", "Referrer-Policy", "server"],
                },
            },
            {
                securityHeaders: {
                    hstsIncludeSubdomains: true,
                    hstsPreload: true,
                    contentSecurityPolicy: "default-src 'self'",
                },
            },
        );
        const set = [
            "Permissions-Policy:camera=()",
            "X-Team:a:b",
            "X-Frame-Options:DENY",
            "Strict-Transport-Security:max-age=31536000; includeSubDomains; preload",
            "X-Content-Type-Options:nosniff",
            "Referrer-Policy:strict-origin-when-cross-origin",
            "Content-Security-Policy:default-src 'self'",
        ];
        assert.deepEqual(headersOf(plugin, "add"), set);
        assert.deepEqual(headersOf(plugin, "replace"), set);
        assert.deepEqual(headersOf(plugin, "remove"), ["Server", "X-Powered-By", "X-Debug"]);
    });

    it("leaves HSTS out where that is asked for", async () => {
        const { "response-transformer": plugin } = await pluginsFor(
            { rateLimit: { requests: 1 } },
            { securityHeaders: { hstsSeconds: 0, frameOptions: "SAMEORIGIN" } },
        );
        assert.deepEqual(headersOf(plugin, "add").slice(0, 2), [
            "X-Content-Type-Options:nosniff",
            "X-Frame-Options:SAMEORIGIN",
        ]);
    });

    it("gives every route the protections for every route, once", async () => {
        const recording = await recordKong({
            protections: {
                office: { ipAllowList: { ranges: ["203.0.113.0/24"] }, everyRoute: true },
                calm: { rateLimit: { requests: 1 } },
            },
            routes: [openRoute(), openRoute({ name: "api", protections: ["calm", "office"] })],
        });
        const names = configurationOf(recording).services.map(({ routes }) =>
            routes[0]!.plugins.map(({ name }) => name),
        );
        assert.deepEqual(names, [
            ["ip-restriction", "request-transformer", "response-transformer"],
            ["ip-restriction", "rate-limiting", "request-transformer", "response-transformer"],
        ]);
    });
});

describe("the schema of Kong's configuration in these tests", () => {
    it("refuses a field that Kong does not know, a plugin twice and a value of another kind", async () => {
        const configuration = configurationOf(await recordKong());
        const { kongConfiguration } = await import("./kong-schema.js");
        const refused = (change: (copy: typeof configuration) => void): boolean => {
            const copy = structuredClone(configuration);
            change(copy);
            return !kongConfiguration.safeParse(copy).success;
        };
        assert.ok(!refused(() => undefined));
        assert.ok(refused((copy) => Object.assign(copy.services[0]!, { tls_verify_depht: 1 })));
        assert.ok(refused((copy) => Object.assign(copy.plugins[0]!.config, { per_customer: true })));
        assert.ok(refused((copy) => copy.plugins.push(copy.plugins[0]!)));
        assert.ok(refused((copy) => (copy.services[0]!.retries = 0.5)));
        assert.ok(refused((copy) => copy.services.push(copy.services[0]!)));
    });
});
