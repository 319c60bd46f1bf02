import { z } from "zod";
import {
    Addon,
    AwsLoadBalancerController,
    type AwsLoadBalancerControllerArgs,
    AwsLoadBalancerControllerCrds,
    validateAwsLoadBalancerController,
} from "../../components";
import { EksController } from "../../components/cluster/eks/args";
import type { SchemaOf } from "../clusters/managed";
import { addonOf, addonParts, definitionParts, definitionsArgs, egress, installs, roleFaults } from "./addon";

/** The configuration of the AWS Load Balancer Controller; the properties are those of `AwsLoadBalancerController`. */
export const awsLoadBalancerControllerSchema = z.strictObject({
    ...({
        ...addonParts,
        /** @default that of the stack's own cluster, as `region` and `vpcId` */
        clusterName: z.string().optional(),
        region: z.string().optional(),
        vpcId: z.string().optional(),
        awsRoleArn: z.string().optional(),
        namespace: z.string().optional(),
        highAvailability: z.boolean().optional(),
        egress,
    } satisfies SchemaOf<Omit<AwsLoadBalancerControllerArgs, "cluster" | "definitions">>),
    ...definitionParts,
});

/** The AWS Load Balancer Controller and its definitions. */
export const awsLoadBalancerController = addonOf({
    addon: Addon.AwsLoadBalancerController,
    schema: awsLoadBalancerControllerSchema,
    argsOf: (
        { definitions: _definitions, deletion: _deletion, ...given },
        { cluster, configuration, aws },
    ): AwsLoadBalancerControllerArgs => ({
        cluster,
        ...(aws && installs(given) ? { clusterName: aws.clusterName, region: aws.region, vpcId: aws.vpcId } : {}),
        ...given,
        // Which ones makes no difference to what can be wrong.
        definitions: definitionsArgs(cluster, configuration) && [],
    }),
    validate: (_name, args) => validateAwsLoadBalancerController(args),
    check: ({ configuration, aws }) =>
        installs(configuration) && configuration.awsRoleArn === undefined
            ? roleFaults("awsRoleArn", EksController.LoadBalancer, aws)
            : [],
    make(name, args, { cluster, configuration }) {
        const crds = definitionsArgs(cluster, configuration);
        const definitions = crds && new AwsLoadBalancerControllerCrds(`${name}-crds`, crds).definitions;
        return new AwsLoadBalancerController(name, { ...args, definitions });
    },
});
