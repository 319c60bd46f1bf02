import * as aws from "@pulumi/aws/eks";
import * as iam from "@pulumi/aws/iam";
import * as pulumi from "@pulumi/pulumi";
import { childOptions } from "../../core/deletion";
import { assertValid, type Fault } from "../../core/errors";
import { Checks } from "../../core/validation";
import { trustOf } from "./names";

/** The cluster whose pods get an identity; an `EksCluster` is one. */
export interface PodIdentityCluster {
    /** The cluster's name in AWS. */
    clusterName: pulumi.Input<string>;
    /** The cluster's ARN: the role is of use to no other cluster. */
    clusterArn: pulumi.Input<string>;
}

/** Arguments of {@link PodIdentity}. */
export interface PodIdentityArgs {
    /** The cluster; an `EksCluster` can be given as it is. */
    cluster: PodIdentityCluster;
    /** The namespace of the service account, which need not be there yet. */
    namespace: pulumi.Input<string>;
    /** The service account. One per workload: whoever runs as it has its rights. */
    serviceAccount: pulumi.Input<string>;
    /** ARNs of managed policies that say what the role may do, by a name of yours. @default none */
    policies?: Record<string, pulumi.Input<string>>;
    /** A policy document of the role's own, as JSON. @default none */
    policy?: pulumi.Input<string>;
    /** @default none */
    tags?: Record<string, pulumi.Input<string>>;
}

/**
 * Rights in AWS for the pods of one service account, by EKS Pod Identity: a role that only this cluster's agent can hand
 * out, with no key to leak and no annotation on the service account. The cluster's nodes run the agent; NetworkPolicies of
 * the pods must let them reach it, at 169.254.170.23 port 80.
 *
 * @example
 * ```ts
 * new PodIdentity("reports", {
 *     cluster: { clusterName: "production", clusterArn: "arn:aws:eks:eu-central-1:123456789012:cluster/production" },
 *     namespace: "reports",
 *     serviceAccount: "writer",
 *     policy: pulumi.jsonStringify({
 *         Version: "2012-10-17",
 *         Statement: [{ Effect: "Allow", Action: "s3:PutObject", Resource: "arn:aws:s3:::reports/*" }],
 *     }),
 * });
 * ```
 */
export class PodIdentity extends pulumi.ComponentResource {
    /** ARN of the role. */
    readonly roleArn: pulumi.Output<string>;
    /** Name of the role, to attach further policies to. */
    readonly roleName: pulumi.Output<string>;

    /** @throws {@link ArgumentsError} with everything that is wrong. */
    constructor(name: string, args: PodIdentityArgs, opts?: pulumi.ComponentResourceOptions) {
        assertValid(`PodIdentity ${name}`, validatePodIdentity(name, args));
        super("kubernetes-faas:index:PodIdentity", name, {}, opts);

        const role = this.makeRole(name, args);
        const rights = this.attach(name, role, args);
        this.associate(name, role, args, rights);

        this.roleArn = role.arn;
        this.roleName = role.name;
        this.registerOutputs({ roleArn: this.roleArn, roleName: this.roleName });
    }

    private makeRole(name: string, { cluster, namespace, serviceAccount, tags }: PodIdentityArgs): iam.Role {
        // https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html
        const fromCluster = { ArnEquals: { "aws:SourceArn": cluster.clusterArn } };
        return new iam.Role(
            name,
            {
                description: pulumi.interpolate`Pods of ${namespace}/${serviceAccount} in the EKS cluster ${cluster.clusterName}`,
                assumeRolePolicy: trustOf("pods.eks.amazonaws.com", fromCluster, ["sts:AssumeRole", "sts:TagSession"]),
                tags,
            },
            childOptions(this),
        );
    }

    private attach(name: string, role: iam.Role, { policies, policy }: PodIdentityArgs): pulumi.Resource[] {
        const attached = Object.entries(policies ?? {}).map(
            ([key, policyArn]) =>
                new iam.RolePolicyAttachment(`${name}-${key}`, { role: role.name, policyArn }, childOptions(this)),
        );
        const own = policy && new iam.RolePolicy(`${name}-policy`, { role: role.name, policy }, childOptions(this));
        return own ? [...attached, own] : attached;
    }

    /** Last, so that no pod gets the role before it has its rights. */
    private associate(name: string, role: iam.Role, args: PodIdentityArgs, rights: pulumi.Resource[]): void {
        const { cluster, namespace, serviceAccount, tags } = args;
        new aws.PodIdentityAssociation(
            name,
            { clusterName: cluster.clusterName, namespace, serviceAccount, roleArn: role.arn, tags },
            childOptions(this, { dependsOn: rights }),
        );
    }
}

/** What is wrong with the arguments of a {@link PodIdentity}; empty when nothing is. */
export function validatePodIdentity(name: string, args: PodIdentityArgs): Fault[] {
    const checks = new Checks();
    // A role's name has up to 64 characters, eight of which Pulumi appends.
    checks.length("name", name, { maximum: 56 });
    checks.required("namespace", args.namespace, "the namespace of the service account");
    checks.dnsLabel("namespace", args.namespace);
    checks.required("serviceAccount", args.serviceAccount, "the service account's name");
    checks.dnsSubdomain("serviceAccount", args.serviceAccount);
    checks.map("policies", args.policies, (key, arn, nested) => {
        nested.dnsLabel("", key);
        nested.matches(
            "",
            arn,
            /^arn:aws[a-z-]*:iam::/,
            'give the ARN of a policy, like "arn:aws:iam::aws:policy/..."',
        );
    });
    if (args.policies === undefined && args.policy === undefined) {
        checks.fault("policies", 'is missing, and so is "policy"; say what the pods may do');
    }
    return checks.faults;
}
