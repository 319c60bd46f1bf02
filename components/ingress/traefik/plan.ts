import { type IngressGateway, IngressKind, type Protection } from "../../core/contracts";
import { selectorLabels } from "../../core/labels";
import { namespaceOf, protectionsOf } from "../names";
import { domainOf } from "../own-certificate";
import { publicHttpsPort } from "../service";
import { authenticates, kindOf } from "../support";
import type { TraefikIngressArgs } from "./args";
import { issuerAnnotations, routeCertificates } from "./certificates";
import { acmeResolver, classNameOf, fileReference } from "./names";

const annotation = (name: string): string => `traefik.ingress.kubernetes.io/router.${name}`;

/**
 * The gateway that a `TraefikIngress` with these arguments is going to be, as far as routes are checked against it: a
 * program that checks everything before its first resource gives it to `validateRoute`. Registers nothing.
 */
export function planTraefikIngress(name: string, args: TraefikIngressArgs): IngressGateway {
    return {
        ...describeGateway(name, args),
        className: classNameOf(name, args),
        address: `${name}.${namespaceOf(name, args)}.svc`,
        pods: { namespace: namespaceOf(name, args), podSelector: selectorLabels({ app: "traefik", instance: name }) },
    };
}

/** What the arguments alone say of a gateway. */
export function describeGateway(
    name: string,
    args: TraefikIngressArgs,
): Omit<IngressGateway, "className" | "address" | "pods"> {
    const domain = domainOf(args);
    return {
        kind: IngressKind.Traefik,
        ...(args.routeNamespaces
            ? { classByAnnotation: true, namespaces: [...new Set([...args.routeNamespaces, namespaceOf(name, args)])] }
            : {}),
        httpsPort: publicHttpsPort(args),
        ...(domain === undefined ? {} : { domain }),
        protections: protectionsOf(args).map(([each]) => describeProtection(each, args)),
        protectionAnnotation: annotation("middlewares"),
        certificates: routeCertificates(args),
        certificateAnnotations: issuerAnnotations(args),
    };
}

function describeProtection(name: string, args: TraefikIngressArgs): Protection {
    const protection = args.protections![name]!;
    const known = {
        name,
        authenticates: authenticates(protection),
        ...(protection.everyRoute ? { everyRoute: true } : {}),
        ...(protection.oidc?.cookie?.domain === undefined ? {} : { domain: protection.oidc.cookie.domain }),
    };
    if (kindOf(protection) !== "mutualTls") {
        return { ...known, reference: fileReference(name) };
    }
    return { ...known, annotations: protection.everyRoute ? {} : tlsAnnotations(name, args) };
}

/** What a route says of TLS takes the place of all that the entry point says. */
function tlsAnnotations(name: string, { certificates }: TraefikIngressArgs): Record<string, string> {
    return {
        [annotation("tls.options")]: fileReference(name),
        ...(certificates?.acme ? { [annotation("tls.certresolver")]: acmeResolver } : {}),
    };
}
