import type { Fault } from "../../../core/errors";
import { Checks } from "../../../core/validation";
import type { ResolvedFunction } from "../../function";
import { runtimeSettings } from "../settings";
import { packCode, sizeFaults } from "./archive";
import { invocationPrefix } from "./triggers";
import { functionSecrets } from "./variables";

/** Paths that Fission's router answers itself. */
const routerPaths = ["/router-healthz", "/readyz", "/_version", "/auth/login"];

/** What Fission cannot do with a function that is right by itself. */
export function validateFissionFunction(fn: ResolvedFunction): Fault[] {
    const checks = new Checks();
    checkRuntime(checks, fn);
    checkRoutes(checks, fn);
    checkSchedules(checks, fn);
    checkSecrets(checks, fn);
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
        } else if (isBelow(path, invocationPrefix)) {
            checks.fault(
                at,
                `is "${path}"; below ${invocationPrefix} every function answers by its name; choose another`,
            );
        } else if (/[{}]/.test(path)) {
            checks.fault(at, `is "${path}"; Fission reads braces as a pattern; leave them out`);
        }
    });
}

function isBelow(path: string, prefix: string): boolean {
    return path === prefix || path.startsWith(`${prefix}/`);
}

function checkSchedules(checks: Checks, { schedules = [] }: ResolvedFunction): void {
    const names = schedules.map(({ name }, index) => name ?? `${index}`);
    names.forEach((name, index) => {
        checks.dnsLabel(`schedules[${index}].name`, schedules[index]!.name);
        if (names.indexOf(name) < index) {
            checks.fault(`schedules[${index}].name`, `is "${name}" a second time; schedules are told apart by name`);
        }
    });
}

function checkSecrets(checks: Checks, fn: ResolvedFunction): void {
    (fn.bindings ?? []).forEach(({ binding }, index) => {
        if (typeof binding.namespace === "string" && binding.namespace !== fn.namespace) {
            checks.fault(
                `bindings[${index}].binding`,
                `is in namespace "${binding.namespace}", but the function in "${fn.namespace}"; bind the connection there`,
            );
        }
    });
    const variables = [...Object.keys(fn.environment ?? {}), ...functionSecrets(fn).map(({ variable }) => variable)];
    const repeated = variables.filter((variable, index) => variables.indexOf(variable) < index);
    for (const variable of new Set(repeated)) {
        checks.fault("environment", `and the secrets and bindings give ${variable} more than once; give it once`);
    }
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
