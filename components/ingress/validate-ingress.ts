import { Cloud, Exposure } from "../core/contracts";
import { validateLabels } from "../core/labels";
import { checkName } from "../core/names";
import { validatePlacement } from "../core/placement";
import { validateRegistry } from "../core/registry";
import { type Checks, isPlain } from "../core/validation";
import { FrameOptions, type IngressArgs, IngressExposure, TlsVersion } from "./args";
import type { OwnCertificate } from "./certificates";
import { namespaceOf } from "./names";
import { certificatesOf, hasDomain } from "./own-certificate";

/** Leaves room for what the names of the ingress's objects add to its own. */
const longestName = 40;

/** The names of the ingress and of its namespace. */
export function checkIngressNames(checks: Checks, name: string, args: IngressArgs): void {
    checkName(checks, "name", name, "Service", "x".repeat(63 - longestName));
    checkName(checks, "namespace", namespaceOf(name, args), "Namespace");
}

/** Where the pods run and what they are called. */
export function checkPods(checks: Checks, { placement, registry, labels }: IngressArgs): void {
    checks.include(validatePlacement("placement", placement));
    checks.include(validateRegistry("registry", registry));
    checks.include(validateLabels("labels", labels));
}

/** The checks of certificates that somebody else has made; a controller's own sources come besides. */
export function checkOwnCertificates(checks: Checks, args: IngressArgs): void {
    const { own, secretName, selfSigned } = certificatesOf(args);
    checks.dnsSubdomain("secretName", secretName);
    if (own) {
        checkOwnCertificate(checks.at("own"), own);
    }
    if (selfSigned && !hasDomain(args) && (selfSigned.hosts ?? []).length === 0) {
        checks.fault("selfSigned", "names no host, and there is no domain; give domain or selfSigned.hosts");
    }
    checks.list("selfSigned.hosts", selfSigned?.hosts, (host, each) => each.hostName("", host, { wildcard: true }));
}

/** A certificate and its key, in PEM. */
export function checkOwnCertificate(checks: Checks, { certificate, privateKey }: OwnCertificate): void {
    checks.matches("certificate", certificate, /-----BEGIN CERTIFICATE-----/, "give the certificate in PEM");
    checks.secret.matches("privateKey", privateKey, /-----BEGIN [A-Z ]*PRIVATE KEY-----/, "give it in PEM");
}

/** How many pods there are. */
export function checkReplicas(checks: Checks, args: IngressArgs): void {
    checks.exclusive(["replicas", "autoscaling"], args);
    checks.integer("replicas", args.replicas, { minimum: 1 });
}

/** How clients get to the ingress, and whose word on their addresses is taken. */
export function checkExposure(checks: Checks, args: IngressArgs): void {
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
    cidrs: IngressArgs["trustedProxies"],
): void {
    checks.nonEmpty(path, cidrs);
    checks.list(path, cidrs, (cidr, nested) => {
        nested.cidr("", cidr);
        if (typeof cidr === "string" && cidr.endsWith("/0")) {
            nested.fault("", `is "${cidr}", by which every client could claim any address; name the proxies' networks`);
        }
    });
}

/** What clients must be capable of, and the headers of every answer. */
export function checkTls(checks: Checks, { tls, securityHeaders }: IngressArgs): void {
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

/** How long things may take. */
export function checkTimeouts(checks: Checks, { timeouts }: IngressArgs): void {
    for (const key of ["request", "response", "idle"] as const) {
        checks.duration(`timeouts.${key}`, timeouts?.[key], { minimum: "1s" });
    }
}
