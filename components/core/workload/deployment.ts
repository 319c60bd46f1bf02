import * as pulumi from "@pulumi/pulumi";
import type { PodPeer, ServiceRef } from "../contracts";
import { childOptions } from "../deletion";
import { assertValid, type Fault } from "../errors";
import * as k8s from "../kubernetes";
import { inCluster } from "../provider";
import { Checks } from "../validation";
import { createAutoscaler, createAvailability } from "./availability";
import { createFoundations, type Foundations } from "./foundations";
import { podTemplate, topologySpread } from "./pod";
import { createService } from "./service";
import { checkWorkload } from "./validate";
import { checkAutoscaling, checkReplicas, checkService, namesService } from "./validate-replicated";
import type { Autoscaling, ReplicatedWorkloadArgs } from "./workload-args";
import { workloadMetadata, workloadNames, type WorkloadNames } from "./workload-names";

/** How a Deployment's pods are replaced. */
export const UpdateStrategy = {
    /** New pods become ready before old ones end. */
    RollingUpdate: "RollingUpdate",
    /** All old pods end before new ones start; for pods that share a volume or a lock. */
    Recreate: "Recreate",
} as const;
export type UpdateStrategy = (typeof UpdateStrategy)[keyof typeof UpdateStrategy];

/** Arguments of a {@link HardenedDeployment}. */
export interface HardenedDeploymentArgs extends ReplicatedWorkloadArgs {
    autoscaling?: Autoscaling;
    /** How many pods there are at first, where `scaledElsewhere` leaves their number to somebody else. @default 1 */
    initialReplicas?: number;
    /** A change replaces the Deployment, since Kubernetes refuses it in place. @default `RollingUpdate` */
    updateStrategy?: UpdateStrategy;
}

/**
 * A Deployment that passes the "restricted" Pod Security profile, with a ServiceAccount of its own, the rights it needs
 * and no more, and, as asked, a Service, an autoscaler and network rules; two or more pods get a disruption budget.
 *
 * A change of a rolled configuration object (`rolledConfig`, `rolledSecret`) that it refers to rolls its pods.
 *
 * @example
 * ```ts
 * const web = new HardenedDeployment("web", {
 *     cluster,
 *     namespace: "apps",
 *     app: "web",
 *     replicas: 2,
 *     containers: [
 *         {
 *             name: "web",
 *             image: "registry.example.com/web:1.4.2",
 *             ports: [{ name: "http", port: 8080 }],
 *             probes: { readiness: { http: { path: "/ready" } }, liveness: { http: { path: "/alive" } } },
 *         },
 *     ],
 *     service: { ports: [{ name: "http", port: 80 }] },
 * });
 * ```
 *
 * @throws {@link ArgumentsError} with everything that is wrong with the arguments.
 */
export class HardenedDeployment extends pulumi.ComponentResource {
    readonly workload: k8s.apps.v1.Deployment;
    /** Name of the pods' ServiceAccount. */
    readonly serviceAccountName: pulumi.Output<string>;
    /** The pods, for the network rules of others. */
    readonly pods: PodPeer;
    /** The first port of the Service; none without `service`. */
    readonly service?: ServiceRef;
    /** Every port of the Service, in the order of `service.ports`. */
    readonly servicePorts: ServiceRef[];

    constructor(name: string, args: HardenedDeploymentArgs, opts?: pulumi.ComponentResourceOptions) {
        assertValid(`HardenedDeployment ${name}`, validateHardenedDeployment(name, args));
        super("kubernetes-faas:index:HardenedDeployment", name, {}, inCluster(args.cluster, opts));

        const names = workloadNames("HardenedDeployment", name, args);
        const foundations = createFoundations(this, names, args);
        this.workload = createDeployment(this, names, args, foundations);
        createAvailability(this, names, args);
        createAutoscaler(this, names, args);
        this.servicePorts = createService(this, names, args);

        this.serviceAccountName = foundations.serviceAccountName;
        this.pods = { namespace: args.namespace, podSelector: names.selector };
        this.service = this.servicePorts[0];
        this.registerOutputs({
            workload: this.workload,
            serviceAccountName: this.serviceAccountName,
            pods: this.pods,
            service: this.service,
            servicePorts: this.servicePorts,
        });
    }
}

/** What is wrong with the arguments of a {@link HardenedDeployment}; empty when nothing is. */
export function validateHardenedDeployment(name: string, args: HardenedDeploymentArgs): Fault[] {
    const checks = new Checks();
    checkWorkload(checks, name, args, { kind: "Deployment", namesService: namesService(args) });
    checkReplicas(checks, args);
    checkService(checks, args);
    checkAutoscaling(checks, args.cluster, args.autoscaling);
    checkInitialReplicas(checks, args);
    checks.oneOf("updateStrategy", args.updateStrategy, Object.values(UpdateStrategy));
    return checks.faults;
}

function createDeployment(
    parent: pulumi.Resource,
    names: WorkloadNames,
    args: HardenedDeploymentArgs,
    foundations: Foundations,
): k8s.apps.v1.Deployment {
    return new k8s.apps.v1.Deployment(
        names.name,
        {
            metadata: workloadMetadata(names, args),
            spec: {
                ...replicas(args),
                minReadySeconds: args.minReadySeconds,
                revisionHistoryLimit: 3,
                strategy: strategy(args.updateStrategy ?? UpdateStrategy.RollingUpdate),
                selector: { matchLabels: names.selector },
                template: podTemplate(args, {
                    names,
                    serviceAccountName: foundations.serviceAccountName,
                    topologySpread: topologySpread(names, args.topologySpread, true),
                }),
            },
        },
        childOptions(parent, {
            dependsOn: foundations.needed,
            // Who scales the pods changes the field, and keeps it.
            ignoreChanges: args.initialReplicas === undefined ? undefined : ["spec.replicas"],
            // Kubernetes keeps the defaulted rollingUpdate and then refuses it beside Recreate.
            replaceOnChanges: ["spec.strategy.type"],
            deleteBeforeReplace: true,
        }),
    );
}

/** None where something else says it. */
function replicas(args: HardenedDeploymentArgs): { replicas?: number } {
    if (args.autoscaling) {
        return {};
    }
    if (args.scaledElsewhere) {
        return args.initialReplicas === undefined ? {} : { replicas: args.initialReplicas };
    }
    return { replicas: args.replicas ?? 1 };
}

function checkInitialReplicas(checks: Checks, { initialReplicas, scaledElsewhere }: HardenedDeploymentArgs): void {
    checks.integer("initialReplicas", initialReplicas, { minimum: 0 });
    if (initialReplicas !== undefined && !scaledElsewhere) {
        checks.fault(
            "initialReplicas",
            "is given, but nobody else scales the pods; give `replicas`, or set scaledElsewhere: true",
        );
    }
}

function strategy(type: UpdateStrategy): k8s.types.input.apps.v1.DeploymentStrategy {
    return type === UpdateStrategy.RollingUpdate
        ? { type, rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } }
        : { type };
}
