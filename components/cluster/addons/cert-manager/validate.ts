import { Addon, AddonMode } from "../../../core/addons";
import { IngressKind } from "../../../core/contracts";
import { Deletion } from "../../../core/deletion";
import type { Fault } from "../../../core/errors";
import { checkName } from "../../../core/names";
import { validateNetworkRules } from "../../../core/network";
import { Checks } from "../../../core/validation";
import { checkCloudIdentity } from "../cloud-identity";
import { checkMode } from "../mode";
import type { AcmeDnsSolver, AcmeHttpSolver, AcmeIssuer, CertManagerArgs, CertManagerClusterIssuer } from "./args";
import { asksHttp } from "./issuer-args";

/** What only an installation reads. */
const installing = [
    "identity",
    "caInjector",
    "httpChallenges",
    "highAvailability",
    "egress",
    "placement",
    "registry",
    "deletion",
] as const;

/** What is wrong with the arguments of a {@link CertManager}; empty when nothing is. */
export function validateCertManager(name: string, args: CertManagerArgs): Fault[] {
    const checks = new Checks();
    checkMode(checks, args, Addon.CertManager, { installing, none: ["issuers", "definitions", "namespace"] });
    const given = args.namespace === undefined ? "name" : "namespace";
    checkName(checks, given, args.namespace ?? name, "Namespace");
    if ((args.mode ?? AddonMode.Install) === AddonMode.Install) {
        checks.required("definitions", args.definitions, "the `definitions` of a CertManagerCrds");
    }
    checks.oneOf("deletion", args.deletion, Object.values(Deletion));
    checkCloudIdentity(checks.at("identity"), args.identity);
    checks.include(
        validateNetworkRules("", { egress: args.egress }).map(({ propertyPath, reason }) => ({
            propertyPath,
            reason,
        })),
    );
    checks.map("issuers", args.issuers, (issuerName, issuer, each) => {
        each.dnsSubdomain("", issuerName);
        checkIssuer(each, issuer, args);
    });
    return checks.faults;
}

function checkIssuer(checks: Checks, issuer: CertManagerClusterIssuer, args: CertManagerArgs): void {
    const kinds = ["acme", "ca", "selfSigned"];
    checks.knownKeys("", issuer, kinds);
    checks.exclusive(kinds, { ...issuer, selfSigned: issuer.selfSigned || undefined }, { required: true });
    const { acme, ca } = issuer;
    if (ca && (ca.certificate === undefined) !== (ca.privateKey === undefined)) {
        const missing = ca.certificate === undefined ? "certificate" : "privateKey";
        checks.fault(`ca.${missing}`, "is missing; give both, or neither to have an authority made");
    }
    if (ca?.certificate !== undefined) {
        checks.exclusive(
            ["certificate", "rotation"].map((key) => `ca.${key}`),
            {
                "ca.certificate": ca.certificate,
                "ca.rotation": ca.rotation,
            },
        );
    }
    checks.matches("ca.certificate", ca?.certificate, /-----BEGIN CERTIFICATE-----/, "give a certificate in PEM");
    checks.secret.matches("ca.privateKey", ca?.privateKey, /-----BEGIN [A-Z ]*PRIVATE KEY-----/, "give a key in PEM");
    if (acme) {
        checkAcmeIssuer(checks.at("acme"), acme, args);
    }
}

function checkAcmeIssuer(checks: Checks, acme: AcmeIssuer, args: CertManagerArgs): void {
    const { email, server, http, dns, externalAccount } = acme;
    checks.required("email", email, "the address that the authority writes to");
    checks.matches("email", email, /^[^@\s]+@[^@\s]+$/, 'give an address like "ops@example.com"');
    checks.url("server", server, { schemes: ["https"] });
    checks.nonEmpty("dns", dns);
    if (!http && !dns) {
        checks.fault("http", 'is missing, and so is "dns"; give one, by which the authority sees that a host is yours');
    }
    checks.nonEmpty("externalAccount.keyId", externalAccount?.keyId);
    checks.secret.nonEmpty("externalAccount.key", externalAccount?.key);
    if (http) {
        checkHttpSolver(checks.at("http"), http, args);
    }
    checks.list("dns", dns, (solver, each) => checkDnsSolver(each, solver));
}

function checkHttpSolver(checks: Checks, { gateway, namespaces }: AcmeHttpSolver, args: CertManagerArgs): void {
    if (gateway.kind === IngressKind.Kong) {
        checks.fault(
            "gateway",
            "is kong, which is configured as a whole and reads no Ingress of a challenge; use dns, or a gateway of Traefik",
        );
    }
    checks.nonEmpty("namespaces", namespaces);
    checks.list("namespaces", namespaces, (namespace, each) => each.dnsLabel("", namespace));
    if (!asksHttp(args)) {
        checks.fault("", "needs httpChallenges, which is false; leave httpChallenges out");
    }
}

function checkDnsSolver(checks: Checks, solver: AcmeDnsSolver): void {
    const providers = ["route53", "cloudDns", "azureDns"] as const;
    checks.exclusive(providers, solver, { required: true });
    checks.nonEmpty("zones", solver.zones);
    checks.list("zones", solver.zones, (zone, each) => each.hostName("", zone));
    checks.nonEmpty("route53.region", solver.route53?.region);
    checks.nonEmpty("cloudDns.project", solver.cloudDns?.project);
    checks.nonEmpty("azureDns.subscriptionId", solver.azureDns?.subscriptionId);
    checks.nonEmpty("azureDns.resourceGroup", solver.azureDns?.resourceGroup);
    checks.hostName("azureDns.hostedZoneName", solver.azureDns?.hostedZoneName);
}
