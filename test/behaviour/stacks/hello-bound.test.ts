import assert from "node:assert/strict";
import * as fs from "node:fs";
import {
    bind,
    bindObjectStore,
    type Cluster,
    type Connection,
    DatabaseEngine,
    FaasFunction,
    Funktion,
    ObjectStoreKind,
    type ObjectStoreConnection,
    TlsMode,
} from "../../../components";
import { accessSql } from "../../../components/database/postgresql/access";
import { scramVerifier } from "../../../components/database/postgresql/verifier";
import { fakeCluster, record, type Recording } from "../../../components/testing";
import { runHere } from "../../../sandbox/call/call";
import { findFunction } from "../../../sandbox/call/find";
import type { FunctionConfiguration } from "../../../stacks/config/functions";
import { deployedSource } from "../../../stacks/functions/source";
import { readStackFile } from "../../../stacks/stack-file";
import { MinioProcess, minioAlias } from "../../support/minio";
import { serverOf } from "../../unit/stacks/recorded-server";
import { PostgreSqlPods } from "../database/support/postgresql-pods";
import { findPostgreSql, type Programs } from "../database/support/programs";

/** The function of the local stack, as its file has it. */
const { hello } = readStackFile("local")["kubernetes-faas:functions"] as { hello: FunctionConfiguration };

const password = "opens it";

describe("hello, bound as in the local stack, as a process beside a real PostgreSQL and a real MinIO", function () {
    this.timeout(120_000);
    let programs: Programs;
    let pods: PostgreSqlPods;
    let store: MinioProcess;

    before(async function () {
        this.timeout(20 * 60_000);
        const found = await findPostgreSql();
        if ("missing" in found) {
            console.log(`      skipped: ${found.missing}`);
            this.skip();
        }
        programs = found;
        store = await MinioProcess.start({ host: "127.0.7.1", port: 19_070 });
        store.mcOutput(["mb", `${minioAlias}/visitors`]);
        pods = new PostgreSqlPods(programs, { replicas: 1 });
        await pods.start(0);
        pods.sql(0, accessSql({ replicas: 1, databases: [{ name: "visits", owner: "visits" }], users: [user] }));
    });
    after(async () => {
        await pods?.remove();
        await store?.remove();
        programs?.remove();
    });

    const verifier = scramVerifier(password, Buffer.from("sixteen bytes...").toString("base64"));
    const user = { name: "visits", verifier, reads: [], writes: [] };

    const database = (change: Partial<Connection> = {}): Connection => ({
        engine: DatabaseEngine.PostgreSql,
        host: PostgreSqlPods.host(0),
        port: 15_432,
        database: "visits",
        user: "visits",
        password,
        tlsMode: TlsMode.Verified,
        caCertificate: pods.authority.certificate,
        url: "not read",
        endpoint: {},
        ...change,
    });

    const bucket = (change: Partial<ObjectStoreConnection> = {}): ObjectStoreConnection => ({
        kind: ObjectStoreKind.MinIo,
        endpoint: store.endpoint(),
        region: "us-east-1",
        bucket: "visitors",
        key: store.root,
        caCertificate: fs.readFileSync(store.caFile, "utf8"),
        network: {},
        ...change,
    });

    /** Calls the function by what the components register for it. */
    async function visit(name: string, connection: Connection, objects: ObjectStoreConnection): Promise<string[]> {
        const { resources } = await deployed(connection, objects);
        const reader = serverOf(resources);
        const { status, body, log } = await runHere(reader, await findFunction(reader, "hello"), {
            path: `/?name=${name}`,
        });
        assert.equal(status, 200, log);
        assert.ok(!log.includes(password));
        return body.trimEnd().split("\n");
    }

    it("counts visits in the database and remembers the last visitor in the bucket, over TLS that it verifies", async () => {
        const [greeting, ...first] = await visit("Ada", database(), bucket());
        assert.deepEqual([greeting, ...first], ["Hello Ada", "This is visit 1.", "Nobody was here before."]);
        assert.deepEqual((await visit("Grace", database(), bucket())).slice(1), [
            "This is visit 2.",
            "Before you came Ada.",
        ]);
        assert.equal(pods.sql(0, "SELECT count(*) FROM visits", "visits"), "2");
        assert.equal(store.mcOutput(["cat", `${minioAlias}/visitors/last-visitor`]), "Grace");
    });

    it("greets without those whose certificate another authority has signed", async () => {
        const others = { caCertificate: fs.readFileSync(store.caFile, "utf8") };
        const swapped = { caCertificate: pods.authority.certificate };
        assert.deepEqual(await visit("Ada", database(others), bucket(swapped)), [
            "Hello Ada",
            "The database does not answer.",
            "The bucket does not answer.",
        ]);
    });

    it("greets without those that refuse it or are not there", async () => {
        const key = { id: store.root.id, secret: "guessed" };
        assert.deepEqual(await visit("Ada", database({ password: "guessed" }), bucket({ key })), [
            "Hello Ada",
            "The database does not answer.",
            "The bucket does not answer.",
        ]);
        assert.deepEqual(await visit("Ada", database({ port: 9 }), bucket({ endpoint: "https://127.0.7.2:9" })), [
            "Hello Ada",
            "The database does not answer.",
            "The bucket does not answer.",
        ]);
    });
});

/** What a program registers that binds the function as stacks do. */
function deployed(connection: Connection, store: ObjectStoreConnection): Promise<Recording<unknown>> {
    return record(() => {
        const cluster: Cluster = fakeCluster();
        const { platform } = new Funktion("funktion", { cluster, functionNamespaces: ["functions"] });
        const place = { cluster, namespace: "functions" };
        const { runtime, handler } = hello;
        return new FaasFunction("hello", {
            cluster,
            platform,
            runtime,
            handler,
            ...deployedSource("hello", hello),
            bindings: [
                { prefix: "VISITS", binding: bind("visits", { ...place, connection }) },
                { prefix: "VISITORS", binding: bindObjectStore("visitors", { ...place, store }) },
            ],
        });
    });
}
