import type { Checks } from "../../core/validation";
import { checkNodePools, type NodePoolLimits } from "../managed";
import type { AksClusterArgs, AksNodePoolArgs } from "./args";
import { AksOsDisk } from "./enums";
import { systemPoolName, systemPoolOf } from "./settings";

/** https://learn.microsoft.com/azure/aks/create-node-pools#limitations; a pool can't have more than 1,000 nodes. */
const limits: NodePoolLimits = {
    name: {
        pattern: /^[a-z][a-z0-9]{0,11}$/,
        rule: "use 1 to 12 lower-case letters and digits, beginning with a letter",
    },
    maximumNodes: 1000,
    minimumDiskGib: 30,
};

/** Regions have three zones at most, by these names. */
const zones = ["1", "2", "3"];

/** Notes what is wrong with the node pools. */
export function checkPools(checks: Checks, args: AksClusterArgs): void {
    checks.list("zones", args.zones, (zone, nested) => nested.oneOf("", zone, zones));
    checks.required("nodePools", args.nodePools, "a pool: the system pool takes nothing but the cluster's own parts");
    checkNodePools(checks, "nodePools", args.nodePools, limits);
    checks.map("nodePools", args.nodePools, (name, pool, nested) => {
        if (name === systemPoolName) {
            nested.fault("", 'is the name of the cluster\'s own pool; choose another, or mean "systemPool"');
        }
        checkPool(nested, pool, args);
    });
    checkSystemPool(checks, args);
}

function checkPool(checks: Checks, pool: AksNodePoolArgs, { trustedLaunch }: AksClusterArgs): void {
    checks.oneOf("osDisk", pool.osDisk, Object.values(AksOsDisk));
    checks.integer("maxPods", pool.maxPods, { minimum: 30, maximum: 250 });
    checks.list("zones", pool.zones, (zone, nested) => nested.oneOf("", zone, zones));
    const { machineType } = pool;
    if (typeof machineType !== "string") {
        return;
    }
    checks.matches("machineType", machineType, /^Standard_\w+$/, 'use a size of machine, like "Standard_D4ds_v5"');
    if (isArm(machineType) && trustedLaunch !== false) {
        checks.fault(
            "machineType",
            `is "${machineType}", an ARM machine, which can't have trusted launch; use another, or trustedLaunch: false`,
        );
    }
}

/** A "p" among the letters behind the number of processors (https://learn.microsoft.com/azure/virtual-machines/vm-naming-conventions). */
function isArm(machineType: string): boolean {
    return /^Standard_[A-Z]+\d+(-\d+)?[a-o]*p/.test(machineType);
}

/** https://learn.microsoft.com/azure/aks/use-system-pools#system-and-user-node-pools */
function checkSystemPool(checks: Checks, args: AksClusterArgs): void {
    const pool = systemPoolOf(args);
    checkNodePools(
        checks,
        "",
        { systemPool: { ...pool, spot: false } },
        { ...limits, name: { pattern: /./, rule: "" } },
    );
    const nested = checks.at("systemPool");
    checkPool(nested, pool, args);
    if (pool.spot) {
        nested.fault(
            "spot",
            "is true, but Azure may take spot nodes back at any time, and the cluster's DNS with them; leave it out",
        );
    }
    if (typeof pool.minNodes === "number" && pool.minNodes < 2) {
        nested.fault("minNodes", `is ${pool.minNodes}; give 2 or more, so that DNS outlives a node`);
    }
    if (typeof pool.machineType === "string" && /^Standard_B/.test(pool.machineType)) {
        nested.fault(
            "machineType",
            `is "${pool.machineType}", whose processor time is rationed; AKS takes no B series here: use another, like "Standard_D4ds_v5"`,
        );
    }
    if (pool.taints !== undefined) {
        nested.fault("taints", "is given, but the pool has the one taint that AKS' own parts tolerate; leave it out");
    }
}
