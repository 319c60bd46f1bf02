import assert from "node:assert/strict";
import * as fs from "node:fs";
import { accessSql } from "../../../components/database/postgresql/access";
import { scramVerifier } from "../../../components/database/postgresql/verifier";
import { eventually } from "../../support/eventually";
import { PostgreSqlPods } from "./support/postgresql-pods";
import { findPostgreSql, needed, type Programs } from "./support/programs";

/** What the access Job of one life of the database says: each life has passwords and salts of its own. */
function planOf(life: string): string {
    const user = (name: string) => ({
        name,
        verifier: scramVerifier(`${life}-${name}`, Buffer.from(`${life}-salt-${name}`.padEnd(16)).toString("base64")),
    });
    return accessSql({
        replicas: 2,
        databases: [{ name: "orders", owner: "orders" }],
        users: [
            { ...user("orders"), reads: [], writes: [] },
            { ...user("report"), reads: ["orders"], writes: [] },
        ],
    });
}

describe("PostgreSQL on volumes of a former life (real: PostgreSQL; its certificates and passwords are new)", function () {
    this.timeout(120_000);
    let programs: Programs;
    let pods: PostgreSqlPods;

    before(async function () {
        this.timeout(10 * 60_000);
        programs = await needed(this, findPostgreSql);
    });
    after(() => {
        programs?.remove();
    });
    afterEach(async () => {
        await pods?.remove();
    });

    async function startAll(): Promise<void> {
        for (const ordinal of [0, 1]) {
            await pods.start(ordinal);
        }
    }

    /** A login by a user's password of one life. */
    const query = (user: string, life: string, statement: string) =>
        pods.psql(0, statement, { user, database: "orders", password: `${life}-${user}` });

    it("has its data, takes the new logins and no old one, and is followed by its copy", async () => {
        pods = new PostgreSqlPods(programs, { replicas: 2 });
        await startAll();
        pods.sql(0, planOf("first"));
        assert.equal(query("orders", "first", "CREATE TABLE t AS SELECT generate_series(1, 1000) AS n").status, 0);
        await eventually(() => {
            assert.equal(pods.sql(1, "SELECT count(*) FROM t", "orders"), "1000");
        });
        const formerIdentity = pods.sql(0, "SELECT system_identifier FROM pg_control_system()");
        await pods.stop(1);
        await pods.stop(0);
        const former = ["client.crt", "client.key"].map((file) => pods.path(0, "certificates", file));
        const kept = former.map((file) => ({ file: `${file}.former`, text: fs.readFileSync(file) }));

        pods.renewCertificates();
        await startAll();
        pods.sql(0, planOf("second"));

        assert.equal(pods.sql(0, "SELECT system_identifier FROM pg_control_system()"), formerIdentity);
        assert.equal(query("orders", "second", "SELECT count(*) FROM t").stdout.trim(), "1000");
        assert.equal(query("report", "second", "SELECT max(n) FROM t").stdout.trim(), "1000");
        for (const user of ["orders", "report"]) {
            assert.match(query(user, "first", "SELECT 1").stderr, /password authentication failed/);
        }
        // The superuser's former certificate, by the former authority.
        for (const { file, text } of kept) {
            fs.writeFileSync(file, text, { mode: 0o600 });
            fs.chownSync(file, 65_534, 65_534);
        }
        const superuser = pods.conninfo(0, "postgres").replace(/(client\.(?:crt|key))/g, "$1.former");
        const refused = pods.run(0, "psql", ["-X", "-w", "-d", superuser, "-c", "SELECT 1"]);
        assert.notEqual(refused.status, 0);
        assert.match(refused.stderr, /certificate|unknown ca|SSL error/i);

        assert.equal(query("orders", "second", "INSERT INTO t VALUES (1001)").status, 0);
        await eventually(() => {
            assert.equal(pods.sql(1, "SELECT count(*) FROM t", "orders"), "1001");
        });
    });

    it("makes a copy anew whose volume was not taken over", async () => {
        pods = new PostgreSqlPods(programs, { replicas: 2 });
        await startAll();
        pods.sql(0, planOf("first"));
        pods.sql(0, "CREATE TABLE t AS SELECT 7 AS n", "orders");
        await pods.stop(1);
        await pods.stop(0);
        fs.rmSync(pods.data(1), { recursive: true });

        pods.renewCertificates();
        await startAll();
        pods.sql(0, planOf("second"));
        await eventually(() => {
            assert.equal(pods.sql(1, "SELECT n FROM t", "orders"), "7");
        });
    });
});
