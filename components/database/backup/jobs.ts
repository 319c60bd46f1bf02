import * as pulumi from "@pulumi/pulumi";
import { childOptions } from "../../core/deletion";
import { random } from "../../core/lazy-modules";
import type { EgressRule } from "../../core/network";
import { HardenedCronJob, HardenedJob } from "../../core/workload";
import type { BackupPlace, DatabaseBackupArgs, DatabaseRestoreArgs } from "./args";
import {
    backupPods,
    type BackupSite,
    certificatesMount,
    certificatesVolume,
    engineStep,
    files,
    scriptCommand,
    serverEnvironment,
    storeStep,
} from "./pods";
import { backupTimes, defaultKeepDays, defaultTimeoutSeconds } from "./plan";
import { type StoreAccess, storeAccess } from "./store";

/** How late a run may start: a cluster that was away in the morning still makes the night's backup. */
const startingDeadlineSeconds = 4 * 3600;

/** Tells this database from another of its name: in another cluster, or made anew without the state that knew it. */
const identityBytes = 8;

/**
 * The CronJob that dumps the databases and uploads what was dumped.
 *
 * @param after the Job that restores, where there is one
 */
export function createBackup(
    site: BackupSite,
    backup: DatabaseBackupArgs,
    { after }: { after: pulumi.Resource | undefined },
): HardenedCronJob {
    const { args, name, parent, plan } = site;
    const identity = new random.RandomId(`${name}-backup-id`, { byteLength: identityBytes }, childOptions(parent));
    const access = storeAccess(site, "backup", backup);
    const dump = engineStep(site, "dump", {
        command: scriptCommand("dump.sh", { before: `date -u +%Y%m%dT%H%M%SZ >${files.time} && ` }),
        environment: serverEnvironment(site),
        mounts: [certificatesMount],
    });
    const upload = storeStep(site, "upload", access, {
        ORIGIN: pulumi.interpolate`${plan.engine.engine} ${args.namespace}/${plan.resourceName} ${identity.hex}`,
        TAKE_OVER: (backup.takeOver ?? restoredFrom(backup, args.restore)) ? "yes" : "",
        TIME: files.time,
        KEEP_DAYS: backup.keptByBucket ? "" : `${backup.keepDays ?? defaultKeepDays}`,
    });
    access.open(`${name}-backup-to-store`, site.backupPods);
    return new HardenedCronJob(
        `${name}-backup`,
        {
            ...backupPods(site, { steps: [dump, upload], volumes: [certificatesVolume(site, "dump")], access }),
            ...partOf(site, "backup"),
            schedule: backupTimes(name, backup).backup,
            timeZone: backup.timeZone,
            startingDeadlineSeconds,
            network: { egress: [toServer(site), ...access.egress] },
        },
        // Until it is restored there is nothing that may become the newest backup.
        childOptions(parent, after && { dependsOn: after }),
    );
}

/** The CronJob that loads the newest backup into a server of its own, far from the real one. */
export function createRestoreTest(site: BackupSite, backup: DatabaseBackupArgs): HardenedCronJob {
    const { name, parent } = site;
    const access = storeAccess(site, "restore-test", backup);
    const verify = engineStep(site, "verify", {
        command: scriptCommand("verify.sh", { before: 'mkdir "$SCRATCH" && ' }),
        environment: { SCRATCH: "/backup/scratch" },
    });
    access.open(`${name}-restore-test-to-store`, site.restoreTestPods);
    return new HardenedCronJob(
        `${name}-restore-test`,
        {
            ...backupPods(site, { steps: [download(site, access, "latest"), verify], access }),
            ...partOf(site, "restore-test"),
            schedule: backupTimes(name, backup).restoreTest,
            timeZone: backup.timeZone,
            startingDeadlineSeconds,
            network: { egress: access.egress, dns: true },
        },
        childOptions(parent),
    );
}

/** The Job that fills a new database, after its users were made. */
export function createRestore(
    site: BackupSite,
    { backup: wanted, id }: DatabaseRestoreArgs,
    { from, after }: { from: BackupPlace; after: pulumi.Resource },
): HardenedJob {
    const { name, parent, run } = site;
    const access = storeAccess(site, "restore", from);
    const step = {
        environment: { ...serverEnvironment(site), RESTORE: id ?? wanted },
        mounts: [certificatesMount],
    };
    // With nothing to load it succeeds only where the restore is done, and then nothing has to be downloaded.
    const ask = engineStep(site, "ask", {
        ...step,
        command: [
            "sh",
            "-c",
            `if ${scriptCommand("restore.sh", { run: "" })[2]} 2>/dev/null; then : >${files.skip}; fi`,
        ],
    });
    const restore = engineStep(site, "restore", { ...step, command: scriptCommand("restore.sh") });
    access.open(`${name}-restore-to-store`, site.restorePods);
    return new HardenedJob(
        `${name}-restore`,
        {
            ...backupPods(site, {
                steps: [ask, download(site, access, wanted), restore],
                volumes: [certificatesVolume(site, "all")],
                access,
            }),
            ...partOf(site, "restore"),
            // How long `up` waits; ten minutes, if nothing is said.
            annotations: { "pulumi.com/timeoutSeconds": `${run.timeoutSeconds ?? defaultTimeoutSeconds}` },
            network: { egress: [toServer(site), ...access.egress] },
        },
        childOptions(parent, { dependsOn: after }),
    );
}

/** Whether a database begins with what lies where it goes on. */
function restoredFrom({ store, prefix }: DatabaseBackupArgs, restore: DatabaseRestoreArgs | undefined): boolean {
    const from = restore?.from;
    return restore !== undefined && (from === undefined || (from.store === store && from.prefix === prefix));
}

function download(site: BackupSite, access: StoreAccess, wanted: string): ReturnType<typeof storeStep> {
    const { engine } = site.plan.engine;
    return storeStep(site, "download", access, { ENGINE: engine, WANTED: wanted, SKIP: files.skip });
}

function partOf({ args, plan }: BackupSite, component: string): PartFacts {
    return {
        cluster: args.cluster,
        namespace: args.namespace,
        app: plan.engine.engine,
        component,
        resourceName: `${plan.resourceName}-${component}`,
    };
}

type PartFacts = Pick<
    ConstructorParameters<typeof HardenedJob>[1],
    "cluster" | "namespace" | "app" | "component" | "resourceName"
>;

function toServer({ pods, plan }: BackupSite): EgressRule {
    return { pods: [pods], ports: [{ port: plan.engine.port }] };
}
