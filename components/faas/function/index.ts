export * from "./args";
export * from "./driver";
export { registerFunctionDriver } from "./drivers";
export * from "./function";
export { validateFaasFunction } from "./resolve";
