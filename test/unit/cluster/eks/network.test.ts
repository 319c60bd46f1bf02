import assert from "node:assert/strict";
import { EksController, type EksVpcArgs, FlowLogs, NatGateways, PodIdentity } from "../../../../components/aws";
import { record, rejects } from "../../support/mocks";
import { documentOf, type EksRecording, minimal, recordEks, withAwsCli } from "./support";

const zones = ["eu-central-1a", "eu-central-1b", "eu-central-1c"];
const withVpc = (vpc: Partial<EksVpcArgs>): Promise<EksRecording> => recordEks({ vpc: { zones, ...vpc } });

/** Name and one input of every resource of a type. */
function pick(recording: EksRecording, type: string, ...inputs: string[]): unknown[][] {
    return recording
        .ofType(type)
        .map((resource) => [resource.name, ...inputs.map((key) => resource.inputs[key] as unknown)]);
}

describe("EksCluster's VPC", () => {
    withAwsCli();

    it("has a private subnet for pods and a public one for load balancers in each zone, marked as such", async () => {
        const recording = await withVpc({});
        assert.deepEqual(pick(recording, "aws:ec2/subnet:Subnet", "cidrBlock", "availabilityZone"), [
            ["prod-public-a", "10.0.224.0/22", "eu-central-1a"],
            ["prod-public-b", "10.0.228.0/22", "eu-central-1b"],
            ["prod-public-c", "10.0.232.0/22", "eu-central-1c"],
            ["prod-private-a", "10.0.0.0/19", "eu-central-1a"],
            ["prod-private-b", "10.0.32.0/19", "eu-central-1b"],
            ["prod-private-c", "10.0.64.0/19", "eu-central-1c"],
        ]);
        for (const { name, inputs } of recording.ofType("aws:ec2/subnet:Subnet")) {
            const mark = name.includes("public") ? "elb" : "internal-elb";
            assert.deepEqual(inputs.tags, { Name: name, [`kubernetes.io/role/${mark}`]: "1" });
            assert.equal(inputs.mapPublicIpOnLaunch, false);
        }
        const vpc = recording.only("aws:ec2/vpc:Vpc").inputs;
        assert.deepEqual([vpc.cidrBlock, vpc.enableDnsSupport, vpc.enableDnsHostnames], ["10.0.0.0/16", true, true]);
    });

    it("has subnets that share no address, lie in the VPC, and stay where they are when a zone is added", async () => {
        const two = pick(
            await withVpc({ cidr: "10.8.0.0/21", zones: zones.slice(0, 2) }),
            "aws:ec2/subnet:Subnet",
            "cidrBlock",
        );
        const six = pick(
            await withVpc({ cidr: "10.8.0.0/21", zones: [..."abcdef"].map((letter) => `eu-central-1${letter}`) }),
            ...(["aws:ec2/subnet:Subnet", "cidrBlock"] as const),
        );
        assert.deepEqual(
            six.filter(([name]) => two.some(([known]) => known === name)),
            two,
        );
        const ranges = six.map(([, cidr]) => {
            const [address, prefix] = String(cidr).split("/");
            const start = address!.split(".").reduce((sum, octet) => sum * 256 + Number(octet), 0);
            return { start, end: start + 2 ** (32 - Number(prefix)) };
        });
        ranges.sort((a, b) => a.start - b.start);
        ranges.slice(1).forEach(({ start }, index) => assert.ok(start >= ranges[index]!.end));
        const base = 10 * 2 ** 24 + 8 * 2 ** 16;
        assert.ok(ranges[0]!.start >= base && ranges.at(-1)!.end <= base + 2 ** 11);
    });

    it("has a NAT gateway per zone, one for all, or none, with a private route to it in every zone", async () => {
        const routes = async (natGateways?: NatGateways): Promise<unknown[][]> => {
            const interfaceEndpoints = ["ec2", "ecr.api", "ecr.dkr", "eks", "eks-auth", "sts"];
            const recording = await withVpc({ natGateways, interfaceEndpoints });
            return pick(recording, "aws:ec2/route:Route", "natGatewayId", "gatewayId").slice(1);
        };
        const to = (...letters: string[]): unknown[][] =>
            letters.map((letter, index) => [`prod-private-${"abc"[index]!}`, `prod-nat-${letter}-id`, undefined]);
        assert.deepEqual(await routes(), to("a", "b", "c"));
        assert.deepEqual(await routes(NatGateways.PerZone), to("a", "b", "c"));
        assert.deepEqual(await routes(NatGateways.Single), to("a", "a", "a"));
        assert.deepEqual(await routes(NatGateways.None), []);
        const single = await withVpc({ natGateways: NatGateways.Single });
        assert.deepEqual(pick(single, "aws:ec2/natGateway:NatGateway", "subnetId", "allocationId"), [
            ["prod-nat-a", "prod-public-a-id", "prod-nat-a-id"],
        ]);
    });

    it("lets nothing be in its default security group by accident, and opens no other to the world", async () => {
        const recording = await recordEks({
            vpc: { zones, interfaceEndpoints: ["sts", "ecr.api"] },
            apiServer: { privateFrom: ["192.168.0.0/24"], allowFrom: ["203.0.113.0/24"] },
        });
        const { ingress, egress } = recording.only("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup").inputs;
        assert.deepEqual([ingress, egress], [[], []]);
        const groups = recording.ofType("aws:ec2/securityGroup:SecurityGroup");
        assert.equal(groups.length, 2);
        const open = JSON.stringify([
            ...groups.map(({ inputs }) => inputs),
            ...recording
                .ofType("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")
                .map(({ inputs }) => inputs),
        ]);
        assert.doesNotMatch(open, /0\.0\.0\.0\/0|::\/0/);
        const endpoints = recording.only("aws:ec2/securityGroup:SecurityGroup", "prod-endpoints").inputs;
        assert.deepEqual(endpoints.ingress[0].cidrBlocks, ["10.0.0.0/16"]);
    });

    it("reaches S3 without leaving AWS, and other services where they are named", async () => {
        const recording = await withVpc({ interfaceEndpoints: ["ecr.api"] });
        assert.deepEqual(pick(recording, "aws:ec2/vpcEndpoint:VpcEndpoint", "serviceName", "vpcEndpointType"), [
            ["prod-s3", "com.amazonaws.eu-central-1.s3", "Gateway"],
            ["prod-ecr-api", "com.amazonaws.eu-central-1.ecr.api", "Interface"],
        ]);
        const s3 = recording.only("aws:ec2/vpcEndpoint:VpcEndpoint", "prod-s3").inputs;
        assert.deepEqual(
            s3.routeTableIds,
            ["a", "b", "c"].map((letter) => `prod-private-${letter}-id`),
        );
        assert.equal(recording.only("aws:ec2/vpcEndpoint:VpcEndpoint", "prod-ecr-api").inputs.privateDnsEnabled, true);
    });

    it("logs refused connections, all, or none", async () => {
        const traffic = async (flowLogs?: FlowLogs): Promise<unknown[]> =>
            (await withVpc({ flowLogs }))
                .ofType("aws:ec2/flowLog:FlowLog")
                .map(({ inputs }) => inputs.trafficType as unknown);
        assert.deepEqual(await traffic(), ["REJECT"]);
        assert.deepEqual(await traffic(FlowLogs.All), ["ALL"]);
        assert.deepEqual(await traffic(FlowLogs.Off), []);
    });

    it("that is given is used as it is: nothing is made in it, and its subnets' addresses are looked up", async () => {
        const recording = await recordEks({
            vpc: undefined,
            existingVpc: { vpcId: "vpc-1", privateSubnetIds: ["subnet-1", "subnet-2"] },
        });
        const own = recording.resources.filter(
            ({ type }) => type.startsWith("aws:ec2/") && !type.includes("launchTemplate"),
        );
        assert.deepEqual(own, []);
        const { inputs } = recording.only("eks:index:Cluster");
        assert.deepEqual([inputs.vpcId, inputs.subnetIds], ["vpc-1", ["subnet-1", "subnet-2"]]);
        assert.deepEqual(recording.only("eks:index:ManagedNodeGroup").inputs.subnetIds, ["subnet-1", "subnet-2"]);
    });
});

describe("EksCluster's key and logs", () => {
    withAwsCli();

    it("are the cluster's own: a key that rotates, which CloudWatch may use for this cluster's logs only", async () => {
        const recording = await recordEks();
        const { inputs } = recording.only("aws:kms/key:Key");
        assert.deepEqual([inputs.enableKeyRotation, inputs.deletionWindowInDays], [true, 30]);
        const [account, logs] = documentOf(inputs.policy).Statement;
        assert.deepEqual(account!.Principal, { AWS: "arn:aws:iam::123456789012:root" });
        assert.deepEqual(logs!.Principal, { Service: "logs.eu-central-1.amazonaws.com" });
        assert.deepEqual(logs!.Condition, {
            ArnLike: {
                "kms:EncryptionContext:aws:logs:arn":
                    "arn:aws:logs:eu-central-1:123456789012:log-group:/aws/eks/prod-abababab/*",
            },
        });
        assert.deepEqual(pick(recording, "aws:cloudwatch/logGroup:LogGroup", "name", "retentionInDays", "kmsKeyId"), [
            ["prod-logs", "/aws/eks/prod-abababab/cluster", 90, "arn:aws:test:prod-key"],
            ["prod-flow-logs", "/aws/eks/prod-abababab/vpc-flow-logs", 90, "arn:aws:test:prod-key"],
        ]);
        assert.equal(recording.only("aws:kms/alias:Alias").inputs.name, "alias/eks/prod-abababab");
    });

    it("are the given ones", async () => {
        const key = (name: string): string => `arn:aws:kms:eu-central-1:123456789012:key/${name}`;
        const recording = await recordEks({
            secretsKey: key("secrets"),
            logs: { key: key("logs"), retentionDays: 365 },
        });
        assert.equal(recording.ofType("aws:kms/key:Key").length, 0);
        assert.deepEqual(pick(recording, "aws:cloudwatch/logGroup:LogGroup", "retentionInDays", "kmsKeyId"), [
            ["prod-logs", 365, key("logs")],
            ["prod-flow-logs", 365, key("logs")],
        ]);
    });
});

describe("EksCluster's controllers", () => {
    withAwsCli();

    it("have a role each where they are wanted, and none by default", async () => {
        const recording = await recordEks({ controllers: Object.values(EksController) });
        assert.deepEqual(
            pick(recording, "aws:eks/podIdentityAssociation:PodIdentityAssociation", "serviceAccount").slice(2),
            [
                ["prod-load-balancer", "aws-load-balancer-controller"],
                ["prod-autoscaler", "cluster-autoscaler"],
            ],
        );
        assert.equal((await recordEks()).ofType("aws:iam/rolePolicy:RolePolicy").length, 1);
    });

    it("keep their rights until all that they made is taken down, since everything in the cluster goes first", async () => {
        const recording = await recordEks({ controllers: [EksController.LoadBalancer] });
        const { dependencies } = recording.only("pulumi:providers:kubernetes").options;
        assert.ok(dependencies.includes("prod-load-balancer") && dependencies.includes("prod-load-balancer-policy"));
    });

    it("change only what belongs to this cluster", async () => {
        const recording = await recordEks({ controllers: Object.values(EksController) });
        const statements = ["load-balancer", "autoscaler"].flatMap(
            (controller) =>
                documentOf(recording.only("aws:iam/rolePolicy:RolePolicy", `prod-${controller}-policy`).inputs.policy)
                    .Statement,
        );
        const dangerous =
            /Delete(LoadBalancer|TargetGroup|SecurityGroup)|SetDesiredCapacity|TerminateInstance|ModifyLoadBalancer/;
        const changing = statements.filter(({ Action }) => dangerous.test(JSON.stringify(Action)));
        assert.equal(changing.length, 3);
        for (const { Condition } of changing) {
            assert.match(JSON.stringify(Condition), /aws:ResourceTag\/[^"]+":"prod-abababab"/);
        }
        assert.doesNotMatch(JSON.stringify(statements), /"(Action)":"\*"|:\*"\]?,"Resource":"\*"/);
    });
});

describe("PodIdentity", () => {
    const cluster = { clusterName: "prod", clusterArn: "arn:aws:eks:eu-central-1:123456789012:cluster/prod" };
    const args = { cluster, namespace: "reports", serviceAccount: "writer", policy: "{}" };

    it("is a role that only this cluster hands out, to one service account, once it has its rights", async () => {
        const recording = await record(
            () => new PodIdentity("reports", { ...args, policies: { read: "arn:aws:iam::aws:policy/X" } }),
        );
        const [trust] = documentOf(recording.only("aws:iam/role:Role").inputs.assumeRolePolicy).Statement;
        assert.deepEqual(trust, {
            Effect: "Allow",
            Principal: { Service: "pods.eks.amazonaws.com" },
            Action: ["sts:AssumeRole", "sts:TagSession"],
            Condition: { ArnEquals: { "aws:SourceArn": cluster.clusterArn } },
        });
        const { inputs, options } = recording.only("aws:eks/podIdentityAssociation:PodIdentityAssociation");
        assert.deepEqual([inputs.clusterName, inputs.namespace, inputs.serviceAccount], ["prod", "reports", "writer"]);
        assert.ok(["reports-read", "reports-policy"].every((right) => options.dependencies.includes(right)));
    });

    it("lists everything that is wrong at once", async () => {
        const wrong = { cluster, namespace: "Reports", serviceAccount: "a b", policies: { read: "ReadOnly" } };
        await rejects(
            () => new PodIdentity("reports", wrong),
            /^PodIdentity reports: 3 arguments are wrong:\n.*namespace is "Reports".*\n.*serviceAccount is "a b".*\n.*policies.read is "ReadOnly"/,
        );
        await rejects(
            () => new PodIdentity("reports", { cluster, namespace: "reports", serviceAccount: "writer" }),
            'PodIdentity reports: policies is missing, and so is "policy"; say what the pods may do',
        );
    });

    it("takes an EksCluster as it is", async () => {
        const { result } = await recordEks();
        assert.ok(result.clusterName && result.clusterArn);
        assert.equal(minimal.region, "eu-central-1");
    });
});
