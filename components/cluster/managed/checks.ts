import * as pulumi from "@pulumi/pulumi";
import { TaintEffect } from "../../core/placement";
import { type Checks, isPlain } from "../../core/validation";
import {
    type ApiServerAccessArgs,
    completeMaintenanceWindow,
    type MaintenanceWindowArgs,
    type NodePoolArgs,
    Weekday,
} from "./args";

/** The whole Internet, in either family. */
const everywhere = ["0.0.0.0/0", "::/0"];

/** Notes what is wrong with the access to the API server; that there is a way in, too. */
export function checkApiServerAccess(checks: Checks, access: ApiServerAccessArgs = {}): void {
    for (const path of ["allowFrom", "privateFrom"] as const) {
        checks.list(path, access[path], (cidr, nested, index) => {
            checkAllowed(nested, cidr);
            checkUnrepeated(nested, access[path]!, index);
        });
    }
    const listed = [...(access.allowFrom ?? []), ...(access.privateFrom ?? [])];
    if (access.allowFromAnywhere && access.allowFrom !== undefined) {
        checks.fault("allowFromAnywhere", 'can\'t go together with "allowFrom"; give only one of them');
    }
    if (!access.allowFromAnywhere && listed.length === 0) {
        checks.fault(
            "",
            'leaves no way in: nobody could put anything into the cluster; give "allowFrom" (public addresses), or "privateFrom" (networks that reach the private endpoint)',
        );
    }
}

function checkAllowed(checks: Checks, cidr: pulumi.Input<string>): void {
    checks.cidr("", cidr);
    if (typeof cidr === "string" && everywhere.includes(cidr)) {
        checks.fault("", `is "${cidr}", every address there is; say "allowFromAnywhere: true" if that is meant`);
    }
}

/** Notes an item of a list that stands earlier in it too. What is not known yet passes. */
export function checkUnrepeated(checks: Checks, items: readonly pulumi.Input<string>[], index: number): void {
    const item = items[index];
    if (typeof item === "string" && items.indexOf(item) < index) {
        checks.fault("", `is "${item}", which is in the list already; leave it out`);
    }
}

/** Limits of a cloud for its node pools. */
export interface NodePoolLimits {
    /** What a pool may be called. */
    name: { pattern: RegExp; rule: string };
    maximumNodes: number;
    minimumDiskGib: number;
}

/** Notes what is wrong with node pools, as far as the clouds agree. */
export function checkNodePools(
    checks: Checks,
    path: string,
    pools: Record<string, NodePoolArgs> | undefined,
    limits: NodePoolLimits,
): void {
    checks.nonEmpty(path, pools);
    checks.map(path, pools, (name, pool, nested) => {
        nested.matches("", name, limits.name.pattern, limits.name.rule);
        checkNodePool(nested, pool, limits);
    });
    const all = Object.values(pools ?? {});
    if (all.length > 0 && all.every(({ spot }) => spot === true)) {
        checks.fault(
            path,
            "has spot pools only, whose nodes may all go at once, and the cluster's own parts with them; add a pool without spot",
        );
    }
}

function checkNodePool(checks: Checks, pool: NodePoolArgs, { maximumNodes, minimumDiskGib }: NodePoolLimits): void {
    checks.required("machineType", pool.machineType);
    checks.nonEmpty("machineType", pool.machineType);
    checks.required("minNodes", pool.minNodes, "the number of nodes that there are at least");
    checks.required("maxNodes", pool.maxNodes, "the number of nodes that there may be at most");
    checks.integer("minNodes", pool.minNodes, { minimum: 0, maximum: maximumNodes });
    checks.integer("maxNodes", pool.maxNodes, { minimum: 1, maximum: maximumNodes });
    if (isNumber(pool.minNodes) && isNumber(pool.maxNodes) && pool.minNodes > pool.maxNodes) {
        checks.fault("maxNodes", `is ${pool.maxNodes}, less than minNodes (${pool.minNodes}); give at least as many`);
    }
    checks.integer("diskSizeGib", pool.diskSizeGib, { minimum: minimumDiskGib, maximum: 65_536 });
    checks.nonEmpty("zones", pool.zones);
    checks.map("labels", pool.labels, (key, value, nested) => {
        nested.labelKey("", key);
        nested.labelValue("", value);
    });
    checks.list("taints", pool.taints, ({ key, value, effect }, nested) => {
        nested.required("key", key, "the taint's key");
        nested.labelKey("key", key);
        nested.labelValue("value", value);
        nested.required("effect", effect, `one of ${Object.values(TaintEffect).join(", ")}`);
        nested.oneOf("effect", effect, Object.values(TaintEffect));
    });
}

const isNumber = (value: pulumi.Input<number>): value is number => isPlain(value) && typeof value === "number";

/** Notes what is wrong with a maintenance window. `minimumHours` is the least that the cloud takes. */
export function checkMaintenanceWindow(
    checks: Checks,
    args: MaintenanceWindowArgs | undefined,
    { minimumHours }: { minimumHours: number },
): void {
    const { days, startTime, hours } = completeMaintenanceWindow(args);
    checks.nonEmpty("days", days);
    checks.list("days", days, (day, nested) => nested.oneOf("", day, Object.values(Weekday)));
    checks.matches("startTime", startTime, /^([01]\d|2[0-3]):[0-5]\d$/, 'use a time like "02:00", in UTC');
    checks.integer("hours", hours, { minimum: minimumHours, maximum: 24 });
}
