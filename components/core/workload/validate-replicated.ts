import { Addon, requireAddon } from "../addons";
import { type Cluster, Scheme } from "../contracts";
import { checkName } from "../names";
import type { Checks } from "../validation";
import type { ServedArgs } from "./service";
import {
    ServiceType,
    type Autoscaling,
    type ReplicatedWorkloadArgs,
    type WorkloadArgs,
    type WorkloadService,
} from "./workload-args";

/** The arguments that say how many pods there are; at most one of them is given. */
const counts = ["replicas", "autoscaling", "scaledElsewhere"] as const;

/** A Deployment's default, which has to be more than `minReadySeconds`. */
const progressDeadlineSeconds = 600;

/** The number of pods and how it is kept. */
export function checkReplicas(checks: Checks, args: ReplicatedWorkloadArgs): void {
    checks.exclusive(counts, { ...args, scaledElsewhere: args.scaledElsewhere || undefined });
    checks.integer("replicas", args.replicas, { minimum: 0 });
    checks.integer("minReadySeconds", args.minReadySeconds, { minimum: 0, maximum: progressDeadlineSeconds - 1 });
    const budget = args.disruptionBudget;
    if (budget) {
        checks.at("disruptionBudget").exclusive(["maxUnavailable", "minAvailable"], budget);
        checks.integer("disruptionBudget.maxUnavailable", budget.maxUnavailable, { minimum: 1 });
        checks.integer("disruptionBudget.minAvailable", budget.minAvailable, { minimum: 0 });
    }
    const replicas = args.replicas ?? 1;
    if (typeof budget?.minAvailable === "number" && !args.scaledElsewhere && budget.minAvailable >= replicas) {
        checks.fault(
            "disruptionBudget.minAvailable",
            `is ${budget.minAvailable} of ${replicas} pods, so no node could ever be drained; give less, or more replicas`,
        );
    }
    checks.list("topologySpread", args.topologySpread, (spread, nested) => {
        nested.labelKey("topologyKey", spread.topologyKey);
        nested.integer("maxSkew", spread.maxSkew, { minimum: 1 });
    });
}

/** An autoscaler, which only a Deployment has. */
export function checkAutoscaling(checks: Checks, cluster: Cluster, autoscaling: Autoscaling | undefined): void {
    if (!autoscaling) {
        return;
    }
    requireAddon(checks, "autoscaling", cluster, Addon.MetricsServer);
    const nested = checks.at("autoscaling");
    nested.integer("minReplicas", autoscaling.minReplicas, { minimum: 1 });
    nested.integer("maxReplicas", autoscaling.maxReplicas, { minimum: autoscaling.minReplicas });
    nested.integer("cpuPercent", autoscaling.cpuPercent, { minimum: 1 });
    nested.integer("memoryPercent", autoscaling.memoryPercent, { minimum: 1 });
    nested.integer("scaleDownDelaySeconds", autoscaling.scaleDownDelaySeconds, { minimum: 0, maximum: 3600 });
}

/** Whether the workload's own name becomes that of a Service. */
export function namesService(args: ServedArgs): boolean {
    return args.service !== undefined && args.service.name === undefined;
}

/** The Service in front of the pods. */
export function checkService(checks: Checks, args: ServedArgs): void {
    const service = args.service;
    if (!service) {
        return;
    }
    const nested = checks.at("service");
    checkName(nested, "name", service.name, "Service");
    nested.oneOf("type", service.type, Object.values(ServiceType));
    nested.list("loadBalancerSourceRanges", service.loadBalancerSourceRanges, (range, entry) => entry.cidr("", range));
    checkServicePorts(nested, args, service);
    if (service.type === ServiceType.ClusterIp || service.type === undefined) {
        checkOutsideOnly(nested, service);
    }
}

function checkServicePorts(checks: Checks, args: WorkloadArgs, service: WorkloadService): void {
    const known = args.containers.flatMap(({ ports }) => ports ?? []).map(({ name }) => name);
    if (known.length === 0) {
        checks.fault("", "is given, but no container has a port; give the container's `ports`");
        return;
    }
    if (service.ports === undefined && (args.containers[0]!.ports ?? []).length === 0) {
        checks.fault(
            "ports",
            `is missing, and the first container has no port to take instead; name some of ${known.join(", ")}`,
        );
    }
    checks.nonEmpty("ports", service.ports);
    checks.list("ports", service.ports, (port, nested) => {
        nested.oneOf("name", port.name, known);
        nested.port("port", port.port);
        nested.integer("nodePort", port.nodePort, { minimum: 1, maximum: 65_535 });
        nested.oneOf("scheme", port.scheme, Object.values(Scheme));
    });
}

/** What means something only where a Service is reached from outside. */
function checkOutsideOnly(checks: Checks, service: WorkloadService): void {
    for (const key of ["loadBalancerSourceRanges", "keepClientAddress"] as const) {
        if (service[key] !== undefined) {
            checks.fault(key, "does nothing for a Service inside the cluster; leave it out, or set type");
        }
    }
}
