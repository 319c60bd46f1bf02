import assert from "node:assert/strict";
import { type BackupServer, findRclone, PodRunner, type RenderedDatabase } from "./support/backup-pods";
import { BackupSetup, digest, failed, succeeded } from "./support/backup-setup";
import { type BothPrograms, findBothPrograms, needed, postgresqlReleases, type Programs } from "./support/programs";

describe("backups between two major versions of PostgreSQL (real: both, rclone and MinIO)", function () {
    this.timeout(180_000);
    const setup = new BackupSetup(2);
    let both: BothPrograms;
    let rclone: Programs;
    /** Pods of the newer version; those of the older one make the backups. */
    let newer: PodRunner;
    let database: RenderedDatabase;
    let target: BackupServer;

    before(async function () {
        this.timeout(20 * 60_000);
        both = await needed(this, () => findBothPrograms("postgresql", postgresqlReleases));
        rclone = await needed(this, findRclone);
        await setup.start([both.older, rclone]);
        newer = new PodRunner([both.newer, rclone]);
        database = await setup.rendered({}, { backup: "latest" });
        succeeded(await setup.back(database));
        target = setup.server(database, newer);
    });
    after(async () => {
        await setup.remove();
        newer?.remove();
        [both?.older, both?.newer, rclone].forEach((programs) => programs?.remove());
    });

    const majorOf = (server: BackupServer): string => server.sql("SHOW server_version").split(/\D/)[0]!;

    it("carry everything into a newer version, with its owners and rules on rows, and pass that version's test", async () => {
        assert.deepEqual([majorOf(setup.source), majorOf(target)], [both.older.version, both.newer.version]);
        succeeded(await newer.run(database, "orders-restore", target.options));
        assert.equal(target.sql(digest, "orders"), setup.source.sql(digest, "orders"));
        const owners = "SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname IN ('public', 'archive')";
        assert.equal(target.sql(owners, "orders"), "orders");
        assert.equal(target.sql("SET ROLE report; SELECT note FROM private", "orders"), "for report");
        assert.match(succeeded(await newer.run(database, "orders-restore-test")), /the backup is whole/);
    });

    it("of the newer version are not loaded by the older one, which says so and stays empty", async () => {
        const place = { prefix: "newer" };
        const back = await setup.rendered(place);
        succeeded(await newer.run(back, "orders-backup", target.options));
        const into = await setup.rendered(place, { backup: "latest" });
        const older = setup.server(into);
        failed(await setup.restore(into, older), "restore", /unsupported version/);
        assert.equal(older.sql("SELECT count(*) FROM pg_class WHERE relname = 'orders'", "orders"), "0");
    });
});
