export type { FunctionWorkloadShape, WorkloadPlatformSettings } from "./args";
export { deployFunctionWorkload } from "./deploy";
export { functionPods, measuredPods } from "./labels";
export { checkFunctionPlacement, placementSetting, runtimeImages } from "./settings";
export { validateFunctionWorkload } from "./validate";
