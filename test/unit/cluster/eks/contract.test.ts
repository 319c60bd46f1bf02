import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { describeEksCluster } from "../../../../components/aws";
import { parseKubeconfig } from "../../../../components/cluster/kubeconfig";
import { valueOf } from "../../support/mocks";
import { facts, minimal, minimalAuto, recordEks, withAwsCli } from "./support";

describe("EksCluster's contract", () => {
    withAwsCli();

    it("tells what components need to know of a cluster on AWS", async () => {
        const { cluster } = (await recordEks()).result;
        const { identity, ...traits } = cluster.traits;
        assert.deepEqual(traits, {
            cloud: "aws",
            exposure: "LoadBalancer",
            storageClass: "gp3",
            networkPolicies: true,
            apiServer: { cidrs: ["172.20.0.1/32", "10.0.0.0/19", "10.0.32.0/19"], ports: [443] },
            dns: { namespace: "kube-system", podSelector: { "k8s-app": "kube-dns" } },
            addons: [],
        });
        assert.equal(await valueOf(identity!.issuer), facts.issuer);
        assert.equal(cluster.access, "admin");
        assert.equal(cluster.kubernetesVersion, "1.36");
        assert.equal(await valueOf(cluster.clusterIdentifier), `${facts.arn}@${facts.createdAt}`);
    });

    it("of Auto Mode names its class of load balancers, and where its DNS answers, which is in no pod", async () => {
        const { traits } = (await recordEks({ ...minimalAuto, serviceCidr: "10.200.0.0/20" })).result.cluster;
        assert.equal(traits.loadBalancerClass, "eks.amazonaws.com/nlb");
        assert.deepEqual(traits.dns.cidrs, ["10.200.0.10/32"]);
        assert.deepEqual((traits.apiServer.cidrs as string[])[0], "10.200.0.1/32");
    });

    it("in a given VPC finds the API server by its subnets' addresses", async () => {
        const existingVpc = { vpcId: "vpc-1", privateSubnetIds: ["subnet-1", "subnet-2"] };
        const { traits } = (await recordEks({ vpc: undefined, existingVpc })).result.cluster;
        const cidrs = await valueOf(pulumi.output(traits.apiServer.cidrs));
        assert.deepEqual(cidrs, ["172.20.0.1/32", "10.9.0.0/24", "10.9.0.0/24"]);
    });

    it("is described before anything is made, but for what only AWS can tell", async () => {
        const described = describeEksCluster("prod", minimal);
        assert.deepEqual(
            { ...described.traits, identity: undefined },
            {
                ...(await recordEks()).result.cluster.traits,
                identity: undefined,
            },
        );
        assert.equal(await valueOf(described.kubeconfig), "");
    });
});

describe("EksCluster's kubeconfig", () => {
    withAwsCli();

    const read = async (text: pulumi.Input<string>): Promise<ReturnType<typeof parseKubeconfig>> =>
        parseKubeconfig((await valueOf(text))!);

    it("holds a command and no credentials, and is secret all the same", async () => {
        const { cluster } = (await recordEks()).result;
        const config = await read(cluster.kubeconfig);
        assert.deepEqual(config.clusters.get("prod-abababab"), {
            server: facts.endpoint,
            "certificate-authority-data": facts.certificateAuthority,
        });
        const { exec, ...rest } = config.users.get("prod-abababab")!;
        assert.deepEqual(rest, {});
        assert.equal(exec!.apiVersion, "client.authentication.k8s.io/v1beta1");
        assert.equal(
            [exec!.command, ...exec!.args!].join(" "),
            "aws --region eu-central-1 eks get-token --cluster-name prod-abababab --output json",
        );
        assert.equal(exec!.env, undefined);
        assert.ok(await pulumi.isSecret(pulumi.output(cluster.kubeconfig)));
    });

    it("takes on a role or uses a profile, of the stack or of a person", async () => {
        const roleArn = "arn:aws:iam::123456789012:role/oncall";
        const { result } = await recordEks({ kubeconfig: { profile: "ci" } });
        const own = (await read(result.cluster.kubeconfig)).users.get("prod-abababab")!.exec!;
        assert.deepEqual(own.env, [{ name: "AWS_PROFILE", value: "ci" }]);
        const person = (await read(result.kubeconfigFor({ roleArn }))).users.get("prod-abababab")!.exec!;
        assert.deepEqual(person.args!.slice(-2), ["--role-arn", roleArn]);
        assert.equal(person.env, undefined);
    });
});
