import * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import { parse } from "yaml";
import { describeGkeCluster, GkeCluster, GkeEndpoint, gkeKubeconfigFor } from "../../../../components/gcp";
import { HardenedNamespace } from "../../../../components";
import { record, type Recording, valueOf } from "../../support/mocks";
import { gkeCluster, gkeProgram, least, types } from "./support";

/** The one cluster and user of a kubeconfig. */
function read(text: string | undefined): { context: string; cluster: Record<string, string>; exec: unknown } {
    const config = parse(text!) as {
        "current-context": string;
        clusters: [{ cluster: Record<string, string> }];
        users: [{ user: Record<string, unknown> }];
    };
    assert.deepEqual(Object.keys(config.users[0].user), ["exec"], "no credentials");
    return { context: config["current-context"], cluster: config.clusters[0].cluster, exec: config.users[0].user.exec };
}

/** Everything that a resource comes after, by what it says. */
function before(recording: Recording<unknown>, name: string, type: string): Set<string> {
    const found = new Set<string>();
    const visit = (names: string[]): void => {
        for (const each of recording.resources.filter((resource) => names.includes(resource.name) && resource.custom)) {
            const key = `${each.type} ${each.name}`;
            if (!found.has(key)) {
                found.add(key);
                visit(each.options.dependencies);
            }
        }
    };
    visit(recording.only(type, name).options.dependencies);
    return found;
}

const plugin = {
    apiVersion: "client.authentication.k8s.io/v1beta1",
    command: "gke-gcloud-auth-plugin",
    args: [] as string[],
    installHint: "Install it with: gcloud components install gke-gcloud-auth-plugin",
    interactiveMode: "IfAvailable",
    provideClusterInfo: true,
};

describe("the kubeconfig of a GkeCluster", () => {
    it("goes to the DNS endpoint, whose certificate every machine trusts, with a plugin and no token", async () => {
        const { cluster } = (await gkeCluster()).result;
        assert.ok(await pulumi.isSecret(pulumi.output(cluster.kubeconfig)));
        assert.deepEqual(read(await valueOf(cluster.kubeconfig)), {
            context: "prod",
            cluster: { server: "https://gke-0a1b2c.europe-west3.gke.goog" },
            exec: plugin,
        });
    });

    it("goes to the address where there is no DNS endpoint, and trusts the cluster's own authority", async () => {
        const { cluster } = (await gkeCluster({ apiServer: { allowFrom: ["203.0.113.0/24"] } })).result;
        assert.deepEqual(read(await valueOf(cluster.kubeconfig)).cluster, {
            server: "https://192.0.2.10",
            "certificate-authority-data": "Y2E=",
        });
    });

    it("shows the machine's own identity when asked to", async () => {
        const { cluster } = (await gkeCluster({ credentials: "application-default" })).result;
        assert.deepEqual(read(await valueOf(cluster.kubeconfig)).exec, {
            ...plugin,
            args: ["--use_application_default_credentials"],
        });
    });

    it("for people has the name that gcloud gives it, and the endpoint that they choose", async () => {
        const { controlPlane } = (await gkeCluster()).result;
        const byName = read(await valueOf(gkeKubeconfigFor(controlPlane, { endpoint: GkeEndpoint.Dns })));
        assert.equal(byName.context, "gke_acme-prod_europe-west3_prod");
        assert.deepEqual(byName.exec, plugin);
        const byAddress = gkeKubeconfigFor(controlPlane, { endpoint: GkeEndpoint.Ip, context: "office" });
        const { context, cluster } = read(await valueOf(byAddress));
        assert.deepEqual([context, cluster.server], ["office", "https://192.0.2.10"]);
    });
});

describe("the contract of a GkeCluster", () => {
    it("says what holds on GKE, at preview too", async () => {
        const { cluster } = (await gkeCluster({}, { preview: true })).result;
        assert.equal(cluster.kubernetesVersion, "1.36");
        assert.equal(cluster.access, "admin");
        assert.deepEqual(cluster.traits, {
            cloud: "gcp",
            exposure: "LoadBalancer",
            storageClass: "standard-rwo",
            networkPolicies: true,
            apiServer: { cidrs: ["172.16.0.0/28"], ports: [443] },
            dns: { namespace: "kube-system", podSelector: { "k8s-app": "kube-dns" } },
            identity: {
                issuer: "https://container.googleapis.com/v1/projects/acme-prod/locations/europe-west3/clusters/prod",
                workloadPool: "acme-prod.svc.id.goog",
            },
            addons: ["metrics-server"],
        });
    });

    it("is described without a cluster, for the checks of what is going to live in it", async () => {
        const recording = await record(() => describeGkeCluster("prod", least));
        assert.deepEqual(recording.resources, []);
        const { kubeconfig: _, clusterIdentifier: __, ...described } = recording.result;
        const { kubeconfig: _k, clusterIdentifier: _c, ...made } = (await gkeCluster()).result.cluster;
        assert.deepEqual(described, made);
    });

    it("is identified by place and a number that only another cluster changes: not an edit, not its addresses", async () => {
        const recording = await gkeCluster();
        assert.equal(await valueOf(recording.result.cluster.clusterIdentifier), "prod-id/abababababababab");
        const drawn = recording.only(types.identity);
        assert.deepEqual(drawn.options.replaceWith, ["prod"]);
        assert.deepEqual(drawn.inputs, { byteLength: 8, keepers: { generation: "" } });
        const edited = await gkeCluster({ kubernetesVersion: "1.35", apiServer: { allowFrom: ["203.0.113.0/24"] } });
        assert.deepEqual(edited.only(types.identity).inputs, drawn.inputs);
        const remade = await gkeCluster({ generation: "2" });
        assert.deepEqual(remade.only(types.identity).inputs.keepers, { generation: "2" });
    });

    it("tells the version that runs, the network, the key and the nodes' account", async () => {
        const gke = (await gkeCluster()).result;
        assert.equal(await valueOf(gke.currentVersion), "1.36.3-gke.1001");
        assert.equal(await valueOf(gke.secretsKey), "prod-secrets-id");
        assert.equal(await valueOf(gke.nodeServiceAccount), "prod-nodes@acme-prod.iam.gserviceaccount.com");
        assert.equal(gke.network.podsRange, "pods");
    });
});

describe("the order in which a GkeCluster comes and goes", () => {
    it("puts objects in the cluster after pools, ways out and webhooks' rule, so that they go first", async () => {
        const recording = await gkeProgram(() => {
            const { cluster } = new GkeCluster("prod", least);
            return new HardenedNamespace("apps", { cluster });
        });
        const earlier = before(recording, "prod", "pulumi:providers:kubernetes");
        for (const each of [
            `${types.nodePool} prod-general`,
            `${types.firewall} prod-webhooks`,
            `${types.nat} prod`,
            `${types.cluster} prod`,
        ]) {
            assert.ok(earlier.has(each), each);
        }
        assert.deepEqual(
            recording.resources.filter(({ options }) => options.deletedWith),
            [],
            "all that has a load balancer or a volume is deleted itself",
        );
    });

    it("has the key's grant and the nodes' roles before the cluster", async () => {
        const recording = await gkeCluster();
        const earlier = before(recording, "prod", types.cluster);
        for (const each of [
            `${types.grant} prod-secrets`,
            `${types.role} prod-nodes`,
            `${types.role} prod-images-acme-prod`,
            `${types.nat} prod`,
        ]) {
            assert.ok(earlier.has(each), each);
        }
    });
});
