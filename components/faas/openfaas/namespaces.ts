import type { OpenFaasArgs } from "./args";

/** The namespace of OpenFaaS' own parts. */
export function namespaceOf(name: string, { namespace }: Pick<OpenFaasArgs, "namespace">): string {
    return namespace ?? name;
}

/** What the namespace of functions is called after that of OpenFaaS' own parts. */
export const functionSuffix = "-fn";

/** The namespace of functions. */
export function functionNamespaceOf(name: string, args: Pick<OpenFaasArgs, "namespace" | "functionNamespace">): string {
    return args.functionNamespace ?? `${namespaceOf(name, args)}${functionSuffix}`;
}
