import { FaasKind } from "../../core/contracts";
import { registerFunctionDriver } from "../function";
import { openFaasFunctionDriver } from "./function";

export type { OpenFaasArgs, OpenFaasProxy } from "./args";
export { OpenFaas } from "./openfaas";
export { planOpenFaas } from "./plan";
export { validateOpenFaas } from "./validate";

registerFunctionDriver(FaasKind.OpenFaas, openFaasFunctionDriver);
