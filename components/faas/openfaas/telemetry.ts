import { type AlertRule, FaasKind, type Telemetry } from "../../core/contracts";
import { ServerContract } from "../function/server";
import { functionTelemetry } from "../function/workload";
import { openFaasDashboard } from "./dashboard";
import { functionPort, type Installation, type InstallationNames, Part, partPods, ports } from "./installation";
import { mostFunctions, mostReplicas } from "./limits";

/** What there is to watch of an installation: the gateway, and the functions, which see the calls past it as well. */
export function openFaasTelemetry(
    installation: InstallationNames & Pick<Installation, "functionNamespace">,
): Telemetry {
    const { name, functionNamespace } = installation;
    const job = `${name}-gateway`;
    const functions = functionTelemetry(name, [functionNamespace], {
        kind: FaasKind.OpenFaas,
        title: "OpenFaas",
        contracts: [ServerContract.Portable],
        port: functionPort,
    });
    return {
        targets: [{ name: job, ...partPods(installation, Part.Gateway), port: ports.metrics }, ...functions.targets],
        alerts: [...alertRules(`job="${job}"`), ...functions.alerts],
        dashboards: [openFaasDashboard(name, `job="${job}"`)],
    };
}

/** Metrics of openfaas/faas 0.27.14, gateway/metrics/metrics.go. `function_name` is `NAME.NAMESPACE`. */
function alertRules(gateway: string): AlertRule[] {
    const calls = (more: string) =>
        `sum by (function_name) (rate(gateway_function_invocation_total{${gateway}${more}}[5m]))`;
    return [
        {
            name: "OpenFaasGatewayDown",
            expression: `up{${gateway}} == 0`,
            severity: "critical",
            summary: "The gateway of OpenFaaS does not answer.",
            description:
                "Look at the log of faas-netes: it ends when it does not reach https://checkip.amazonaws.com. Then at the gateway's, which ends without its queue.",
        },
        {
            name: "OpenFaasCallErrors",
            expression: `${calls(',code=~"5.."')} / ${calls("")} > 0.05`,
            for: "10m",
            severity: "warning",
            summary:
                "{{ $value | humanizePercentage }} of the calls of {{ $labels.function_name }} through the gateway fail.",
            description: "Look at the function's log; a call that takes longer than its timeout fails too.",
        },
        {
            name: "OpenFaasFunctionAtMost",
            expression: `max by (function_name) (gateway_service_count{${gateway}}) >= ${mostReplicas}`,
            for: "15m",
            severity: "warning",
            summary: `{{ $labels.function_name }} runs in ${mostReplicas} pods, the most that the Community Edition allows.`,
            description: "Give its pods more to work with, or move it to a platform without this limit.",
        },
        {
            name: "OpenFaasTooManyFunctions",
            expression: `count(gateway_service_count{${gateway}}) > ${mostFunctions}`,
            severity: "critical",
            summary: `There are {{ $value }} functions, and the Community Edition runs ${mostFunctions}.`,
            description: "The gateway answers every call with 405 from its next restart on. Remove functions.",
        },
    ];
}
