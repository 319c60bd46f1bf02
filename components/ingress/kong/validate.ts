import { IngressKind } from "../../core/contracts";
import type { Fault } from "../../core/errors";
import { checkRoute } from "../../core/route";
import { Checks } from "../../core/validation";
import { protectionsOf } from "../names";
import { certificatesOf, domainOf } from "../own-certificate";
import {
    checkExposure,
    checkIngressNames,
    checkOwnCertificate,
    checkOwnCertificates,
    checkPods,
    checkReplicas,
    checkTimeouts,
    checkTls,
} from "../validate-ingress";
import { checkProtections } from "../validate-protections";
import type { KongIngressArgs } from "./args";
import { cipherNames } from "./environment";
import { asRouteArgs, hostOf, pathOf, protectionNames } from "./routes";
import { checkForKong, checkPlaces } from "./validate-routes";

/** What is wrong with the arguments of a `KongIngress`; empty when nothing is. */
export function validateKongIngress(name: string, args: KongIngressArgs): Fault[] {
    const checks = new Checks();
    checkIngressNames(checks, name, args);
    checkProtections(checks, IngressKind.Kong, args.protections);
    checkForKong(checks, args.protections);
    checkCertificates(checks, args);
    checkReplicas(checks, args);
    checkExposure(checks, args);
    checkProxies(checks, args);
    checkTls(checks, args);
    checkCiphers(checks, args);
    checkTimeouts(checks, args);
    checks.hostName("domain", args.domain);
    checkRoutes(checks, name, args);
    checkPods(checks, args);
    return checks.faults;
}

/** A certificate that is renewed behind Kong's back would run out in its pods. */
const readOnce =
    "renews certificates, and kong reads them only when it starts, of the controllers only traefik takes over new ones; " +
    "give own or selfSigned, which `pulumi up` renews, or secretName and restart the pods at each renewal";

function checkCertificates(checks: Checks, args: KongIngressArgs): void {
    const nested = checks.at("certificates");
    const certificates = certificatesOf(args);
    const sources = ["own", "secretName", "selfSigned"];
    for (const source of ["issuer", "acme"] as const) {
        if (certificates[source] !== undefined) {
            nested.fault(source, readOnce);
        }
    }
    if (Object.keys(certificates).length === 0) {
        checks.fault("certificates", `is missing; give one of ${sources.join(", ")}: { selfSigned: {} } for trials`);
        return;
    }
    nested.knownKeys("", certificates, [...sources, "issuer", "acme"]);
    nested.exclusive([...sources, "issuer", "acme"], certificates, { required: true });
    checkOwnCertificates(nested, args);
}

function checkProxies(checks: Checks, { trustedProxies, proxyProtocolFrom }: KongIngressArgs): void {
    if (trustedProxies !== undefined && proxyProtocolFrom !== undefined) {
        checks.fault(
            "proxyProtocolFrom",
            "can't go together with trustedProxies: kong learns the client's address from one of them, of the controllers " +
                "only traefik from both; leave one of them out",
        );
    }
}

function checkCiphers(checks: Checks, { tls }: KongIngressArgs): void {
    checks.list("tls.cipherSuites", tls?.cipherSuites, (suite, each) =>
        each.oneOf("", suite, Object.keys(cipherNames)),
    );
}

function checkRoutes(checks: Checks, name: string, args: KongIngressArgs): void {
    const routes = args.routes ?? [];
    checks.list("routes", routes, (route, nested) => {
        nested.dnsLabel("name", route.name, { maximum: longestRouteName });
        checkRoute(nested, asRouteArgs(name, args, route));
        if (route.certificate) {
            checkOwnCertificate(nested.at("certificate"), route.certificate);
        }
    });
    const places = routes.map((route) => ({
        name: route.name,
        host: route.host ?? (domainOf(args) === undefined ? undefined : hostOf(name, args, route)),
        path: pathOf(route),
        scheme: route.service.scheme,
        protections: protectionNames(args, route),
        certificate: route.certificate,
    }));
    checkPlaces(checks, places, Object.fromEntries(protectionsOf(args)));
}

/** Leaves room for what the names of the route's objects add to its own. */
const longestRouteName = 40;
