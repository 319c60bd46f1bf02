import assert from "node:assert/strict";
import { type EksClusterArgs, EksController, EksNodeSystem, VolumeReclaim } from "../../../../components/aws";
import { AmiType } from "@pulumi/eks/types/enums";
import { TaintEffect } from "../../../../components";
import { minimal, minimalAuto, recordEks, withAwsCli } from "./support";

const groupType = "eks:index:ManagedNodeGroup";
const templateType = "aws:ec2/launchTemplate:LaunchTemplate";
const pool = { machineType: "m7i.large", minNodes: 1, maxNodes: 3 };
const spot = { ...pool, spot: true, moreMachineTypes: ["m6i.large"] };

const withPools = (nodePools: EksClusterArgs["nodePools"]): Partial<EksClusterArgs> => ({ nodePools });

describe("EksCluster's nodes", () => {
    withAwsCli();

    it("are a managed node group per pool, at the cluster's version, with a number that the autoscaler owns", async () => {
        const { cluster: _, ...inputs } = (await recordEks()).only(groupType).inputs;
        assert.deepEqual(inputs, {
            nodeRoleArn: "arn:aws:test:prod-node",
            subnetIds: ["prod-private-a-id", "prod-private-b-id"],
            version: "1.36",
            amiType: AmiType.AL2023X86_64Standard,
            instanceTypes: ["m7i.large"],
            capacityType: "ON_DEMAND",
            scalingConfig: { minSize: 2, maxSize: 4, desiredSize: 2 },
            ignoreScalingChanges: true,
            taints: [],
            launchTemplate: { id: "prod-system-id", version: "7" },
            tags: { Name: "prod-system" },
        });
    });

    it("give their credentials to no pod, and write encrypted disks only", async () => {
        const recording = await recordEks(
            withPools({ system: pool, rocket: { ...pool, system: EksNodeSystem.Bottlerocket, diskSizeGib: 60 } }),
        );
        const encrypted = { encrypted: "true", volumeType: "gp3", deleteOnTermination: "true" };
        const [system, rocket] = recording.ofType(templateType).map(({ inputs }) => inputs);
        for (const { metadataOptions } of [system!, rocket!]) {
            assert.deepEqual(metadataOptions, {
                httpEndpoint: "enabled",
                httpTokens: "required",
                httpPutResponseHopLimit: 1,
                instanceMetadataTags: "disabled",
            });
        }
        assert.deepEqual(system!.blockDeviceMappings, [
            { deviceName: "/dev/xvda", ebs: { ...encrypted, volumeSize: 100 } },
        ]);
        assert.deepEqual(rocket!.blockDeviceMappings, [
            { deviceName: "/dev/xvda", ebs: encrypted },
            { deviceName: "/dev/xvdb", ebs: { ...encrypted, volumeSize: 60 } },
        ]);
    });

    it("are replaced when they are sick, and a third at a time, which @pulumi/eks has no argument for", async () => {
        const { transform } = await recordEks();
        assert.deepEqual((await transform("aws:eks/nodeGroup:NodeGroup", { version: "1.36" })).props, {
            version: "1.36",
            nodeRepairConfig: { enabled: true },
            updateConfig: { maxUnavailablePercentage: 33 },
        });
    });

    it("run the image of their processor and system", async () => {
        for (const [machineType, system, image] of [
            ["m7g.large", EksNodeSystem.AmazonLinux, AmiType.AL2023Arm64Standard],
            ["is4gen.large", EksNodeSystem.Bottlerocket, AmiType.BottlerocketArm64],
            ["a1.large", undefined, AmiType.AL2023Arm64Standard],
            ["g4dn.xlarge", undefined, AmiType.AL2023X86_64Standard],
            ["m7i-flex.large", EksNodeSystem.Bottlerocket, AmiType.BottlerocketX86_64],
        ] as const) {
            const recording = await recordEks(withPools({ system: { ...pool, machineType, system } }));
            assert.equal(recording.only(groupType).inputs.amiType, image, machineType);
        }
    });

    it("of a spot pool are of several types and keep other pods away", async () => {
        const recording = await recordEks(withPools({ system: pool, burst: spot }));
        const { inputs } = recording.only(groupType, "prod-burst");
        assert.equal(inputs.capacityType, "SPOT");
        assert.deepEqual(inputs.instanceTypes, ["m7i.large", "m6i.large"]);
        assert.deepEqual(inputs.taints, [{ key: "kubernetes-faas/spot", value: "true", effect: "NO_SCHEDULE" }]);
    });

    it("have the labels, taints, zones and disks that are asked for", async () => {
        const recording = await recordEks(
            withPools({
                system: pool,
                batch: {
                    ...pool,
                    zones: ["eu-central-1b"],
                    labels: { work: "batch" },
                    taints: [
                        { key: "work", value: "batch", effect: TaintEffect.NoExecute },
                        { key: "soft", effect: TaintEffect.PreferNoSchedule },
                    ],
                    diskSizeGib: 200,
                },
            }),
        );
        const { inputs } = recording.only(groupType, "prod-batch");
        assert.deepEqual(inputs.subnetIds, ["prod-private-b-id"]);
        assert.deepEqual(inputs.labels, { work: "batch" });
        assert.deepEqual(inputs.taints, [
            { key: "work", value: "batch", effect: "NO_EXECUTE" },
            { key: "soft", effect: "PREFER_NO_SCHEDULE" },
        ]);
        assert.equal(recording.only(templateType, "prod-batch").inputs.blockDeviceMappings[0].ebs.volumeSize, 200);
    });

    it("may join and pull images, and nothing else in the account", async () => {
        const recording = await recordEks(withPools({ system: pool, more: pool }));
        const rights = recording
            .ofType("aws:iam/rolePolicyAttachment:RolePolicyAttachment")
            .filter(({ inputs }) => inputs.role === "prod-node")
            .map(({ inputs }) => inputs.policyArn as string);
        assert.deepEqual(rights, [
            "arn:aws:iam::aws:policy/AmazonEKSWorkerNodePolicy",
            "arn:aws:iam::aws:policy/AmazonEC2ContainerRegistryPullOnly",
        ]);
        const inline = recording
            .ofType("aws:iam/rolePolicy:RolePolicy")
            .filter(({ inputs }) => inputs.role === "prod-node");
        assert.deepEqual(inline, []);
        assert.match(
            recording.only("aws:iam/role:Role", "prod-node").inputs.assumeRolePolicy as string,
            /"ec2\.amazonaws\.com"/,
        );
    });

    it("and all other parts have room for the longest name that is taken", async () => {
        const name = "p".repeat(37);
        const recording = await recordEks({ controllers: Object.values(EksController) }, name);
        const suffix = "-1a2b3c4".length;
        for (const { name: role } of recording.ofType("aws:iam/role:Role")) {
            assert.ok(role.length + suffix <= 64, role);
        }
        assert.equal(recording.ofType("aws:iam/role:Role").length, 6);
    });

    it("come after the network, their rights and the add-ons of the network, and go before", async () => {
        const { dependencies } = (await recordEks()).only(groupType).options;
        for (const first of [
            ...["prod-node-node", "prod-node-images", "prod-private-a", "prod-private-b", "prod-s3"],
            ...["prod-vpc-cni", "prod-kube-proxy", "prod-eks-pod-identity-agent", "prod"],
        ]) {
            assert.ok(dependencies.includes(first), first);
        }
    });
});

describe("EksCluster's add-ons", () => {
    withAwsCli();

    it("enforce NetworkPolicies and make no class of volumes of their own, at the versions that EKS recommends", async () => {
        const recording = await recordEks();
        const addons = recording.ofType("eks:index:Addon").map(({ inputs: { cluster: _, ...inputs } }) => inputs);
        const common = (addonName: string): object => ({
            addonName,
            addonVersion: `v1.0.0-eksbuild.1 of ${addonName} for 1.36`,
            resolveConflictsOnCreate: "OVERWRITE",
            resolveConflictsOnUpdate: "OVERWRITE",
        });
        assert.deepEqual(
            addons.sort((a, b) => String(a.addonName).localeCompare(String(b.addonName))),
            [
                {
                    ...common("aws-ebs-csi-driver"),
                    configurationValues: { defaultStorageClass: { enabled: false } },
                },
                common("coredns"),
                common("eks-pod-identity-agent"),
                common("kube-proxy"),
                { ...common("vpc-cni"), configurationValues: { enableNetworkPolicy: "true" } },
            ],
        );
        const asked = recording.calls.filter(({ token }) => token.includes("getAddonVersion"));
        // Not the newest one, which changes at any time.
        assert.ok(asked.every(({ inputs }) => inputs.mostRecent === undefined));
    });

    it("stay at a version that is given", async () => {
        const recording = await recordEks({ addonVersions: { coredns: "v1.12.1-eksbuild.2" } });
        assert.equal(recording.only("eks:index:Addon", "prod-coredns").inputs.addonVersion, "v1.12.1-eksbuild.2");
        assert.equal(recording.calls.filter(({ inputs }) => inputs.addonName === "coredns").length, 0);
    });

    it("that are Deployments come after the nodes, without which they would never be ready", async () => {
        const recording = await recordEks();
        for (const [addon, after] of [
            ["coredns", true],
            ["aws-ebs-csi-driver", true],
            ["vpc-cni", false],
            ["kube-proxy", false],
            ["eks-pod-identity-agent", false],
        ] as const) {
            const { dependencies } = recording.only("eks:index:Addon", `prod-${addon}`).options;
            assert.equal(dependencies.includes("prod-system"), after, addon);
        }
    });

    it("that act in the account have a role each by Pod Identity, before they start", async () => {
        const recording = await recordEks();
        const rights = recording
            .ofType("aws:eks/podIdentityAssociation:PodIdentityAssociation")
            .map(({ name, inputs }) => [
                ...[inputs.clusterName, inputs.namespace, inputs.serviceAccount, inputs.roleArn],
                recording.only("aws:iam/rolePolicyAttachment:RolePolicyAttachment", `${name}-policy`).inputs.policyArn,
            ]);
        const cluster = "prod-abababab";
        assert.deepEqual(rights.sort(), [
            [
                ...[cluster, "kube-system", "aws-node", "arn:aws:test:prod-vpc-cni"],
                "arn:aws:iam::aws:policy/AmazonEKS_CNI_Policy",
            ],
            [
                ...[cluster, "kube-system", "ebs-csi-controller-sa", "arn:aws:test:prod-aws-ebs-csi-driver"],
                "arn:aws:iam::aws:policy/AmazonEBSCSIDriverPolicyV2",
            ],
        ]);
        const { dependencies } = recording.only("eks:index:Addon", "prod-vpc-cni").options;
        assert.ok(dependencies.includes("prod-vpc-cni"));
    });
});

describe("EksCluster's class of volumes", () => {
    withAwsCli();
    const type = "kubernetes:storage.k8s.io/v1:StorageClass";

    it("is gp3, encrypted, made where the pod is, able to grow, and the default", async () => {
        const { inputs, provider } = (await recordEks()).only(type);
        assert.equal(provider, "prod");
        assert.deepEqual(
            { ...inputs, metadata: undefined },
            {
                apiVersion: "storage.k8s.io/v1",
                kind: "StorageClass",
                metadata: undefined,
                provisioner: "ebs.csi.aws.com",
                volumeBindingMode: "WaitForFirstConsumer",
                allowVolumeExpansion: true,
                reclaimPolicy: "Delete",
                parameters: { type: "gp3", encrypted: "true" },
            },
        );
        assert.equal(inputs.metadata.name, "gp3");
        assert.equal(inputs.metadata.annotations["storageclass.kubernetes.io/is-default-class"], "true");
    });

    it("has the name, the reclaim policy and the rank that are asked for, and Auto Mode's provisioner", async () => {
        const recording = await recordEks({
            ...minimalAuto,
            storageClass: { name: "kept", reclaimPolicy: VolumeReclaim.Retain, isDefault: false },
        });
        const { inputs } = recording.only(type);
        assert.equal(inputs.metadata.name, "kept");
        assert.equal(inputs.metadata.annotations["storageclass.kubernetes.io/is-default-class"], "false");
        assert.equal(inputs.reclaimPolicy, "Retain");
        assert.equal(inputs.provisioner, "ebs.csi.eks.amazonaws.com");
    });

    it("comes after the nodes and the volumes' controller, and goes before them, as does all else in the cluster", async () => {
        const { dependencies } = (await recordEks()).only("pulumi:providers:kubernetes").options;
        for (const first of ["prod-system", "prod-aws-ebs-csi-driver", "prod-coredns", "prod"]) {
            assert.ok(dependencies.includes(first), first);
        }
    });
});

describe("EKS Auto Mode", () => {
    withAwsCli();

    it("is told to enforce NetworkPolicies, which it does not by itself", async () => {
        const { inputs } = (await recordEks(minimalAuto)).only("kubernetes:core/v1:ConfigMap");
        assert.equal(inputs.metadata.name, "amazon-vpc-cni");
        assert.equal(inputs.metadata.namespace, "kube-system");
        assert.deepEqual(inputs.data, { "enable-network-policy-controller": "true" });
        assert.equal((await recordEks({ ...minimal })).ofType("kubernetes:core/v1:ConfigMap").length, 0);
    });
});
