import type * as pulumi from "@pulumi/pulumi";
import { type Checks, isPlain } from "../../core/validation";
import { checkNodePools } from "../managed";
import { AutoModeNodePool, type EksClusterArgs, type EksNodePoolArgs, EksNodeSystem } from "./args";
import { isArm, machineTypePattern } from "./machines";
import { longestNodeGroupName, randomSuffixLength } from "./names";
import { checkZone } from "./validate-network";

/** https://docs.aws.amazon.com/eks/latest/userguide/service-quotas.html: nodes of a managed node group. */
const maximumNodes = 450;
/** The system image of Amazon Linux takes 20. */
const minimumDiskGib = 20;
/** https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateNodegroup.html */
const maximumTaints = 50;
/** Prefixes of labels and taints that EKS keeps to itself. */
const reservedPrefixes = ["eks.amazonaws.com/", "kubernetes.io/", "k8s.io/"];

/** Notes what is wrong with node pools or Auto Mode. */
export function checkNodes(checks: Checks, name: string, args: EksClusterArgs): void {
    checks.exclusive(["nodePools", "autoMode"], args, { required: true });
    if (args.autoMode !== undefined) {
        checkAutoMode(checks, args);
    }
    if (args.nodePools === undefined) {
        return;
    }
    const room = longestNodeGroupName - randomSuffixLength - name.length - 1;
    checkNodePools(checks, "nodePools", args.nodePools, {
        name: {
            pattern: new RegExp(`^[a-z]([-a-z0-9]{0,${Math.max(0, room - 2)}}[a-z0-9])?$`),
            rule: `use at most ${room} lower-case letters, digits and "-", beginning with a letter: AWS puts the cluster's name before it`,
        },
        maximumNodes,
        minimumDiskGib,
    });
    checks.map("nodePools", args.nodePools, (_pool, pool, nested) => checkPool(nested, pool, args));
    checkForSystemPods(checks, args.nodePools);
}

function checkAutoMode(checks: Checks, { autoMode, controllers, addonVersions }: EksClusterArgs): void {
    checks.list("autoMode.nodePools", autoMode?.nodePools, (pool, nested) =>
        nested.oneOf("", pool, Object.values(AutoModeNodePool)),
    );
    checks.nonEmpty("autoMode.nodePools", autoMode?.nodePools);
    if (controllers !== undefined && controllers.length > 0) {
        checks.fault("controllers", 'can\'t go together with "autoMode", which has its own; leave them out');
    }
    if (addonVersions !== undefined) {
        checks.fault("addonVersions", 'can\'t go together with "autoMode", where AWS runs these parts; leave them out');
    }
}

function checkPool(checks: Checks, pool: EksNodePoolArgs, { vpc, region }: EksClusterArgs): void {
    checks.oneOf("system", pool.system, Object.values(EksNodeSystem));
    checkMachineTypes(checks, pool);
    checkReserved(checks, pool);
    if (pool.zones !== undefined && vpc === undefined) {
        checks.fault("zones", "can't be told with a given VPC, whose subnets are where they are; leave it out");
    }
    for (const [index, zone] of (vpc ? (pool.zones ?? []) : []).entries()) {
        checkPoolZone(checks, `zones[${index}]`, zone, vpc?.zones ?? [], region);
    }
}

function checkPoolZone(
    checks: Checks,
    path: string,
    zone: pulumi.Input<string>,
    zones: readonly string[],
    region: string,
): void {
    const before = checks.faults.length;
    checkZone(checks, path, zone, region);
    if (checks.faults.length === before) {
        checks.oneOf(path, zone, zones);
    }
}

function checkMachineTypes(checks: Checks, { machineType, moreMachineTypes = [], spot }: EksNodePoolArgs): void {
    const rule = 'give a type of EC2, like "m7i.xlarge"';
    checks.matches("machineType", machineType, machineTypePattern, rule);
    checks.list("moreMachineTypes", moreMachineTypes, (type, nested) => {
        nested.matches("", type, machineTypePattern, rule);
        if (isText(type) && isText(machineType) && isArm(type) !== isArm(machineType)) {
            nested.fault("", `is "${type}", of another processor than "${machineType}"; give types of one processor`);
        }
    });
    if (spot && moreMachineTypes.length === 0) {
        checks.fault(
            "moreMachineTypes",
            "is empty in a spot pool, which would be without nodes when AWS runs out of that one type; give further types of the same size",
        );
    }
}

function checkReserved(checks: Checks, { labels, taints }: EksNodePoolArgs): void {
    const check = (nested: Checks, path: string, key: unknown): void => {
        const prefix = reservedPrefixes.find((candidate) => isText(key) && key.startsWith(candidate));
        if (prefix !== undefined) {
            nested.fault(path, `has the prefix "${prefix}", which EKS keeps to itself; use one of your own`);
        }
    };
    checks.map("labels", labels, (key, _value, nested) => check(nested, "", key));
    checks.list("taints", taints, ({ key }, nested) => check(nested, "key", key));
    if ((taints?.length ?? 0) > maximumTaints) {
        checks.fault("taints", `has ${taints!.length} taints; EKS takes ${maximumTaints} at most`);
    }
}

/** CoreDNS and the volumes' controller run anywhere but on tainted nodes. */
function checkForSystemPods(checks: Checks, pools: Record<string, EksNodePoolArgs>): void {
    const lasting = Object.values(pools).filter(({ spot }) => spot !== true);
    const plain = lasting.filter(({ taints }) => (taints ?? []).every(({ effect }) => effect === "PreferNoSchedule"));
    if (lasting.length > 0 && plain.length === 0) {
        checks.fault(
            "nodePools",
            "has taints in every pool without spot, so that the cluster's own parts (CoreDNS) find no node; leave one pool without taints",
        );
    } else if (plain.length > 0 && plain.every(({ minNodes }) => minNodes === 0)) {
        checks.fault(
            "nodePools",
            "has minNodes 0 in every pool without spot and taints, so that the cluster's own parts (CoreDNS) find no node; give one of them 1 at least",
        );
    }
}

const isText = (value: unknown): value is string => isPlain(value) && typeof value === "string";
