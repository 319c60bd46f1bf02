import { z } from "zod";
import {
    Addon,
    ClusterAutoscaler,
    type ClusterAutoscalerArgs,
    Expander,
    type ScaleDownArgs,
    validateClusterAutoscaler,
} from "../../components";
import { EksController } from "../../components/cluster/eks/args";
import type { SchemaOf } from "../clusters/managed";
import { addonOf, addonParts, egress, installs, roleFaults } from "./addon";

const scaleDown = z.strictObject({
    enabled: z.boolean().optional(),
    utilizationPercent: z.number().optional(),
    unneededTime: z.string().optional(),
    delayAfterAdd: z.string().optional(),
    keepLocalStorage: z.boolean().optional(),
} satisfies SchemaOf<ScaleDownArgs>);

/** The configuration of the cluster autoscaler; the properties are those of `ClusterAutoscaler`. */
export const clusterAutoscalerSchema = z.strictObject({
    ...addonParts,
    /** @default that of the stack's own cluster, as `region` */
    clusterName: z.string().optional(),
    region: z.string().optional(),
    expander: z.enum(Expander).optional(),
    balanceSimilarNodeGroups: z.boolean().optional(),
    maxNodes: z.number().optional(),
    scaleDown: scaleDown.optional(),
    highAvailability: z.boolean().optional(),
    awsRoleArn: z.string().optional(),
    namespace: z.string().optional(),
    egress,
} satisfies SchemaOf<Omit<ClusterAutoscalerArgs, "cluster">>);

/** The cluster autoscaler, on AWS. */
export const clusterAutoscaler = addonOf({
    addon: Addon.ClusterAutoscaler,
    schema: clusterAutoscalerSchema,
    argsOf: (given, { cluster, aws }): ClusterAutoscalerArgs => ({
        cluster,
        ...(aws && installs(given) ? { clusterName: aws.clusterName, region: aws.region } : {}),
        ...given,
    }),
    validate: (_name, args) => validateClusterAutoscaler(args),
    check: ({ configuration, aws }) =>
        installs(configuration) && configuration.awsRoleArn === undefined
            ? roleFaults("awsRoleArn", EksController.Autoscaler, aws)
            : [],
    make: (name, args) => new ClusterAutoscaler(name, args),
});
