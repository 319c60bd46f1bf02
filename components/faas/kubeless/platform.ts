import { FaasKind, type FaasPlatform } from "../../core/contracts";
import type { Fault } from "../../core/errors";
import { Checks } from "../../core/validation";
import { ServerContract, serverPort } from "../function/server";
import { functionServicePorts } from "../function/url";
import { checkPlatform, describePlatform, type PartlessPlatform } from "../function/workload";
import type { KubelessArgs } from "./args";

const noTriggers =
    "is nothing that this Kubeless has: its triggers for message queues were controllers of their own, which no Kubernetes " +
    "since 1.22 runs. Let a consumer of yours POST to functionUrl(platform, name), or use fission, which has such triggers";

/** What Kubeless is among the platforms without parts of their own. */
export const kubelessPlatform: PartlessPlatform = {
    kind: FaasKind.Kubeless,
    native: ServerContract.Kubeless,
    port: serverPort(ServerContract.Kubeless),
    servicePort: functionServicePorts.kubeless,
    refused: {
        triggers: noTriggers,
        kafkaTriggers: noTriggers,
        natsTriggers: noTriggers,
        kinesisTriggers: noTriggers,
        controller:
            "is nothing that this Kubeless has: upstream's reads its definitions by an API that Kubernetes removed in 1.22; " +
            "functions are FaasFunction, whose objects the library makes itself",
    },
};

/** What is wrong with the arguments of a `Kubeless`; empty when nothing is. */
export function validateKubeless(name: string, args: KubelessArgs): Fault[] {
    const checks = new Checks();
    checkPlatform(checks, kubelessPlatform, name, args);
    return checks.faults;
}

/**
 * The platform that a `Kubeless` with these arguments is going to be: a program that checks everything before its first
 * resource gives it to `validateFaasFunction`. Registers nothing.
 */
export function planKubeless(name: string, args: KubelessArgs): FaasPlatform {
    return describePlatform(kubelessPlatform, name, args, "true");
}
