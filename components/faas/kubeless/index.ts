import { FaasKind } from "../../core/contracts";
import { registerFunctionDriver } from "../function";
import { kubelessFunctionDriver } from "./function";

export * from "./args";
export * from "./kubeless";
export { planKubeless, validateKubeless } from "./platform";

registerFunctionDriver(FaasKind.Kubeless, kubelessFunctionDriver);
