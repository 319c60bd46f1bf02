import assert from "node:assert/strict";
import * as fs from "node:fs";
import {
    bind,
    bindObjectStore,
    type Connection,
    DatabaseEngine,
    FaasFunction,
    Kubeless,
    ObjectStoreKind,
    type ObjectStoreConnection,
    TlsMode,
} from "../../../components";
import { accessSql } from "../../../components/database/postgresql/access";
import { scramVerifier } from "../../../components/database/postgresql/verifier";
import { fakeCluster, record, type Recording } from "../../../components/testing";
import { type CallRequest, runHere } from "../../../sandbox/call/call";
import { findFunction } from "../../../sandbox/call/find";
import type { FunctionConfiguration } from "../../../stacks/config/functions";
import { deployedSource } from "../../../stacks/functions/source";
import { localStack } from "../../../stacks/local";
import { MinioProcess, minioAlias } from "../../support/minio";
import { serverOf } from "../../unit/stacks/recorded-server";
import { PostgreSqlPods } from "../database/support/postgresql-pods";
import { findPostgreSql, needed, type Programs } from "../database/support/programs";

type Functions = Record<string, FunctionConfiguration>;

/** The functions of the local stack and of an example, as their files have them. */
const { hello } = localStack({})["kubernetes-faas:functions"] as Functions;
const { orders, report } = localStack({ example: "database" })["kubernetes-faas:functions"] as Functions;

const password = "opens it";

describe("functions that are bound by the configuration, as processes beside a real PostgreSQL and a real MinIO", function () {
    this.timeout(120_000);
    let programs: Programs;
    let pods: PostgreSqlPods;
    let store: MinioProcess;

    before(async function () {
        this.timeout(20 * 60_000);
        programs = await needed(this, findPostgreSql);
        store = await MinioProcess.start({ host: "127.0.7.1", port: 19_070 });
        store.mcOutput(["mb", `${minioAlias}/visitors`]);
        pods = new PostgreSqlPods(programs, { replicas: 1 });
        await pods.start(0);
        const databases = ["visits", "shop"].map((name) => ({ name, owner: name }));
        const users = [user("visits"), user("shop"), user("report", ["shop"])];
        pods.sql(0, accessSql({ replicas: 1, databases, users }));
    });
    after(async () => {
        await pods?.remove();
        await store?.remove();
        programs?.remove();
    });

    const verifier = scramVerifier(password, Buffer.from("sixteen bytes...").toString("base64"));
    const user = (name: string, reads: string[] = []) => ({ name, verifier, reads, writes: [] });

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

    /** What hello answers, by what the components register for it. */
    async function visit(name: string, connection: Connection, store: ObjectStoreConnection): Promise<string[]> {
        const { body } = await call(
            "hello",
            hello!,
            { VISITS: connection, VISITORS: store },
            { path: `/?name=${name}` },
        );
        return body.trimEnd().split("\n");
    }

    it("hello: counts visits in the database and remembers the last visitor in the bucket, over TLS that it verifies", async () => {
        const [greeting, ...first] = await visit("Ada", database(), bucket());
        assert.deepEqual([greeting, ...first], ["Hello Ada", "This is visit 1.", "Nobody was here before."]);
        assert.deepEqual((await visit("Grace", database(), bucket())).slice(1), [
            "This is visit 2.",
            "Before you came Ada.",
        ]);
        assert.equal(pods.sql(0, "SELECT count(*) FROM visits", "visits"), "2");
        assert.equal(store.mcOutput(["cat", `${minioAlias}/visitors/last-visitor`]), "Grace");
    });

    it("hello: greets without those whose certificate another authority has signed", async () => {
        const others = { caCertificate: fs.readFileSync(store.caFile, "utf8") };
        const swapped = { caCertificate: pods.authority.certificate };
        assert.deepEqual(await visit("Ada", database(others), bucket(swapped)), [
            "Hello Ada",
            "The database does not answer.",
            "The bucket does not answer.",
        ]);
    });

    it("hello: greets without those that refuse it or are not there", async () => {
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

    it("database: takes orders as the owner of the database and reports them as a user who can only read", async () => {
        const shop = { SHOP: database({ database: "shop", user: "shop" }) };
        const reader = { SHOP: database({ database: "shop", user: "report" }) };
        const bodies: string[] = [];
        for (const item of ["tea", "tea", "cake"]) {
            const answer = await call("orders", orders!, shop, { method: "POST", body: item });
            assert.equal(answer.status, 201, answer.log);
            bodies.push(answer.body);
        }
        assert.deepEqual(bodies, ['{"id":1}', '{"id":2}', '{"id":3}']);
        assert.deepEqual(JSON.parse((await call("report", report!, reader)).body), [
            { item: "cake", orders: 1 },
            { item: "tea", orders: 2 },
        ]);
        const refused = await call("orders", orders!, reader, { method: "POST", body: "tea" });
        assert.equal(refused.status, 500);
        assert.match(refused.log, /permission denied/);
    });
});

type Bound = Record<string, Connection | ObjectStoreConnection>;

/** Calls a function by what the components register for it. */
async function call(name: string, fn: FunctionConfiguration, bound: Bound, request: CallRequest = {}) {
    const reader = serverOf((await deployed(name, fn, bound)).resources);
    const answer = await runHere(reader, await findFunction(reader, name), request);
    assert.ok(!answer.log.includes(password), answer.log);
    return answer;
}

/** What a program registers that binds a function as stacks do. */
function deployed(name: string, fn: FunctionConfiguration, bound: Bound): Promise<Recording<unknown>> {
    return record(() => {
        const cluster = fakeCluster();
        const { platform } = new Kubeless("kubeless", { cluster, functionNamespaces: ["functions"] });
        const place = { cluster, namespace: "functions" };
        const bindings = Object.entries(bound).map(([prefix, target]) => ({
            prefix,
            binding:
                "engine" in target
                    ? bind(prefix.toLowerCase(), { ...place, connection: target })
                    : bindObjectStore(prefix.toLowerCase(), { ...place, store: target }),
        }));
        const { runtime, handler } = fn;
        return new FaasFunction(name, { cluster, platform, runtime, handler, ...deployedSource(name, fn), bindings });
    });
}
