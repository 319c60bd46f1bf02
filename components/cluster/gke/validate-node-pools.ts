import { TaintEffect } from "../../core/placement";
import { type Checks, isPlain } from "../../core/validation";
import { checkNodePools, type NodeTaint } from "../managed";
import type { GkeClusterArgs, GkeNodePoolArgs } from "./args";
import { GkeDiskType, GkeMode } from "./choices";
import { nodePoolsOf } from "./defaults";

/** The longest name that the provider takes for a cluster or a node pool. */
export const longestName = 40;
/** The longest one of a node pool, less the minus and the seven digits that Pulumi appends. */
const longestPoolName = longestName - 8;

/** Notes zones that are none, or not of the region. */
export function checkZones(
    checks: Checks,
    path: string,
    zones: unknown[] | undefined,
    region: string | undefined,
): void {
    zones?.forEach((zone, index) => {
        if (!isPlain(zone) || region === undefined) {
            return;
        }
        const at = path === "zone" ? path : `${path}[${index}]`;
        if (typeof zone !== "string" || !/-[a-z]$/.test(zone)) {
            checks.fault(at, `is ${JSON.stringify(zone)}, which is not a zone; give one like "${region}-a"`);
        } else if (zone.slice(0, -2) !== region) {
            checks.fault(at, `is "${zone}", which is not in the region "${region}"; give one like "${region}-a"`);
        }
    });
}

/** Notes a zone of the control plane that is none of the nodes': GKE has nodes there in any case. */
export function checkOwnZone(checks: Checks, { zone, zones }: GkeClusterArgs): void {
    if (zone !== undefined && zones !== undefined && !zones.includes(zone)) {
        checks.fault("zones", `lack "${zone}", the control plane's zone, where GKE has nodes in any case; add it`);
    }
}

/** Notes what is wrong with node pools. */
export function checkGkeNodePools(
    checks: Checks,
    name: string,
    args: GkeClusterArgs,
    region: string | undefined,
): void {
    if (args.mode === GkeMode.Autopilot) {
        checkAutopilot(checks, args);
        return;
    }
    checkRoomForPools(checks, name, args);
    // Where the component's name leaves room for none, that is what is wrong, and any pool's name is taken.
    const room = longestPoolName - name.length - 1;
    const longest = room > 0 ? room : longestPoolName;
    checkNodePools(checks, "nodePools", args.nodePools, {
        name: {
            pattern: new RegExp(`^(?=.{1,${longest}}$)[a-z]([-a-z0-9]*[a-z0-9])?$`),
            rule: `use at most ${longest} lower-case letters, digits and "-", beginning with a letter: with the component's name before it and a suffix it must have 40 characters at most`,
        },
        maximumNodes: 5000,
        minimumDiskGib: 12,
    });
    checks.map("nodePools", args.nodePools, (_pool, pool, nested) => checkPool(nested, pool, region));
    checkSystemPool(checks, args);
}

/** Notes a component's name that leaves no room for its pools': the default ones, or any at all. */
function checkRoomForPools(checks: Checks, name: string, args: GkeClusterArgs): void {
    const needed = args.nodePools ? 1 : Math.max(...Object.keys(nodePoolsOf(args)).map(({ length }) => length));
    const longest = longestPoolName - needed - 1;
    // A name that is too long for everything is noted already.
    if (name.length > longest && name.length <= longestName) {
        const instead = args.nodePools ? "" : `, or give "nodePools" with shorter names than the default one's`;
        checks.fault(
            "name",
            `is "${name}", which has ${name.length} characters; use at most ${longest}, since the names of node pools begin with it, end in a suffix and have 40 at most${instead}`,
        );
    }
}

function checkPool(checks: Checks, pool: GkeNodePoolArgs, region: string | undefined): void {
    checkZones(checks, "zones", pool.zones, region);
    checks.oneOf("diskType", pool.diskType, Object.values(GkeDiskType));
    checks.integer("maxPodsPerNode", pool.maxPodsPerNode, { minimum: 8, maximum: 256 });
    checks.integer("maxSurge", pool.maxSurge, { minimum: 1, maximum: 20 });
}

/** GKE's own pods tolerate neither users' taints nor those of spot and sandbox nodes. Spot pools alone are noted already. */
function checkSystemPool(checks: Checks, args: GkeClusterArgs): void {
    const pools = Object.values(nodePoolsOf(args));
    const keepsAway = ({ effect }: NodeTaint): boolean => effect !== TaintEffect.PreferNoSchedule;
    const plain = pools.filter(({ spot, sandbox, taints = [] }) => !spot && !sandbox && !taints.some(keepsAway));
    if (pools.length > 0 && plain.length === 0 && !pools.every(({ spot }) => spot)) {
        checks.fault(
            "nodePools",
            "has only pools with taints (spot and sandbox bring their own), where GKE's own parts such as DNS don't run; add a pool without",
        );
    }
}

/** What belongs to nodes of one's own. */
function checkAutopilot(checks: Checks, args: GkeClusterArgs): void {
    if (args.nodePools !== undefined) {
        checks.fault(
            "nodePools",
            'can\'t go together with mode "autopilot", whose nodes Google makes; leave them out and let pods ask for what they need (node selector cloud.google.com/gke-spot, runtimeClassName: gvisor)',
        );
    }
    for (const path of ["zone", "zones"] as const) {
        if (args[path] !== undefined) {
            checks.fault(
                path,
                'can\'t go together with mode "autopilot", which is in all zones of the region; leave it out',
            );
        }
    }
}
