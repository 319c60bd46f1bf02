import { FaasKind } from "../../core/contracts";
import { registerFunctionDriver } from "../function";
import { fissionFunctionDriver } from "./function";

export type {
    FissionArgs,
    FissionEnvironment,
    FissionEnvironments,
    FissionKafka,
    FissionKafkaTls,
    FissionStorage,
} from "./args";
export { Fission } from "./fission";
export { FissionCrds, type FissionCrdsArgs, FissionCrdsMode, validateFissionCrds } from "./fission-crds";
export { FissionKafkaTrigger, type FissionKafkaTriggerArgs, validateFissionKafkaTrigger } from "./kafka-trigger";
export { planFission } from "./plan";
export { validateFission } from "./validate";

registerFunctionDriver(FaasKind.Fission, fissionFunctionDriver);
