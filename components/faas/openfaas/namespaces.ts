import type { OpenFaasArgs } from "./args";

/** The namespace of OpenFaaS' own parts. */
export function namespaceOf(name: string, { namespace }: Pick<OpenFaasArgs, "namespace">): string {
    return namespace ?? name;
}

/** The namespace of functions. */
export function functionNamespaceOf(name: string, args: Pick<OpenFaasArgs, "namespace" | "functionNamespace">): string {
    return args.functionNamespace ?? `${namespaceOf(name, args)}-fn`;
}
