import assert from "node:assert/strict";
import { compare } from "bcryptjs";
import * as pulumi from "@pulumi/pulumi";
import { parse } from "yaml";
import { protectionKinds } from "../../../components";
import { type Recording, valueOf } from "../../../components/testing";
import { checkConfiguration } from "../../../stacks/config/read";
import { protection } from "../../../stacks/ingress/protections";
import { standInsFor } from "../../../stacks/sealed-values";
import { deploy, hello, refusal } from "./deployment";

const ingressType = "kubernetes:networking.k8s.io/v1:Ingress";
const fission = { platform: "fission" };
const login = { basicAuth: { users: [{ name: "alice" }] } };
const traefik = {
    controller: "traefik",
    domain: "example.com",
    certificates: { selfSigned: {} },
    protections: { login },
};
const kong = { ...traefik, controller: "kong" };

/** A function with routes. */
const withRoutes = (...routes: object[]): object => ({ ...hello, routes });

/** The faults of a stack, each as a line; the program must not have made anything. */
const faults = (configuration: Record<string, object>, secrets?: Record<string, string>): Promise<string[]> =>
    refusal({ faas: fission, ...configuration }, secrets);

/** Asserts that there is exactly this fault. */
async function only(configuration: Record<string, object>, expected: RegExp, secrets?: Record<string, string>) {
    const found = await faults(configuration, secrets);
    assert.equal(found.length, 1, found.join("\n"));
    assert.match(found[0]!, expected);
}

/** What a stack says of the ways in. */
async function outputsOf({ result }: Recording<Record<string, unknown>>) {
    const { ingress, functions } = (await valueOf(result)) as {
        ingress: { controller: string; urls: Record<string, string> };
        functions: Record<string, { urls: string[] }>;
    };
    return { controller: ingress.controller, urls: ingress.urls, hello: functions.hello!.urls };
}

describe("the ingress of a stack", function () {
    this.timeout(60_000);

    for (const ingress of [traefik, kong]) {
        it(`${ingress.controller}: publishes functions and the platform's gateway, and gives URLs and passwords`, async () => {
            const routes = { faas: { to: "gateway", path: "/functions", protections: ["login"] } };
            const recording = await deploy({
                faas: fission,
                ingress: { ...ingress, routes },
                functions: {
                    hello: withRoutes(
                        { path: "/hello", protections: ["login"] },
                        { path: "/hello", protections: ["login"], host: "www.example.com" },
                        { path: "/inside" },
                    ),
                },
            });
            assert.deepEqual(await outputsOf(recording), {
                controller: ingress.controller,
                urls: { faas: "https://faas.example.com/functions" },
                hello: ["https://hello.example.com/hello", "https://www.example.com/hello"],
            });
            const passwords = recording.result.passwords as pulumi.Output<Record<string, Record<string, string>>>;
            assert.ok(await pulumi.isSecret(passwords));
            assert.deepEqual(Object.keys((await valueOf(passwords))!.login!), ["alice"]);
        });
    }

    it("traefik: makes an Ingress with the protections of each route, and none of a route without any", async () => {
        const recording = await deploy({
            faas: fission,
            ingress: traefik,
            functions: { hello: withRoutes({ path: "/hello", protections: ["login"] }, { path: "/inside" }) },
        });
        const routes = recording
            .ofType(ingressType)
            .filter(({ inputs }) => inputs.spec.rules !== undefined && inputs.spec.rules[0].host !== undefined)
            .map(({ name, inputs }) => [
                name,
                inputs.spec.rules[0].host,
                inputs.metadata.annotations["traefik.ingress.kubernetes.io/router.middlewares"],
            ]);
        assert.deepEqual(
            routes.filter(([, , middlewares]) => middlewares !== undefined),
            [["hello-hello", "hello.example.com", "login@file"]],
        );
        assert.ok(routes.every(([name]) => !String(name).includes("inside")));
    });

    it("kong: is told all routes at once, with services, hosts and protections", async () => {
        const service = { to: "service", namespace: "shop", service: "shop", port: 80, podSelector: { app: "shop" } };
        const recording = await deploy({
            faas: { platform: "kubeless" },
            ingress: { ...kong, routes: { shop: { ...service, insecureWithoutLogin: true } } },
            functions: { hello: withRoutes({ path: "/hello", protections: ["login"] }) },
        });
        const { inputs } = recording.only("kubernetes:core/v1:Secret", "kong-configuration-secret");
        const [text] = Object.values((inputs.stringData ?? inputs.data) as Record<string, string>);
        const { services } = parse(text!) as {
            services: { host: string; routes: { hosts: string[]; paths: string[] }[] }[];
        };
        assert.deepEqual(services.flatMap(({ host, routes }) => routes.map(({ hosts }) => [host, ...hosts])).sort(), [
            ["hello.kubeless.svc", "hello.example.com"],
            ["shop.shop.svc", "shop.example.com"],
        ]);
    });

    it("kong: tells the platform of a path once, with all methods that any of its routes takes", async () => {
        const at = (host: string, methods: string[]) => ({ path: "/hello", host, methods, protections: ["login"] });
        const recording = await deploy({
            faas: fission,
            ingress: kong,
            functions: { hello: withRoutes(at("a.example.com", ["GET"]), at("b.example.com", ["POST"])) },
        });
        const triggers = recording.resources.filter(({ type }) => type.endsWith(":HTTPTrigger"));
        // The other one is the function's own, for callers in the cluster.
        const methods = triggers.map(({ inputs }) => (inputs as { spec: { methods: string[] } }).spec.methods);
        assert.deepEqual(methods[0], ["GET", "POST"]);
        assert.equal(methods.length, 2);
    });

    it("takes users' own passwords and hashes, keys of teams and private keys from secret values", async () => {
        const secrets = { alicePassword: "correct horse battery", bobHash: `$2y$10$${"a".repeat(53)}` };
        const users = [
            { name: "alice", passwordFrom: "alicePassword" },
            { name: "bob", passwordHashFrom: "bobHash" },
        ];
        const recording = await deploy(
            { faas: fission, ingress: { ...traefik, protections: { login: { basicAuth: { users } } } } },
            secrets,
        );
        const secret = recording.only("kubernetes:core/v1:Secret", "traefik-dynamic-secret");
        assert.ok(secret.secretPaths.length > 0);
        const text = ((secret.inputs.stringData ?? secret.inputs.data) as Record<string, string>)["protections.yaml"]!;
        const written = (parse(text) as { http: { middlewares: { login: { basicAuth: { users: string[] } } } } }).http
            .middlewares.login.basicAuth.users;
        assert.equal(written[1], `bob:${secrets.bobHash}`);
        assert.ok(await compare(secrets.alicePassword, written[0]!.slice("alice:".length)));
        assert.ok(recording.resources.every(({ inputs }) => !JSON.stringify(inputs).includes(secrets.alicePassword)));

        const key = "0123456789abcdef0123";
        const holders = [{ name: "billing", keyFrom: "billingKey" }];
        const keys = await deploy(
            { faas: fission, ingress: { ...kong, protections: { partners: { apiKey: { holders } } } } },
            { billingKey: key },
        );
        assert.deepEqual(await valueOf(keys.result.apiKeys as pulumi.Output<object>), { partners: { billing: key } });
    });

    it("has stand-ins for secret values of every form where the passphrase is not known, so that it can be rendered", () => {
        const file = {
            "kubernetes-faas:cluster": { kind: "local", context: "home" },
            "kubernetes-faas:faas": fission,
            "kubernetes-faas:ingress": {
                controller: "traefik",
                certificates: { own: { certificate: "pem", privateKeyFrom: "edgeKey" } },
                protections: { login: { basicAuth: { users: [{ name: "a", passwordHashFrom: "hash" }] } } },
            },
            "kubernetes-faas:edgeKey": { secure: "v1:x" },
            "kubernetes-faas:hash": { secure: "v1:y" },
            "kubernetes-faas:other": { secure: "v1:z" },
        };
        const standIns = standInsFor(file);
        assert.match(standIns["kubernetes-faas:edgeKey"]!, /^-----BEGIN PRIVATE KEY-----/);
        assert.match(standIns["kubernetes-faas:hash"]!, /^\$2b\$10\$.{53}$/);
        assert.equal(standIns["kubernetes-faas:other"], "secret-of-the-configuration");
        assert.equal(Object.keys(standIns).length, 3);
    });

    it("makes of each kind of protection what its component takes", async () => {
        const oidc = {
            issuerUrl: "https://login.example.com/realms/staff",
            clientId: "platform",
            clientSecretFrom: "loginSecret",
            allowedEmailDomains: ["example.com"],
        };
        const ingress = { ...traefik, protections: { staff: { oidc } } };
        const secrets = { loginSecret: "the-secret-of-the-client" };
        const functions = { hello: withRoutes({ path: "/hello", protections: ["staff"] }) };
        const { resources } = await deploy({ faas: fission, ingress, functions }, secrets);
        const holders = resources.filter(({ inputs }) =>
            [secrets.loginSecret, Buffer.from(secrets.loginSecret).toString("base64")].some((text) =>
                JSON.stringify(inputs).includes(text),
            ),
        );
        assert.deepEqual(
            holders.map(({ type }) => type),
            ["kubernetes:core/v1:Secret"],
        );
        await only(
            { ingress: { ...traefik, protections: { staff: { oidc: { ...oidc, issuerUrl: "login" } } } }, functions },
            /^ingress\.protections\.staff\.oidc\.issuerUrl is "login"/,
            secrets,
        );
    });

    it("knows each kind of protection, and no other", () => {
        assert.deepEqual(Object.keys(protection.shape).sort(), [...protectionKinds, "everyRoute"].sort());
    });
});

describe("the ingress of a stack refuses, before anything is made and by the keys of the configuration,", function () {
    this.timeout(60_000);
    const functions = { hello: withRoutes({ path: "/hello", protections: ["login"] }) };

    it("a secret value that is not there, and one that is not of the kind that is asked for, without repeating it", async () => {
        const usersOf = (user: object) => ({
            ...traefik,
            protections: { login: { basicAuth: { users: [{ name: "alice", ...user }] } } },
        });
        await only(
            { ingress: usersOf({ passwordFrom: "mine" }) },
            /^ingress\.protections\.login\.basicAuth\.users\[0\]\.passwordFrom is "mine", and the configuration has no secret value of this key/,
        );
        await only(
            { ingress: usersOf({ passwordFrom: "mine" }) },
            /^ingress\.protections\.login\.basicAuth\.users\[0\]\.passwordFrom is a secret value, which is a bcrypt hash and no password; give it as passwordHash/,
            { mine: `$2y$10$${"a".repeat(53)}` },
        );
        await only(
            { ingress: usersOf({ passwordHashFrom: "mine" }) },
            /users\[0\]\.passwordHashFrom is a secret value, which is no bcrypt hash/,
            { mine: "correct-horse-battery" },
        );
        await only(
            { ingress: usersOf({ passwordFrom: "mine" }) },
            /users\[0\]\.passwordFrom is a secret value, which has 80 bytes, of which bcrypt would read the first 72/,
            { mine: "a".repeat(80) },
        );
        await only(
            { ingress: usersOf({ passwordFrom: "mine", passwordHashFrom: "hash" }) },
            /users\[0\]\.passwordHashFrom can't go together with "password"/,
            { mine: "correct-horse", hash: `$2y$10$${"a".repeat(53)}` },
        );
        await only(
            {
                ingress: {
                    ...traefik,
                    certificates: { own: { certificate: "-----BEGIN CERTIFICATE-----", privateKeyFrom: "key" } },
                },
            },
            /^ingress\.certificates\.own\.privateKeyFrom is a secret value, which does not have the right form; give it in PEM/,
            { key: "none" },
        );
    });

    it("a secret in the structured configuration itself", () => {
        const ingress = {
            ...traefik,
            protections: { login: { basicAuth: { users: [{ name: "a", password: "b" }] } } },
        };
        const cluster = { kind: "local" };
        assert.deepEqual(
            checkConfiguration({ cluster, faas: fission, ingress }).faults.map(
                ({ propertyPath, reason }) => `${propertyPath} ${reason}`,
            ),
            ["ingress.protections.login.basicAuth.users[0].password is not a known key; did you mean passwordFrom?"],
        );
    });

    it("addresses without masks, lists of everybody, users that are missing, limits of zero: all together", async () => {
        const protections = {
            login: { basicAuth: { users: [] } },
            office: { ipAllowList: { ranges: ["203.0.113.7", "0.0.0.0/0"] } },
            fair: { rateLimit: { requests: 0 } },
        };
        const found = await faults({ ingress: { ...traefik, protections, replicas: 0 }, functions });
        assert.deepEqual(
            found.map((line) => line.split(" ")[0]),
            [
                "ingress.protections.login.basicAuth.users",
                "ingress.protections.office.ipAllowList.ranges[0]",
                "ingress.protections.office.ipAllowList.ranges[1]",
                "ingress.protections.fair.rateLimit.requests",
                "ingress.replicas",
            ],
        );
        assert.match(found[1]!, /did you mean "203\.0\.113\.7\/32"\?/);
        assert.match(found[2]!, /which is everybody; name those meant, or set allowEveryone: true/);
    });

    it("what the controller lacks, with the name of the other", async () => {
        const mutualTls = { caCertificate: "-----BEGIN CERTIFICATE-----" };
        await only(
            { ingress: { ...kong, protections: { login, clients: { mutualTls } } } },
            /^ingress\.protections\.clients\.mutualTls can't be had: kong .* only traefik can/,
        );
        const apiKey = { holders: [{ name: "billing" }] };
        await only(
            { ingress: { ...traefik, protections: { partners: { apiKey } } } },
            /^ingress\.protections\.partners\.apiKey can't be had: traefik .* only kong can/,
        );
        await only(
            { ingress: { ...kong, certificates: { acme: { email: "ops@example.com" } } } },
            /^ingress\.certificates\.acme renews certificates, .* only traefik takes over new ones/,
        );
    });

    it("ACME for several pods, wildcards by ACME over HTTP, and certificates of a cert-manager that is not there", async () => {
        const acme = { email: "ops@example.com" };
        await only(
            { ingress: { ...traefik, certificates: { acme }, replicas: 2 } },
            /^ingress\.certificates\.acme keeps its certificates where one pod alone can use them/,
        );
        const wildcard = withRoutes({ path: "/hello", protections: ["login"], host: "*.example.com" });
        await only(
            { ingress: { ...traefik, certificates: { acme } }, functions: { hello: wildcard } },
            /^functions\.hello\.routes\[0\]\.host is "\*\.example\.com", for which ACME gives a certificate only by DNS/,
        );
    });

    for (const ingress of [traefik, kong]) {
        it(`${ingress.controller}: two routes to one host and path, whoever has them, and protections that are not there`, async () => {
            const routes = { hello: { to: "gateway", path: "/hello/", protections: ["login"] } };
            await only(
                { ingress: { ...ingress, routes }, functions },
                /^functions\.hello\.routes\[0\]\.path is "\/hello" of host "hello\.example\.com", which .*hello has/,
            );
            await only(
                {
                    ingress,
                    functions: { hello: withRoutes({ path: "/hello", protections: ["logn", "login"] }) },
                },
                /^functions\.hello\.routes\[0\]\.protections\[0\] is "logn".*did you mean "login"\?$/,
            );
        });

        it(`${ingress.controller}: routes without a login, unless they say so`, async () => {
            await only(
                { ingress, functions: { hello: withRoutes({ path: "/hello", host: "hello.example.com" }) } },
                /^functions\.hello\.routes\[0\]\.protections has none that asks for a login; name one of login/,
            );
            await only(
                { ingress: { ...ingress, routes: { faas: { to: "gateway", protections: [] } } } },
                /^ingress\.routes\.faas\.protections has none that asks for a login/,
            );
            await deploy({
                faas: fission,
                ingress,
                functions: { hello: withRoutes({ path: "/hello", insecureWithoutLogin: true }) },
            });
        });
    }

    it("the gateway of a platform that has none, and names that are none", async () => {
        const routes = { faas: { to: "gateway", protections: ["login"] } };
        await only(
            { faas: { platform: "kubeless" }, ingress: { ...traefik, routes } },
            /^ingress\.routes\.faas\.to is "gateway", and kubeless has none: each function has a Service of its own/,
        );
        for (const ingress of [traefik, kong]) {
            await only(
                { ingress: { ...ingress, routes: { Faas: routes.faas } } },
                /^ingress\.routes\.Faas is "Faas", .*did you mean "faas"\?$/,
            );
        }
    });

    it("to publish where there is no ingress, or no host", async () => {
        await only(
            { functions },
            /^functions\.hello\.routes\[0\] is to be published, and the stack has no ingress; add `ingress: \{ controller: traefik \}`/,
        );
        const { domain: _domain, ...without } = { ...traefik, certificates: { secretName: "edge" } };
        await only({ ingress: without, functions }, /^functions\.hello\.routes\[0\]\.host is missing/);
        await only(
            { ingress: { ...without, controller: "kong" }, functions },
            /^functions\.hello\.routes\[0\]\.host is missing/,
        );
    });

    it("what is wrong with it beside what is wrong with the platform", async () => {
        assert.deepEqual(
            (await faults({ faas: { platform: "openfaas" }, ingress: { ...traefik, replicas: 0 } })).map(
                (line) => line.split(" ")[0],
            ),
            ["faas.acceptCommunityEula", "ingress.replicas"],
        );
    });

    it("a controller that there is not", () => {
        const { faults: found } = checkConfiguration({
            cluster: { kind: "local" },
            faas: fission,
            ingress: { controller: "nginx" },
        });
        assert.deepEqual(
            found.map(({ propertyPath, reason }) => `${propertyPath} ${reason}`),
            ['ingress.controller is "nginx"; it may be (kong, traefik)'],
        );
    });
});
