/* eslint-disable @typescript-eslint/no-require-imports -- an import at the top of a file is loaded with the file */
/**
 * The packages that only some programs come to need, each loaded at its first use: a program starts with what it uses.
 * Types are imported from the packages themselves.
 */

export const bcryptjs: typeof import("bcryptjs") = lazy(() => require("bcryptjs") as typeof import("bcryptjs"));
export const cjsModuleLexer = lazy(() => require("cjs-module-lexer") as typeof import("cjs-module-lexer"));
export const croner = lazy(() => require("croner") as typeof import("croner"));
export const esModuleLexer = lazy(() => require("es-module-lexer") as typeof import("es-module-lexer"));
export const fflate = lazy(() => require("fflate") as typeof import("fflate"));
export const ipaddr = lazy(() => require("ipaddr.js") as typeof import("ipaddr.js"));
export const random = lazy(() => require("@pulumi/random") as typeof import("@pulumi/random"));
export const tls = lazy(() => require("@pulumi/tls") as typeof import("@pulumi/tls"));
export const yaml = lazy(() => require("yaml") as typeof import("yaml"));

/** Stands for a module, and loads it when the first of its exports is asked for. */
export function lazy<Module extends object>(load: () => Module): Module {
    return new Proxy({} as Module, { get: (_, name) => Reflect.get(load(), name) as unknown });
}
