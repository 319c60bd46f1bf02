export * from "./args";
export * from "./driver";
export { registerFunctionDriver } from "./drivers";
export * from "./function";
export type {
    Handler,
    HandlerAnswer,
    HandlerBody,
    HandlerContext,
    HandlerHeaderValue,
    HandlerLog,
    HandlerRequest,
    HandlerResult,
} from "./portable";
export { validateFaasFunction } from "./resolve";
export { functionUrl } from "./url";
export type { FunctionImages, FunctionPlatformArgs } from "./workload";
