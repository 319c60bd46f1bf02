import assert from "node:assert/strict";
import {
    prepareFission,
    reportToStandardError,
    resourcesInState,
    runDestroy,
    runPreview,
    runUp,
    type StackRun,
} from "../../../sandbox";
import { projectName, readStackFile } from "../../../stacks/stack-file";
import { changesOf, describeSandbox, secretsIn, stateOnDisk } from "../support";
import { type Changes, cleanUpClouds, openCloudStack, prepareClouds } from "./clouds";

/** A stack that makes its cluster, and what its cloud calls things. */
interface Example {
    readonly stack: string;
    /** A version of Kubernetes from which the file's is an upgrade. */
    readonly older: string;
    readonly cluster: string;
    /** What nodes are made of, unless the cluster brings them. */
    readonly pools?: string;
    /** What nodes and load balancers need until the last of them is gone. */
    readonly network: readonly string[];
    /** What a new version of Kubernetes changes. */
    readonly upgraded: readonly string[];
    /** What keeps definitions, and is not to in a test. @default none */
    readonly addons?: object;
    /** The components of add-ons that everything else in the cluster needs to the end. @default none */
    readonly lasting?: readonly string[];
    /** What is wrong on purpose, and what is said of it. */
    readonly wrong: object;
    readonly faults: readonly RegExp[];
}

const examples: readonly Example[] = [
    {
        stack: "gke-prod",
        older: "1.35",
        cluster: "gcp:container/cluster:Cluster",
        pools: "gcp:container/nodePool:NodePool",
        network: [
            "gcp:compute/routerNat:RouterNat",
            "gcp:compute/subnetwork:Subnetwork",
            "gcp:compute/network:Network",
        ],
        upgraded: ["update Cluster prod"],
        wrong: { apiServer: {}, network: { podsCidr: "10.10.0.0/14" }, zones: ["us-east1-b"] },
        faults: [/cluster\.apiServer leaves no way in/, /cluster\.network\.podsCidr|nodesCidr/, /cluster\.zones\[0\]/],
    },
    {
        stack: "aks-prod",
        older: "1.35",
        cluster: "azure-native:containerservice:ManagedCluster",
        pools: "azure-native:containerservice:AgentPool",
        network: [
            "azure-native:network:NatGateway",
            "azure-native:network:Subnet",
            "azure-native:network:VirtualNetwork",
        ],
        upgraded: ["update ManagedCluster prod"],
        wrong: { apiServer: {}, network: { podCidr: "10.224.0.0/14" }, adminGroups: ["admins"] },
        faults: [
            /cluster\.apiServer leaves no way in/,
            /cluster\.network\.\w+ is .* overlaps/,
            /cluster\.adminGroups\[0\]/,
        ],
    },
    {
        stack: "eks-prod",
        older: "1.35",
        cluster: "aws:eks/cluster:Cluster",
        pools: "aws:eks/nodeGroup:NodeGroup",
        network: ["aws:ec2/natGateway:NatGateway", "aws:ec2/subnet:Subnet", "aws:ec2/vpc:Vpc"],
        upgraded: [
            "update Addon prod-aws-ebs-csi-driver",
            "update Addon prod-coredns",
            "update Addon prod-eks-pod-identity-agent",
            "update Addon prod-kube-proxy",
            "update Addon prod-vpc-cni",
            "update Cluster prod-eksCluster",
            "update Deployment cluster-autoscaler-controller",
            "update NodeGroup prod-functions",
            "update NodeGroup prod-general",
        ],
        addons: { awsLoadBalancerController: { deletion: "delete" } },
        lasting: ["AwsLoadBalancerController", "ClusterAutoscaler"],
        wrong: { apiServer: {}, serviceCidr: "10.0.0.0/16", vpc: { zones: ["us-east-1a"] } },
        faults: [/cluster\.apiServer leaves no way in/, /cluster\.serviceCidr/, /cluster\.vpc\.zones/],
    },
    {
        stack: "minikube",
        older: "1.35.4",
        cluster: "command:local:Command",
        network: [],
        upgraded: ["update Command kubernetes-faas-profile"],
        wrong: { cpus: 0, kubernetesVersion: "1.36" },
        faults: [/cluster\.cpus is 0/, /cluster\.kubernetesVersion is "1\.36"/],
    },
];

describeSandbox("the stacks that make their cluster, with stand-ins for their clouds", (context) => {
    before(async function () {
        this.timeout(20 * 60_000);
        await prepareFission(reportToStandardError);
        await prepareClouds(context().client);
    });
    after(() => cleanUpClouds(context().client));

    for (const each of examples) {
        describe(each.stack, () => {
            const open = (changes?: Changes) => openCloudStack(context().sandbox, each.stack, changes);

            it("says by the keys of the configuration everything that is wrong with the cluster, and makes nothing", async () => {
                const stack = await open({ cluster: each.wrong });
                await assert.rejects(runPreview(stack), (error: Error) => {
                    for (const fault of each.faults) {
                        assert.match(error.message, fault);
                    }
                    return true;
                });
                assert.deepEqual(await resourcesInState(stack), []);
            });

            it("previews without an account, and comes up as previewed", async () => {
                const older = { cluster: { kubernetesVersion: each.older } };
                const preview = await runPreview(await open(older));
                const run = await runUp(await open(older));
                assert.deepEqual(changesOf(run), changesOf(preview));
                assert.ok(run.changed.every(({ operation }) => operation === "create"));
                assert.deepEqual(changesOf(await runPreview(await open(older))), []);
            });

            it("follows a new version of Kubernetes in place, and replaces nothing", async () => {
                assert.deepEqual(changesOf(await runPreview(await open())), each.upgraded);
                assert.deepEqual(changesOf(await runUp(await open())), each.upgraded);
                assert.deepEqual(changesOf(await runPreview(await open())), []);
            });

            it("keeps what is secret encrypted in its state", async () => {
                const stack = await open();
                // Google's labels are secret to its SDK, and stand in the file for everybody to read.
                const said = JSON.stringify(readStackFile(each.stack));
                const secrets = secretsIn(await resourcesInState(stack)).filter((secret) => !said.includes(secret));
                assert.ok(secrets.some((secret) => secret.startsWith("-----BEGIN")));
                const state = stateOnDisk(stack, projectName);
                assert.deepEqual(
                    secrets.filter((secret) => state.includes(JSON.stringify(secret).slice(1, -1))),
                    [],
                );
            });

            it("goes from the inside out: functions, platform and ingress, add-ons, nodes, the cluster, its network", async () => {
                const { addons } = each;
                const unprotected = {
                    cluster: { deletionProtection: false },
                    faas: { deletion: "delete" },
                    ...(addons ? { addons } : {}),
                };
                await runUp(await open(unprotected));
                const run = await runDestroy(await open(unprotected));
                const deleted = deletions(run).map(({ type }) => type);
                const inCluster = deleted.filter((type) => type.startsWith("kubernetes:"));
                const stages = [inCluster, each.pools ? [each.pools] : [], [each.cluster], each.network];
                const spans = stages.filter((types) => types.length > 0).map((types) => spanOf(deleted, types));
                spans.slice(1).forEach(({ first }, index) => {
                    assert.ok(spans[index]!.last < first, deleted.join("\n"));
                });
                const urns = deletions(run).map(({ urn }) => urn);
                const served = urns.findLastIndex((urn) => /:(FaasFunction|Fission|TraefikIngress)\$/.test(urn));
                assert.ok(served >= 0);
                for (const addon of each.lasting ?? []) {
                    assert.ok(served < urns.findIndex((urn) => urn.includes(`:${addon}$`)), urns.join("\n"));
                }
                assert.deepEqual(await resourcesInState(await open(unprotected)), []);
            });
        });
    }
});

/** What a run deleted, in the order in which the deletions ended. */
function deletions({ events }: StackRun): { type: string; urn: string }[] {
    return events.flatMap(({ resOutputsEvent }) =>
        resOutputsEvent?.metadata.op === "delete" ? [resOutputsEvent.metadata] : [],
    );
}

/** Where the first and the last of these types stand in a list; each type must be there. */
function spanOf(list: readonly string[], types: readonly string[]): { first: number; last: number } {
    assert.deepEqual(
        types.filter((type) => !list.includes(type)),
        [],
    );
    const isOne = (type: string): boolean => types.includes(type);
    return { first: list.findIndex(isOne), last: list.findLastIndex(isOne) };
}
