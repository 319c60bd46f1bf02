import assert from "node:assert/strict";
import { minioAlerts } from "../../../components/storage/minio/telemetry";
import { eventually } from "../../support/eventually";
import { MinioProcess } from "../../support/minio";
import { get } from "../../support/requests";

const servers = [0, 1, 2, 3];

describe("four MinIO servers as processes", function () {
    this.timeout(5 * 60_000);
    let store: MinioProcess;

    before(async function () {
        this.timeout(10 * 60_000);
        store = await MinioProcess.start({
            host: "127.0.2.1",
            port: 19_020,
            servers: servers.length,
            environment: { MINIO_PROMETHEUS_AUTH_TYPE: "public" },
        });
        store.mcOutput(["mb", "store/media"]);
    });
    after(() => store?.remove());

    const put = (object: string, text: string) => store.mc(["pipe", "--quiet", `store/${object}`], { input: text });
    const health = async (server: number, path: string): Promise<number> =>
        (await get(`${store.endpoint(server)}/minio/health/${path}`, { ca: store.caFile })).status;

    it("read and write without one of them, which is to be seen in the metrics of alerts", async () => {
        assert.equal(put("media/before", "1").status, 0);
        await store.stopServer(3, "SIGKILL");
        assert.equal(store.mcOutput(["cat", "store/media/before"]), "1");
        assert.equal(put("media/while", "2").status, 0);
        assert.equal(store.mcOutput(["cat", "store/media/while"]), "2");
        assert.ok(
            minioAlerts("store").some(({ expression }) => expression.includes("minio_cluster_nodes_offline_total")),
        );
        await eventually(async () => {
            const { body } = await get(`${store.endpoint()}/minio/v2/metrics/cluster`, { ca: store.caFile });
            assert.match(body, /^minio_cluster_nodes_offline_total\{[^}]*\} 1$/m);
            assert.match(body, /^minio_cluster_drive_offline_total\{[^}]*\} 1$/m);
        }, 120_000);
    });

    it("read and refuse writes without two of them, and go on when these are back", async () => {
        await store.stopServer(2, "SIGKILL");
        await eventually(async () => assert.equal(await health(0, "cluster"), 503), 60_000);
        assert.equal(await health(0, "cluster/read"), 200);
        assert.equal(store.mcOutput(["cat", "store/media/while"]), "2");
        assert.equal(await health(0, "live"), 200, "no restart would bring the others back");
        const { body } = await get(`${store.endpoint()}/minio/v2/metrics/cluster`, { ca: store.caFile });
        assert.match(body, /^minio_cluster_health_erasure_set_status\{[^}]*\}/m);
        store.startServer(2);
        store.startServer(3);
        await store.ready();
        await eventually(() => assert.equal(put("media/after", "3").status, 0), 60_000);
    });

    it("get another setting one after the other: one that waits for its kind is ready, and the last ones end the wait", async () => {
        for (const server of [...servers].reverse()) {
            await store.stopServer(server);
            store.startServer(server, { MINIO_API_STALE_UPLOADS_EXPIRY: "6h" });
            await eventually(async () => assert.equal(await health(server, "ready"), 200), 60_000);
        }
        await store.ready();
        assert.match(store.log, /mismatching configuration|incorrect configuration/);
        // The first requests after it may come before all are connected.
        await eventually(() => assert.equal(store.mcOutput(["cat", "store/media/after"]), "3"), 60_000);
        await eventually(() => assert.equal(put("media/last", "4").status, 0), 60_000);
    });
});
