import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { Checks } from "../validation";
import { podTemplate, type PodContext } from "./pod";
import type { WorkloadArgs } from "./workload-args";

/** What happens to a container of a Job that fails. */
export const JobRestart = {
    /** A new pod takes over, so that the failed one's logs stay. */
    Never: "Never",
    /** The same pod starts it again. */
    OnFailure: "OnFailure",
} as const;
export type JobRestart = (typeof JobRestart)[keyof typeof JobRestart];

/** What a run of a Job takes, made once or by a schedule. */
export interface JobRunArgs extends WorkloadArgs {
    /** @default `Never` */
    restart?: JobRestart;
    /** After how many failed attempts the run has failed. @default 6 */
    retries?: pulumi.Input<number>;
    /** After how many seconds the run has failed, however far it is. @default none */
    timeoutSeconds?: pulumi.Input<number>;
    /** How many pods have to succeed. @default 1 */
    completions?: pulumi.Input<number>;
    /** How many pods run at once. @default 1 */
    parallelism?: pulumi.Input<number>;
}

const defaultRetries = 6;

/** Checks what a run takes beside its pods. */
export function checkJobRun(checks: Checks, args: JobRunArgs): void {
    checks.oneOf("restart", args.restart, Object.values(JobRestart));
    checks.integer("retries", args.retries, { minimum: 0 });
    checks.integer("timeoutSeconds", args.timeoutSeconds, { minimum: 1 });
    checks.integer("completions", args.completions, { minimum: 1 });
    checks.integer("parallelism", args.parallelism, { minimum: 1 });
}

/** The specification of a run. A pod that ends is replaced only when it is really gone, so that never two do the work. */
export function jobSpec(args: JobRunArgs, context: PodContext): k8s.types.input.batch.v1.JobSpec {
    return {
        backoffLimit: args.retries ?? defaultRetries,
        activeDeadlineSeconds: args.timeoutSeconds,
        completions: args.completions,
        parallelism: args.parallelism,
        podReplacementPolicy: "Failed",
        template: podTemplate(args, { ...context, restartPolicy: args.restart ?? JobRestart.Never }),
    };
}
