import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { DatabaseEngine, type ObjectStoreConnection, ObjectStoreKind } from "../../../../components";
import type { DatabaseBackupArgs, DatabaseRestoreArgs } from "../../../../components/database";
import { MinioProcess } from "../../../support/minio";
import { BackupServer, findRclone, type PodOptions, type PodRun, PodRunner, RenderedDatabase } from "./backup-pods";
import { findPostgreSql, needed, type Programs } from "./programs";

/** The bucket that backups go to. */
export const bucket = "backups";

/** One of each kind of thing that a database holds. */
const content = `
SET ROLE orders;
CREATE SCHEMA archive;
CREATE TABLE orders (id serial PRIMARY KEY, what text NOT NULL, payload bytea);
INSERT INTO orders (what, payload) SELECT 'needle in the hay ' || n, sha256(n::text::bytea) FROM generate_series(1, 2000) AS n;
CREATE TABLE archive.parts (day date, n int) PARTITION BY RANGE (day);
CREATE TABLE archive.parts_2026 PARTITION OF archive.parts FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
INSERT INTO archive.parts SELECT '2026-01-01'::date + n, n FROM generate_series(0, 99) AS n;
CREATE INDEX ON orders (what);
CREATE VIEW recent AS SELECT * FROM orders WHERE id > 1990;
CREATE FUNCTION total() RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM orders';
CREATE TABLE private (owner name, note text);
INSERT INTO private VALUES ('report', 'for report'), ('orders', 'for orders');
ALTER TABLE private ENABLE ROW LEVEL SECURITY;
ALTER TABLE private FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON private TO report USING (owner = current_user);
SELECT lo_from_bytea(4711, 'a large object');
RESET ROLE;
CREATE EXTENSION hstore;
CREATE EXTENSION pageinspect;
CREATE TABLE tags (tag hstore);
ALTER TABLE tags OWNER TO orders;
INSERT INTO tags VALUES ('colour => red');
CREATE FUNCTION noticed() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
CREATE EVENT TRIGGER noted ON ddl_command_end EXECUTE FUNCTION noticed();
CREATE PUBLICATION changes FOR TABLE orders;
`;

/** What tells one database's content from another's. */
export const digest = `
SELECT md5(string_agg(orders::text, ',' ORDER BY id)) FROM orders;
SELECT count(*), sum(n) FROM archive.parts;
SELECT count(*) FROM recent;
SELECT total(), nextval('orders_id_seq') > 2000;
SELECT string_agg(note, ',' ORDER BY note) FROM private;
SELECT convert_from(lo_get(4711), 'UTF8');
SELECT tag -> 'colour' FROM tags;
SELECT string_agg(extname, ',' ORDER BY extname) FROM pg_extension;
SELECT string_agg(evtname || pubname, ',') FROM pg_event_trigger, pg_publication;
SELECT string_agg(indexdef, ';' ORDER BY indexdef) FROM pg_indexes WHERE schemaname = 'public';
`;

/** A server with content, and a store for backups of it. */
export class BackupSetup {
    runner!: PodRunner;
    minio!: MinioProcess;
    store!: ObjectStoreConnection;
    private readonly servers: BackupServer[] = [];

    /** @param block of addresses and ports, of which each suite has its own */
    constructor(private readonly block: number) {}

    async start(programs: readonly Programs[]): Promise<void> {
        const host = `127.0.6.${this.block + 1}`;
        this.runner = new PodRunner(programs);
        this.minio = await MinioProcess.start({ host, port: 19_100 + 10 * this.block });
        this.minio.mcOutput(["mb", `store/${bucket}`]);
        this.store = {
            kind: ObjectStoreKind.MinIo,
            endpoint: this.minio.endpoint(),
            region: "us-east-1",
            bucket,
            key: this.minio.root,
            caCertificate: fs.readFileSync(this.minio.caFile, "utf8"),
            network: { cidrs: [`${host}/32`] },
        };
        this.server(await this.rendered()).sql(content, "orders");
    }

    /** The server whose backups are made. */
    get source(): BackupServer {
        return this.servers[0]!;
    }

    /** An empty server with a database's users. */
    server(database: RenderedDatabase, runner = this.runner): BackupServer {
        const ordinal = this.block * 20 + this.servers.length;
        const made = new BackupServer(runner, `127.0.6.${ordinal + 10}`, 15_500 + ordinal);
        this.servers.push(made);
        made.start(database);
        return made;
    }

    /** The component with backups into a folder of the bucket, and a restore where one is asked for. */
    async rendered(backup: Partial<DatabaseBackupArgs> = {}, restore?: DatabaseRestoreArgs): Promise<RenderedDatabase> {
        return RenderedDatabase.of({
            engine: DatabaseEngine.PostgreSql,
            users: { report: { reads: ["orders"] } },
            backup: { store: this.store, ...backup },
            restore,
        });
    }

    /** Makes a backup, as one of another time where that is given. */
    async back(database: RenderedDatabase, time?: string, options: PodOptions = {}): Promise<PodRun> {
        return this.runner.run(database, "orders-backup", {
            ...this.source.options,
            meddle: (container, work) => {
                if (container === "upload" && time) {
                    fs.writeFileSync(path.join(work, "time"), time);
                }
            },
            ...options,
        });
    }

    /** Tests the newest backup. */
    async test(database: RenderedDatabase, options: PodOptions = {}): Promise<PodRun> {
        return this.runner.run(database, "orders-restore-test", options);
    }

    /** Fills a server from a backup. */
    async restore(database: RenderedDatabase, target: BackupServer, options: PodOptions = {}): Promise<PodRun> {
        return this.runner.run(database, "orders-restore", { ...target.options, ...options });
    }

    /** A pod that does not try again. */
    get fast(): PodOptions {
        return { environment: { ...this.toSource, RCLONE_RETRIES: "1", RCLONE_LOW_LEVEL_RETRIES: "1" } };
    }

    /** Where the server is. */
    get toSource(): Record<string, string> {
        return this.source.options.environment!;
    }

    /** Keys of the objects in a folder of the bucket. */
    objects(prefix: string): string[] {
        return this.minio
            .mcOutput(["ls", "--recursive", "--json", `store/${bucket}/${prefix}/`])
            .split("\n")
            .filter((line) => line !== "")
            .map((line) => (JSON.parse(line) as { key: string }).key)
            .sort();
    }

    /** Times of the backups in a folder of the bucket. */
    times(prefix: string): string[] {
        return [...new Set(this.objects(prefix).map((key) => key.split("/")[0]!))];
    }

    async remove(): Promise<void> {
        await Promise.all(this.servers.map((each) => each.remove()));
        await this.minio?.remove();
        this.runner?.remove();
    }
}

/** What a pod wrote that ended well. */
export function succeeded({ status, container, output }: PodRun): string {
    assert.equal(status, 0, `${container}: ${output}`);
    return output;
}

/** That a container of a pod failed, and said why. */
export function failed(run: PodRun, container: string, reason: RegExp): void {
    assert.equal(run.container, container, run.output);
    assert.notEqual(run.status, 0, run.output);
    assert.match(run.output, reason);
}

/** A suite with a server and a store, which is skipped where these can't be had. */
export function describeBackups(block: number, tests: (setup: BackupSetup) => void): void {
    describe("backups of PostgreSQL, by the containers that the component renders, with the real rclone and MinIO", function () {
        this.timeout(180_000);
        const programs: Programs[] = [];
        const setup = new BackupSetup(block);

        before(async function () {
            this.timeout(20 * 60_000);
            programs.push(await needed(this, findPostgreSql));
            programs.push(await needed(this, findRclone));
            await setup.start(programs);
        });
        after(async () => {
            await setup.remove();
            programs.forEach((each) => each.remove());
        });

        tests(setup);
    });
}
