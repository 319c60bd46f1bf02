import { type IngressGateway, IngressKind } from "../../core/contracts";
import { selectorLabels } from "../../core/labels";
import { namespaceOf, protectionsOf } from "../names";
import { domainOf } from "../own-certificate";
import { publicHttpsPort } from "../service";
import { authenticates } from "../support";
import type { KongIngressArgs } from "./args";

/**
 * The gateway that a `KongIngress` with these arguments is going to be. Registers nothing. A `Route` is refused by it,
 * since a Kong without a database takes its routes in the component's constructor.
 */
export function planKongIngress(name: string, args: KongIngressArgs): IngressGateway {
    const domain = domainOf(args);
    return {
        kind: IngressKind.Kong,
        className: name,
        address: `${name}.${namespaceOf(name, args)}.svc`,
        httpsPort: publicHttpsPort(args),
        ...(domain === undefined ? {} : { domain }),
        pods: { namespace: namespaceOf(name, args), podSelector: selectorLabels({ app: "kong", instance: name }) },
        protections: protectionsOf(args).map(([each, protection]) => ({
            name: each,
            authenticates: authenticates(protection),
            ...(protection.everyRoute ? { everyRoute: true } : {}),
        })),
    };
}
