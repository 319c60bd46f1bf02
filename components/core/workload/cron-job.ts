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
import { workloadMetadata, workloadNames, type WorkloadNames } from "./workload-names";

/** What happens when a run is due while the one before it still goes on. */
export const Overlap = {
    /** Both run. */
    Allow: "Allow",
    /** The new one is left out. */
    Forbid: "Forbid",
    /** The old one is ended. */
    Replace: "Replace",
} as const;
export type Overlap = (typeof Overlap)[keyof typeof Overlap];

/** Arguments of a {@link HardenedCronJob}. */
export interface HardenedCronJobArgs extends JobRunArgs {
    /** When it runs: five fields, for example `0 3 * * *`. */
    schedule: pulumi.Input<string>;
    /** The time zone of the schedule, for example `Europe/Berlin`. @default `Etc/UTC` */
    timeZone?: pulumi.Input<string>;
    /** @default `Forbid` */
    overlap?: Overlap;
    /** How late a run may still start, in seconds; a later one is left out. @default 200 */
    startingDeadlineSeconds?: pulumi.Input<number>;
    /** Starts no more runs. @default false */
    suspended?: pulumi.Input<boolean>;
    /** How many complete runs stay to be looked at. @default 1 */
    keptCompletions?: pulumi.Input<number>;
    /** How many failed runs stay to be looked at. @default 3 */
    keptFailures?: pulumi.Input<number>;
}

/**
 * The controller counts missed runs since the last one, and gives up for good after 100; with a deadline it counts only
 * those within it. https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/
 */
const defaultStartingDeadlineSeconds = 200;

/**
 * A CronJob that passes the "restricted" Pod Security profile: runs by a schedule, of which never two overlap unless
 * `overlap` says so.
 *
 * @example
 * ```ts
 * new HardenedCronJob("backup", {
 *     cluster,
 *     namespace: "data",
 *     app: "store",
 *     component: "backup",
 *     schedule: "0 3 * * *",
 *     timeZone: "Europe/Berlin",
 *     timeoutSeconds: 3600,
 *     containers: [{ name: "backup", image: "registry.example.com/backup:3.0.1" }],
 * });
 * ```
 *
 * @throws {@link ArgumentsError} with everything that is wrong with the arguments.
 */
export class HardenedCronJob extends pulumi.ComponentResource {
    readonly workload: k8s.batch.v1.CronJob;
    /** Name of the pods' ServiceAccount. */
    readonly serviceAccountName: pulumi.Output<string>;
    /** The pods, for the network rules of others. */
    readonly pods: PodPeer;

    constructor(name: string, args: HardenedCronJobArgs, opts?: pulumi.ComponentResourceOptions) {
        assertValid(`HardenedCronJob ${name}`, validateHardenedCronJob(name, args));
        super("kubernetes-faas:index:HardenedCronJob", name, {}, inCluster(args.cluster, opts));

        const names = workloadNames("HardenedCronJob", name, args);
        const foundations = createFoundations(this, names, args);
        this.workload = createCronJob(this, names, args, foundations);

        this.serviceAccountName = foundations.serviceAccountName;
        this.pods = { namespace: args.namespace, podSelector: names.selector };
        this.registerOutputs({
            workload: this.workload,
            serviceAccountName: this.serviceAccountName,
            pods: this.pods,
        });
    }
}

/** What is wrong with the arguments of a {@link HardenedCronJob}; empty when nothing is. */
export function validateHardenedCronJob(name: string, args: HardenedCronJobArgs): Fault[] {
    const checks = new Checks();
    checkWorkload(checks, name, args, { kind: "CronJob", longRunning: false });
    checkJobRun(checks, args);
    checks.required("schedule", args.schedule, 'when it runs, such as "0 3 * * *"');
    checks.cron("schedule", args.schedule);
    checks.timeZone("timeZone", args.timeZone);
    checks.oneOf("overlap", args.overlap, Object.values(Overlap));
    // Below ten seconds the controller, which looks every ten, may miss every run.
    checks.integer("startingDeadlineSeconds", args.startingDeadlineSeconds, { minimum: 10 });
    checks.integer("keptCompletions", args.keptCompletions, { minimum: 0 });
    checks.integer("keptFailures", args.keptFailures, { minimum: 0 });
    return checks.faults;
}

function createCronJob(
    parent: pulumi.Resource,
    names: WorkloadNames,
    args: HardenedCronJobArgs,
    foundations: Foundations,
): k8s.batch.v1.CronJob {
    return new k8s.batch.v1.CronJob(
        names.name,
        {
            metadata: workloadMetadata(names, args),
            spec: {
                schedule: args.schedule,
                timeZone: args.timeZone ?? "Etc/UTC",
                concurrencyPolicy: args.overlap ?? Overlap.Forbid,
                startingDeadlineSeconds: args.startingDeadlineSeconds ?? defaultStartingDeadlineSeconds,
                suspend: args.suspended,
                successfulJobsHistoryLimit: args.keptCompletions ?? 1,
                failedJobsHistoryLimit: args.keptFailures ?? 3,
                jobTemplate: {
                    metadata: { labels: names.labels },
                    spec: jobSpec(args, { names, serviceAccountName: foundations.serviceAccountName }),
                },
            },
        },
        childOptions(parent, { dependsOn: foundations.needed }),
    );
}
