/** The signatures that the user's code may have. */
import { type Invoke, loadHandler } from "../../portable/node/core.mjs";
import { loadFunktion } from "./funktion.mjs";
import { loadKubeless } from "./kubeless.mjs";
import type { FunctionServerSettings } from "./settings.mjs";

type Load = (settings: FunctionServerSettings, root: URL) => Promise<Invoke>;

const contracts: Readonly<Record<FunctionServerSettings["contract"], Load>> = {
    portable: loadHandler,
    kubeless: loadKubeless,
    funktion: loadFunktion,
};

/** Loads the user's code. @throws Error when it cannot be loaded or has not what the contract asks for */
export function loadContract(settings: FunctionServerSettings, root: URL): Promise<Invoke> {
    return contracts[settings.contract](settings, root);
}
