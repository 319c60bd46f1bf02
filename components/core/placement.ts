import * as pulumi from "@pulumi/pulumi";
import type { Fault } from "./errors";
import { Checks, isPlain, suggest } from "./validation";

/** The processors that Kubernetes runs on, as the node label `kubernetes.io/arch` names them. */
export const Architecture = {
    Amd64: "amd64",
    Arm: "arm",
    Arm64: "arm64",
    Ppc64le: "ppc64le",
    Riscv64: "riscv64",
    S390x: "s390x",
} as const;
export type Architecture = (typeof Architecture)[keyof typeof Architecture];

/** Which pods a taint keeps away. */
export const TaintEffect = {
    NoExecute: "NoExecute",
    NoSchedule: "NoSchedule",
    PreferNoSchedule: "PreferNoSchedule",
} as const;
export type TaintEffect = (typeof TaintEffect)[keyof typeof TaintEffect];

/** How a toleration is compared with a taint. */
export const TolerationOperator = { Equal: "Equal", Exists: "Exists" } as const;
export type TolerationOperator = (typeof TolerationOperator)[keyof typeof TolerationOperator];

/** A taint that pods put up with. */
export interface PodToleration {
    key?: pulumi.Input<string>;
    /** `Exists` or `Equal`. @default `Equal` with a value, `Exists` without */
    operator?: pulumi.Input<TolerationOperator>;
    value?: pulumi.Input<string>;
    /** `NoSchedule`, `PreferNoSchedule` or `NoExecute`. @default every effect */
    effect?: pulumi.Input<TaintEffect>;
}

/** Where pods run and how important they are. Platform pods and function pods have one each. */
export interface Placement {
    /** Labels that a node must have. */
    nodeSelector?: pulumi.Input<Record<string, pulumi.Input<string>>>;
    tolerations?: PodToleration[];
    priorityClassName?: pulumi.Input<string>;
    /** The processor that the images are for, as in the node label `kubernetes.io/arch`. @default any */
    architecture?: pulumi.Input<Architecture>;
}

/** The part of a pod's specification that a placement fills. */
export interface PlacementSpec {
    nodeSelector?: pulumi.Input<Record<string, pulumi.Input<string>>>;
    tolerations?: PodToleration[];
    priorityClassName?: pulumi.Input<string>;
}

const architectureLabel = "kubernetes.io/arch";

/** Other names of the same processors, for "did you mean". */
const architectureAliases: Record<string, Architecture> = {
    aarch64: Architecture.Arm64,
    x64: Architecture.Amd64,
    x86_64: Architecture.Amd64,
    "x86-64": Architecture.Amd64,
};

/**
 * What a placement puts into a pod's specification.
 *
 * @example
 * ```ts
 * new k8s.core.v1.Pod("p", { spec: { ...placementSpec(args.placement), containers: [{ name: "p" }] } });
 * ```
 */
export function placementSpec(placement: Placement = {}): PlacementSpec {
    const spec: PlacementSpec = {};
    const nodeSelector = nodeSelectorOf(placement);
    if (nodeSelector !== undefined) {
        spec.nodeSelector = nodeSelector;
    }
    if (placement.tolerations && placement.tolerations.length > 0) {
        spec.tolerations = placement.tolerations.map(withOperator);
    }
    if (placement.priorityClassName !== undefined) {
        spec.priorityClassName = placement.priorityClassName;
    }
    return spec;
}

function nodeSelectorOf({ nodeSelector, architecture }: Placement): PlacementSpec["nodeSelector"] {
    if (architecture === undefined) {
        return nodeSelector;
    }
    const wanted = { [architectureLabel]: architecture };
    if (nodeSelector === undefined || isPlain(nodeSelector)) {
        return { ...(nodeSelector as Record<string, pulumi.Input<string>>), ...wanted };
    }
    return pulumi.all([nodeSelector, wanted]).apply(([given, added]) => ({ ...given, ...added }));
}

function withOperator(toleration: PodToleration): PodToleration {
    const operator = toleration.value === undefined ? TolerationOperator.Exists : TolerationOperator.Equal;
    return { ...toleration, operator: toleration.operator ?? operator };
}

/**
 * What is wrong with a placement; empty when nothing is.
 *
 * @param path the property that holds it, for the faults' paths
 */
export function validatePlacement(path: string, placement: Placement | undefined): Fault[] {
    const checks = new Checks();
    const nested = checks.at(path);
    const { nodeSelector, architecture, tolerations, priorityClassName } = placement ?? {};
    nested.map("nodeSelector", nodeSelector, (key, value, entry) => {
        entry.labelKey("", key);
        entry.labelValue("", value);
    });
    nested.dnsSubdomain("priorityClassName", priorityClassName);
    nested.list("tolerations", tolerations, checkToleration);
    checkArchitecture(nested, architecture, nodeSelector);
    return checks.faults;
}

function checkToleration(toleration: PodToleration, checks: Checks): void {
    const { key, operator, value, effect } = toleration;
    checks.labelKey("key", key);
    checks.labelValue("value", value);
    checks.oneOf("operator", operator, Object.values(TolerationOperator));
    checks.oneOf("effect", effect, Object.values(TaintEffect));
    if (operator === TolerationOperator.Exists && value !== undefined) {
        checks.fault("value", 'is given, but the operator "Exists" takes none; leave it out, or use "Equal"');
    }
    if (key === undefined && (operator === TolerationOperator.Equal || value !== undefined)) {
        checks.fault("key", 'is missing; name the taint, or use the operator "Exists" alone to put up with every one');
    }
}

function checkArchitecture(
    checks: Checks,
    architecture: Placement["architecture"],
    nodeSelector: Placement["nodeSelector"],
): void {
    const known = Object.values(Architecture);
    checks.format("architecture", architecture, (value) =>
        known.some((one) => one === value)
            ? undefined
            : {
                  problem: "is not a processor that Kubernetes knows",
                  rule: `use one of ${known.map((one) => `"${one}"`).join(", ")}`,
                  suggestion: architectureAliases[value.toLowerCase()] ?? suggest(value, known),
              },
    );
    const selected = isPlain(nodeSelector) ? (nodeSelector as Record<string, unknown>)[architectureLabel] : undefined;
    if (isPlain(architecture) && isPlain(selected) && selected !== architecture) {
        checks.fault(
            "architecture",
            `is ${JSON.stringify(architecture)}, but nodeSelector asks for ${JSON.stringify(selected)}; leave one of them out`,
        );
    }
}
