import type { Fault } from "../../../core/errors";
import { Checks } from "../../../core/validation";
import type { ResolvedFunction } from "../../function";
import { fissionPrefix } from "../../function/url";
import { runtimeSettings } from "../settings";
import { packCode, sizeFaults } from "./archive";

/** Paths that Fission's router answers itself. */
const routerPaths = ["/router-healthz", "/readyz", "/_version", "/auth/login"];

/** What Fission cannot do with a function that is right by itself. */
export function validateFissionFunction(fn: ResolvedFunction): Fault[] {
    const checks = new Checks();
    checkRuntime(checks, fn);
    checkRoutes(checks, fn);
    return [...checks.faults, ...codeFaults(fn)];
}

function checkRuntime(checks: Checks, { platform, runtime }: ResolvedFunction): void {
    if (runtime !== undefined && runtimeSettings(platform, runtime) === undefined) {
        checks.fault(
            "runtime",
            `is "${runtime}", for which this Fission has no Environment; give it one: \`environments.${runtime}\``,
        );
    }
}

function checkRoutes(checks: Checks, { routes = [] }: ResolvedFunction): void {
    routes.forEach(({ path }, index) => {
        const at = `routes[${index}].path`;
        if (path === "/") {
            checks.fault(
                at,
                'is "/", which Fission\'s router keeps for itself; give a path below it, such as "/hello"',
            );
        } else if (routerPaths.includes(path) || isBelow(path, "/fission-function")) {
            checks.fault(at, `is "${path}", which Fission's router answers itself; choose another`);
        } else if (isBelow(path, fissionPrefix)) {
            checks.fault(at, `is "${path}"; below ${fissionPrefix} every function answers by its name; choose another`);
        } else if (/[{}]/.test(path)) {
            checks.fault(at, `is "${path}"; Fission reads braces as a pattern; leave them out`);
        }
    });
}

function isBelow(path: string, prefix: string): boolean {
    return path === prefix || path.startsWith(`${prefix}/`);
}

/** As far as the size is known before the Outputs in the variables are. */
function codeFaults(fn: ResolvedFunction): Fault[] {
    if (fn.image !== undefined) {
        return [];
    }
    const environment = Object.fromEntries(
        Object.entries(fn.environment ?? {}).map(([name, value]) => [name, typeof value === "string" ? value : ""]),
    );
    return sizeFaults(fn, packCode(fn, { environment, secrets: [] }));
}
