import { execFile } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { accessSql } from "../../../../components/database/postgresql/access";
import { scramVerifier } from "../../../../components/database/postgresql/verifier";
import type { PostgreSqlPods } from "./postgresql-pods";

const login = { user: "orders", database: "orders", password: "opensesame" };
const salt = Buffer.from("sixteen bytes...").toString("base64");

/** Writes that a pod said it took, in the order of its answers. */
interface Taken {
    ordinal: number;
    row: number;
}

/** An application that writes to every pod all the time, as a user of a database, and remembers who took what. */
export class Writes {
    readonly taken: Taken[] = [];
    private running = true;
    private next = 0;
    private readonly loops: Promise<void>[];

    /** Makes the database, and begins. */
    constructor(
        private readonly pods: PostgreSqlPods,
        replicas: number,
    ) {
        const verifier = scramVerifier(login.password, salt);
        pods.sql(
            pods.primary,
            accessSql({
                replicas,
                primary: pods.primary,
                databases: [{ name: "orders", owner: "orders" }],
                users: [{ name: "orders", verifier, reads: [], writes: [] }],
            }),
        );
        pods.sql(pods.primary, "CREATE TABLE rows (n int); GRANT ALL ON rows TO orders", "orders");
        this.loops = Array.from({ length: replicas }, (_, ordinal) => this.write(ordinal));
    }

    private async write(ordinal: number): Promise<void> {
        const target = `${this.pods.conninfo(ordinal, login.user, login.database)} password=${login.password} connect_timeout=5`;
        while (this.running) {
            const row = this.next++;
            const took = await new Promise<boolean>((done) => {
                execFile("psql", ["-X", "-q", "-w", "-d", target, "-c", `INSERT INTO rows VALUES (${row})`], (error) =>
                    done(error === null),
                );
            });
            if (took) {
                this.taken.push({ ordinal, row });
            }
            await sleep(20);
        }
    }

    /** Who took writes, one after the other. */
    takers(): number[] {
        return this.taken.map(({ ordinal }) => ordinal).filter((ordinal, index, all) => ordinal !== all[index - 1]);
    }

    /** Ends it. */
    async end(): Promise<void> {
        this.running = false;
        await Promise.all(this.loops);
    }

    /** Rows that a pod took and that another one does not have. */
    lost(ordinal: number): number[] {
        const there = new Set(this.pods.sql(ordinal, "SELECT n FROM rows", "orders").split("\n").map(Number));
        return this.taken.map(({ row }) => row).filter((row) => !there.has(row));
    }
}
