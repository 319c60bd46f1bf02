import assert from "node:assert/strict";
import { PlatformReference, sharePlatform, type SharedPlatform } from "../../../components";
import { fakeCluster, fakeConnection, fakeObjectStore, fakePlatform } from "../../../components/testing";
import * as pulumi from "@pulumi/pulumi";
import { record, rejects, valueOf } from "../support/mocks";

const restricted = fakeCluster({ access: "namespaces" });

/** Reads back what a platform stack would have stored as its output. */
function read(output: unknown): Promise<PlatformReference> {
    return record(() => PlatformReference.read("shop", { stack: "organization/platform/dev" }), {
        read: () => ({ outputs: { platform: output } }),
    }).then((recording) => recording.result);
}

async function shared(platform: Partial<SharedPlatform> = {}): Promise<unknown> {
    const recording = await record(() => sharePlatform({ cluster: restricted, ...platform }));
    return valueOf(recording.result);
}

async function isSecret(value: pulumi.Input<string>): Promise<boolean> {
    return pulumi.isSecret(pulumi.output(value));
}

describe("PlatformReference", () => {
    it("gives back every contract that the platform shares", async () => {
        const platform = await read(
            await shared({
                faas: fakePlatform(),
                connections: { orders: fakeConnection() },
                stores: { media: fakeObjectStore() },
            }),
        );
        assert.equal(platform.faas.kind, "fission");
        assert.deepEqual(platform.faas.functionNamespaces, ["functions"]);
        assert.equal(platform.connection("orders").engine, "postgresql");
        assert.equal(platform.store("media").bucket, "media");
        assert.equal(platform.cluster.clusterIdentifier, "fake");
    });

    it("names the cluster after itself, so that two references are two providers", async () => {
        const platform = await read(await shared());
        assert.equal(platform.cluster.name, "shop");
    });

    it("marks credentials secret again", async () => {
        const platform = await read(
            await shared({
                faas: fakePlatform(),
                connections: { orders: fakeConnection() },
                stores: { media: fakeObjectStore() },
            }),
        );
        const secrets = [
            platform.cluster.kubeconfig,
            platform.faas.credentials!.password,
            platform.connection("orders").password,
            platform.connection("orders").url,
            platform.store("media").key!.secret,
        ];
        assert.deepEqual(await Promise.all(secrets.map(isSecret)), [true, true, true, true, true]);
    });

    it("says what to do when the stack has no such output", async () => {
        await assert.rejects(read(undefined), {
            message:
                'PlatformReference shop: stack "organization/platform/dev" has no output "platform"; deploy it first, with `export const platform = sharePlatform({...})`',
        });
    });

    it("refuses data of another format", async () => {
        await assert.rejects(
            read({ formatVersion: 99 }),
            /in format 99, and this version of kubernetes-faas reads format 1/,
        );
    });

    it("says what is shared when something is asked for that is not", async () => {
        const platform = await read(await shared({ connections: { orders: fakeConnection() } }));
        assert.throws(() => platform.faas, {
            message:
                'PlatformReference to output "platform" of stack organization/platform/dev: faas is not shared; add it to sharePlatform() in the platform\'s program',
        });
        assert.throws(() => platform.connection("order"), /connections\.order is not shared; did you mean orders\?/);
        assert.throws(
            () => platform.connection("stock"),
            /connections\.stock is not shared; the platform shares orders/,
        );
        assert.throws(() => platform.store("media"), /stores\.media is not shared; the platform shares none/);
    });

    it("shows contracts that are at hand in the same way", async () => {
        const recording = await record(() => PlatformReference.of({ cluster: restricted, faas: fakePlatform() }));
        assert.equal(recording.result.faas.kind, "fission");
        assert.equal(recording.result.cluster.name, "fake");
    });
});

describe("sharePlatform", () => {
    it("refuses credentials for the whole cluster", async () => {
        await rejects(
            () => sharePlatform({ cluster: fakeCluster() }),
            'sharePlatform: cluster "fake" has credentials for the whole cluster; share the `cluster` of a ClusterAccess, or set insecureShareAdminAccess: true',
        );
    });

    it("shares them where an argument says so, and the argument itself is not shared", async () => {
        const recording = await record(() => sharePlatform({ cluster: fakeCluster(), insecureShareAdminAccess: true }));
        const value = (await valueOf(recording.result)) as Record<string, unknown>;
        assert.deepEqual(Object.keys(value).sort(), ["cluster", "formatVersion"]);
    });

    it("marks the output secret as a whole", async () => {
        const recording = await record(() => sharePlatform({ cluster: restricted }));
        assert.equal(await pulumi.isSecret(recording.result), true);
    });
});
