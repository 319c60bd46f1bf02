import type * as eks from "@pulumi/eks";
import * as pulumi from "@pulumi/pulumi";
import type { Cluster } from "../../core/contracts";
import { childOptions } from "../../core/deletion";
import { assertValid } from "../../core/errors";
import { random } from "../../core/lazy-modules";
import { after } from "../managed";
import { VersionProvider, warnOfVersion } from "../versions";
import { makeAddons } from "./addons";
import type { EksClusterArgs, EksKubeconfigArgs } from "./args";
import { clusterContract } from "./contract";
import { makeControllerIdentities } from "./controllers";
import { makeControlPlane } from "./control-plane";
import { clusterKeys } from "./encryption";
import { makeObjects } from "./in-cluster";
import { type EksEndpoint, eksKubeconfig } from "./kubeconfig";
import { type LogContext, makeControlPlaneLogs, makeFlowLogs } from "./logs";
import { type ClusterNetwork, givenNetwork, makeNetwork } from "./network";
import { makeNodes } from "./nodes";
import { validateEksCluster } from "./validate";

/**
 * A cluster of Amazon EKS, closed until somebody is let in: private nodes in several zones, an API server with a private
 * endpoint, Secrets and disks encrypted, every log of the control plane kept, NetworkPolicies enforced, no credentials of
 * a node within a pod's reach. With managed node groups, or with EKS Auto Mode.
 *
 * It is made with `@pulumi/eks`, so the machine needs the AWS CLI. What it costs, and how its defaults differ from AWS',
 * is in docs/eks.md.
 *
 * @example
 * ```ts
 * const production = new EksCluster("production", {
 *     region: "eu-central-1",
 *     kubernetesVersion: "1.36",
 *     vpc: { zones: ["eu-central-1a", "eu-central-1b", "eu-central-1c"] },
 *     access: {
 *         deployer: "arn:aws:iam::123456789012:role/deploy",
 *         admins: { oncall: "arn:aws:iam::123456789012:role/oncall" },
 *     },
 *     apiServer: { allowFrom: ["203.0.113.0/24"] },
 *     nodePools: {
 *         system: { machineType: "m7g.large", minNodes: 2, maxNodes: 4 },
 *         functions: {
 *             machineType: "m7g.xlarge",
 *             moreMachineTypes: ["m6g.xlarge", "m8g.xlarge"],
 *             minNodes: 0,
 *             maxNodes: 20,
 *             spot: true,
 *         },
 *     },
 * });
 * const apps = new HardenedNamespace("apps", { cluster: production.cluster });
 * export const kubeconfig = production.kubeconfigFor({ profile: "oncall" });
 * ```
 */
export class EksCluster extends pulumi.ComponentResource {
    /** The cluster, for everything that lives in it: made after its nodes and add-ons, deleted before them. */
    readonly cluster: Cluster;
    /** The cluster's name in AWS. */
    readonly clusterName: pulumi.Output<string>;
    /** The cluster's ARN. */
    readonly clusterArn: pulumi.Output<string>;
    /** The VPC. */
    readonly vpcId: pulumi.Output<string>;
    /** Subnets of nodes and pods: for databases that pods use. */
    readonly privateSubnetIds: pulumi.Output<string[]>;
    /** Subnets of public load balancers; none of a given VPC. */
    readonly publicSubnetIds: pulumi.Output<string[]>;
    /** The security group that every node and pod is in: for rules that let them in elsewhere. */
    readonly securityGroupId: pulumi.Output<string>;
    /** ARN of the KMS key of Secrets. */
    readonly secretsKeyArn: pulumi.Output<string>;

    private readonly endpoint: EksEndpoint;

    /** @throws {@link ArgumentsError} with everything that is wrong. */
    constructor(name: string, args: EksClusterArgs, opts?: pulumi.ComponentResourceOptions) {
        assertValid(`EksCluster ${name}`, validateEksCluster(name, args));
        super("kubernetes-faas:index:EksCluster", name, {}, opts);
        if (!args.allowUnsupportedVersion) {
            warnOfVersion(this, VersionProvider.Eks, args.kubernetesVersion);
        }

        const clusterName = args.clusterName ?? uniqueName(name, this);
        const keys = clusterKeys(name, args, clusterName, this);
        const logs: LogContext = { name, args, clusterName, key: keys.logs, parent: this };
        const controlPlaneLogs = makeControlPlaneLogs(logs);
        const network = this.makeNetwork(name, args, logs);
        const controlPlane = makeControlPlane({
            ...{ name, args, clusterName, network, secretsKey: keys.secrets, parent: this },
            dependsOn: [controlPlaneLogs, ...network.ready],
        });

        this.clusterName = controlPlane.eksCluster.name;
        this.clusterArn = controlPlane.eksCluster.arn;
        const lastParts = this.makeParts(name, args, network, controlPlane);

        this.endpoint = endpointOf(args, controlPlane);
        this.cluster = clusterContract(name, args, {
            kubeconfig: after(lastParts, eksKubeconfig(this.endpoint, args.kubeconfig)),
            clusterIdentifier: identifierOf(controlPlane),
            issuer: issuerOf(controlPlane),
            privateCidrs: network.privateCidrs,
        });
        makeObjects(name, args, this.cluster, this);

        this.vpcId = pulumi.output(network.vpcId);
        this.privateSubnetIds = pulumi.output(network.privateSubnetIds);
        this.publicSubnetIds = pulumi.output(network.publicSubnetIds);
        this.securityGroupId = nodeSecurityGroupOf(controlPlane);
        this.secretsKeyArn = pulumi.output(keys.secrets);
        this.registerOutputs({
            cluster: this.cluster,
            clusterName: this.clusterName,
            clusterArn: this.clusterArn,
            vpcId: this.vpcId,
            privateSubnetIds: this.privateSubnetIds,
            publicSubnetIds: this.publicSubnetIds,
            securityGroupId: this.securityGroupId,
            secretsKeyArn: this.secretsKeyArn,
        });
    }

    /**
     * A kubeconfig for a person or another machine. It holds no credentials: the AWS CLI yields them to whoever is let in
     * by `access`. Secret all the same.
     */
    kubeconfigFor(logIn: EksKubeconfigArgs = {}): pulumi.Output<string> {
        return eksKubeconfig(this.endpoint, logIn);
    }

    private makeNetwork(name: string, args: EksClusterArgs, logs: LogContext): ClusterNetwork {
        if (args.vpc === undefined) {
            return givenNetwork(args, this);
        }
        const network = makeNetwork(name, args, this);
        makeFlowLogs(logs, network.vpcId);
        return network;
    }

    /** Add-ons, nodes and further add-ons, in the order that they need; what is last in it. */
    private makeParts(
        name: string,
        args: EksClusterArgs,
        network: ClusterNetwork,
        controlPlane: eks.Cluster,
    ): pulumi.Resource[] {
        const addonParts = { name, args, controlPlane, identity: this, parent: this };
        const networkAddons = makeAddons(addonParts, false, []);
        const nodes = makeNodes({ name, args, network, controlPlane, dependsOn: networkAddons, parent: this });
        const nodeAddons = makeAddons(addonParts, true, nodes);
        return [...nodes, ...nodeAddons, ...makeControllerIdentities(name, args, this, this)];
    }
}

/** A name that no earlier cluster had: what AWS still writes of that one would be in the way. */
function uniqueName(name: string, parent: pulumi.Resource): pulumi.Output<string> {
    const suffix = new random.RandomId(`${name}-suffix`, { byteLength: 4 }, childOptions(parent));
    return pulumi.interpolate`${name}-${suffix.hex}`;
}

function endpointOf({ region }: EksClusterArgs, { eksCluster }: eks.Cluster): EksEndpoint {
    return {
        region,
        clusterName: eksCluster.name,
        endpoint: eksCluster.endpoint,
        certificateAuthorityData: eksCluster.certificateAuthority.data,
    };
}

/** Of all that a cluster has, only these neither change in place nor come again. */
function identifierOf({ eksCluster }: eks.Cluster): pulumi.Output<string> {
    return pulumi.interpolate`${eksCluster.arn}@${eksCluster.createdAt}`;
}

/** EKS' own group. (`clusterSecurityGroupId` of @pulumi/eks is that of `privateFrom`, where there is one.) */
function nodeSecurityGroupOf({ eksCluster }: eks.Cluster): pulumi.Output<string> {
    return eksCluster.vpcConfig.apply(({ clusterSecurityGroupId }) => clusterSecurityGroupId);
}

function issuerOf({ eksCluster }: eks.Cluster): pulumi.Output<string> {
    return eksCluster.identities.apply((identities) => identities[0]!.oidcs[0]!.issuer);
}
