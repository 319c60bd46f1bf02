export { adapterFolder } from "./adapter-files";
export type {
    Handler,
    HandlerAnswer,
    HandlerBody,
    HandlerContext,
    HandlerHeaderValue,
    HandlerLog,
    HandlerRequest,
    HandlerResult,
} from "./contract";
export { findHandler } from "./find-handler";
export { type PackagePortableArgs, type PortablePackage, fissionServerEnvironment, packagePortable } from "./package";
export { type PortableSecret, type PortableSettings, defaultMaxBodyBytes } from "./settings";
export { type ReadSourceArgs, type Source, readSource } from "./source";
export { zipFiles } from "./zip";
