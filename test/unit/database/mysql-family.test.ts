import { spawnSync } from "node:child_process";
import assert from "node:assert/strict";
import { DatabaseEngine, HardenedNamespace, StatefulDatabase, type StatefulDatabaseArgs } from "../../../components";
import type { Engine } from "../../../components/database/engine";
import {
    mariadb,
    mariadbIdentified,
    mariadbRights,
    mariadbSettings,
} from "../../../components/database/mariadb/engine";
import { nativePasswordHash } from "../../../components/database/mariadb/password";
import { accessSql, surplusSql } from "../../../components/database/mysql-family/access";
import { accountsSql } from "../../../components/database/mysql-family/accounts";
import { familyScript } from "../../../components/database/mysql-family/scripts";
import { exporterCnf, serverCnf } from "../../../components/database/mysql-family/settings";
import {
    mysql,
    mysqlIdentified,
    mysqlPlugins,
    mysqlRights,
    mysqlSettings,
} from "../../../components/database/mysql/engine";
import { cachingSha2Hash, sha256Crypt } from "../../../components/database/mysql/password";
import { validateStatefulDatabase } from "../../../components/database";
import { fakeCluster, manifests, record } from "../../../components/testing";

/** What an engine's own script has to make. */
const calledByAll = [
    "by_certificate",
    "make_empty",
    "make_scratch",
    "copy_from",
    "upgrade_settings",
    "check_settings",
    "upgrade_data",
    "pod_settings",
];

const family = [DatabaseEngine.MariaDb, DatabaseEngine.MySql] as const;

interface Container {
    name: string;
    image: string;
    command?: string[];
    args?: string[];
    env?: { name: string; value?: string }[];
    resources: { limits: { memory: string } };
}

/** The containers of a database's pods and Job, and the connection to it. */
async function containersOf(changed: Partial<StatefulDatabaseArgs>) {
    const { resources, result } = await record(() => {
        const cluster = fakeCluster();
        const data = new HardenedNamespace("data", { cluster });
        return new StatefulDatabase("orders", {
            cluster,
            namespace: data.name,
            engine: DatabaseEngine.MariaDb,
            storage: { size: "10Gi" },
            ...changed,
        });
    });
    const objects = manifests(resources);
    const podOf = (kind: string) =>
        (
            objects.find((object) => object.kind === kind) as unknown as {
                spec: { template: { spec: { initContainers?: Container[]; containers: Container[] } } };
            }
        ).spec.template.spec;
    const set = podOf("StatefulSet");
    return { prepare: set.initContainers![0]!, containers: set.containers, job: podOf("Job").containers, result };
}

describe("MariaDB and MySQL", () => {
    it("run the newest release with long support unless another is asked for", async () => {
        const imageOf = async (changed: Partial<StatefulDatabaseArgs>) =>
            (await containersOf(changed)).containers[0]!.image;
        assert.match(await imageOf({}), /mariadb:12\.3/);
        assert.match(await imageOf({ version: "11.8" }), /mariadb:11\.8/);
        assert.match(await imageOf({ engine: DatabaseEngine.MySql }), /mysql:9\.7/);
        assert.match(await imageOf({ engine: DatabaseEngine.MySql, version: "8.4" }), /mysql:8\.4/);
    });

    for (const engine of family) {
        it(`give no container of ${engine} a password, and ask it for its state by a certificate`, async () => {
            const { prepare, containers, job } = await containersOf({ engine, replicas: 2 });
            for (const { env, name } of [prepare, ...containers, ...job]) {
                assert.deepEqual(
                    (env ?? []).filter((variable) => /passw|PWD/i.test(variable.name)),
                    [],
                    name,
                );
            }
            const server = containers[0] as Container & Record<string, { exec: { command: string[] } }>;
            for (const probe of ["startupProbe", "readinessProbe", "livenessProbe"]) {
                const { command } = server[probe]!.exec;
                assert.ok(command.includes("--user=monitoring") && command.at(-1) === "ping", command.join(" "));
                assert.ok(!command.some((each) => each.includes("password")));
            }
        });

        it(`tell ${engine} which versions' data its version takes over`, async () => {
            const known = engine === DatabaseEngine.MySql ? mysql : mariadb;
            for (const version of Object.keys(known.images)) {
                const { prepare } = await containersOf({ engine, version });
                const value = (name: string) => prepare.env?.find((variable) => variable.name === name)?.value;
                assert.equal(value("RELEASE"), version);
                assert.equal(value("TAKES_OVER"), known.upgradesFrom![version]?.join(" ") || undefined);
            }
            assert.equal(mariadb.upgradesFrom!["12.3"]!.join(), "11.4,11.8");
            assert.deepEqual(mysql.upgradesFrom, { "9.7": ["8.4"] });
        });

        it(`let ${engine} copy data with the memory that its server has`, async () => {
            const { prepare } = await containersOf({ engine, resources: { limits: { memory: "2Gi" } } });
            assert.equal(prepare.resources.limits.memory, "2Gi");
        });

        it(`give ${engine} scripts that a shell reads to their ends`, () => {
            for (const file of ["prepare.sh", "access.sh", "dump.sh", "restore.sh", "verify.sh"]) {
                const text = familyScript(engine, file);
                const { status, stderr } = spawnSync("sh", ["-n"], { input: text, encoding: "utf8" });
                assert.equal(status, 0, `${file}: ${stderr}`);
                const made = new Set([...text.matchAll(/^(\w+)\(\)/gm)].map(([, name]) => name!));
                for (const name of calledByAll) {
                    assert.ok(made.has(name), `${engine} lacks ${name}`);
                }
            }
        });
    }

    it("ask a pod no longer than some seconds, however long the look for its name would take", () => {
        const ask = /^ask\(\) \{\n[^]*?^\}/m.exec(familyScript(DatabaseEngine.MariaDb, "prepare.sh"))![0];
        const input = `by_certificate() { :; }; host_of() { :; }; timeout() { echo "$1"; }\n${ask}\nask 1 'SELECT 1'`;
        assert.equal(spawnSync("sh", [], { input, encoding: "utf8" }).stdout.trim(), "10");
    });

    it("are reached by a URL of the kind that their clients know, which checks the server", async () => {
        const { result } = await containersOf({ engine: DatabaseEngine.MySql });
        const url = await new Promise<string>((resolve) => {
            (result.connection.url as unknown as { apply(take: (url: string) => void): void }).apply(resolve);
        });
        assert.match(url, /^mysql:\/\/orders:.+@orders\.data\.svc:3306\/orders\?ssl-mode=VERIFY_IDENTITY$/);
    });

    it("take their memory from the limit, TLS from nobody's choice, and the user's settings over the rest", () => {
        const text = serverCnf({ memory: "1Gi", engine: mariadbSettings, settings: { init_connect: 'SET @a = "\\"' } });
        assert.match(text, /^innodb_buffer_pool_size = "512M"$/m);
        assert.match(text, /^require_secure_transport = "ON"$/m);
        assert.match(text, /^gtid_strict_mode = "ON"$/m);
        assert.match(text, /^init_connect = "SET @a = "\\\\""$/m);
        assert.match(text, /^!includedir \/run\/mysqld$/m);
        // Whatever a user loads, MySQL's copies still find the plugin that makes them.
        const loading = { memory: "1Gi", engine: {}, plugins: mysqlPlugins };
        for (const name of ["plugin_load", "plugin_load_add"]) {
            assert.match(
                serverCnf({ ...loading, settings: { [name]: "audit.so" } }),
                new RegExp(`^${name} = "audit.so"\nplugin_load_add = "mysql_clone.so"$`, "m"),
            );
        }
        assert.equal(mysqlSettings("512Mi").performance_schema, "OFF");
        assert.equal(mysqlSettings("1Gi").performance_schema, "ON");
    });

    it("tell of copies where there are some, by names that begin with the engine's", () => {
        const named = (engine: Engine, replicas: number) => engine.alerts("job", replicas, 0).map(({ name }) => name);
        assert.ok(named(mysql, 2).includes("MySqlCopyCutOff"));
        assert.ok(named(mariadb, 2).includes("MariaDbCopyLags"));
        assert.ok(!named(mariadb, 1).some((name) => name.includes("Copy")));
        const expressions = mysql.alerts("job", 2, 0).map(({ expression }) => expression);
        assert.ok(expressions.some((each) => each.includes("mysql_slave_status_replica_io_running")));
    });

    it("measure by a user with a certificate and few rights", () => {
        assert.match(exporterCnf, /^user = monitoring$/m);
        assert.doesNotMatch(exporterCnf, /password/);
        for (const rights of [mariadbRights, mysqlRights]) {
            assert.doesNotMatch(rights.monitoring.join(), /SELECT|SUPER|ALL/);
        }
    });
});

describe("what MariaDB and MySQL are told of users", () => {
    const plan = (identified: string) => ({
        databases: [
            { name: "orders", owner: "orders" },
            { name: "a_b", owner: "orders" },
        ],
        users: [
            { name: "orders", identified, reads: [], writes: [] },
            { name: "report", identified, reads: ["a_b"], writes: [] },
        ],
    });

    it("opens those of the component by certificates alone, one statement a line", () => {
        const text = accountsSql(mysqlRights);
        for (const name of ["admin", "replication", "backup", "monitoring"]) {
            assert.ok(text.includes(`CREATE USER IF NOT EXISTS ${name}@'%' REQUIRE SUBJECT '/CN=${name}';\n`), name);
        }
        assert.doesNotMatch(text, /IDENTIFIED/);
        for (const line of text.trimEnd().split("\n")) {
            assert.match(line, /;$/);
        }
        assert.match(text, /GRANT REPLICATION SLAVE, BACKUP_ADMIN ON \*\.\* TO replication@'%';/);
    });

    it("gives rights in the databases that are named, and not in those whose names are like them", () => {
        const text = accessSql(plan(mysqlIdentified("secret", "c2l4dGVlbiBieXRlcy4uLg==")));
        assert.match(text, /GRANT SELECT, SHOW VIEW ON `a\\_b`\.\* TO `report`@'%';/);
        assert.match(text, /GRANT ALL PRIVILEGES ON `a\\_b`\.\* TO `orders`@'%';/);
        assert.match(
            text,
            /ALTER USER `orders`@'%' IDENTIFIED WITH caching_sha2_password AS '\$A\$005\$.{63}' ACCOUNT UNLOCK;/,
        );
        assert.doesNotMatch(text, /secret|DROP/);
    });

    it("takes away what is not planned, by statements that the server makes", () => {
        const text = surplusSql(plan("IDENTIFIED BY PASSWORD 'x'"));
        assert.match(text, /ACCOUNT LOCK.* NOT IN \('orders', 'report'\);/);
        assert.match(text, /table_schema\) NOT IN \(\('orders', 'orders'\), \('orders', 'a\\\\_b'\)\)/);
        assert.match(text, /\('report', 'a\\\\_b', 'SHOW VIEW'\)/);
        assert.doesNotMatch(text, /DROP/);
    });

    it("keeps of a password for MariaDB what its manual says", () => {
        // SELECT PASSWORD('mypass') of MySQL's manual, https://dev.mysql.com/doc/refman/5.7/en/password-hashing.html
        assert.equal(nativePasswordHash("mypass"), "*6C8989366EAF75BB670AD8EA7A7FC1176A95CEF4");
        assert.equal(
            mariadbIdentified("mypass"),
            "IDENTIFIED VIA mysql_native_password USING '*6C8989366EAF75BB670AD8EA7A7FC1176A95CEF4'",
        );
    });

    it("keeps of a password for MySQL what others find in its tables", () => {
        // hashcat's example of mode 7401, whose password is "hashcat": https://hashcat.net/wiki/doku.php?id=example_hashes
        const salt = Buffer.from("F9CC98CE08892924F50A213B6BC571A2C11778C5", "hex");
        assert.equal(sha256Crypt("hashcat", salt), "bTy95Y99eAME1dwEkHOA1ndHGBWz.1bxSSRkuTXFGV/");
        assert.match(
            cachingSha2Hash("hashcat", "c2l4dGVlbiBieXRlcy4uLg=="),
            /^\$A\$005\$c2l4dGVlbiBieXRlcy4u[./0-9A-Za-z]{43}$/,
        );
    });

    it("makes digests as OpenSSL does, for passwords shorter and longer than a digest", function () {
        const salt = "0123456789abcdef";
        for (const password of ["x", "correct horse battery staple, of more than 32 bytes"]) {
            const { stdout, error } = spawnSync("openssl", ["passwd", "-5", "-salt", salt, password], {
                encoding: "utf8",
            });
            if (error) {
                console.log("      skipped: there is no openssl");
                this.skip();
            }
            assert.equal(`$5$${salt}$${sha256Crypt(password, Buffer.from(salt))}`, stdout.trim());
        }
    });
});

describe("what a database of MariaDB or MySQL refuses", () => {
    const faultsOf = (changed: Partial<Record<keyof StatefulDatabaseArgs, unknown>>, name = "orders"): string[] =>
        validateStatefulDatabase(name, {
            cluster: fakeCluster(),
            namespace: "data",
            engine: DatabaseEngine.MySql,
            storage: { size: "10Gi" },
            ...changed,
        } as StatefulDatabaseArgs).map(({ propertyPath, reason }) => `${propertyPath}: ${reason}`);
    const long = "a".repeat(33);
    const cases: [string, Partial<Record<keyof StatefulDatabaseArgs, unknown>>, RegExp][] = [
        ["the server's own database", { database: "mysql" }, /^database: is "mysql", which MySQL keeps to itself/],
        ["the component's own database", { databases: { kubernetes_faas: {} } }, /^databases.kubernetes_faas: is/],
        ["the superuser", { user: "root" }, /^user: is "root", which MySQL keeps to itself/],
        ["the administrator", { users: { admin: {} } }, /^users.admin: is "admin"/],
        ["a user with too long a name", { user: long }, /^user: is "a+" of 33 characters.*at most 32/],
        ["one more with too long a name", { users: { [long]: {} } }, /^users.a+: is "a+" of 33 characters/],
        ["a database that gives its user too long a name", { database: long }, /^user: is "a+" of 33 characters/],
        [
            "a setting of the component's own",
            { settings: { ssl_ca: "x" } },
            /^settings.ssl_ca: is set by the component/,
        ],
        ["the same in disguise", { settings: { loose_ssl_ca: "x" } }, /^settings.loose_ssl_ca: means "ssl_ca"/],
        ["its opposite", { settings: { skip_ssl: "1" } }, /^settings.skip_ssl: means "ssl"/],
        [
            "its beginning",
            { settings: { require_secure: "0" } },
            /^settings.require_secure: means "require_secure_transport"/,
        ],
        ...[
            "aria_log_dir_path",
            "innodb_data_file_path",
            "innodb_data_home_dir",
            "innodb_log_group_home_dir",
            "innodb_undo_directory",
            "log_basename",
        ].map((name): (typeof cases)[number] => [
            `${name}, which would lead off the volume`,
            { settings: { [name]: "/tmp" } },
            new RegExp(`^settings.${name}: is set by the component`),
        ]),
        ["a volume that has no room for its logs", { storage: { size: "512Mi" } }, /^storage.size: .*1Gi or more/],
        ["a release that there is not", { version: "8.0" }, /^version: is "8.0".*"9.7", "8.4"/],
    ];

    for (const [what, args, expected] of cases) {
        it(`${what}`, () => {
            const faults = faultsOf(args);
            assert.equal(faults.length, 1, faults.join("\n"));
            assert.match(faults[0]!, expected);
        });
    }

    it("a component's name that makes too long a name of a user", () => {
        assert.match(faultsOf({}, long)[0]!, /^user: is "a+" of 33 characters/);
        assert.deepEqual(faultsOf({ user: "short" }, long), []);
    });

    it("nothing that is right", () => {
        assert.deepEqual(faultsOf({ settings: { max_connections: "200", log_bin_trust_function_creators: "1" } }), []);
        assert.deepEqual(faultsOf({ engine: DatabaseEngine.MariaDb, user: long }), []);
    });
});
