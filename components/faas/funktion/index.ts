import { FaasKind } from "../../core/contracts";
import { registerFunctionDriver } from "../function";
import { funktionFunctionDriver } from "./function";

export * from "./args";
export * from "./funktion";
export { planFunktion, validateFunktion } from "./platform";

registerFunctionDriver(FaasKind.Funktion, funktionFunctionDriver);
