import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { mongodb } from "../../../../components/database/mongodb/engine";
import { mongodStub } from "./mongodb-stubs";
import type { Run } from "./postgresql-pods";

/** How many documents each collection of each database has. */
export type World = Record<string, Record<string, number>>;

/** How the stubs behave. */
interface StubBehaviour {
    /** Written while the server is dumped. */
    late?: World;
    /** The tool ends half-way. */
    breaksOff?: "dump" | "hand-over";
}

const head = `
    const value = (name) => args.find((each) => each.startsWith("--" + name + "="))?.slice(name.length + 3);
    const has = (name) => args.includes("--" + name) || value(name) !== undefined;
    const uri = value("uri") ?? args.find((each) => each.startsWith("mongodb://"));
    const host = decodeURIComponent(uri.split(/\\/+/)[1]);
    const file = host.endsWith(".sock") ? fs.readFileSync(host, "utf8") + "/world.json" : home + "/live.json";
    const world = fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, "utf8")) : {};
    const save = () => fs.writeFileSync(file, JSON.stringify(world));`;

/**
 * Programs by the names of MongoDB's tools. They know of a server only how many documents its collections have, refuse
 * what the real ones' sources refuse (mongodb/mongo-tools@8fa3cfc) and print of a dump what these print. That the real
 * ones do as these, they can't prove.
 */
const stubs = {
    mongod: mongodStub,
    mongodump: `${head}
        if (has("oplog") && has("db")) throw new Error("--oplog mode only supported on full dumps");
        const dumped = has("db") ? { [value("db")]: world[value("db")] ?? {} } : world;
        for (const [name, collections] of Object.entries(dumped)) {
            for (const [each, count] of Object.entries(collections)) {
                console.error("2026-11-22T04:00:00.000+0000\\tdone dumping \`" + name + "." + each + "\` (" + count + (count === 1 ? " document)" : " documents)"));
            }
        }
        const text = JSON.stringify({ dumped, late: has("oplog") ? behaviour.late ?? {} : {} });
        if (behaviour.breaksOff === (has("oplog") ? "dump" : "hand-over")) {
            process.stdout.write(has("oplog") ? "" : text);
            process.exitCode = 1;
        } else if (value("archive")) {
            fs.writeFileSync(value("archive"), text);
        } else {
            process.stdout.write(text);
        }`,
    mongorestore: `${head}
        const include = value("nsInclude")?.replace(".*", "");
        const excluded = args.filter((each) => each.startsWith("--nsExclude=")).map((each) => each.slice(12, -2));
        if (has("oplogReplay") && (include || excluded.length > 0)) {
            throw new Error("cannot use --oplogReplay with includes or excludes specified");
        }
        const { dumped, late } = JSON.parse(fs.readFileSync(value("archive") ?? 0, "utf8"));
        for (const [name, collections] of Object.entries(dumped)) {
            if ((include && name !== include) || excluded.includes(name)) continue;
            for (const [each, count] of Object.entries(collections)) {
                if (world[name]?.[each] && !has("drop")) throw new Error("duplicate key");
                (world[name] ??= {})[each] = count;
            }
        }
        if (has("oplogReplay")) {
            for (const [name, collections] of Object.entries(late)) {
                for (const [each, count] of Object.entries(collections)) {
                    (world[name] ??= {})[each] = (world[name][each] ?? 0) + count;
                }
            }
        }
        save();`,
    mongosh: `${head}
        const database = (name) => ({
            adminCommand: () => ({ ok: 1 }),
            getSiblingDB: database,
            getCollectionInfos: () => Object.keys(world[name] ?? {}).map((each) => ({ name: each })),
            getCollection: (each) => ({ countDocuments: () => world[name][each] }),
            restores: {
                findOne: ({ _id }) => (world.restores?.[_id] ? { state: world.restores[_id] } : null),
                updateOne: ({ _id }, { $set }) => {
                    (world.restores ??= {})[_id] = $set.state;
                    save();
                },
            },
        });
        new Function("db", "print", args[args.indexOf("--eval") + 1])(database("test"), console.log);`,
};

/** Runs the scripts of a backup with stubs for the server, the shell and the tools. */
export class BackupStubs {
    readonly home = fs.mkdtempSync(path.join(os.tmpdir(), "kubernetes-faas-mongodb-"));

    constructor(live: World) {
        for (const folder of ["bin", "certificates", "dumps"]) {
            fs.mkdirSync(path.join(this.home, folder));
        }
        for (const [program, body] of Object.entries(stubs)) {
            const lines = [
                `#!${process.execPath}`,
                'const fs = require("node:fs");',
                "const args = process.argv.slice(2);",
                `const home = ${JSON.stringify(this.home)};`,
                "const behaviour = JSON.parse(process.env.STUB_BEHAVIOUR);",
                `fs.appendFileSync(home + "/calls", JSON.stringify(["${program}", ...args]) + "\\n");`,
                body,
            ];
            fs.writeFileSync(path.join(this.home, "bin", program), lines.join("\n"), { mode: 0o755 });
        }
        for (const file of ["ca.crt", "backup.crt", "backup.key", "client.crt", "client.key"]) {
            fs.writeFileSync(path.join(this.home, "certificates", file), `content of ${file}\n`);
        }
        this.live = live;
    }

    /** What the server holds that clients use. */
    get live(): World {
        return JSON.parse(fs.readFileSync(path.join(this.home, "live.json"), "utf8")) as World;
    }

    set live(world: World) {
        fs.writeFileSync(path.join(this.home, "live.json"), JSON.stringify(world));
    }

    /** A file of the backup; nothing when it is not there. */
    dumped(file: string): string | undefined {
        const found = path.join(this.home, "dumps", file);
        return fs.existsSync(found) ? fs.readFileSync(found, "utf8") : undefined;
    }

    change(file: string, text: string): void {
        fs.writeFileSync(path.join(this.home, "dumps", file), text);
    }

    empty(): void {
        fs.rmSync(path.join(this.home, "dumps"), { recursive: true });
        fs.mkdirSync(path.join(this.home, "dumps"));
    }

    get calls(): string {
        return fs.readFileSync(path.join(this.home, "calls"), "utf8");
    }

    run(script: "dump.sh" | "restore.sh" | "verify.sh", behaviour: StubBehaviour = {}): Run {
        for (const folder of ["tmp", "scratch"]) {
            fs.rmSync(path.join(this.home, folder), { recursive: true, force: true });
            fs.mkdirSync(path.join(this.home, folder));
        }
        const folder = (name: string): string => path.join(this.home, name);
        const { status, stdout, stderr } = spawnSync("sh", ["-c", mongodb.backup.script!(script)], {
            env: {
                PATH: `${folder("bin")}:${process.env.PATH}`,
                BACKUP: folder("dumps"),
                TMPDIR: folder("tmp"),
                STUB_BEHAVIOUR: JSON.stringify(behaviour),
                ...(script === "verify.sh"
                    ? { SCRATCH: folder("scratch") }
                    : {
                          ADDRESS: "carts.data.svc",
                          PORT: "27017",
                          CERTIFICATES: folder("certificates"),
                          DATABASES: "carts archive",
                          RESTORE: "monday",
                      }),
            },
            encoding: "utf8",
            timeout: 20_000,
        });
        return { status, output: stdout + stderr };
    }

    remove(): void {
        fs.rmSync(this.home, { recursive: true, force: true });
    }
}
