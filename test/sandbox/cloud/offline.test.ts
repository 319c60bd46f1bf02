import assert from "node:assert/strict";
import * as compute from "@pulumi/gcp/compute";
import * as container from "@pulumi/gcp/container";
import * as storage from "@pulumi/gcp/storage";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { PulumiFn, Stack } from "@pulumi/pulumi/automation";
import { openStack, runDestroy, runPreview, runUp, type StackOptions } from "../../../sandbox";
import { changesOf, describeSandbox } from "../support";

const region = "europe-west3";

interface Settings {
    description?: string;
    machineType?: string;
}

/** A kubeconfig for an address where nobody is. */
function kubeconfigFor(address: pulumi.Output<string>): pulumi.Output<string> {
    return pulumi.jsonStringify({
        apiVersion: "v1",
        kind: "Config",
        "current-context": "gke",
        clusters: [{ name: "gke", cluster: { server: pulumi.interpolate`https://${address}` } }],
        contexts: [{ name: "gke", context: { cluster: "gke", user: "gke" } }],
        users: [{ name: "gke", user: { exec: { command: "gke-gcloud-auth-plugin" } } }],
    });
}

describeSandbox("stand-ins for the clouds' plugins", (context) => {
    const open = (program: PulumiFn, options: Partial<StackOptions> = {}): Promise<Stack> =>
        openStack({
            sandbox: context().sandbox,
            offlineClouds: true,
            project: "offline",
            stack: "gcp",
            config: { "gcp:project": "example-project", "gcp:region": region },
            program,
            ...options,
        });

    /** Addresses that the program got to see. */
    const seen: string[] = [];

    /** A network, a cluster with nodes in it, and a namespace in the cluster. */
    const program = ({ description, machineType = "e2-standard-4" }: Settings = {}): PulumiFn => {
        return () => {
            const network = new compute.Network("network", { autoCreateSubnetworks: false, description });
            const cluster = new container.Cluster("cluster", { network: network.id, location: region });
            const nodes = { cluster: cluster.id, nodeConfig: { machineType } };
            const dependsOn = new container.NodePool("nodes", nodes);
            const kubeconfig = kubeconfigFor(cluster.endpoint);
            const arguments_ = { kubeconfig, clusterIdentifier: cluster.selfLink };
            const provider = new k8s.Provider("gke", arguments_, { dependsOn });
            new k8s.core.v1.Namespace("place", { metadata: { name: "offline-clouds" } }, { provider });
            cluster.endpoint.apply((address) => seen.push(address));
            const zones = compute.getZonesOutput({ region }).names;
            return Promise.resolve({ zones, name: cluster.name });
        };
    };

    it("leave unknown in a first preview what only the cloud would know", async () => {
        const preview = await runPreview(await open(program()));
        assert.deepEqual(seen, []);
        const run = await runUp(await open(program()));
        assert.deepEqual(changesOf(run), changesOf(preview));
        assert.equal(seen.length, 1);
    });

    it("answer from the table: names as the official plugin makes them, data sources from their arguments", async () => {
        const { name, zones } = await (await open(program())).outputs();
        assert.match(String(name!.value), /^cluster-[0-9a-f]{7}$/);
        assert.deepEqual(zones!.value, [`${region}-a`, `${region}-b`, `${region}-c`]);
    });

    it("lead every cluster to the sandbox, whatever its kubeconfig says", async () => {
        const place = await context().client.request("GET", "/api/v1/namespaces/offline-clouds");
        assert.equal(place.metadata.name, "offline-clouds");
    });

    it("keep what they made, and tell an update from a replacement as the official plugin does", async () => {
        const changesWith = async (settings: Settings) => changesOf(await runPreview(await open(program(settings))));
        assert.deepEqual(await changesWith({}), []);
        assert.deepEqual(await changesWith({ machineType: "e2-standard-8" }), ["update NodePool nodes"]);
        assert.deepEqual(await changesWith({ description: "another" }), [
            "replace Cluster cluster",
            "replace Namespace place",
            "replace Network network",
            "replace NodePool nodes",
            "replace kubernetes gke",
        ]);
    });

    it("refuse what their table does not have, and name the table", async () => {
        const bucket: PulumiFn = () => Promise.resolve({ url: new storage.Bucket("files", { location: region }).url });
        await assert.rejects(
            runPreview(await open(bucket)),
            /knows no resource gcp:storage\/bucket:Bucket; add it to "resources" in .*sandbox\/clouds\/gcp\.json/,
        );
    });

    it("ask for settings that the official plugin would ask the cloud for", async () => {
        const stack = await open(program(), { stack: "unset", config: {} });
        await assert.rejects(runPreview(stack), /set gcp:project in the stack's configuration/);
    });

    it("are met by no stack that did not ask for them", async () => {
        const stack = await open(program(), { stack: "other", offlineClouds: false });
        await assert.rejects(runPreview(stack), /no resource plugin 'pulumi-resource-gcp'/);
    });

    after(async () => {
        await runDestroy(await open(program()));
    });
});
