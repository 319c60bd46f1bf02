import { Addon, requireAddon } from "../../core/addons";
import { IngressKind } from "../../core/contracts";
import type { Fault } from "../../core/errors";
import { checkName } from "../../core/names";
import { Checks } from "../../core/validation";
import { AcmeChallenge, CertManagerKind } from "../certificates";
import { protectionsOf } from "../names";
import { loginName } from "../oauth2-proxy/names";
import { certificatesOf } from "../own-certificate";
import {
    checkExposure,
    checkIngressNames,
    checkOwnCertificates,
    checkPods,
    checkReplicas,
    checkTimeouts,
    checkTls,
} from "../validate-ingress";
import { checkProtections } from "../validate-protections";
import type { TraefikIngressArgs } from "./args";
import { classNameOf, reservedNames } from "./names";

/** What is wrong with the arguments of a `TraefikIngress`; empty when nothing is. */
export function validateTraefikIngress(name: string, args: TraefikIngressArgs): Fault[] {
    const checks = new Checks();
    checkIngressNames(checks, name, args);
    checks.dnsSubdomain("className", classNameOf(name, args));
    checkProtections(checks, IngressKind.Traefik, args.protections);
    checkTogether(checks, args);
    checkLogins(checks, name, args);
    checkCertificates(checks, args);
    checkReplicas(checks, args);
    checkExposure(checks, args);
    checkTls(checks, args);
    checkTimeouts(checks, args);
    checks.hostName("domain", args.domain);
    checks.nonEmpty("routeNamespaces", args.routeNamespaces);
    checks.list("routeNamespaces", args.routeNamespaces, (each, nested) => checkName(nested, "", each, "Namespace"));
    checkPods(checks, args);
    return checks.faults;
}

/** What no protection can tell by itself. */
function checkTogether(checks: Checks, args: TraefikIngressArgs): void {
    const everywhere: string[] = [];
    for (const [name, protection] of protectionsOf(args)) {
        if (reservedNames.includes(name)) {
            checks.fault(`protections.${name}`, "is a name that the configuration uses itself; choose another");
        }
        if (protection.mutualTls && protection.everyRoute) {
            everywhere.push(name);
        }
    }
    if (everywhere.length > 1) {
        checks.fault(
            `protections.${everywhere[1]}`,
            `asks every client for a certificate, as ${everywhere[0]} does; put the authorities of both into one caCertificate`,
        );
    }
}

/** What a login needs of the ingress that it belongs to. */
function checkLogins(checks: Checks, name: string, args: TraefikIngressArgs): void {
    for (const [protection, { oidc, everyRoute }] of protectionsOf(args)) {
        const nested = checks.at(`protections.${protection}`);
        if (oidc && everyRoute) {
            nested.fault(
                "everyRoute",
                "can't be had of oidc: who comes back from the provider would be asked for a login, too; " +
                    "name it in each route, of which none does without a login unless it says so",
            );
        }
        if (oidc) {
            checkName(nested, "", loginName(name, protection), "Service");
        }
    }
}

function checkCertificates(checks: Checks, args: TraefikIngressArgs): void {
    const nested = checks.at("certificates");
    const certificates = certificatesOf(args);
    const sources = ["own", "secretName", "issuer", "acme", "selfSigned"];
    if (Object.keys(certificates).length === 0) {
        checks.fault(
            "certificates",
            `is missing; give one of ${sources.join(", ")}: { issuer: { name: "letsencrypt" } }, or { selfSigned: {} } for trials`,
        );
        return;
    }
    nested.knownKeys("", certificates, sources);
    nested.exclusive(sources, certificates, { required: true });
    const { issuer, acme } = certificates;
    checkOwnCertificates(nested, args);
    nested.dnsSubdomain("issuer.name", issuer?.name);
    nested.oneOf("issuer.kind", issuer?.kind, Object.values(CertManagerKind));
    if (issuer) {
        requireAddon(nested, "issuer", args.cluster, Addon.CertManager);
    }
    if (acme) {
        checkAcme(nested.at("acme"), args);
    }
}

function checkAcme(checks: Checks, args: TraefikIngressArgs): void {
    const { email, server, challenge, dnsProvider } = args.certificates!.acme!;
    checks.matches("email", email, /^[^@\s]+@[^@\s]+$/, 'give an address like "ops@example.com"');
    checks.url("server", server, { schemes: ["https"] });
    checks.oneOf("challenge", challenge, Object.values(AcmeChallenge));
    if (challenge === AcmeChallenge.Dns && !dnsProvider) {
        checks.fault("dnsProvider", "is missing; the challenge dns writes records: give the provider's code and login");
    }
    if (challenge !== AcmeChallenge.Dns && dnsProvider) {
        checks.fault("dnsProvider", `is not used by the challenge ${challenge ?? "http"}; leave it out, or use dns`);
    }
    checks.nonEmpty("dnsProvider.code", dnsProvider?.code);
    checks.map("dnsProvider.environment", dnsProvider?.environment, (key, _value, nested) =>
        nested.environmentName("", key),
    );
    const several = (args.replicas ?? 1) > 1 ? "replicas" : args.autoscaling ? "autoscaling" : undefined;
    if (several) {
        checks.fault(
            "",
            `keeps its certificates where one pod alone can use them, and \`${several}\` asks for more; ` +
                "use certificates.issuer (cert-manager), or one replica",
        );
    }
}
