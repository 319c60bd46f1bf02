import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import type { DatabaseBackupArgs } from "../../../components/database";
import { bucket, describeBackups, digest, failed, succeeded } from "./support/backup-setup";
import { recordsTo } from "./support/wrapped-programs";

const password = "correct horse battery staple";

/** In the place of pg_restore: ends the session that loads, which has begun and waits for more of what it loads. */
const endsLoad = `case "$*" in */owned*) ;; *) exec "$real" "$@" ;; esac
"$real" "$@" && psql -X -q -d dbname=postgres <<'END'
DO $$ BEGIN
    LOOP
        PERFORM pg_stat_clear_snapshot();
        EXIT WHEN (SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = 'orders' AND backend_xid IS NOT NULL) > 0;
        PERFORM pg_sleep(0.01);
    END LOOP;
END $$
END`;

/** All that the scripts call. */
const allPrograms =
    "sh rclone psql pg_dump pg_restore initdb pg_ctl sha256sum awk sed sort grep diff cmp cat cp cut tail tr".split(
        " ",
    );

describeBackups(0, (setup) => {
    it("carry everything into a new server, whose users own and read what was theirs", async () => {
        succeeded(await setup.back(await setup.rendered()));
        const [time] = setup.times("data/orders");
        assert.match(time!, /^\d{8}T\d{6}Z$/);
        assert.deepEqual(
            setup.objects("data/orders"),
            ["manifest", "orders.dump", "orders.rows", "origin", "roles", "sums"].map((file) => `${time}/${file}`),
        );
        const database = await setup.rendered({}, { backup: "latest" });
        const target = setup.server(database);
        const output = succeeded(await setup.restore(database, target));
        // A transaction in a transaction would leave a part behind.
        assert.doesNotMatch(output, /WARNING: .*transaction/);
        assert.equal(target.sql(digest, "orders"), setup.source.sql(digest, "orders"));
        const owners =
            "SELECT DISTINCT pg_get_userbyid(relowner) FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace WHERE nspname IN ('public', 'archive')";
        assert.equal(target.sql(owners, "orders"), "orders");
        assert.equal(
            target.sql("SET ROLE report; SELECT note FROM private; SELECT count(*) FROM orders", "orders"),
            "for report\n2000",
        );
        assert.equal(
            target.run("psql", ["-d", target.conninfo("orders"), "-c", "SET ROLE report; DELETE FROM orders"]).status,
            1,
        );
    });

    it("are restored once: the same restore again changes nothing, even without a backup", async () => {
        const database = await setup.rendered({ prefix: "once" }, { backup: "latest", id: "first" });
        succeeded(await setup.back(database));
        const target = setup.server(database);
        succeeded(await setup.restore(database, target));
        target.sql("DELETE FROM orders WHERE id <= 1000", "orders");
        setup.minio.mcOutput(["rm", "--recursive", "--force", `store/${bucket}/once`]);
        const output = succeeded(await setup.restore(database, target));
        assert.match(output, /nothing to do\nasking .*\nthe restore first was done before/);
        assert.equal(target.sql("SELECT count(*) FROM orders", "orders"), "1000");
        const other = await setup.rendered({}, { backup: "latest", id: "second" });
        failed(await setup.restore(other, target), "restore", /the database orders holds other data/);
        assert.equal(target.sql("SELECT count(*) FROM orders", "orders"), "1000");
    });

    it("are not restored over data that is there, nor half", async () => {
        const database = await setup.rendered({ prefix: "half" }, { backup: "latest" });
        succeeded(await setup.back(database));
        const target = setup.server(database);
        const run = () => setup.restore(database, target);
        target.sql("CREATE TABLE mine (n int)", "orders");
        failed(await run(), "restore", /the database orders holds other data/);
        target.sql("DROP TABLE mine", "orders");
        // A restore that is ended in the middle leaves nothing, and is run again.
        const killed = await setup.restore(database, target, {
            environment: { ...target.options.environment, ...setup.runner.wrapping({ pg_restore: endsLoad }) },
        });
        failed(killed, "restore", /orders was not loaded/);
        assert.equal(target.sql("SELECT count(*) FROM pg_class WHERE relname = 'orders'", "orders"), "0");
        succeeded(await run());
        assert.equal(target.sql(digest, "orders"), setup.source.sql(digest, "orders"));
    });

    it("hold no clear text once they are encrypted, and open with that password alone", async () => {
        const encrypted = { prefix: "encrypted", encryptionPassword: password };
        succeeded(await setup.back(await setup.rendered(encrypted)));
        const keys = setup.objects("encrypted");
        assert.ok(
            keys.some((key) => key.endsWith("/orders.dump.bin")),
            keys.join(),
        );
        for (const key of keys) {
            const text = setup.minio.mcOutput(["cat", `store/${bucket}/encrypted/${key}`]);
            assert.doesNotMatch(text, /needle|tables|PGDMP|report/, key);
        }
        const test = (backup: Partial<DatabaseBackupArgs>) => setup.rendered(backup).then((each) => setup.test(each));
        assert.match(succeeded(await test(encrypted)), /the backup is whole:\norders: 4 tables, 2103 rows/);
        failed(
            await test({ ...encrypted, encryptionPassword: "another password" }),
            "download",
            /encrypted with another password than this encryptionPassword/,
        );
        failed(await test({ prefix: "encrypted" }), "download", /is encrypted; give its encryptionPassword/);
        failed(
            await test({ encryptionPassword: password }),
            "download",
            /is not encrypted; leave encryptionPassword out/,
        );
    });

    it("are told from damaged ones by the regular test, whatever was damaged", async () => {
        const database = await setup.rendered({ prefix: "damaged" });
        succeeded(await setup.back(database, "20260101T000000Z"));
        const dump = `store/${bucket}/damaged/20260101T000000Z/orders.dump`;
        const bytes = Buffer.from(setup.minio.mcOutput(["cat", dump]), "latin1");
        setup.minio.mcOutput(["pipe", dump], { input: bytes.subarray(0, bytes.length / 2).toString("latin1") });
        failed(await setup.test(database), "download", /the backup 20260101T000000Z is damaged/);

        const meddled = await setup.rendered({ prefix: "meddled" });
        const lose = (container: string, work: string): void => {
            if (container === "upload") {
                const rows = path.join(work, "dumps/orders.rows");
                fs.writeFileSync(
                    rows,
                    fs.readFileSync(rows, "utf8").replace("public.orders 2000", "public.orders 2001"),
                );
            }
        };
        succeeded(await setup.back(meddled, undefined, { meddle: lose }));
        failed(
            await setup.test(meddled),
            "verify",
            /< public.orders 2001[^]*> public.orders 2000[^]*orders has other tables or rows than were dumped/,
        );

        const cut = await setup.rendered({ prefix: "cut" });
        const truncate = (container: string, work: string): void => {
            if (container === "upload") {
                fs.truncateSync(path.join(work, "dumps/orders.dump"), 20_000);
            }
        };
        succeeded(await setup.back(cut, undefined, { meddle: truncate }));
        failed(await setup.test(cut), "verify", /orders was not loaded|can't be read to its end/);
    });

    it("show no secret in a process's arguments or in a log", async () => {
        const database = await setup.rendered({ prefix: "secret", encryptionPassword: password });
        const folder = fs.mkdtempSync(path.join(os.tmpdir(), "kubernetes-faas-commands-"));
        fs.chmodSync(folder, 0o777);
        const file = path.join(folder, "commands");
        const scripts = Object.fromEntries(allPrograms.map((name) => [name, recordsTo(file)]));
        const environment = setup.runner.wrapping(scripts);
        const output = [
            succeeded(await setup.back(database, undefined, { environment: { ...setup.toSource, ...environment } })),
            succeeded(await setup.test(database, { environment })),
        ].join();
        const everything = fs.readFileSync(file, "utf8");
        fs.rmSync(folder, { recursive: true });
        for (const command of ["sh -c", "rclone copy", "rclone obscure", "psql", "pg_dump", "pg_restore", "initdb"]) {
            assert.ok(everything.includes(`\n${command}`), command);
        }
        for (const secret of [password, setup.minio.root.secret]) {
            assert.ok(!everything.includes(secret), "a secret stands in a process's arguments");
            assert.ok(!output.includes(secret), "a secret stands in a log");
        }
    });

    it("are dumped by a user who reads every row and can write none", () => {
        const dumper = (statement: string) =>
            setup.source.run("psql", [
                "-X",
                "-A",
                "-t",
                "-q",
                "-d",
                setup.source.conninfo("orders", "backup"),
                "-c",
                statement,
            ]);
        assert.equal(dumper("SELECT count(*) FROM private").stdout.trim(), "2");
        for (const statement of ["DELETE FROM orders", "CREATE TABLE t ()", "ALTER ROLE orders PASSWORD 'x'"]) {
            const { status, stderr } = dumper(`BEGIN READ WRITE; ${statement}`);
            assert.notEqual(status, 0, statement);
            assert.match(stderr, /permission denied/, statement);
        }
    });
});
