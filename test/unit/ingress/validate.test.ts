import assert from "node:assert/strict";
import {
    type IngressProtection,
    protectionKinds,
    protectionSupport,
    Route,
    TraefikIngress,
    type TraefikIngressArgs,
    validateTraefikIngress,
} from "../../../components";
import { fakeGateway, fakeService } from "../../../components/testing";
import { testCluster } from "../support/cluster";
import { rejects } from "../support/mocks";
import { ingressArgs } from "./support";

const lines = (args: Partial<TraefikIngressArgs>): string[] =>
    validateTraefikIngress("edge", ingressArgs(args)).map(({ propertyPath, reason }) => `${propertyPath} ${reason}`);
const linesFor = (it: IngressProtection): string[] => lines({ protections: { it } });

/** Asserts that there is exactly one fault, and what it says. */
function only(found: string[], expected: RegExp): void {
    assert.equal(found.length, 1, found.join("\n"));
    assert.match(found[0]!, expected);
}

const acme = { email: "ops@example.com" };

describe("TraefikIngress refuses", () => {
    it("an address without its mask, and says what was meant", () => {
        only(
            linesFor({ ipAllowList: { ranges: ["203.0.113.7"] } }),
            /^protections\.it\.ipAllowList\.ranges\[0\] is "203\.0\.113\.7", which has no prefix length; .*did you mean "203\.0\.113\.7\/32"\?$/,
        );
    });

    it("a list that lets in everybody, or nobody, unless an argument says so", () => {
        for (const range of ["0.0.0.0/0", "::/0"]) {
            only(
                linesFor({ ipAllowList: { ranges: [range] } }),
                /which is everybody; name those meant, or set allowEveryone: true$/,
            );
            assert.deepEqual(linesFor({ ipAllowList: { ranges: [range], allowEveryone: true } }), []);
        }
        only(linesFor({ ipAllowList: { ranges: [] } }), /ranges is empty/);
    });

    it("a login without users, or with one twice", () => {
        only(linesFor({ basicAuth: { users: [] } }), /^protections\.it\.basicAuth\.users is empty; give at least one/);
        only(
            linesFor({ basicAuth: { users: [{ name: "alice" }, { name: "alice" }] } }),
            /users\[1\]\.name is "alice" a second time/,
        );
    });

    it("a password where its hash belongs, without repeating it, and the hash that compose files have", () => {
        const hashOf = (passwordHash: string) => linesFor({ basicAuth: { users: [{ name: "alice", passwordHash }] } });
        only(
            hashOf("hunter2"),
            /passwordHash is a secret value, which is no bcrypt hash; give what `htpasswd -nBC 10 NAME` prints behind the colon, give the password itself as password/,
        );
        only(hashOf(`$$2y$$10$$${"a".repeat(53)}`), /which has doubled dollar signs/);
        only(hashOf("$apr1$abc$def"), /is no bcrypt hash/);
        assert.ok(!hashOf("hunter2").join().includes("hunter2"));
    });

    it("a hash where the password belongs, both of them, and passwords that bcrypt cuts or that are soon guessed", () => {
        const userFaults = (user: object) => linesFor({ basicAuth: { users: [{ name: "alice", ...user }] } });
        const passwordHash = `$2y$10$${"a".repeat(53)}`;
        only(
            userFaults({ password: passwordHash }),
            /users\[0\]\.password is a secret value, which is a bcrypt hash and no password; give it as passwordHash/,
        );
        only(
            userFaults({ password: "correct-horse", passwordHash }),
            /passwordHash can't go together with "password"; give only one/,
        );
        only(userFaults({ password: "hunter2" }), /password is a secret value, which has 7 characters; give 8 or more/);
        // 37 characters of two bytes each.
        only(
            userFaults({ password: "\u00e9".repeat(37) }),
            /which has 74 bytes, of which bcrypt would read the first 72 alone; give 72 bytes or less/,
        );
        only(userFaults({ password: "correct\nhorse" }), /which has control characters in it/);
        only(userFaults({ password: "correct-horse", rotation: "1" }), /rotation changes nothing beside password/);
        assert.deepEqual(userFaults({ password: "\u00e9".repeat(36) }), []);
    });

    it("a password under a name that is almost right", () => {
        only(
            linesFor({ basicAuth: { users: [{ name: "alice", pasword: "correct-horse" } as never] } }),
            /users\[0\]\.pasword is not known here; .*did you mean "password"\?$/,
        );
    });

    it("limits of zero", () => {
        only(linesFor({ rateLimit: { requests: 0 } }), /rateLimit\.requests is 0; give a whole number 1 or more/);
        only(linesFor({ concurrency: { requests: 0 } }), /concurrency\.requests is 0; give a whole number 1 or more/);
        only(linesFor({ bodyLimit: { maximum: "0Mi" } }), /bodyLimit\.maximum is "0Mi", which is not more than zero/);
        only(linesFor({ rateLimit: { requests: 1, period: "0s" } }), /period is "0s", which is too short/);
        only(linesFor({ retry: { attempts: 1 } }), /retry\.attempts is 1; give a whole number 2 or more/);
    });

    it("a circuit breaker without a threshold", () => {
        only(linesFor({ circuitBreaker: {} }), /circuitBreaker has no threshold; give networkErrorPercent/);
    });

    it("origins that browsers refuse", () => {
        only(linesFor({ cors: { origins: ["*"], credentials: true } }), /refuse together with credentials/);
        only(linesFor({ cors: { origins: ["https://app.example.com/x"] } }), /give scheme and host alone/);
    });

    it("what Traefik lacks, and names the controller that has it", () => {
        only(
            linesFor({ apiKey: {} } as IngressProtection),
            /^protections\.it\.apiKey can't be had: traefik has it in its commercial edition only \(Traefik Hub\), of the controllers only kong can;/,
        );
        only(linesFor({ jwt: { issuer: "https://login.example.com", publicKey: "pem" } }), /only kong can/);
    });

    it("a protection of no kind, of two kinds, of an unknown kind, or of a name that is taken", () => {
        only(linesFor({}), /^protections\.it\.apiKey is missing; give one of "apiKey" and "basicAuth"/);
        only(
            linesFor({ retry: { attempts: 2 }, concurrency: { requests: 1 } }),
            /^protections\.it\.retry can't go together with "concurrency"/,
        );
        const unknown = { basicauth: { users: [] } } as IngressProtection;
        assert.match(linesFor(unknown)[0]!, /basicauth is not known here; .*did you mean "basicAuth"\?$/);
        const headers = { set: { "X-A": "b" } };
        only(lines({ protections: { "security-headers": { headers } } }), /is a name that the configuration uses/);
        only(lines({ protections: { Office: { headers } } }), /did you mean "office"\?$/);
    });

    it("two authorities for every client", () => {
        const mutualTls = { caCertificate: "-----BEGIN CERTIFICATE-----\n" };
        only(
            lines({ protections: { one: { mutualTls, everyRoute: true }, two: { mutualTls, everyRoute: true } } }),
            /^protections\.two asks every client for a certificate, as one does/,
        );
    });

    it("ACME for more than one pod", () => {
        only(
            lines({ certificates: { acme }, replicas: 2 }),
            /^certificates\.acme keeps its certificates where one pod alone can use them, and `replicas` asks for more; use certificates\.issuer/,
        );
        only(
            lines({ certificates: { acme }, autoscaling: { minReplicas: 1, maxReplicas: 3 } }),
            /`autoscaling` asks for more/,
        );
    });

    it("ACME over DNS without a provider, and a provider for nothing", () => {
        only(lines({ certificates: { acme: { ...acme, challenge: "dns" } } }), /acme\.dnsProvider is missing/);
        const dnsProvider = { code: "route53", environment: {} };
        only(lines({ certificates: { acme: { ...acme, dnsProvider } } }), /is not used by the challenge http/);
    });

    it("no certificates on a cluster that others reach, two sources of them, and cert-manager where there is none", () => {
        const cluster = testCluster({ cloud: "other" });
        only(
            lines({ cluster, certificates: undefined }),
            /^certificates is missing; give one of own, secretName, issuer, acme/,
        );
        only(
            lines({ certificates: { secretName: "edge", selfSigned: {} } }),
            /certificates\.selfSigned can't go together with "secretName"/,
        );
        only(
            lines({ certificates: { issuer: { name: "letsencrypt" } } }),
            /^certificates\.issuer needs cert-manager, .*add "cert-manager" to the cluster's traits\.addons$/,
        );
        only(lines({ cluster, domain: undefined }), /selfSigned names no host, and there is no domain/);
    });

    it("to trust everybody who claims to be somebody else", () => {
        for (const key of ["trustedProxies", "proxyProtocolFrom"] as const) {
            only(lines({ [key]: ["0.0.0.0/0"] }), new RegExp(`^${key}\\[0\\] .* by which every client could claim`));
            only(lines({ [key]: [] }), new RegExp(`^${key} is empty`));
        }
        only(
            lines({ cluster: testCluster({ cloud: "gcp" }), proxyProtocolFrom: ["10.0.0.0/8"] }),
            /^proxyProtocolFrom is given, but the load balancer of gcp hands on the client's connection as it is/,
        );
    });

    it("ports and load balancers that the exposure has not", () => {
        only(lines({ nodePorts: { https: 30_443 } }), /^nodePorts is given, but the exposure is LoadBalancer/);
        only(
            lines({ exposure: "ClusterIP", loadBalancer: {} }),
            /^loadBalancer is given, but the exposure is ClusterIP/,
        );
        only(
            lines({ exposure: "NodePort", nodePorts: { https: 443 } }),
            /nodePorts\.https is 443; give a whole number from 30000 to 32767/,
        );
    });

    it("ciphers for TLS 1.3 and preloading of one host alone", () => {
        const cipherSuites = ["TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"];
        only(lines({ tls: { minimumVersion: "1.3", cipherSuites } }), /has no meaning for TLS 1\.3/);
        only(lines({ securityHeaders: { hstsPreload: true } }), /without hstsIncludeSubdomains/);
    });

    it("several faults together, and makes nothing", async () => {
        const protections = {
            login: { basicAuth: { users: [] } },
            office: { ipAllowList: { ranges: ["203.0.113.7"] } },
        };
        await rejects(
            () => new TraefikIngress("edge", ingressArgs({ protections, replicas: 0 })),
            /3 arguments are wrong:\n.*login\.basicAuth\.users.*\n.*office\.ipAllowList.*\n.*replicas is 0/,
        );
    });
});

describe("Route refuses", () => {
    it("a host and path that another route of the program has at the same ingress", async () => {
        const host = "shop.example.com";
        await rejects(() => {
            const { gateway } = new TraefikIngress("edge", ingressArgs());
            const { gateway: other } = new TraefikIngress("other", ingressArgs());
            const args = { cluster: testCluster(), service: fakeService(), insecureWithoutLogin: true, host };
            new Route("shop", { ...args, gateway, path: "/api" });
            new Route("root", { ...args, gateway });
            new Route("elsewhere", { ...args, gateway: other, path: "/api" });
            new Route("again", { ...args, gateway, path: "/api" });
        }, 'Route again: path is "/api" of host "shop.example.com", which Route shop has; give another path or host');
    });

    it("to be without a host where the gateway has no domain", async () => {
        const args = { cluster: testCluster(), gateway: fakeGateway(), service: fakeService(), protections: ["login"] };
        await rejects(
            () => new Route("shop", args),
            'Route shop: host is missing, and the gateway has no domain; give one: "hello.example.com"',
        );
    });
});

describe("The table of protections", () => {
    it("has a row for each kind, and at least one controller for each", () => {
        assert.ok(protectionKinds.length >= 12);
        for (const kind of protectionKinds) {
            const { traefik, kong } = protectionSupport[kind];
            assert.ok(traefik === undefined || kong === undefined, kind);
        }
    });
});
