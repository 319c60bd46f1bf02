/**
 * The function server: `node main.mjs`. Written for a pod, but runs anywhere: docs/function-server.md has the variables that
 * replace a pod's surroundings. python/main.py is its twin.
 */
import { writeLine } from "../../portable/node/log.mjs";
import { loadContract } from "./contract.mjs";
import { Lifecycle } from "./lifecycle.mjs";
import { FunctionServer } from "./server.mjs";
import { checkSecrets, readServerSettings } from "./settings.mjs";

const settings = readServerSettings(new URL("../../settings.json", import.meta.url));
const lifecycle = new Lifecycle(settings);
try {
    checkSecrets(settings);
    const server = new FunctionServer(settings, () => void lifecycle.crash("no call of the function ends any more"));
    lifecycle.serve(server);
    const port = await server.listen();
    server.use(await loadContract(settings, new URL("../../../", import.meta.url)));
    writeLine(settings, "info", `listening on ${port}`, { contract: settings.contract });
} catch (error) {
    await lifecycle.crash("the function cannot be loaded", error);
}
