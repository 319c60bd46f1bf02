import { FaasKind, type FaasPlatform } from "../../core/contracts";
import type { Fault } from "../../core/errors";
import { Checks } from "../../core/validation";
import { ServerContract, serverPort } from "../function/server";
import { functionServicePorts } from "../function/url";
import { checkPlatform, describePlatform, type PartlessPlatform } from "../function/workload";
import type { FunktionArgs } from "./args";

/** What Funktion is among the platforms without parts of their own. */
export const funktionPlatform: PartlessPlatform = {
    kind: FaasKind.Funktion,
    native: ServerContract.Funktion,
    port: serverPort(ServerContract.Funktion),
    servicePort: functionServicePorts.funktion,
    refused: {
        operator:
            "is nothing that this Funktion has: upstream's asks for Deployments by an API that Kubernetes removed in 1.16; " +
            "functions are FaasFunction, whose objects the library makes itself",
        connectors:
            "is nothing that this Funktion has: upstream's images of Camel connectors are of 2017. Timers are the `schedules` " +
            "of a FaasFunction and HTTP its Service and `routes`; for anything else let a consumer of yours POST to " +
            "functionUrl(platform, name), or use fission, which has triggers for message queues",
    },
};

/** What is wrong with the arguments of a `Funktion`; empty when nothing is. */
export function validateFunktion(name: string, args: FunktionArgs): Fault[] {
    const checks = new Checks();
    checkPlatform(checks, funktionPlatform, name, args);
    return checks.faults;
}

/**
 * The platform that a `Funktion` with these arguments is going to be: a program that checks everything before its first
 * resource gives it to `validateFaasFunction`. Registers nothing.
 */
export function planFunktion(name: string, args: FunktionArgs): FaasPlatform {
    return describePlatform(funktionPlatform, name, args, "true");
}
