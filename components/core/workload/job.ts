import * as pulumi from "@pulumi/pulumi";
import type { PodPeer } from "../contracts";
import { childOptions } from "../deletion";
import { assertValid, type Fault } from "../errors";
import * as k8s from "../kubernetes";
import { inCluster } from "../provider";
import { Checks } from "../validation";
import { createFoundations, type Foundations } from "./foundations";
import { checkJobRun, jobSpec, type JobRunArgs } from "./job-args";
import { checkWorkload } from "./validate";
import { workloadNames, type WorkloadNames } from "./workload-names";

/** Arguments of a {@link HardenedJob}. */
export interface HardenedJobArgs extends JobRunArgs {
    /** Goes on without waiting until the Job is complete, and without noticing when it fails. @default false */
    withoutWaiting?: boolean;
}

/**
 * A Job that passes the "restricted" Pod Security profile. It runs once; `up` waits until it is complete and fails when
 * it fails.
 *
 * A Job can't be changed: a change of its pods deletes it and runs a new one, so what it does has to be repeatable. It
 * keeps no time to live, since a Job that deletes itself would be made again at the next `refresh`.
 *
 * @example
 * ```ts
 * new HardenedJob("migrate", {
 *     cluster,
 *     namespace: "apps",
 *     app: "shop",
 *     component: "migration",
 *     timeoutSeconds: 600,
 *     containers: [{ name: "migrate", image: "registry.example.com/shop:1.4.2", command: ["/shop", "migrate"] }],
 * });
 * ```
 *
 * @throws {@link ArgumentsError} with everything that is wrong with the arguments.
 */
export class HardenedJob extends pulumi.ComponentResource {
    readonly workload: k8s.batch.v1.Job;
    /** Name of the pods' ServiceAccount. */
    readonly serviceAccountName: pulumi.Output<string>;
    /** The pods, for the network rules of others. */
    readonly pods: PodPeer;

    constructor(name: string, args: HardenedJobArgs, opts?: pulumi.ComponentResourceOptions) {
        assertValid(`HardenedJob ${name}`, validateHardenedJob(name, args));
        super("kubernetes-faas:index:HardenedJob", name, {}, inCluster(args.cluster, opts));

        const names = workloadNames("HardenedJob", name, args);
        const foundations = createFoundations(this, names, args);
        this.workload = createJob(this, names, args, foundations);

        this.serviceAccountName = foundations.serviceAccountName;
        this.pods = { namespace: args.namespace, podSelector: names.selector };
        this.registerOutputs({
            workload: this.workload,
            serviceAccountName: this.serviceAccountName,
            pods: this.pods,
        });
    }
}

/** What is wrong with the arguments of a {@link HardenedJob}; empty when nothing is. */
export function validateHardenedJob(name: string, args: HardenedJobArgs): Fault[] {
    const checks = new Checks();
    checkWorkload(checks, name, args, { kind: "Job", longRunning: false });
    checkJobRun(checks, args);
    return checks.faults;
}

function createJob(
    parent: pulumi.Resource,
    names: WorkloadNames,
    args: HardenedJobArgs,
    foundations: Foundations,
): k8s.batch.v1.Job {
    const skipAwait = args.withoutWaiting ? { "pulumi.com/skipAwait": "true" } : undefined;
    return new k8s.batch.v1.Job(
        names.name,
        {
            metadata: {
                name: names.resourceName,
                namespace: args.namespace,
                labels: names.labels,
                annotations: args.annotations || skipAwait ? { ...skipAwait, ...args.annotations } : undefined,
            },
            spec: jobSpec(args, { names, serviceAccountName: foundations.serviceAccountName }),
        },
        childOptions(parent, { dependsOn: foundations.needed, deleteBeforeReplace: true }),
    );
}
