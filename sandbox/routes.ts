import * as fs from "node:fs";

import { type Layout, layoutOf } from "./control-plane";
import { type Sandbox } from "./sandbox";
import { withLock } from "./tools/lock";
import { writeFileAtomically } from "./tools/paths";

/** Local ports by `namespace/service:port`. */
export type Routes = Readonly<Record<string, number>>;

/** A port of a Service. It need not exist yet, and may get another address: only its name counts. */
export interface ServiceAddress {
    readonly namespace: string;
    readonly service: string;
    readonly port: number;
}

export function readRoutes(layout: Layout): Routes {
    return fs.existsSync(layout.routes) ? (JSON.parse(fs.readFileSync(layout.routes, "utf8")) as Routes) : {};
}

/**
 * Lets the API server reach a process of this machine at a Service: its webhooks, aggregated APIs and requests to
 * `/api/v1/namespaces/NAMESPACE/services/SERVICE:PORT/proxy/` end at the process. Simulated pods don't use routes.
 *
 * @param localPort port on 127.0.0.1; undefined removes the route
 */
export async function routeService(
    sandbox: Sandbox,
    address: ServiceAddress,
    localPort: number | undefined,
): Promise<void> {
    const layout = layoutOf(sandbox.directory);
    const key = `${address.namespace}/${address.service}:${address.port}`;
    await withLock(`${layout.routes}.lock`, () => {
        // JSON leaves out what is undefined.
        const routes = { ...readRoutes(layout), [key]: localPort };
        writeFileAtomically(layout.routes, JSON.stringify(routes, undefined, 4));
        return Promise.resolve();
    });
}
