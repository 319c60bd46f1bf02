import type { IngressArgs } from "./args";
import type { IngressProtection } from "./protections";

/** The protections of an ingress, with their names. */
export function protectionsOf(args: IngressArgs): [name: string, protection: IngressProtection][] {
    return Object.entries(args.protections ?? {});
}

/** The namespace of the ingress itself. */
export function namespaceOf(name: string, { namespace }: IngressArgs): string {
    return namespace ?? name;
}
