import assert from "node:assert/strict";
import * as eks from "@pulumi/eks";
import { AutoModeNodePool, type EksClusterArgs, EksLogType } from "../../../../components/aws";
import { valueOf } from "../../support/mocks";
import { facts, minimal, minimalAuto, recordEks, withAwsCli } from "./support";

const clusterType = "eks:index:Cluster";

/** The inputs of the cluster itself. */
async function clusterInputs(change: Partial<EksClusterArgs> = {}): Promise<Record<string, unknown>> {
    return (await recordEks(change)).only(clusterType).inputs;
}

describe("EksCluster's control plane", () => {
    withAwsCli();

    it("is @pulumi/eks' with every decision made here: nodes, add-ons, security groups and access entries are ours", async () => {
        const policy = {
            policyArn: "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy",
            accessScope: { type: "cluster" },
        };
        const offByDefault = {
            enabled: false,
            // Filled in by @pulumi/eks.
            resolveConflictsOnCreate: "OVERWRITE",
            resolveConflictsOnUpdate: "OVERWRITE",
        };
        assert.deepEqual(await clusterInputs(), {
            name: "prod-abababab",
            version: "1.36",
            vpcId: "prod-vpc-id",
            subnetIds: ["prod-private-a-id", "prod-private-b-id"],
            kubernetesServiceIpAddressRange: "172.20.0.0/16",
            ipFamily: "ipv4",
            endpointPrivateAccess: true,
            endpointPublicAccess: true,
            publicAccessCidrs: ["203.0.113.0/24"],
            skipDefaultSecurityGroups: true,
            authenticationMode: eks.AuthenticationMode.Api,
            accessEntries: {
                deployer: {
                    principalArn: "arn:aws:iam::123456789012:role/deploy",
                    type: eks.AccessEntryType.Standard,
                    accessPolicies: { policy },
                },
            },
            encryptionConfigKeyArn: "arn:aws:test:prod-key",
            enabledClusterLogTypes: ["api", "audit", "authenticator", "controllerManager", "scheduler"],
            upgradePolicy: { supportType: "STANDARD" },
            deletionProtection: true,
            createOidcProvider: false,
            skipDefaultNodeGroup: true,
            createInstanceRole: false,
            bootstrapSelfManagedAddons: false,
            useDefaultVpcCni: true,
            kubeProxyAddonOptions: offByDefault,
            corednsAddonOptions: offByDefault,
        });
    });

    it("lets nobody in for having made it, and leaves a zone in trouble, which @pulumi/eks has no argument for", async () => {
        const made = {
            accessConfig: { authenticationMode: "API", bootstrapClusterCreatorAdminPermissions: true },
            version: "1.36",
        };
        const { transform } = await recordEks();
        assert.deepEqual((await transform("aws:eks/cluster:Cluster", made)).props, {
            accessConfig: { authenticationMode: "API", bootstrapClusterCreatorAdminPermissions: false },
            zonalShiftConfig: { enabled: true },
            version: "1.36",
        });
        assert.deepEqual(await transform("aws:iam/role:Role", { name: "x" }), { props: { name: "x" }, opts: {} });
        const still = await recordEks({ zonalShift: false });
        const { props } = await still.transform("aws:eks/cluster:Cluster", made);
        assert.deepEqual(props.zonalShiftConfig, { enabled: false });
    });

    it("gives administrators and viewers an entry each, by name, and the deployer one", async () => {
        const { accessEntries } = (await clusterInputs({
            access: {
                ...minimal.access,
                admins: { oncall: "arn:aws:iam::123456789012:role/oncall" },
                viewers: { support: "arn:aws:iam::123456789012:role/support" },
            },
        })) as { accessEntries: Record<string, { principalArn: string; accessPolicies: Record<string, unknown> }> };
        const entries = Object.entries(accessEntries).map(([key, { principalArn, accessPolicies }]) => [
            key,
            principalArn.split("/").at(-1),
            (accessPolicies.policy as { policyArn: string }).policyArn.split("/").at(-1),
        ]);
        assert.deepEqual(entries.sort(), [
            ["admin-oncall", "oncall", "AmazonEKSClusterAdminPolicy"],
            ["deployer", "deploy", "AmazonEKSClusterAdminPolicy"],
            ["viewer-support", "support", "AmazonEKSViewPolicy"],
        ]);
    });

    it("has no public endpoint unless addresses are given for it, and none by an empty list", async () => {
        const onlyPrivate = { privateFrom: ["192.168.0.0/24"] };
        for (const apiServer of [onlyPrivate, { ...onlyPrivate, allowFrom: [] }]) {
            const inputs = await clusterInputs({ apiServer });
            assert.equal(inputs.endpointPublicAccess, false);
            assert.equal(inputs.endpointPrivateAccess, true);
            assert.equal(inputs.publicAccessCidrs, undefined);
        }
        const open = await clusterInputs({ apiServer: { allowFromAnywhere: true } });
        assert.deepEqual(open.publicAccessCidrs, ["0.0.0.0/0"]);
    });

    it("is reached at its private endpoint from the declared networks, at port 443 alone", async () => {
        const recording = await recordEks({ apiServer: { privateFrom: ["192.168.0.0/24", "192.168.7.0/24"] } });
        const group = recording.only("aws:ec2/securityGroup:SecurityGroup", "prod-api-server");
        assert.equal(group.inputs.ingress, undefined);
        assert.equal(group.inputs.egress, undefined);
        const rules = recording.ofType("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule");
        assert.deepEqual(
            rules.map(({ name, inputs: { cidrIpv4, ipProtocol, fromPort, toPort, securityGroupId } }) => [
                ...[name, cidrIpv4, ipProtocol, fromPort, toPort, securityGroupId],
            ]),
            ["192.168.0.0/24", "192.168.7.0/24"].map((cidr) => [
                ...[`prod-api-server-${cidr.replace(/[./]/g, "-")}`, cidr, "tcp", 443, 443, "prod-api-server-id"],
            ]),
        );
        const { inputs, options } = recording.only(clusterType);
        assert.ok(inputs.clusterSecurityGroup);
        // As long as there is a cluster, or its last objects could not be deleted.
        assert.ok(rules.every(({ name }) => options.dependencies.includes(name)));
        assert.equal((await clusterInputs()).clusterSecurityGroup, undefined);
    });

    it("is protected in Pulumi too, which the preview of a destroy sees; its other parts are not", async () => {
        const recording = await recordEks();
        const kept = recording.resources.filter(({ options }) => options.protect).map(({ type }) => type);
        assert.deepEqual(kept, []);
        assert.equal((await recording.transform("aws:eks/cluster:Cluster")).opts.protect, true);
        const open = await recordEks({ deletionProtection: false });
        assert.equal(open.only(clusterType).inputs.deletionProtection, false);
        assert.equal((await open.transform("aws:eks/cluster:Cluster")).opts.protect, false);
    });

    it("lets an administrator be taken out of a protected cluster: access entries inherit no protection", async () => {
        const recording = await recordEks();
        // Children of a component have its protection, unless a transform gives them another.
        assert.equal(recording.only(clusterType).options.protect, false);
        const entry = await recording.transform("aws:eks/accessEntry:AccessEntry");
        assert.equal(entry.opts.protect, undefined);
    });

    it("yields the security group that its nodes are in, also where the private endpoint has one of its own", async () => {
        for (const apiServer of [minimal.apiServer, { privateFrom: ["192.168.0.0/24"] }]) {
            const { result } = await recordEks({ apiServer });
            assert.equal(await valueOf(result.securityGroupId), facts.securityGroup);
        }
    });

    it("keeps all else that is asked for", async () => {
        const inputs = await clusterInputs({
            clusterName: "main",
            serviceCidr: "10.200.0.0/20",
            secretsKey: "arn:aws:kms:eu-central-1:123456789012:key/given",
            logs: { types: [EksLogType.Audit] },
            extendedSupport: true,
            kubeconfig: { roleArn: "arn:aws:iam::123456789012:role/deploy", profile: "prod" },
            tags: { team: "platform" },
            kubernetesVersion: "1.36.2",
        });
        assert.equal(inputs.name, "main");
        assert.equal(inputs.version, "1.36");
        assert.equal(inputs.kubernetesServiceIpAddressRange, "10.200.0.0/20");
        assert.equal(inputs.encryptionConfigKeyArn, "arn:aws:kms:eu-central-1:123456789012:key/given");
        assert.deepEqual(inputs.enabledClusterLogTypes, ["audit"]);
        assert.deepEqual(inputs.upgradePolicy, { supportType: "EXTENDED" });
        assert.deepEqual(inputs.providerCredentialOpts, {
            roleArn: "arn:aws:iam::123456789012:role/deploy",
            profileName: "prod",
        });
        assert.deepEqual(inputs.tags, { team: "platform" });
    });

    it("with Auto Mode brings its node pools and leaves add-ons, node groups and identities to AWS", async () => {
        const recording = await recordEks(minimalAuto);
        const { inputs } = recording.only(clusterType);
        assert.deepEqual(inputs.autoMode, {
            enabled: true,
            createNodeRole: true,
            computeConfig: { nodePools: [eks.ClusterNodePools.GeneralPurpose, eks.ClusterNodePools.System] },
        });
        assert.deepEqual((inputs.corednsAddonOptions as { enabled: boolean }).enabled, false);
        const types = ["eks:index:Addon", "eks:index:ManagedNodeGroup", "aws:ec2/launchTemplate:LaunchTemplate"];
        assert.deepEqual(
            [...types, "kubernetes-faas:index:PodIdentity"].flatMap((type) => recording.ofType(type)),
            [],
        );
        const one = await clusterInputs({ ...minimalAuto, autoMode: { nodePools: [AutoModeNodePool.System] } });
        assert.deepEqual((one.autoMode as { computeConfig: unknown }).computeConfig, { nodePools: ["system"] });
        assert.deepEqual(Object.values(AutoModeNodePool).sort(), Object.values(eks.ClusterNodePools).sort());
    });

    it("is made after its log group and the routes of its nodes, so that it goes before them", async () => {
        const { dependencies } = (await recordEks()).only(clusterType).options;
        for (const first of ["prod-logs", "prod-key", "prod-private-a", "prod-public", "prod-s3"]) {
            assert.ok(dependencies.includes(first), first);
        }
    });

    it("of a new version changes the cluster, its nodes and its add-ons, in place, and nothing in the cluster", async () => {
        const old = await recordEks({ kubernetesVersion: "1.35" });
        const bumped = await recordEks();
        const key = ({ type, name }: { type: string; name: string }): string => `${type} ${name}`;
        const before = new Map(old.resources.map((resource) => [key(resource), resource]));
        const changed = bumped.resources.flatMap((resource) => {
            const earlier = before.get(key(resource))!.inputs;
            const fields = Object.keys({ ...earlier, ...resource.inputs }).filter(
                (field) => JSON.stringify(earlier[field]) !== JSON.stringify(resource.inputs[field]),
            );
            return fields.map((field) => `${key(resource)} ${field}`);
        });
        assert.deepEqual(changed.sort(), [
            "eks:index:Addon prod-aws-ebs-csi-driver addonVersion",
            "eks:index:Addon prod-coredns addonVersion",
            "eks:index:Addon prod-eks-pod-identity-agent addonVersion",
            "eks:index:Addon prod-kube-proxy addonVersion",
            "eks:index:Addon prod-vpc-cni addonVersion",
            "eks:index:Cluster prod version",
            "eks:index:ManagedNodeGroup prod-system version",
        ]);
        assert.equal(bumped.resources.length, old.resources.length);
    });

    it("is no other cluster for another version or endpoint: it is identified by its ARN and birth", async () => {
        const { inputs } = (await recordEks()).only("pulumi:providers:kubernetes");
        assert.equal(inputs.clusterIdentifier, `${facts.arn}@${facts.createdAt}`);
    });
});
