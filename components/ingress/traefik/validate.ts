import { Cloud, Exposure, IngressKind } from "../../core/contracts";
import type { Fault } from "../../core/errors";
import { validateLabels } from "../../core/labels";
import { checkName } from "../../core/names";
import { validatePlacement } from "../../core/placement";
import { validateRegistry } from "../../core/registry";
import { Checks, isPlain } from "../../core/validation";
import { AcmeChallenge, CertManagerKind } from "../certificates";
import { checkProtections } from "../validate-protections";
import { FrameOptions, IngressExposure, TlsVersion, type TraefikIngressArgs } from "./args";
import { certificatesOf, hasDomain } from "./certificates";
import { classNameOf, namespaceOf, protectionsOf, reservedNames } from "./names";

/** Leaves room for what the names of the ingress's objects add to its own. */
const longestName = 40;

/** What is wrong with the arguments of a `TraefikIngress`; empty when nothing is. */
export function validateTraefikIngress(name: string, args: TraefikIngressArgs): Fault[] {
    const checks = new Checks();
    checkName(checks, "name", name, "Service", "x".repeat(63 - longestName));
    checkName(checks, "namespace", namespaceOf(name, args), "Namespace");
    checks.dnsSubdomain("className", classNameOf(name, args));
    checkProtections(checks, IngressKind.Traefik, args.protections);
    checkTogether(checks, args);
    checkCertificates(checks, args);
    checkReplicas(checks, args);
    checkExposure(checks, args);
    checkTls(checks, args);
    checkTimeouts(checks, args);
    checks.hostName("domain", args.domain);
    checks.nonEmpty("routeNamespaces", args.routeNamespaces);
    checks.list("routeNamespaces", args.routeNamespaces, (each, nested) => checkName(nested, "", each, "Namespace"));
    checks.include(validatePlacement("placement", args.placement));
    checks.include(validateRegistry("registry", args.registry));
    checks.include(validateLabels("labels", args.labels));
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
    const { own, secretName, issuer, acme, selfSigned } = certificates;
    nested.dnsSubdomain("secretName", secretName);
    nested.matches("own.certificate", own?.certificate, /-----BEGIN CERTIFICATE-----/, "give the certificate in PEM");
    nested.secret.matches("own.privateKey", own?.privateKey, /-----BEGIN [A-Z ]*PRIVATE KEY-----/, "give it in PEM");
    nested.dnsSubdomain("issuer.name", issuer?.name);
    nested.oneOf("issuer.kind", issuer?.kind, Object.values(CertManagerKind));
    checkAddon(checks, args);
    if (selfSigned && !hasDomain(args) && (selfSigned.hosts ?? []).length === 0) {
        nested.fault("selfSigned", "names no host, and there is no domain; give domain or selfSigned.hosts");
    }
    nested.list("selfSigned.hosts", selfSigned?.hosts, (host, each) => each.hostName("", host, { wildcard: true }));
    if (acme) {
        checkAcme(nested.at("acme"), args);
    }
}

function checkAddon(checks: Checks, { certificates, cluster }: TraefikIngressArgs): void {
    const { addons } = cluster.traits;
    const known = isPlain(addons) && (addons as unknown[]).every(isPlain);
    if (certificates?.issuer && known && !(addons as string[]).includes("cert-manager")) {
        checks.fault(
            "certificates.issuer",
            'needs cert-manager, which the cluster is not said to have; install it and add "cert-manager" to the cluster\'s traits.addons',
        );
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

function checkReplicas(checks: Checks, args: TraefikIngressArgs): void {
    checks.exclusive(["replicas", "autoscaling"], args);
    checks.integer("replicas", args.replicas, { minimum: 1 });
}

function checkExposure(checks: Checks, args: TraefikIngressArgs): void {
    const { loadBalancer, nodePorts, trustedProxies, proxyProtocolFrom, cluster } = args;
    checks.oneOf("exposure", args.exposure, Object.values(IngressExposure));
    const exposure = args.exposure ?? cluster.traits.exposure;
    if (loadBalancer && isPlain(exposure) && exposure !== Exposure.LoadBalancer) {
        checks.fault("loadBalancer", `is given, but the exposure is ${exposure as string}; leave one of them out`);
    }
    if (nodePorts && isPlain(exposure) && exposure !== Exposure.NodePort) {
        checks.fault("nodePorts", `is given, but the exposure is ${exposure as string}; leave one of them out`);
    }
    for (const port of ["http", "https"] as const) {
        checks.integer(`nodePorts.${port}`, nodePorts?.[port], { minimum: 30_000, maximum: 32_767 });
    }
    checks.list("loadBalancer.sourceRanges", loadBalancer?.sourceRanges, (range, each) => each.cidr("", range));
    checkTrusted(checks, "trustedProxies", trustedProxies);
    checkTrusted(checks, "proxyProtocolFrom", proxyProtocolFrom);
    const { cloud } = cluster.traits;
    if (proxyProtocolFrom !== undefined && (cloud === Cloud.Gcp || cloud === Cloud.Azure)) {
        checks.fault(
            "proxyProtocolFrom",
            `is given, but the load balancer of ${cloud} hands on the client's connection as it is; leave it out`,
        );
    }
}

/** Who is trusted here can claim to be anybody. */
function checkTrusted(
    checks: Checks,
    path: "trustedProxies" | "proxyProtocolFrom",
    cidrs: TraefikIngressArgs["trustedProxies"],
): void {
    checks.nonEmpty(path, cidrs);
    checks.list(path, cidrs, (cidr, nested) => {
        nested.cidr("", cidr);
        if (typeof cidr === "string" && cidr.endsWith("/0")) {
            nested.fault("", `is "${cidr}", by which every client could claim any address; name the proxies' networks`);
        }
    });
}

function checkTls(checks: Checks, { tls, securityHeaders }: TraefikIngressArgs): void {
    checks.oneOf("tls.minimumVersion", tls?.minimumVersion, Object.values(TlsVersion));
    checks.nonEmpty("tls.cipherSuites", tls?.cipherSuites);
    checks.list("tls.cipherSuites", tls?.cipherSuites, (suite, nested) =>
        nested.matches("", suite, /^TLS_[A-Z0-9_]+$/, 'give a name like "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"'),
    );
    if (tls?.cipherSuites && tls.minimumVersion === TlsVersion.V13) {
        checks.fault("tls.cipherSuites", "has no meaning for TLS 1.3, which has its own; leave one of them out");
    }
    const nested = checks.at("securityHeaders");
    nested.integer("hstsSeconds", securityHeaders?.hstsSeconds, { minimum: 0 });
    nested.oneOf("frameOptions", securityHeaders?.frameOptions, Object.values(FrameOptions));
    nested.nonEmpty("referrerPolicy", securityHeaders?.referrerPolicy);
    if (securityHeaders?.hstsPreload === true && securityHeaders.hstsIncludeSubdomains !== true) {
        nested.fault("hstsPreload", "is refused by browsers' makers without hstsIncludeSubdomains; set that, too");
    }
}

function checkTimeouts(checks: Checks, { timeouts }: TraefikIngressArgs): void {
    for (const key of ["request", "response", "idle"] as const) {
        checks.duration(`timeouts.${key}`, timeouts?.[key], { minimum: "1s" });
    }
}
