import assert from "node:assert/strict";
import {
    type IngressProtection,
    protectionKinds,
    type ProtectionKind,
    protectionSupport,
    validateKongIngress,
    validateTraefikIngress,
} from "../../../components";
import { kongArgs, pluginsFor, recordKong, configurationOf, openRoute } from "./kong-support";
import { ingressArgs, dynamicOf, middlewareFor, recordIngress } from "./support";

/** One of each kind. */
const samples: Record<ProtectionKind, IngressProtection> = {
    apiKey: { apiKey: { holders: [{ name: "billing" }] } },
    basicAuth: { basicAuth: { users: [{ name: "alice" }] } },
    bodyLimit: { bodyLimit: { maximum: "10Mi" } },
    circuitBreaker: { circuitBreaker: { serverErrorPercent: 30 } },
    concurrency: { concurrency: { requests: 10 } },
    cors: { cors: { origins: ["https://app.example.com"] } },
    headers: { headers: { set: { "X-Team": "shop" } } },
    ipAllowList: { ipAllowList: { ranges: ["203.0.113.0/24"] } },
    jwt: { jwt: { issuer: "https://id.example.com", publicKey: "-----BEGIN PUBLIC KEY-----\n" } },
    mutualTls: { mutualTls: { caCertificate: "-----BEGIN CERTIFICATE-----\n" } },
    oidc: {
        oidc: {
            issuerUrl: "https://login.example.com",
            clientId: "faas",
            clientSecret: "secret",
            allowedGroups: ["operators"],
        },
    },
    rateLimit: { rateLimit: { requests: 10 } },
    retry: { retry: { attempts: 2 } },
};

/** What each kind becomes: a plugin of Kong's, or where there is none what else it changes. */
const inKong: Partial<Record<ProtectionKind, string>> = {
    apiKey: "key-auth",
    basicAuth: "basic-auth",
    bodyLimit: "request-size-limiting",
    cors: "cors",
    headers: "response-transformer",
    ipAllowList: "ip-restriction",
    jwt: "jwt",
    rateLimit: "rate-limiting",
};

/** What each kind becomes: a middleware of Traefik's. */
const inTraefik: Partial<Record<ProtectionKind, string>> = {
    basicAuth: "basicAuth",
    bodyLimit: "buffering",
    circuitBreaker: "circuitBreaker",
    concurrency: "inFlightReq",
    cors: "headers",
    headers: "headers",
    ipAllowList: "ipAllowList",
    oidc: "forwardAuth",
    rateLimit: "rateLimit",
    retry: "retry",
};

describe("The table of protections, in Kong", () => {
    for (const kind of protectionKinds) {
        const reason = protectionSupport[kind].kong;
        it(`${kind} ${reason === undefined ? "is configured" : `is refused, since kong ${reason}`}`, async () => {
            if (reason !== undefined) {
                const [fault, ...others] = validateKongIngress(
                    "edge",
                    kongArgs({ protections: { it: samples[kind] } }),
                );
                assert.deepEqual(others, []);
                assert.equal(fault!.propertyPath, `protections.it.${kind}`);
                assert.ok(
                    fault!.reason.includes(`kong ${reason}, of the controllers only traefik can;`),
                    fault!.reason,
                );
                return;
            }
            const plugin = inKong[kind];
            if (plugin !== undefined) {
                assert.ok((await pluginsFor(samples[kind]))[plugin]);
                return;
            }
            assert.equal(kind, "retry");
            const recording = await recordKong({
                protections: { it: samples[kind] },
                routes: [openRoute({ protections: ["it"] })],
            });
            assert.equal(configurationOf(recording).services[0]!.retries, 1);
        });
    }
});

describe("The table of protections, in Traefik", () => {
    for (const kind of protectionKinds) {
        const reason = protectionSupport[kind].traefik;
        it(`${kind} ${reason === undefined ? "is configured" : `is refused, since traefik ${reason}`}`, async () => {
            if (reason !== undefined) {
                const args = ingressArgs({ protections: { it: samples[kind] } });
                const [fault, ...others] = validateTraefikIngress("edge", args);
                assert.deepEqual(others, []);
                assert.ok(
                    fault!.reason.includes(`traefik ${reason}, of the controllers only kong can;`),
                    fault!.reason,
                );
                return;
            }
            const middleware = inTraefik[kind];
            if (middleware !== undefined) {
                assert.ok((await middlewareFor(samples[kind]))[middleware]);
                return;
            }
            assert.equal(kind, "mutualTls");
            const recording = await recordIngress({ protections: { it: samples[kind] } });
            assert.ok(dynamicOf(recording).tls.options.it.clientAuth);
        });
    }
});
