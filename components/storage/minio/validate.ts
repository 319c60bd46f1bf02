import { Deletion } from "../../core/deletion";
import type { Fault } from "../../core/errors";
import { validateLabels } from "../../core/labels";
import { nameLimits } from "../../core/names";
import { Checks, isPlain, QuantityKind } from "../../core/validation";
import { administrativeAction } from "./actions";
import {
    type MinIoArgs,
    type MinIoBucketArgs,
    type MinIoPool,
    type MinIoStatement,
    ObjectLockMode,
    PolicyEffect,
} from "./args";

/**
 * Names of buckets that S3 takes, without the dots that it would take too: a certificate for `*.host` doesn't cover them.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
 */
const bucketName = /^(?!xn--)[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/;
const bucketRule = 'use 3 to 63 lower-case letters, digits and "-", none of these at an end';

const userName = /^[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]$/;
const userRule = 'use 3 to 63 lower-case letters, digits, "-", "_" and ".", a letter or digit at both ends';

const actionName = /^s3:(\*|[A-Za-z]+\*?)$/;

/** What comes behind the store's name in those of its pools. */
const longestSuffix = "-pool-99";

/** With fewer servers, the loss of one leaves no majority to write to. */
const fewestServers = 4;

const mostServers = 32;

const mostVolumes = 16;

/** How many drives share the parts of an object: up to 16. minio/minio@7aac2a2 cmd/endpoint-ellipses.go, `setSizes` */
const driveSets = Array.from({ length: 13 }, (_, index) => index + fewestServers);

/** What is wrong with the arguments of a {@link MinIo}; empty when nothing is. */
export function validateMinIo(name: string, args: MinIoArgs): Fault[] {
    const checks = new Checks();
    checks.dnsLabel(args.resourceName === undefined ? "name" : "resourceName", args.resourceName ?? name, {
        maximum: nameLimits.StatefulSet.maximum - longestSuffix.length,
        letterFirst: true,
    });
    checks.required("namespace", args.namespace);
    checks.dnsLabel("namespace", args.namespace);
    checkServers(checks, args);
    checks.oneOf("deletion", args.deletion, Object.values(Deletion));
    checks.map("buckets", args.buckets, (bucket, wanted, nested) => checkBucket(nested, bucket, wanted));
    checkUsers(checks, args);
    checks.matches("region", args.region, /^[a-z0-9-]{1,63}$/, 'use a name like "us-east-1"');
    checks.integer("incompleteUploadHours", args.incompleteUploadHours, { minimum: 1, maximum: 8760 });
    checks.nonEmpty("image", args.image);
    checks.nonEmpty("clientImage", args.clientImage);
    checks.include(validateLabels("labels", args.labels));
    return checks.faults;
}

function checkServers(checks: Checks, { servers = 1, volumes = 1, storage, pools }: MinIoArgs): void {
    checkStorage(checks, storage);
    if (servers === 1) {
        checkSingle(checks, { volumes, pools });
        return;
    }
    checkPool(checks, { servers, volumes, storage }, "1, or ");
    checks.list("pools", pools, (pool, nested) => {
        checks.required("servers", pool.servers);
        checkPool(nested, pool);
        checkStorage(nested, pool.storage);
    });
}

function checkSingle(checks: Checks, { volumes, pools = [] }: Pick<MinIoArgs, "volumes" | "pools">): void {
    if (volumes !== 1) {
        checks.fault(
            "volumes",
            `is ${volumes}, but one server has one volume; leave it out, or give servers: ${fewestServers} or more`,
        );
    }
    if (pools.length > 0) {
        checks.fault(
            "pools",
            "adds servers to a store of one, which can't be distributed later; leave it out and let storage.size grow, " +
                `or make a second store of ${fewestServers} or more servers and copy with \`mc mirror\``,
        );
    }
}

/** @param alternative to several servers, where there is one */
function checkPool(checks: Checks, { servers, volumes = 1 }: MinIoPool, alternative = ""): void {
    const before = checks.faults.length;
    if (servers > 0 && servers < fewestServers) {
        checks.fault(
            "servers",
            `is ${servers}, of which none could be lost without the store refusing writes; ` +
                `give ${alternative}${fewestServers} or more`,
        );
    } else {
        checks.integer("servers", servers, { minimum: 1, maximum: mostServers });
    }
    checks.integer("volumes", volumes, { minimum: 1, maximum: mostVolumes });
    if (checks.faults.length === before && !divides(servers, volumes)) {
        checks.fault(
            "servers",
            `is ${servers}, and ${servers * volumes} drives can't be shared out evenly among sets of 4 to 16; ` +
                `give ${nextThatDivides(servers, volumes)}, for example`,
        );
    }
}

/** Whether drives come to sets of one size, with as many of each server's and of each volume's number in every set. */
function divides(servers: number, volumes: number): boolean {
    const fits = (size: number, count: number) => count === 1 || Math.max(size, count) % Math.min(size, count) === 0;
    return driveSets.some((size) => (servers * volumes) % size === 0 && fits(size, servers) && fits(size, volumes));
}

function nextThatDivides(servers: number, volumes: number): number {
    const candidates = Array.from({ length: mostServers }, (_, index) => index + fewestServers);
    return candidates.find((each) => each > servers && divides(each, volumes)) ?? fewestServers;
}

function checkStorage(checks: Checks, storage: MinIoArgs["storage"] | undefined): void {
    checks.required("storage", storage, '{ size: "100Gi" }');
    if (storage) {
        checks.required("storage.size", storage.size, 'a size, such as "100Gi"');
    }
    checks.quantity("storage.size", storage?.size, QuantityKind.Storage, { minimum: "1Gi" });
    checks.dnsSubdomain("storage.storageClass", storage?.storageClass);
}

function checkBucket(checks: Checks, name: string, bucket: MinIoBucketArgs): void {
    const { lifecycle = {}, objectLock, quota, versioning = true } = bucket;
    const days = { minimum: 1, maximum: 36_500 };
    checks.matches("", name, bucketName, bucketRule);
    checks.integer("lifecycle.expireDays", lifecycle.expireDays, days);
    checks.integer("lifecycle.expireNoncurrentDays", lifecycle.expireNoncurrentDays, days);
    checks.nonEmpty("lifecycle.prefix", lifecycle.prefix);
    if (lifecycle.prefix !== undefined && lifecycle.expireDays === undefined) {
        checks.fault(
            "lifecycle.prefix",
            "says which objects expire, but not when; give expireDays too, or leave it out",
        );
    }
    if (objectLock) {
        checks.required("objectLock.days", objectLock.days, "the days that a version is kept at least");
        checks.integer("objectLock.days", objectLock.days, days);
        checks.oneOf("objectLock.mode", objectLock.mode, Object.values(ObjectLockMode));
        if (!versioning) {
            checks.fault("objectLock", "locks versions, which versioning: false keeps none of; leave one of them out");
        }
    }
    checks.quantity("quota", quota, QuantityKind.Storage, { minimum: "1Mi" });
}

function checkUsers(checks: Checks, { users, buckets = {} }: MinIoArgs): void {
    const known = isPlain(buckets) ? Object.keys(buckets) : [];
    checks.map("users", users, (name, { reads, adds, writes, statements }, nested) => {
        nested.matches("", name, userName, userRule);
        if (known.includes(name)) {
            nested.fault("", `is "${name}", which is there as the bucket's own user; choose another name`);
        }
        if (name === metricsUser) {
            nested.fault("", `is "${name}", which the component keeps to itself; choose another name`);
        }
        for (const [right, wanted] of Object.entries({ reads, adds, writes })) {
            nested.list(right, wanted, (bucket, item) => item.oneOf("", bucket, known));
        }
        nested.list("statements", statements, (statement, item) => checkStatement(item, statement, known));
        if ([reads, adds, writes, statements].every((rights) => (rights ?? []).length === 0)) {
            nested.fault("", "may do nothing; give reads, adds, writes or statements, or leave it out");
        }
    });
}

function checkStatement(checks: Checks, { effect, actions, resources }: MinIoStatement, known: string[]): void {
    checks.oneOf("effect", effect, Object.values(PolicyEffect));
    checks.nonEmpty("actions", actions);
    checks.list("actions", actions, (action, each) => {
        each.matches("", action, actionName, 'use an action of S3, such as "s3:GetObject"');
        const refused = effect === PolicyEffect.Deny ? undefined : administrativeAction(action);
        if (refused !== undefined) {
            each.fault(
                "",
                `is "${action}", ${refused === action ? "which" : `which takes in ${refused}, and that`} administers ` +
                    "buckets or undoes their locks and versions: only the administrator may; " +
                    'name the actions on objects that are meant, such as "s3:GetObject" and "s3:PutObject"',
            );
        }
    });
    checks.nonEmpty("resources", resources);
    checks.list("resources", resources, (resource, each) => each.oneOf("", resource.split("/")[0], known));
}

/** Who reads the metrics. */
export const metricsUser = "kubernetes-faas-metrics";
