import { FaasKind } from "../../core/contracts";
import { registerFunctionDriver } from "../function";
import { funktionFunctionDriver } from "./function";

export * from "./args";
export { type FlowStep, FunktionFlow, type FunktionFlowArgs, validateFunktionFlow } from "./flow";
export * from "./funktion";
export { planFunktion, validateFunktion } from "./platform";

registerFunctionDriver(FaasKind.Funktion, funktionFunctionDriver);
