import * as eks from "@pulumi/eks";
import * as ec2 from "@pulumi/aws/ec2";
import * as vpc from "@pulumi/aws/vpc";
import * as pulumi from "@pulumi/pulumi";
import { childOptions } from "../../core/deletion";
import { mapInput } from "../../core/inputs";
import { minorOf } from "../../core/versions";
import { AutoModeNodePool, type EksAccessArgs, type EksClusterArgs, EksLogType } from "./args";
import { named, partitionOf } from "./names";
import type { ClusterNetwork } from "./network";
import { defaultServiceCidr } from "./plan";
import { hardenCluster } from "./transforms";

/** What the control plane is made of and after. */
export interface ControlPlaneParts {
    readonly name: string;
    readonly args: EksClusterArgs;
    readonly clusterName: pulumi.Input<string>;
    readonly network: ClusterNetwork;
    /** ARN of the key of Secrets. */
    readonly secretsKey: pulumi.Input<string>;
    /** What must be there first, and go last. */
    readonly dependsOn: pulumi.Resource[];
    readonly parent: pulumi.Resource;
}

/**
 * The cluster itself: `@pulumi/eks` with every default of its own decided here. It makes the cluster's role, the access
 * entries, and Auto Mode's node role; add-ons and nodes are made one by one, in the order that they need.
 */
export function makeControlPlane(parts: ControlPlaneParts): eks.Cluster {
    const { name, args, clusterName, network, secretsKey, parent, dependsOn } = parts;
    const publicCidrs = args.apiServer.allowFromAnywhere ? ["0.0.0.0/0"] : (args.apiServer.allowFrom ?? []);
    const isPublic = publicCidrs.length > 0;
    const privateAccess = makePrivateAccess(parts);
    return new eks.Cluster(
        name,
        {
            name: clusterName,
            version: mapInput(args.kubernetesVersion, minorOf),
            vpcId: network.vpcId,
            subnetIds: network.privateSubnetIds,
            kubernetesServiceIpAddressRange: args.serviceCidr ?? defaultServiceCidr,
            ipFamily: "ipv4",
            endpointPrivateAccess: true,
            endpointPublicAccess: isPublic,
            publicAccessCidrs: isPublic ? publicCidrs : undefined,
            // EKS' own security group holds the nodes and is enough; those of @pulumi/eks would be open outwards as well.
            skipDefaultSecurityGroups: true,
            clusterSecurityGroup: privateAccess.group,
            authenticationMode: "API",
            accessEntries: accessEntries(args.region, args.access),
            encryptionConfigKeyArn: secretsKey,
            enabledClusterLogTypes: args.logs?.types ?? Object.values(EksLogType),
            upgradePolicy: { supportType: args.extendedSupport ? "EXTENDED" : "STANDARD" },
            deletionProtection: args.deletionProtection ?? true,
            providerCredentialOpts: credentials(args),
            createOidcProvider: false,
            skipDefaultNodeGroup: true,
            createInstanceRole: false,
            bootstrapSelfManagedAddons: false,
            useDefaultVpcCni: true,
            kubeProxyAddonOptions: { enabled: false },
            corednsAddonOptions: { enabled: false },
            autoMode: autoMode(args),
            tags: args.tags,
        },
        {
            parent,
            dependsOn: [...dependsOn, ...privateAccess.rules],
            // Its access entries would inherit it, and nobody could be shut out; the cluster alone gets it by a transform.
            protect: false,
            retainOnDelete: false,
            transforms: [hardenCluster(args)],
        },
    );
}

function autoMode({ autoMode }: EksClusterArgs): eks.ClusterArgs["autoMode"] {
    return (
        autoMode && {
            enabled: true,
            createNodeRole: true,
            computeConfig: { nodePools: autoMode.nodePools ?? Object.values(AutoModeNodePool) },
        }
    );
}

function credentials({ kubeconfig }: EksClusterArgs): eks.ClusterArgs["providerCredentialOpts"] {
    return kubeconfig && { roleArn: kubeconfig.roleArn, profileName: kubeconfig.profile };
}

function accessEntries(region: string, access: EksAccessArgs): NonNullable<eks.ClusterArgs["accessEntries"]> {
    const entries = (kind: string, principals: Record<string, pulumi.Input<string>> = {}, policy: string) =>
        Object.entries(principals).map(
            ([key, principalArn]) => [`${kind}-${key}`, accessEntry(region, principalArn, policy)] as const,
        );
    return Object.fromEntries([
        ["deployer", accessEntry(region, access.deployer, "AmazonEKSClusterAdminPolicy")],
        ...entries("admin", access.admins, "AmazonEKSClusterAdminPolicy"),
        ...entries("viewer", access.viewers, "AmazonEKSViewPolicy"),
    ]);
}

/** https://docs.aws.amazon.com/eks/latest/userguide/access-policy-permissions.html */
function accessEntry(
    region: string,
    principalArn: pulumi.Input<string>,
    policy: string,
): NonNullable<eks.ClusterArgs["accessEntries"]>[string] {
    return {
        principalArn,
        type: "STANDARD",
        accessPolicies: {
            policy: {
                policyArn: `arn:${partitionOf(region)}:eks::aws:cluster-access-policy/${policy}`,
                accessScope: { type: "cluster" },
            },
        },
    };
}

/** The way to the private endpoint. */
interface PrivateAccess {
    readonly group?: ec2.SecurityGroup;
    /** Open as long as there is a cluster, so that the last object in it can still be deleted. */
    readonly rules: pulumi.Resource[];
}

/** Lets the given networks reach the private endpoint, which else only the cluster's nodes do. */
function makePrivateAccess({ name, args, network, parent }: ControlPlaneParts): PrivateAccess {
    const from = args.apiServer.privateFrom ?? [];
    if (from.length === 0) {
        return { rules: [] };
    }
    const group = new ec2.SecurityGroup(
        `${name}-api-server`,
        {
            vpcId: network.vpcId,
            description: `Private endpoint of the API server of ${name}`,
            tags: named(`${name}-api-server`, args.tags),
        },
        childOptions(parent),
    );
    const rules = from.map((cidr, index) => {
        // By its addresses, so that a changed order of the list changes nothing.
        const suffix = typeof cidr === "string" ? cidr.replace(/[./]/g, "-") : index;
        return new vpc.SecurityGroupIngressRule(
            `${name}-api-server-${suffix}`,
            {
                securityGroupId: group.id,
                description: "Private way to the API server",
                cidrIpv4: cidr,
                ipProtocol: "tcp",
                fromPort: 443,
                toPort: 443,
                tags: args.tags,
            },
            childOptions(parent),
        );
    });
    return { group, rules };
}
