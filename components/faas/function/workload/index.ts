export type { FunctionWorkloadShape, WorkloadPlatformSettings } from "./args";
export { deployFunctionWorkload } from "./deploy";
export { functionPods, measuredPods } from "./labels";
export { createFunctionAccount, createFunctionNamespaces, functionAccount, functionNamespacesOf } from "./namespaces";
export { checkPlatform, describePlatform, functionTelemetry, type PartlessPlatform } from "./platform";
export type { FunctionImages, FunctionPlatformArgs } from "./platform-args";
export { checkFunctionPlacement, placementSetting, runtimeImages, workloadNamespace } from "./settings";
export { validateFunctionWorkload } from "./validate";
