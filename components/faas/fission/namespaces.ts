import type { FissionArgs } from "./args";

/** The namespace of Fission's own parts. */
export function namespaceOf(name: string, { namespace }: Pick<FissionArgs, "namespace">): string {
    return namespace ?? name;
}

/** The namespaces of functions. */
export function functionNamespacesOf(name: string, args: FissionArgs): string[] {
    return args.functionNamespaces ?? [`${namespaceOf(name, args)}-functions`];
}
