import type * as pulumi from "@pulumi/pulumi";
import { rolledConfig } from "../../core/config-objects";
import { image } from "../../core/images";
import type { JobRunArgs, WorkloadContainer, WorkloadVolume } from "../../core/workload";
import { completeResources } from "../../core/workload/resources";
import { readScript } from "../scripts";
import type { Server, Site } from "../server";
import type { BackupRun } from "./args";
import { defaultResources, defaultTimeoutSeconds } from "./plan";
import type { StoreAccess } from "./store";

/** What a backup's Jobs are made with. */
export interface BackupSite extends Site {
    server: Server;
    /** Name of the Secret of the server's certificates. */
    certificatesName: pulumi.Input<string>;
    /** Name of the ConfigMap of the scripts. */
    scriptsName: pulumi.Input<string>;
    run: BackupRun;
}

/** The scripts that run in the engine's image. */
export type EngineScript = "dump.sh" | "restore.sh" | "verify.sh";

const work = "/backup";
const folders = { scripts: "/etc/backup", certificates: "/run/secrets/database" } as const;

/** Files that the containers of a pod leave for each other. */
export const files = { dumps: `${work}/dumps`, time: `${work}/time`, skip: `${work}/skip` } as const;

/** Every script, in one ConfigMap. */
export function createScripts(site: Site): pulumi.Output<string> {
    const { args, labels, name, parent, plan } = site;
    const { engine } = plan;
    const ofEngine = (file: EngineScript): string => engine.backup.script?.(file) ?? readScript(engine.engine, file);
    const ofStore = (file: string): string => `${readScript("backup", "store.sh")}\n${readScript("backup", file)}`;
    const config = rolledConfig(
        `${name}-backup-scripts`,
        {
            cluster: args.cluster,
            namespace: args.namespace,
            labels,
            data: {
                "dump.sh": ofEngine("dump.sh"),
                "restore.sh": ofEngine("restore.sh"),
                "verify.sh": ofEngine("verify.sh"),
                "upload.sh": ofStore("upload.sh"),
                "download.sh": ofStore("download.sh"),
            },
        },
        { parent },
    );
    return config.metadata.name;
}

/** The pods of a run: `steps` one after the other, of which the last is the container that is waited for. */
export function backupPods(
    site: BackupSite,
    { steps, volumes, access }: { steps: WorkloadContainer[]; volumes?: WorkloadVolume[]; access: StoreAccess },
): Omit<JobRunArgs, "cluster" | "namespace" | "app" | "network"> {
    const { args, name, plan, run, scriptsName } = site;
    const { storage, cluster } = args;
    return {
        instance: name,
        labels: args.labels,
        placement: args.placement,
        registry: args.registry,
        // Two more attempts; the night after there is the next run.
        retries: 2,
        timeoutSeconds: run.timeoutSeconds ?? defaultTimeoutSeconds,
        initContainers: steps.slice(0, -1),
        containers: steps.slice(-1),
        volumes: [
            { name: "scripts", configMap: { name: scriptsName } },
            {
                name: "work",
                ephemeral: {
                    size: run.scratch?.size ?? storage.size,
                    storageClass: run.scratch?.storageClass ?? storage.storageClass ?? cluster.traits.storageClass,
                },
            },
            ...access.volumes,
            ...(volumes ?? []),
        ],
        runAsUser: plan.engine.uid,
        runAsGroup: plan.engine.uid,
        fsGroup: plan.engine.uid,
        ...access.pods,
    };
}

/** A step that runs a script of the engine's. */
export function engineStep(
    { plan, run }: BackupSite,
    name: string,
    step: Pick<WorkloadContainer, "command" | "environment"> & { mounts?: WorkloadContainer["mounts"] },
): WorkloadContainer {
    return {
        ...scriptStep(name, run, step),
        image: image(plan.engine.images[plan.version]!),
    };
}

/** A step that runs rclone. */
export function storeStep(
    { run }: BackupSite,
    name: string,
    { container }: StoreAccess,
    environment: WorkloadContainer["environment"],
): WorkloadContainer {
    return {
        ...scriptStep(name, run, {
            command: [...shell, `${begin}exec sh ${folders.scripts}/${name}.sh`],
            environment: { ...environment, ...container.environment },
            mounts: container.mounts,
        }),
        image: image("rclone"),
        environmentFromSecrets: container.environmentFromSecrets,
    };
}

const shell = ["sh", "-c"];
/** A folder that is empty, whatever the step before has left in its own. */
const begin = `mkdir -p "$BACKUP" && rm -rf "$TMPDIR" && mkdir "$TMPDIR" && `;

/** A command that runs a script of the engine's, after `before` and in the way that `run` says. */
export function scriptCommand(script: EngineScript, { before = "", run = "exec" } = {}): string[] {
    return [...shell, `${begin}${before}${run} sh ${folders.scripts}/${script}`];
}

function scriptStep(
    name: string,
    { resources }: BackupRun,
    { command, environment, mounts = [] }: Parameters<typeof engineStep>[2],
): Omit<WorkloadContainer, "image"> {
    return {
        name,
        command,
        environment: { ...environment, BACKUP: files.dumps, TMPDIR: `${work}/tmp` },
        resources: completeResources(resources, defaultResources),
        mounts: [{ volume: "scripts", path: folders.scripts }, { volume: "work", path: work }, ...mounts],
    };
}

/** What a script finds that goes to the server. */
export function serverEnvironment({ plan, server }: BackupSite): Record<string, pulumi.Input<string>> {
    return {
        ...plan.engine.backup.environment?.(server.address),
        ADDRESS: server.address.host,
        PORT: `${plan.engine.port}`,
        CERTIFICATES: folders.certificates,
        DATABASES: plan.databases.map(({ name }) => name).join(" "),
    };
}

/** The server's certificates, all or those of which the login that dumps is made. */
export function certificatesVolume({ certificatesName, plan }: BackupSite, which: "all" | "dump"): WorkloadVolume {
    const pair = "backup" in plan.engine.clients ? ["backup.crt", "backup.key"] : [];
    const keys = Object.keys(plan.engine.keys ?? {}).filter((key) => key.startsWith("backup"));
    const dump = Object.fromEntries(["ca.crt", ...pair, ...keys].map((file) => [file, file]));
    return {
        name: "certificates",
        secret: { name: certificatesName, ...(which === "dump" ? { files: dump } : {}) },
    };
}

/** Where a step finds them. */
export const certificatesMount = { volume: "certificates", path: folders.certificates };
