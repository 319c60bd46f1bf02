import assert from "node:assert/strict";
import {
    HardenedCronJob,
    HardenedDaemonSet,
    HardenedJob,
    JobRestart,
    Overlap,
    PodReplacement,
} from "../../../components/core/workload";
import { record } from "../support/mocks";
import { assertPodSecurity } from "../support/pods";
import { webArgs, webContainer } from "./support/workloads";

const selector = { "app.kubernetes.io/name": "web", "app.kubernetes.io/instance": "run" };
const ends = webContainer({ ports: [], probes: undefined });

describe("HardenedDaemonSet", () => {
    it("runs a restricted pod on every node, without replicas, budget or spread", async () => {
        const recording = await record(() => new HardenedDaemonSet("run", { ...webArgs(), service: {} }));

        assert.deepEqual(recording.summary(), [
            "kubernetes-faas:index:HardenedDaemonSet run",
            "kubernetes:apps/v1:DaemonSet run",
            "kubernetes:core/v1:Service run",
            "kubernetes:core/v1:ServiceAccount run",
            "kubernetes:networking.k8s.io/v1:NetworkPolicy run",
        ]);
        assertPodSecurity(recording.resources);
        const { spec } = recording.only("kubernetes:apps/v1:DaemonSet").inputs;
        assert.deepEqual(Object.keys(spec as object).sort(), [
            "revisionHistoryLimit",
            "selector",
            "template",
            "updateStrategy",
        ]);
        assert.equal("topologySpreadConstraints" in spec.template.spec, false);
        assert.deepEqual(recording.result.pods.podSelector, selector);
        assert.equal(recording.result.servicePorts.length, 1);
    });

    it("is made anew when its update strategy changes, which Kubernetes refuses in place", async () => {
        const recording = await record(
            () => new HardenedDaemonSet("run", { ...webArgs(), podReplacement: PodReplacement.OnDelete }),
        );
        const set = recording.only("kubernetes:apps/v1:DaemonSet");
        assert.deepEqual(set.inputs.spec.updateStrategy, { type: "OnDelete" });
        assert.deepEqual(set.options.replaceOnChanges, ["spec.updateStrategy.type"]);
    });
});

describe("HardenedJob", () => {
    it("runs a restricted pod once, is waited for, and never deletes itself", async () => {
        const recording = await record(() => new HardenedJob("run", { ...webArgs(), containers: [ends] }));

        assert.deepEqual(recording.summary(), [
            "kubernetes-faas:index:HardenedJob run",
            "kubernetes:batch/v1:Job run",
            "kubernetes:core/v1:ServiceAccount run",
            "kubernetes:networking.k8s.io/v1:NetworkPolicy run",
        ]);
        assertPodSecurity(recording.resources);
        const job = recording.only("kubernetes:batch/v1:Job");
        const { template, ...spec } = job.inputs.spec;
        assert.deepEqual(spec, { backoffLimit: 6, podReplacementPolicy: "Failed" });
        assert.equal(template.spec.restartPolicy, "Never");
        assert.equal("annotations" in job.inputs.metadata, false);
        // A fixed name: two at once would do the work twice.
        assert.equal(job.inputs.metadata.name, "run");
        assert.equal(job.options.deleteBeforeReplace, true);
    });

    it("takes its limits as arguments", async () => {
        const recording = await record(
            () =>
                new HardenedJob("run", {
                    ...webArgs(),
                    containers: [ends],
                    restart: JobRestart.OnFailure,
                    retries: 1,
                    timeoutSeconds: 60,
                    completions: 3,
                    parallelism: 2,
                    withoutWaiting: true,
                }),
        );
        const { metadata, spec } = recording.only("kubernetes:batch/v1:Job").inputs;
        assert.deepEqual(metadata.annotations, { "pulumi.com/skipAwait": "true" });
        assert.equal(spec.template.spec.restartPolicy, "OnFailure");
        assert.deepEqual(
            [spec.backoffLimit, spec.activeDeadlineSeconds, spec.completions, spec.parallelism],
            [1, 60, 3, 2],
        );
    });
});

describe("HardenedCronJob", () => {
    it("runs restricted pods by its schedule, in UTC, never two at once", async () => {
        const recording = await record(
            () => new HardenedCronJob("run", { ...webArgs(), containers: [ends], schedule: "0 3 * * *" }),
        );
        assertPodSecurity(recording.resources);
        const { jobTemplate, ...spec } = recording.only("kubernetes:batch/v1:CronJob").inputs.spec;
        assert.deepEqual(spec, {
            schedule: "0 3 * * *",
            timeZone: "Etc/UTC",
            concurrencyPolicy: "Forbid",
            startingDeadlineSeconds: 200,
            successfulJobsHistoryLimit: 1,
            failedJobsHistoryLimit: 3,
        });
        assert.equal(jobTemplate.spec.template.spec.restartPolicy, "Never");
        assert.equal(jobTemplate.spec.backoffLimit, 6);
        assert.equal(jobTemplate.metadata.labels["app.kubernetes.io/instance"], "run");
    });

    it("takes all of that as arguments", async () => {
        const recording = await record(
            () =>
                new HardenedCronJob("run", {
                    ...webArgs(),
                    containers: [ends],
                    schedule: "@hourly",
                    timeZone: "Europe/Berlin",
                    overlap: Overlap.Replace,
                    startingDeadlineSeconds: 30,
                    suspended: true,
                    keptCompletions: 0,
                    keptFailures: 0,
                }),
        );
        const { jobTemplate, ...spec } = recording.only("kubernetes:batch/v1:CronJob").inputs.spec;
        assert.ok(jobTemplate);
        assert.deepEqual(spec, {
            schedule: "@hourly",
            timeZone: "Europe/Berlin",
            concurrencyPolicy: "Replace",
            startingDeadlineSeconds: 30,
            suspend: true,
            successfulJobsHistoryLimit: 0,
            failedJobsHistoryLimit: 0,
        });
    });
});
