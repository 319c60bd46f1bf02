import * as pulumi from "@pulumi/pulumi";
import {
    assertDefinitions,
    type DefinitionsArgs,
    provideDefinitions,
    validateDefinitions,
} from "../../../core/custom-definition";
import type { Deletion } from "../../../core/deletion";
import type { Fault } from "../../../core/errors";
import { inCluster } from "../../../core/provider";
import { crds } from "./lazy";

/** Arguments of {@link AwsLoadBalancerControllerCrds}. */
export interface AwsLoadBalancerControllerCrdsArgs extends DefinitionsArgs {
    /**
     * What becomes of the definitions when they leave the program. With `delete` every TargetGroupBinding goes with them,
     * and the load balancers lose their targets; after `retain` the next program names them `existing`.
     * @default `protect`
     */
    deletion?: Deletion;
}

/**
 * The kinds of object that the AWS Load Balancer Controller works with, as CustomResourceDefinitions of v3.5.0:
 * TargetGroupBinding and IngressClassParams. A cluster has them once. They name the same fields and hold to the same rules
 * as upstream's; of TargetGroupBindings there is the version that is stored, `v1beta1`.
 *
 * @example
 * ```ts
 * const crds = new AwsLoadBalancerControllerCrds("load-balancer-crds", { cluster });
 * ```
 */
export class AwsLoadBalancerControllerCrds extends pulumi.ComponentResource {
    /** Names of the definitions; known as soon as they are in the cluster. */
    readonly definitions: pulumi.Output<string[]>;

    constructor(name: string, args: AwsLoadBalancerControllerCrdsArgs, opts?: pulumi.ComponentResourceOptions) {
        assertDefinitions(`AwsLoadBalancerControllerCrds ${name}`, args);
        super("kubernetes-faas:index:AwsLoadBalancerControllerCrds", name, {}, inCluster(args.cluster, opts));

        const app = "aws-load-balancer-controller";
        this.definitions = provideDefinitions(this, name, app, args, crds.loadBalancerDefinitions());
        this.registerOutputs({ definitions: this.definitions });
    }
}

/** What is wrong with the arguments of {@link AwsLoadBalancerControllerCrds}; empty when nothing is. */
export function validateAwsLoadBalancerControllerCrds(args: AwsLoadBalancerControllerCrdsArgs): Fault[] {
    return validateDefinitions(args);
}
