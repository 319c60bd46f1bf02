import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import {
    type NetworkEndpoint,
    networkFromObjects,
    type OidcProtection,
    PodSecurityLevel,
    planTraefikIngress,
    reachable,
    type RouteArgs,
    type TraefikIngressArgs,
    validateRoute,
} from "../../../components";
import { configFiles, secretFiles } from "../../../components/ingress/oauth2-proxy/config";
import { fakeService, manifests } from "../../../components/testing";
import { testCluster } from "../support/cluster";
import { type Recording, valueOf } from "../support/mocks";
import { assertPodSecurity } from "../support/pods";
import { type OAuth2ProxyOptions, readOptions } from "./oauth2-proxy-options";
import { dynamicOf, ingressArgs, recordIngress, staticOf } from "./support";

const configType = "kubernetes:core/v1:ConfigMap";
const secretType = "kubernetes:core/v1:Secret";
const deploymentType = "kubernetes:apps/v1:Deployment";
const login = "edge-oauth2-staff";
const clientSecret = "a-secret-of-the-providers";

const base: OidcProtection = {
    issuerUrl: "https://login.example.org/realms/staff",
    clientId: "faas",
    clientSecret,
    allowedEmailDomains: ["example.com"],
};

/** An ingress with one login, called `staff`. */
function recordLogin(
    oidc: Partial<OidcProtection> = {},
    args: Partial<TraefikIngressArgs> = {},
): Promise<Recording<unknown>> {
    return recordIngress({ protections: { staff: { oidc: { ...base, ...oidc } } }, ...args });
}

const filesOf = (recording: Recording<unknown>): Record<string, string> =>
    recording.only(configType, `${login}-config`).inputs.data as Record<string, string>;

async function optionsFor(
    oidc: Partial<OidcProtection>,
    args: Partial<TraefikIngressArgs> = {},
): Promise<OAuth2ProxyOptions> {
    return readOptions(filesOf(await recordLogin(oidc, args))["oauth2-proxy.cfg"]!);
}

describe("A login by OIDC at TraefikIngress", () => {
    it("adds exactly these objects to an ingress", async () => {
        const without = (await recordIngress()).summary();
        const added = (await recordLogin()).summary().filter((each) => !without.includes(each));
        assert.deepEqual(added, [
            `kubernetes-faas:index:HardenedDeployment ${login}`,
            `kubernetes:apps/v1:Deployment ${login}`,
            `kubernetes:core/v1:ConfigMap ${login}-config`,
            `kubernetes:core/v1:Secret ${login}-secret`,
            `kubernetes:core/v1:Service ${login}`,
            `kubernetes:core/v1:ServiceAccount ${login}`,
            `kubernetes:networking.k8s.io/v1:NetworkPolicy ${login}`,
            `kubernetes:policy/v1:PodDisruptionBudget ${login}`,
            `random:index/randomBytes:RandomBytes ${login}-cookies`,
        ]);
    });

    it("runs two restricted pods of the pinned image, without a token of the API server", async () => {
        const recording = await recordLogin();
        assertPodSecurity(recording.resources, PodSecurityLevel.Restricted);
        const { replicas, template } = recording.only(deploymentType, login).inputs.spec;
        assert.equal(replicas, 2);
        assert.equal(template.spec.automountServiceAccountToken, false);
        const [container] = template.spec.containers;
        assert.equal(container.image, "quay.io/oauth2-proxy/oauth2-proxy:v7.15.3");
        assert.deepEqual(container.args, ["--config=/etc/oauth2-proxy/config/oauth2-proxy.cfg"]);
        assert.equal(container.securityContext.readOnlyRootFilesystem, true);
    });

    it("has options that oauth2-proxy knows, which let nobody pass without a login", async () => {
        const { standard_logging_format: logFormat, ...options } = await optionsFor({});
        assert.ok(logFormat.endsWith("{{.Message}}{{end}}{{end}}{{end}}"));
        assert.deepEqual(options, {
            provider: "oidc",
            oidc_issuer_url: "https://login.example.org/realms/staff",
            client_id: "faas",
            client_secret_file: "/etc/oauth2-proxy/secrets/client-secret",
            scope: "openid email profile",
            oidc_email_claim: "email",
            oidc_groups_claim: "groups",
            code_challenge_method: "S256",
            insecure_oidc_skip_nonce: false,
            approval_prompt: "auto",
            email_domains: ["example.com"],
            cookie_name: "__Host-oauth2-staff",
            cookie_secret_file: "/etc/oauth2-proxy/secrets/cookie-secret",
            cookie_secure: true,
            cookie_httponly: true,
            cookie_samesite: "lax",
            cookie_expire: "12h",
            cookie_csrf_per_request: true,
            cookie_csrf_per_request_limit: 5,
            cookie_csrf_expire: "15m",
            session_cookie_minimal: true,
            proxy_prefix: "/oauth2/staff",
            http_address: "0.0.0.0:4180",
            metrics_address: "0.0.0.0:44180",
            reverse_proxy: true,
            upstreams: ["static://202"],
            set_xauthrequest: true,
            pass_basic_auth: false,
            pass_user_headers: false,
            skip_provider_button: true,
            footer: "-",
            request_logging: false,
            silence_ping_logging: true,
        });
    });

    it("is described by a table of options in which a misspelt one is a fault", () => {
        assert.throws(() => readOptions('cookie_samesit = "lax"\n'), /cookie_samesit/);
    });

    it("lets in by addresses, by their domains, by groups, or everybody who has an account", async () => {
        const emails = await recordLogin({
            allowedEmails: ["alice@example.com", "bob@example.com"],
            allowedEmailDomains: undefined,
        });
        const options = readOptions(filesOf(emails)["oauth2-proxy.cfg"]!);
        assert.deepEqual(options.email_domains, []);
        assert.equal(options.authenticated_emails_file, "/etc/oauth2-proxy/config/emails.csv");
        assert.equal(filesOf(emails)["emails.csv"], "alice@example.com\nbob@example.com\n");

        const groups = await optionsFor({ allowedGroups: ["operators"], allowedEmailDomains: undefined });
        assert.deepEqual([groups.email_domains, groups.allowed_groups], [["*"], ["operators"]]);
        assert.equal(groups.scope, "openid email profile groups");

        const both = await optionsFor({ allowedGroups: ["operators"] });
        assert.deepEqual([both.email_domains, both.allowed_groups], [["example.com"], ["operators"]]);

        const all = await optionsFor({ allowEveryAccount: true, allowedEmailDomains: undefined });
        assert.deepEqual([all.email_domains, all.allowed_groups], [["*"], undefined]);
    });

    it("shares one login among the hosts of a domain, who all come back to one URL, and redirects to no other host", async () => {
        const shared = { cookie: { domain: "example.com" }, callbackHost: "auth.example.com" };
        const options = await optionsFor(shared);
        assert.equal(options.cookie_name, "__Secure-oauth2-staff");
        assert.deepEqual(options.cookie_domains, ["example.com"]);
        assert.equal(options.redirect_url, "https://auth.example.com/oauth2/staff/callback");
        assert.deepEqual(options.whitelist_domains, ["example.com", ".example.com"]);

        const onNodes = await optionsFor(shared, { exposure: "NodePort" });
        assert.equal(onNodes.redirect_url, "https://auth.example.com:30443/oauth2/staff/callback");
        assert.deepEqual(onNodes.whitelist_domains, ["example.com:30443", ".example.com:30443"]);
    });

    it("keeps the provider's tokens only to ask it again, and then hands new cookies on to browsers", async () => {
        const options = await optionsFor({ cookie: { refresh: "10m", lifetime: "8h" } });
        assert.deepEqual(
            [options.cookie_refresh, options.cookie_expire, options.session_cookie_minimal, options.scope],
            ["10m", "8h", undefined, "openid email profile offline_access"],
        );
        const middleware = async (oidc: Partial<OidcProtection>): Promise<string[] | undefined> =>
            dynamicOf(await recordLogin(oidc)).http.middlewares.staff.forwardAuth.addAuthCookiesToResponse as
                string[] | undefined;
        assert.equal((await middleware({ cookie: { refresh: "10m" } }))?.[1], "__Host-oauth2-staff_0");
        assert.equal(await middleware({}), undefined);
    });

    it("has client secret and cookie key in a Secret alone, the latter in the one form that gives 32 bytes", async () => {
        const recording = await recordLogin();
        const { stringData, immutable } = recording.only(secretType, `${login}-secret`).inputs;
        assert.equal(immutable, true);
        assert.equal(stringData["client-secret"], clientSecret);
        assert.match(stringData["cookie-secret"] as string, /^[-_A-Za-z0-9]{43}=$/);
        const others = recording.resources.filter(({ name }) => name !== `${login}-secret`);
        assert.ok(!JSON.stringify(others.map(({ inputs }) => inputs)).includes(clientSecret));
        assert.equal(recording.only("random:index/randomBytes:RandomBytes").inputs.length, 32);
    });

    it("rolls its own pods alone when a group changes", async () => {
        const [before, after] = [
            await recordLogin({ allowedGroups: ["operators"] }),
            await recordLogin({ allowedGroups: ["developers"] }),
        ];
        const changed = before.resources.filter(
            ({ type, name, inputs }) =>
                JSON.stringify(after.only(type, name).inputs) !== JSON.stringify(inputs) &&
                !type.startsWith("kubernetes-faas:"),
        );
        assert.deepEqual(
            changed.map(({ name }) => name),
            [`${login}-config`],
        );
        assert.equal(before.only(configType, `${login}-config`).inputs.immutable, true);
    });

    it("is asked by Traefik about each request, of which it sees no other login and whose identity it alone sets", async () => {
        const recording = await recordLogin();
        const { middlewares } = dynamicOf(recording).http;
        const identity = ["User", "Email", "Preferred-Username", "Groups"].map((each) => `X-Auth-Request-${each}`);
        assert.deepEqual(middlewares.staff.forwardAuth, {
            address: `http://${login}.edge.svc:4180/`,
            trustForwardHeader: false,
            authRequestHeaders: ["Accept", "Cookie", "User-Agent"],
            authResponseHeaders: identity,
            maxResponseBodySize: 262_144,
        });
        assert.deepEqual(
            middlewares["security-headers"].headers.customRequestHeaders,
            Object.fromEntries([...identity, "X-Auth-Request-Redirect"].map((header) => [header, ""])),
        );
        assert.equal(staticOf(recording).entryPoints.websecure.http.middlewares[0], "security-headers@file");
    });

    it("answers at paths of its own on every host, which ask for no login, and several do not meet", async () => {
        const protections = { staff: { oidc: base }, partners: { oidc: base } };
        const recording = await recordIngress({ protections });
        const { routers, services } = dynamicOf(recording).http;
        assert.deepEqual(routers["login-staff"], {
            rule: "PathPrefix(`/oauth2/staff/`)",
            entryPoints: ["websecure"],
            priority: 1_000_000,
            service: "login-staff",
        });
        assert.deepEqual(services["login-staff"].loadBalancer.servers, [{ url: `http://${login}.edge.svc:4180` }]);
        assert.equal(routers["login-partners"].rule, "PathPrefix(`/oauth2/partners/`)");
    });

    it("leaves an ingress without logins as it was", async () => {
        const { http } = dynamicOf(await recordIngress());
        assert.deepEqual(Object.keys(http as object), ["middlewares"]);
        assert.equal(http.middlewares["security-headers"].headers.customRequestHeaders, undefined);
    });

    it("is reached by Traefik alone, and reaches nothing but DNS and public addresses at the provider's port", async () => {
        const port = 8443;
        const recording = await recordLogin({ issuerUrl: `https://login.example.org:${port}/` });
        const network = networkFromObjects(manifests(recording.resources));
        const pod = (address: string, app: string, instance: string): NetworkEndpoint => ({
            name: instance,
            address,
            namespace: "edge",
            labels: { "app.kubernetes.io/name": app, "app.kubernetes.io/instance": instance },
        });
        const proxy = pod("10.0.0.1", "oauth2-proxy", login);
        const traefik = pod("10.0.0.2", "traefik", "edge");
        const neighbour = pod("10.0.0.3", "neighbour", "neighbour");
        const at = (address: string): NetworkEndpoint => ({ name: address, address });
        const reaches = (from: NetworkEndpoint, to: NetworkEndpoint, wanted: number): boolean =>
            reachable(network, from, to, { port: wanted }).allowed;
        assert.deepEqual(
            [traefik, neighbour].map((from) => reaches(from, proxy, 4180)),
            [true, false],
        );
        assert.deepEqual(
            ["93.184.216.34", "10.1.2.3", "169.254.169.254"].map((address) => reaches(proxy, at(address), port)),
            [true, false, false],
        );
        assert.equal(reaches(proxy, at("93.184.216.34"), 443), false);
    });

    it("reaches a provider in a private network, or in the cluster, where that is said", async () => {
        const egress = async (oidc: Partial<OidcProtection>): Promise<unknown[]> =>
            (await recordLogin(oidc)).only("kubernetes:networking.k8s.io/v1:NetworkPolicy", login).inputs.spec
                .egress as unknown[];
        const cidrs = JSON.stringify(await egress({ issuerCidrs: ["10.20.0.0/16"] }));
        assert.ok(cidrs.includes("10.20.0.0/16") && !cidrs.includes("0.0.0.0/0"));
        const keycloak = fakeService({ namespace: "keycloak", port: 443, targetPort: 8443 });
        const service = JSON.stringify(await egress({ issuerService: keycloak }));
        assert.ok(service.includes("keycloak") && service.includes("8443") && !service.includes("0.0.0.0/0"));
    });

    it("is reached by a Traefik that is kept to the namespaces of its routes", async () => {
        const recording = await recordLogin({}, { routeNamespaces: ["apps"] });
        const { egress } = recording.only("kubernetes:networking.k8s.io/v1:NetworkPolicy", "edge").inputs.spec;
        assert.ok(JSON.stringify(egress).includes(login));
    });

    it("has a metrics target and alerts that name it", async () => {
        const { telemetry } = (await recordIngress({ protections: { staff: { oidc: base } } })).result;
        const target = telemetry.targets.find(({ name }) => name === login)!;
        assert.equal(target.port, 44_180);
        const alerts = telemetry.alerts.filter(({ expression }) => expression.includes(`job="${login}"`));
        assert.deepEqual(
            alerts.map(({ name }) => name),
            ["OidcLoginDown", "OidcLoginFails"],
        );
    });

    it("trusts an authority of one's own", async () => {
        const recording = await recordLogin({ issuerCaCertificate: "-----BEGIN CERTIFICATE-----\nx\n" });
        assert.equal(filesOf(recording)["ca.pem"], "-----BEGIN CERTIFICATE-----\nx\n");
        assert.deepEqual(readOptions(filesOf(recording)["oauth2-proxy.cfg"]!).provider_ca_files, [
            "/etc/oauth2-proxy/config/ca.pem",
        ]);
    });

    it("takes values that are known later, and checks them then", async () => {
        const later = await optionsFor({ issuerUrl: pulumi.output("https://later.example.org") });
        assert.equal(later.oidc_issuer_url, "https://later.example.org");
        const login = (oidc: Partial<OidcProtection>) => ({
            protection: "staff",
            oidc: { ...base, ...oidc },
            httpsPort: 443,
        });
        const everybody = login({ allowedEmailDomains: pulumi.output(["*"]) });
        await assert.rejects(
            valueOf(configFiles("TraefikIngress edge", everybody)["oauth2-proxy.cfg"]!),
            /TraefikIngress edge: protections\.staff\.oidc\.allowedEmailDomains\[0\] is "\*", which is every account/,
        );
        const copied = login({ clientSecret: pulumi.secret("copied with its end\n") });
        const secrets = secretFiles("TraefikIngress edge", copied, pulumi.output("key"));
        await assert.rejects(
            valueOf(pulumi.output(secrets["client-secret"]!)),
            /protections\.staff\.oidc\.clientSecret is a secret value, which does not have the right form/,
        );
    });
});

describe("A route with a login by OIDC", () => {
    const faults = (route: Partial<RouteArgs>, cookie: OidcProtection["cookie"] = { domain: "apps.example.com" }) => {
        const args = ingressArgs({ protections: { staff: { oidc: { ...base, cookie } } } });
        const gateway = planTraefikIngress("edge", args);
        const service = fakeService({ namespace: "apps" });
        return validateRoute({ cluster: testCluster(), gateway, service, protections: ["staff"], ...route }).map(
            ({ propertyPath, reason }) => `${propertyPath} ${reason}`,
        );
    };

    it("counts as one that asks for a login", () => {
        assert.deepEqual(faults({ host: "shop.apps.example.com" }), []);
        assert.deepEqual(faults({ host: "apps.example.com" }), []);
        assert.deepEqual(faults({ host: "*.apps.example.com" }), []);
        assert.deepEqual(faults({ host: "anywhere.example.org" }, {}), []);
    });

    it("is refused at a host that never gets the login's cookie", () => {
        for (const host of ["shop.example.com", "notapps.example.com", "*.example.com"]) {
            assert.deepEqual(faults({ host }), [
                'protections[0] is "staff", which holds for apps.example.com and hosts below it only; give such a host',
            ]);
        }
        assert.equal(faults({}, { domain: "example.org" }).length, 1);
    });

    it("names the login's middleware", async () => {
        const recording = await recordIngress(
            { protections: { staff: { oidc: base } } },
            { protections: ["staff"], insecureWithoutLogin: false },
        );
        const { annotations } = recording.only("kubernetes:networking.k8s.io/v1:Ingress", "web").inputs.metadata;
        assert.equal(annotations["traefik.ingress.kubernetes.io/router.middlewares"], "staff@file");
        assert.equal(await valueOf(pulumi.output(recording.result.gateway.protections[0]!.authenticates)), true);
    });
});
