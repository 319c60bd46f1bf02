export * from "./args";
export * from "./driver";
export { registerFunctionDriver } from "./drivers";
export * from "./function";
