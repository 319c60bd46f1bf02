import type * as pulumi from "@pulumi/pulumi";

/** A taint that pods put up with. */
export interface PodToleration {
    key?: pulumi.Input<string>;
    /** `Exists` or `Equal`. @default `Equal` with a value, `Exists` without */
    operator?: pulumi.Input<string>;
    value?: pulumi.Input<string>;
    /** `NoSchedule`, `PreferNoSchedule` or `NoExecute`. @default every effect */
    effect?: pulumi.Input<string>;
}

/** Where pods run and how important they are. Platform pods and function pods have one each. */
export interface Placement {
    /** Labels that a node must have. */
    nodeSelector?: pulumi.Input<Record<string, pulumi.Input<string>>>;
    tolerations?: PodToleration[];
    priorityClassName?: pulumi.Input<string>;
    /** The processor that the images are for, as in the node label `kubernetes.io/arch`. @default any */
    architecture?: pulumi.Input<string>;
}

/** The part of a pod's specification that a placement fills. */
export interface PlacementSpec {
    nodeSelector?: pulumi.Input<Record<string, pulumi.Input<string>>>;
    tolerations?: PodToleration[];
    priorityClassName?: pulumi.Input<string>;
}
