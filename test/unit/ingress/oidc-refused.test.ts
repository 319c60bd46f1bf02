import assert from "node:assert/strict";
import {
    type IngressProtection,
    type OidcProtection,
    validateKongIngress,
    validateTraefikIngress,
} from "../../../components";
import { fakeService } from "../../../components/testing";
import { kongArgs } from "./kong-support";
import { ingressArgs } from "./support";

const base: OidcProtection = {
    issuerUrl: "https://login.example.org",
    clientId: "faas",
    clientSecret: "secret",
    allowedGroups: ["operators"],
};

const linesOf = (staff: IngressProtection): string[] =>
    validateTraefikIngress("edge", ingressArgs({ protections: { staff } })).map(
        ({ propertyPath, reason }) => `${propertyPath} ${reason}`,
    );

/** Arguments of one login, some of them as configuration files have them: of any form. */
type Loose = { [Key in keyof OidcProtection]?: unknown } & Record<string, unknown>;

/** Asserts that there is exactly one fault, and what it says. */
function only(changed: Loose, expected: RegExp): void {
    const found = linesOf({ oidc: { ...base, ...changed } as OidcProtection });
    assert.equal(found.length, 1, found.join("\n"));
    assert.match(found[0]!, expected);
}

describe("A login by OIDC is refused with", () => {
    it("nothing of what it needs, all at once", () => {
        const found = linesOf({ oidc: {} as OidcProtection });
        assert.deepEqual(
            found.map((line) => line.split(" ").slice(0, 3).join(" ")),
            [
                "protections.staff.oidc.issuerUrl is missing;",
                "protections.staff.oidc.clientId is missing;",
                "protections.staff.oidc.clientSecret is missing;",
                "protections.staff.oidc says nobody",
            ],
        );
    });

    it("a provider that is asked in clear, or is none", () => {
        only(
            { issuerUrl: "http://login.example.org" },
            /oidc\.issuerUrl is "http:\/\/login\.example\.org", which .*https/,
        );
        only({ issuerUrl: "login.example.org" }, /oidc\.issuerUrl is "login\.example\.org"/);
    });

    it("a client secret with the end of a line, which is not repeated", () => {
        only({ clientSecret: "hunter2\n" }, /oidc\.clientSecret is a secret value, which does not have the right form/);
        assert.ok(
            !linesOf({ oidc: { ...base, clientSecret: "hunter2\n" } })
                .join()
                .includes("hunter2"),
        );
    });

    it("no rule of who is let in, unless everybody is said to be, and not with both", () => {
        only(
            { allowedGroups: undefined },
            /oidc says nobody who is let in; give allowedEmails, allowedEmailDomains, allowedGroups or several, or set allowEveryAccount: true/,
        );
        only({ allowedGroups: undefined, allowEveryAccount: false }, /says nobody who is let in/);
        assert.deepEqual(linesOf({ oidc: { ...base, allowedGroups: undefined, allowEveryAccount: true } }), []);
        only(
            { allowEveryAccount: true },
            /allowEveryAccount is true, but allowedGroups is given too; leave one of them out/,
        );
        only({ allowedGroups: [] }, /allowedGroups is empty; give at least one entry/);
    });

    it("rules that let in more than they seem to, or nobody", () => {
        only(
            { allowedEmailDomains: ["*"] },
            /allowedEmailDomains\[0\] is "\*", which is every account; .*allowEveryAccount/,
        );
        only({ allowedEmailDomains: ["@example.com"] }, /allowedEmailDomains\[0\] is "@example\.com"/);
        only({ allowedEmails: ["*@example.com"] }, /allowedEmails\[0\] is .*; give a whole address like/);
        only({ allowedEmails: ["alice"] }, /allowedEmails\[0\] is "alice"/);
        only({ allowedGroups: [" "] }, /allowedGroups\[0\] is empty/);
    });

    it("a host to come back to that can't set the login's cookie", () => {
        only({ callbackHost: "auth.example.com" }, /callbackHost is given without cookie\.domain/);
        only(
            { callbackHost: "auth.example.org", cookie: { domain: "example.com" } },
            /callbackHost is "auth\.example\.org", outside of cookie\.domain "example\.com"/,
        );
        assert.deepEqual(
            linesOf({ oidc: { ...base, callbackHost: "auth.example.com", cookie: { domain: "example.com" } } }),
            [],
        );
    });

    it("a cookie that is never renewed, or weaker than it may be", () => {
        only({ cookie: { lifetime: "1h", refresh: "2h" } }, /cookie\.refresh is "2h", and the login ends after 1h/);
        only({ cookie: { refresh: "12h" } }, /cookie\.refresh is "12h", and the login ends after 12h/);
        only({ cookie: { lifetime: "1 day" } }, /cookie\.lifetime is "1 day"/);
        only({ cookie: { secure: false } }, /cookie\.secure is not known here/);
    });

    it("scopes by which the provider would not say who it is, or two in one", () => {
        only({ scopes: ["email"] }, /scopes lacks "openid"/);
        only({ scopes: ["openid", "email profile"] }, /scopes\[1\] is "email profile"/);
    });

    it("two places of the provider, addresses without a mask, an authority that is none, a name that is not known", () => {
        only({ issuerCidrs: ["10.0.0.0/8"], issuerService: fakeService({}) }, /can't go together with "issuerCidrs"/);
        only({ issuerCidrs: ["10.1.2.3"] }, /issuerCidrs\[0\] is "10\.1\.2\.3", which has no prefix length/);
        only({ issuerCaCertificate: "ca.pem" }, /issuerCaCertificate is "ca\.pem"/);
        only({ allowedGroup: ["x"] }, /allowedGroup is not known here; .*did you mean "allowedGroups"/);
        only({ replicas: 0 }, /replicas is 0; give a whole number/);
    });

    it("every route, since those who come back from the provider would be asked as well", () => {
        const [fault, ...others] = linesOf({ oidc: base, everyRoute: true });
        assert.deepEqual(others, []);
        assert.match(fault!, /^protections\.staff\.everyRoute can't be had of oidc: .*; name it in each route/);
    });

    it("a name that is too long together with the ingress's", () => {
        const protections = { ["s".repeat(40)]: { oidc: base } };
        const [fault] = validateTraefikIngress("edge-of-the-whole-cluster", ingressArgs({ protections }));
        assert.match(fault!.reason, /^is "edge-of-the-whole-cluster-oauth2-s+", which has 73 characters/);
    });

    it("Kong, whose error names Traefik and what Kong has instead", () => {
        const [fault, ...others] = validateKongIngress("edge", kongArgs({ protections: { staff: { oidc: base } } }));
        assert.deepEqual(others, []);
        assert.equal(
            `${fault!.propertyPath} ${fault!.reason}`,
            "protections.staff.oidc can't be had: kong has it in its commercial edition only (plugin openid-connect), " +
                "of the controllers only traefik can; use apiKey or basicAuth or jwt, or check it in the service",
        );
    });
});
