import assert from "node:assert/strict";
import { deploy, refusal } from "./deployment";

const faas = { platform: "fission", functionNamespaces: ["functions"] };
const plain = { engine: "postgresql", storage: { size: "1Gi" } };
const storage = { kind: "minio", storage: { size: "1Gi" }, buckets: { media: {} } };
const way = "give another name, or another resourceName";

describe("the names of what holds data of a stack", function () {
    this.timeout(60_000);

    it("give no two objects of a namespace one name, which only the second of them would find out", async () => {
        assert.deepEqual(
            await refusal({
                faas,
                databases: {
                    minio: plain,
                    orders: { ...plain, replicas: 2 },
                    "orders-read": plain,
                    "orders-access": plain,
                },
                storage,
            }),
            [
                `databases.orders-read makes an object "orders-read" in the namespace "data", as databases.orders does; ${way}`,
                `databases.orders-access makes an object "orders-access" in the namespace "data", as databases.orders does; ${way}`,
                `storage makes an object "minio" in the namespace "data", as databases.minio does; ${way}`,
            ],
        );
        const backup = { bucket: "media", restoreTest: {} };
        const pools = [{ servers: 4, storage: { size: "1Gi" } }];
        assert.deepEqual(
            await refusal({
                faas,
                databases: {
                    a: { ...plain, resourceName: "shop", backup },
                    b: { ...plain, resourceName: "shop-backup" },
                    c: { ...plain, resourceName: "shop-restore-test" },
                    d: { ...plain, resourceName: "minio-pool-1" },
                },
                storage: { ...storage, servers: 4, pools },
            }),
            [
                `databases.b.resourceName makes an object "shop-backup" in the namespace "data", as databases.a does; ${way}`,
                `databases.c.resourceName makes an object "shop-restore-test" in the namespace "data", as databases.a does; ${way}`,
                `storage makes an object "minio-pool-1" in the namespace "data", as databases.d does; ${way}`,
            ],
        );
    });

    it("may have one name in two namespaces, or in one once they are called otherwise in the cluster", async () => {
        for (const apart of [{ namespace: "other" }, { resourceName: "other" }]) {
            const { resources } = await deploy({
                faas,
                databases: { minio: { ...plain, ...apart }, orders: plain, "orders-read": plain },
                storage,
            });
            assert.equal(resources.filter(({ type }) => type === "kubernetes:apps/v1:StatefulSet").length, 4);
        }
    });

    it("give no two resources of the stack one name, in whatever namespaces", async () => {
        const elsewhere = { ...plain, namespace: "other", resourceName: "other" };
        assert.deepEqual(
            await refusal({ faas, databases: { orders: { ...plain, replicas: 2 }, "orders-read": elsewhere } }),
            [
                'databases.orders-read gives a resource of the stack the name "orders-read", as databases.orders does; choose another key',
            ],
        );
    });
});
