import assert from "node:assert/strict";
import {
    AutoModeNodePool,
    EksCluster,
    EksController,
    NatGateways,
    validateEksCluster,
} from "../../../../components/aws";
import { TaintEffect } from "../../../../components";
import { rejects } from "../../support/mocks";
import { minimal, minimalAuto, today, withAwsCli } from "./support";

const faultsOf = (change: Record<string, unknown>, name = "prod"): string[] =>
    validateEksCluster(name, { ...minimal, ...change }, today).map(
        ({ propertyPath, reason }) => `${propertyPath} ${reason}`,
    );

/** Asserts that these arguments have exactly one fault, which matches. */
const one = (change: Record<string, unknown>, wanted: RegExp): void => {
    const faults = faultsOf(change);
    assert.equal(faults.length, 1, faults.join("\n"));
    assert.match(faults[0]!, wanted);
};

const pool = { machineType: "m7i.large", minNodes: 1, maxNodes: 3 };
const spot = { ...pool, spot: true, moreMachineTypes: ["m6i.large"] };
const role = (name: string): string => `arn:aws:iam::123456789012:role/${name}`;

describe("validateEksCluster", () => {
    withAwsCli();

    it("finds nothing wrong with the least arguments, of both kinds", () => {
        assert.deepEqual(faultsOf({}), []);
        assert.deepEqual(faultsOf({ ...minimalAuto, nodePools: undefined }), []);
    });

    it("takes versions that EKS runs on that day, and says which they are", () => {
        one({ kubernetesVersion: "1.30" }, /^kubernetesVersion is 1\.30, which .* does not run any more.*1\.36/);
        assert.deepEqual(faultsOf({ kubernetesVersion: "1.30", allowUnsupportedVersion: true }), []);
    });

    it("wants a way in, and says so of addresses that everybody has", () => {
        one({ apiServer: {} }, /^apiServer leaves no way in/);
        one(
            { apiServer: { allowFrom: ["0.0.0.0/0"] } },
            /^apiServer\.allowFrom\[0\] is "0\.0\.0\.0\/0", every address/,
        );
        one({ apiServer: { allowFrom: ["2001:db8::/32"] } }, /IPv4 addresses only/);
        const many = Array.from({ length: 41 }, (_, index) => `203.0.113.${index}/32`);
        one({ apiServer: { allowFrom: many } }, /^apiServer\.allowFrom has 41 blocks; EKS takes 40 at most/);
    });

    it("wants one VPC, in two zones of the region at least", () => {
        one({ vpc: undefined }, /^vpc is missing; give one of "vpc" and "existingVpc"/);
        one({ vpc: { zones: ["eu-central-1a"] } }, /^vpc\.zones has 1 zone; EKS needs two/);
        one(
            { vpc: { zones: ["eu-central-1a", "eu-west-1b"] } },
            /^vpc\.zones\[1\] is "eu-west-1b", which is not a zone/,
        );
        one(
            { vpc: { zones: ["eu-central-1a", "eu-central-1b", "eu-central-1a"] } },
            /^vpc\.zones\[2\] is .* like zones\[0\]/,
        );
        one(
            { vpc: undefined, existingVpc: { vpcId: "vpc-1", privateSubnetIds: ["subnet-1"] } },
            /^existingVpc\.privateSubnetIds has 1 subnet; EKS needs two/,
        );
    });

    it("wants blocks of addresses of the right size that do not overlap", () => {
        const { zones } = minimal.vpc!;
        one(
            { vpc: { zones, cidr: "10.0.0.0/24" } },
            /^vpc\.cidr is "10\.0\.0\.0\/24", a \/24; give one between \/16 and \/21/,
        );
        one({ vpc: { zones, cidr: "172.20.0.0/16" } }, /^serviceCidr .*overlaps "172\.20\.0\.0\/16" of vpc\.cidr/);
        one({ serviceCidr: "10.0.128.0/20" }, /^serviceCidr is "10\.0\.128\.0\/20", which overlaps "10\.0\.0\.0\/16"/);
        one({ serviceCidr: "100.64.0.0/16" }, /^serviceCidr is "100\.64\.0\.0\/16"; EKS takes a part of/);
        one({ serviceCidr: "10.200.0.0/28" }, /a \/28; give one between \/12 and \/24/);
        one(
            { apiServer: { privateFrom: ["172.20.1.0/24"] } },
            /^apiServer\.privateFrom\[0\] .*overlaps "172\.20\.0\.0\/16"/,
        );
    });

    it("wants a way out for nodes", () => {
        const { zones } = minimal.vpc!;
        one(
            { vpc: { zones, natGateways: NatGateways.None } },
            /^vpc\.natGateways is "none", and "interfaceEndpoints" lacks ec2, ecr\.api, ecr\.dkr, eks, eks-auth, sts:/,
        );
        const some = ["ec2", "ecr.api", "ecr.dkr", "eks"];
        one(
            { vpc: { zones, natGateways: NatGateways.None, interfaceEndpoints: some } },
            /^vpc\.natGateways is "none", and "interfaceEndpoints" lacks eks-auth, sts:/,
        );
        const all = [...some, "eks-auth", "sts"];
        assert.deepEqual(faultsOf({ vpc: { zones, natGateways: NatGateways.None, interfaceEndpoints: all } }), []);
    });

    it("makes the free way to S3 itself", () => {
        const { zones } = minimal.vpc!;
        one(
            { vpc: { zones, interfaceEndpoints: ["sts", "s3"] } },
            /^vpc\.interfaceEndpoints has "s3", which is always/,
        );
    });

    it("wants node groups or Auto Mode, and of Auto Mode nothing that it has by itself", () => {
        one({ nodePools: undefined }, /^nodePools is missing; give one of "nodePools" and "autoMode"/);
        one({ autoMode: {} }, /^autoMode can't go together with "nodePools"/);
        const auto = { nodePools: undefined, autoMode: { nodePools: [AutoModeNodePool.System] } };
        one({ ...auto, controllers: [EksController.Autoscaler] }, /^controllers can't go together with "autoMode"/);
        one(
            { ...auto, addonVersions: { coredns: "v1.12.1-eksbuild.2" } },
            /^addonVersions can't go together with "autoMode"/,
        );
        one({ ...auto, autoMode: { nodePools: ["gpu"] } }, /^autoMode\.nodePools\[0\] is "gpu"/);
    });

    it("wants nodes that last for the cluster's own parts", () => {
        one({ nodePools: { burst: spot } }, /^nodePools has spot pools only/);
        const tainted = { ...pool, taints: [{ key: "gpu", effect: TaintEffect.NoSchedule }] };
        one({ nodePools: { gpu: tainted, burst: spot } }, /^nodePools has taints in every pool without spot/);
        const empty = { ...pool, minNodes: 0 };
        one(
            { nodePools: { system: empty, gpu: tainted, burst: spot } },
            /^nodePools has minNodes 0 in every pool without spot and taints/,
        );
        assert.deepEqual(faultsOf({ nodePools: { system: pool, more: empty } }), []);
    });

    it("wants machines that there can be, several types of one processor for spot, and names that are free", () => {
        const of = (change: object): Record<string, unknown> => ({
            nodePools: { system: pool, more: { ...pool, ...change } },
        });
        one(of({ machineType: "large" }), /^nodePools\.more\.machineType is "large"/);
        one(
            of({ moreMachineTypes: ["m7g.large"] }),
            /^nodePools\.more\.moreMachineTypes\[0\] is "m7g\.large", of another processor/,
        );
        one(of({ spot: true }), /^nodePools\.more\.moreMachineTypes is empty in a spot pool/);
        one(
            of({ zones: ["eu-central-1c"] }),
            /^nodePools\.more\.zones\[0\] is "eu-central-1c", which is not known here/,
        );
        one(
            of({ zones: ["us-east-1a"] }),
            /^nodePools\.more\.zones\[0\] is "us-east-1a", which is not a zone of the region/,
        );
        one(of({ labels: { "eks.amazonaws.com/x": "y" } }), /which EKS keeps to itself/);
        one(
            of({ taints: [{ key: "k8s.io/x", effect: "NoSchedule" }] }),
            /^nodePools\.more\.taints\[0\]\.key has the prefix/,
        );
        one(of({ diskSizeGib: 8 }), /^nodePools\.more\.diskSizeGib is 8/);
        one({ nodePools: { [`p${"o".repeat(60)}l`]: pool } }, /use at most 50 lower-case letters/);
    });

    it("wants ARNs of roles, and finds the role behind a session", () => {
        const session = "arn:aws:sts::123456789012:assumed-role/deploy/me";
        one(
            { access: { deployer: session } },
            /^access\.deployer is .*did you mean "arn:aws:iam::123456789012:role\/deploy"\?/,
        );
        one(
            { access: { deployer: role("deploy"), admins: { me: role("deploy") } } },
            /^access\.admins\.me is .*like access\.deployer; EKS takes a principal once/,
        );
        one({ kubeconfig: { roleArn: "deploy" } }, /^kubeconfig\.roleArn is "deploy"/);
    });

    it("wants names within AWS' limits", () => {
        assert.match(faultsOf({}, "p".repeat(38))[0]!, /^name is .*use at most 37 lower-case letters/);
        one({ clusterName: "p".repeat(101) }, /^clusterName is .*use at most 100 letters/);
        assert.deepEqual(faultsOf({ clusterName: "p".repeat(100) }), []);
        one(
            {
                region: "eu-central-1a",
                vpc: undefined,
                existingVpc: { vpcId: "vpc-1", privateSubnetIds: ["subnet-1", "subnet-2"] },
            },
            /^region is "eu-central-1a".*did you mean "eu-central-1"\?/,
        );
    });

    it("wants keys of the region, days and add-ons that AWS knows, and tags that are the user's", () => {
        one({ secretsKey: "alias/mine" }, /^secretsKey is "alias\/mine"/);
        one(
            { secretsKey: "arn:aws:kms:us-east-1:123456789012:key/1" },
            /^secretsKey is in "us-east-1"; EKS takes keys of the cluster's region/,
        );
        one(
            { logs: { retentionDays: 100 } },
            /^logs\.retentionDays is 100, which CloudWatch does not know; .*did you mean 120\?/,
        );
        one({ logs: { types: ["audits"] } }, /^logs\.types\[0\] is "audits".*did you mean "audit"\?/);
        one({ addonVersions: { core: "v1.12.1-eksbuild.2" } }, /^addonVersions\.core is not known here/);
        one({ addonVersions: { coredns: "1.12.1" } }, /^addonVersions\.coredns is "1\.12\.1"/);
        one({ tags: { Name: "x" } }, /^tags\.Name is no key for a tag of yours/);
        one({ controllers: ["karpenter"] }, /^controllers\[0\] is "karpenter"/);
    });

    it("says that the AWS CLI is missing before @pulumi/eks finds it out halfway", () => {
        const before = process.env.PATH;
        process.env.PATH = "/nonexistent";
        try {
            one({}, /^args need the AWS CLI, and there is no `aws` on the PATH; install version 2\.7 or later/);
        } finally {
            process.env.PATH = before;
        }
    });

    it("lists everything at once, from the constructor too", async () => {
        const wrong = {
            ...minimal,
            kubernetesVersion: "1.28",
            vpc: { zones: ["eu-central-1a"], cidr: "10.0.0.0/8" },
            access: { deployer: "me" },
            apiServer: {},
        };
        await rejects(
            () => new EksCluster("prod", wrong),
            /^EksCluster prod: 5 arguments are wrong:\n {2}- kubernetesVersion .*\n {2}- vpc\.cidr .*\n {2}- vpc\.zones .*\n {2}- apiServer .*\n {2}- access\.deployer /,
        );
    });
});
