import { type Checks, isPlain } from "../../core/validation";
import { checkNodePools } from "../managed";
import type { GkeClusterArgs, GkeNodePoolArgs } from "./args";
import { GkeDiskType, GkeMode } from "./choices";
import { nodePoolsOf } from "./defaults";

/** The longest name of a node pool, less the minus and the seven digits that Pulumi appends. */
const longestPoolName = 40 - 8;

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
    const longest = longestPoolName - name.length - 1;
    checkNodePools(checks, "nodePools", args.nodePools, {
        name: {
            pattern: new RegExp(`^[a-z]([-a-z0-9]{0,${Math.max(longest - 2, 0)}}[a-z0-9])?$`),
            rule: `use at most ${longest} lower-case letters, digits and "-", beginning with a letter: with the component's name before it and a suffix it must have 40 characters at most`,
        },
        maximumNodes: 5000,
        minimumDiskGib: 12,
    });
    checks.map("nodePools", args.nodePools, (_pool, pool, nested) => checkPool(nested, pool, region));
    checkSystemPool(checks, args);
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
    const plain = pools.filter(({ spot, sandbox, taints = [] }) => !spot && !sandbox && taints.length === 0);
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
