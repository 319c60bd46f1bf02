import * as fs from "node:fs";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { rolledSecret } from "../../core/config-objects";
import { childOptions } from "../../core/deletion";
import { image } from "../../core/images";
import { quantityValue } from "../../core/validation";
import { HardenedJob } from "../../core/workload";
import type { MinIoBucketArgs } from "./args";
import type { MinIoPlan } from "./plan";
import { metricsPolicy, policyOf } from "./policies";
import { app, port, type Server, type Site } from "./server";
import { metricsUser } from "./validate";

/** The script lies beside the sources, which the compiled file is a folder deeper than. */
const scriptFile = path.resolve(__dirname, "../../../../components/storage/minio/access.sh");

/** Key of the Secret that is a variable of the Job's container, not a file. */
const hostKey = "MC_HOST_store";

const folder = "/access";
const trustFolder = "/certificates";

/** Secrets of users by their names. */
export type UserSecrets = Readonly<Record<string, string>>;

/** How long a version stays that was replaced or deleted, unless a lasting lock or the user says otherwise. */
const defaultNoncurrentDays = 30;

/**
 * The files from which `access.sh` makes buckets and users: what the Job's container finds in its folder.
 *
 * @param secrets of every user, that of the metrics among them
 */
export function accessFiles({ buckets, users }: Pick<MinIoPlan, "buckets" | "users">, secrets: UserSecrets): Files {
    return {
        "access.sh": fs.readFileSync(scriptFile, "utf8"),
        buckets: lines(Object.entries(buckets).map(([name, bucket]) => bucketLine(name, bucket))),
        ...Object.fromEntries(
            Object.entries(buckets).map(([name, bucket]) => [`${name}.lifecycle.json`, lifecycleOf(bucket)]),
        ),
        users: lines(Object.entries(secrets).map(([name, secret]) => `${name} ${secret}`)),
        ...Object.fromEntries(users.map((user) => [`${user.name}.policy.json`, policyOf(user)])),
        [`${metricsUser}.policy.json`]: metricsPolicy,
    };
}

type Files = Record<string, string>;

const lines = (each: readonly string[]): string => each.map((line) => `${line}\n`).join("");

function bucketLine(name: string, { versioning = true, objectLock, quota }: MinIoBucketArgs): string {
    const lock = objectLock ? `${objectLock.mode ?? "governance"}:${objectLock.days}d` : "-";
    const bytes = quota === undefined ? "-" : `${Math.ceil(quantityValue(quota)!)}`;
    return `${name} ${versioning ? "versioned" : "plain"} ${lock} ${bytes}`;
}

/** Rules as `mc ilm rule import` reads them. */
function lifecycleOf({ lifecycle = {}, objectLock }: MinIoBucketArgs): string {
    const { expireDays, prefix = "" } = lifecycle;
    const noncurrentDays = lifecycle.expireNoncurrentDays ?? Math.max(defaultNoncurrentDays, objectLock?.days ?? 0);
    const expire = { ID: "expire", Status: "Enabled", Filter: { Prefix: prefix }, Expiration: { Days: expireDays } };
    // Without versioning too: a bucket may have had it, and what it kept then is to go in its time.
    const noncurrent = {
        ID: "noncurrent",
        Status: "Enabled",
        // The mark of a deletion is of no use once there is no version that it hides.
        Expiration: { ExpiredObjectDeleteMarker: true },
        NoncurrentVersionExpiration: { NoncurrentDays: noncurrentDays },
    };
    return JSON.stringify({ Rules: expireDays === undefined ? [noncurrent] : [expire, noncurrent] });
}

/**
 * The Job that brings buckets and users to what they should be. It runs again whenever one of them changes, or a secret
 * does.
 */
export function createAccess(site: Site, server: Server, secrets: Record<string, pulumi.Output<string>>): HardenedJob {
    const { args, name, parent, plan, labels } = site;
    const known = pulumi.all([server.rootKey.id, server.rootKey.secret, server.host, pulumi.all(secrets)] as const);
    const data = known.apply(([id, secret, host, all]) => ({
        ...accessFiles(plan, all),
        [hostKey]: `https://${encodeURIComponent(id)}:${encodeURIComponent(secret)}@${host}:${port}`,
    }));
    const files = accessFiles(plan, Object.fromEntries(Object.keys(secrets).map((user) => [user, ""])));
    const secret = rolledSecret(
        `${name}-access`,
        {
            cluster: args.cluster,
            namespace: args.namespace,
            labels,
            data: Object.fromEntries(
                [...Object.keys(files), hostKey].map((key) => [key, data.apply((all: Files) => all[key]!)]),
            ),
        },
        { parent },
    );
    return new HardenedJob(
        `${name}-access`,
        {
            cluster: args.cluster,
            namespace: args.namespace,
            app,
            instance: name,
            component: "access",
            resourceName: `${plan.resourceName}-access`,
            labels: args.labels,
            placement: args.placement,
            registry: args.registry,
            timeoutSeconds: 900,
            containers: [
                {
                    name: "access",
                    image: args.clientImage ?? image("silo-client"),
                    command: ["sh", `${folder}/access.sh`],
                    environment: {
                        ACCESS: folder,
                        MC_CONFIG_DIR: "/tmp/mc",
                        SSL_CERT_FILE: `${trustFolder}/ca.crt`,
                    },
                    environmentFromSecrets: { [hostKey]: { name: secret.metadata.name, key: hostKey } },
                    mounts: [
                        { volume: "access", path: folder },
                        { volume: "trust", path: trustFolder },
                    ],
                },
            ],
            volumes: [
                {
                    name: "access",
                    secret: {
                        name: secret.metadata.name,
                        files: Object.fromEntries(Object.keys(files).map((file) => [file, file])),
                    },
                },
                {
                    name: "trust",
                    secret: { name: server.certificatesName, files: { "ca.crt": "ca.crt" } },
                },
            ],
            network: { egress: [{ pods: [server.pods], ports: [{ port }] }] },
        },
        childOptions(parent, { dependsOn: server.workloads }),
    );
}
