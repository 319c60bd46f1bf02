import * as pulumi from "@pulumi/pulumi";
import type { PodPeer, ServiceRef } from "../contracts";
import { childOptions } from "../deletion";
import { assertValid, type Fault } from "../errors";
import * as k8s from "../kubernetes";
import { inCluster } from "../provider";
import { Checks } from "../validation";
import { createFoundations, type Foundations } from "./foundations";
import { podTemplate } from "./pod";
import { createService } from "./service";
import { checkWorkload } from "./validate";
import { checkService, namesService } from "./validate-replicated";
import { PodReplacement, type WorkloadArgs, type WorkloadService } from "./workload-args";
import { workloadMetadata, workloadNames, type WorkloadNames } from "./workload-names";

/** Arguments of a {@link HardenedDaemonSet}. */
export interface HardenedDaemonSetArgs extends WorkloadArgs {
    /** @default none: nothing reaches the pods through a Service */
    service?: WorkloadService;
    /** A change makes the DaemonSet anew, since Kubernetes refuses it in place. @default `RollingUpdate` */
    podReplacement?: PodReplacement;
}

/**
 * A DaemonSet that passes the "restricted" Pod Security profile: one pod on every node that `placement` lets it on,
 * with a ServiceAccount of its own and the rights it needs.
 *
 * @example
 * ```ts
 * new HardenedDaemonSet("node-exporter", {
 *     cluster,
 *     namespace: nodes.name,
 *     app: "node-exporter",
 *     placement: { tolerations: [{ operator: "Exists" }] },
 *     weakenedSecurity: { reason: "reads the node's figures", hostPaths: true, hostPid: true },
 *     volumes: [{ name: "root", hostPath: { path: "/" } }],
 *     containers: [
 *         {
 *             name: "node-exporter",
 *             image: "registry.example.com/node-exporter:1.2.0",
 *             ports: [{ name: "metrics", port: 9100 }],
 *             probes: { readiness: { http: { path: "/" } } },
 *             mounts: [{ volume: "root", path: "/host/root" }],
 *         },
 *     ],
 * });
 * ```
 *
 * @throws {@link ArgumentsError} with everything that is wrong with the arguments.
 */
export class HardenedDaemonSet extends pulumi.ComponentResource {
    readonly workload: k8s.apps.v1.DaemonSet;
    /** Name of the pods' ServiceAccount. */
    readonly serviceAccountName: pulumi.Output<string>;
    /** The pods, for the network rules of others. */
    readonly pods: PodPeer;
    /** The first port of the Service; none without `service`. */
    readonly service?: ServiceRef;
    /** Every port of the Service, in the order of `service.ports`. */
    readonly servicePorts: ServiceRef[];

    constructor(name: string, args: HardenedDaemonSetArgs, opts?: pulumi.ComponentResourceOptions) {
        assertValid(`HardenedDaemonSet ${name}`, validateHardenedDaemonSet(name, args));
        super("kubernetes-faas:index:HardenedDaemonSet", name, {}, inCluster(args.cluster, opts));

        const names = workloadNames("HardenedDaemonSet", name, args);
        const foundations = createFoundations(this, names, args);
        this.workload = createDaemonSet(this, names, args, foundations);
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

/** What is wrong with the arguments of a {@link HardenedDaemonSet}; empty when nothing is. */
export function validateHardenedDaemonSet(name: string, args: HardenedDaemonSetArgs): Fault[] {
    const checks = new Checks();
    checkWorkload(checks, name, args, { kind: "DaemonSet", namesService: namesService(args) });
    checkService(checks, args);
    checks.oneOf("podReplacement", args.podReplacement, Object.values(PodReplacement));
    return checks.faults;
}

function createDaemonSet(
    parent: pulumi.Resource,
    names: WorkloadNames,
    args: HardenedDaemonSetArgs,
    foundations: Foundations,
): k8s.apps.v1.DaemonSet {
    return new k8s.apps.v1.DaemonSet(
        names.name,
        {
            metadata: workloadMetadata(names, args),
            spec: {
                updateStrategy: { type: args.podReplacement ?? PodReplacement.RollingUpdate },
                revisionHistoryLimit: 3,
                selector: { matchLabels: names.selector },
                template: podTemplate(args, { names, serviceAccountName: foundations.serviceAccountName }),
            },
        },
        childOptions(parent, {
            dependsOn: foundations.needed,
            // Kubernetes keeps the defaulted rollingUpdate and then refuses it beside OnDelete.
            replaceOnChanges: ["spec.updateStrategy.type"],
            deleteBeforeReplace: true,
        }),
    );
}
