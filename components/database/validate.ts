import { Deletion } from "../core/deletion";
import type { Fault } from "../core/errors";
import { validateLabels } from "../core/labels";
import { nameLimits } from "../core/names";
import { Checks, QuantityKind } from "../core/validation";
import type { StatefulDatabaseArgs } from "./args";
import { checkBackups } from "./backup/validate";
import type { Engine } from "./engine";
import { engines } from "./engines";
import { firstNames } from "./plan";
import { newestVersion } from "./versions";

/** Names of databases and users that need no quoting anywhere, in SQL, URLs and shells. */
const plainName = /^(?!pg_)[a-z][a-z0-9_]{0,62}$/;
const plainNameRule = 'use up to 63 lower-case letters, digits and "_", a letter first, and not "pg_"';

const settingName = /^[a-z_][a-z0-9_.]*$/;

const mostReplicas = 9;

/** What is wrong with the arguments of a {@link StatefulDatabase}; empty when nothing is. */
export function validateStatefulDatabase(name: string, args: StatefulDatabaseArgs): Fault[] {
    const checks = new Checks();
    const nameArgument = args.resourceName === undefined ? "name" : "resourceName";
    checks.dnsLabel(nameArgument, args.resourceName ?? name, { ...nameLimits.StatefulSet, letterFirst: true });
    checks.required("engine", args.engine, `one of ${Object.keys(engines).join(", ")}`);
    checks.oneOf("engine", args.engine, Object.keys(engines));
    checks.required("namespace", args.namespace);
    checks.dnsLabel("namespace", args.namespace);
    checkServers(checks, args);
    checkStorage(checks, args);
    checks.include(validateLabels("labels", args.labels));
    const engine = engines[args.engine];
    if (engine) {
        checkVersion(checks, args, engine);
        checkCopies(checks, args, engine);
        checkNames(checks, name, args, engine);
        checkSettings(checks, args, engine);
        checkBackups(checks, name, args);
        engine.check?.(checks, args, firstNames(name, args).user);
    }
    return checks.faults;
}

function checkServers(checks: Checks, { replicas }: StatefulDatabaseArgs): void {
    checks.integer("replicas", replicas, { minimum: 1, maximum: mostReplicas });
}

function checkVersion(checks: Checks, { version, storage }: StatefulDatabaseArgs, engine: Engine): void {
    checks.oneOf("version", version, Object.keys(engine.images));
    // A new state does not know it, and so can't tell that the default is another one.
    if (storage?.adopt && version === undefined && engine.upgradesFrom) {
        checks.fault(
            "version",
            `is left out, and "${newestVersion(engine)}" might take older data over for good; give the one that the volumes were ` +
                "written with, since `storage.adopt` takes them over",
        );
    }
}

function checkCopies(checks: Checks, args: StatefulDatabaseArgs, engine: Engine): void {
    const maximum = Math.max(0, (args.replicas ?? 1) - 1);
    for (const argument of ["primary", "synchronousCopies"] as const) {
        if (engine.handsOver) {
            checks.integer(argument, args[argument], { minimum: 0, maximum });
        } else if (args[argument] !== undefined) {
            checks.fault(argument, `is ${args[argument]}, but ${engine.title} here has no such choice; leave it out`);
        }
    }
}

function checkStorage(checks: Checks, { storage, deletion }: StatefulDatabaseArgs): void {
    checks.required("storage", storage, '{ size: "10Gi" }');
    if (storage) {
        checks.required("storage.size", storage.size, 'a size, such as "10Gi"');
    }
    checks.quantity("storage.size", storage?.size, QuantityKind.Storage, { minimum: "256Mi" });
    checks.dnsSubdomain("storage.storageClass", storage?.storageClass);
    checks.oneOf("deletion", deletion, Object.values(Deletion));
}

function checkNames(checks: Checks, name: string, args: StatefulDatabaseArgs, engine: Engine): void {
    const { database, user } = firstNames(name, args);
    const databases = [database, ...Object.keys(args.databases ?? {})];
    const users = [user, ...Object.keys(args.users ?? {})];

    if (engine.onlyDatabase === undefined) {
        checkName(checks, "database", database, engine.reserved.databases, engine);
    } else {
        checkOnlyDatabase(checks, args, engine.onlyDatabase, engine);
    }
    if (user !== database) {
        checkName(checks, "user", user, engine.reserved.users, engine);
    }
    checks.map("databases", engine.onlyDatabase === undefined ? args.databases : {}, (each, { owner }, nested) => {
        checkName(nested, "", each, engine.reserved.databases, engine);
        checkTwice(nested, each, database);
        nested.oneOf("owner", owner, users);
    });
    checks.map("users", args.users, (each, { reads, writes }, nested) => {
        checkName(nested, "", each, engine.reserved.users, engine);
        checkTwice(nested, each, user);
        nested.list("reads", reads, (wanted, item) => item.oneOf("", wanted, databases));
        nested.list("writes", writes, (wanted, item) => item.oneOf("", wanted, databases));
    });
}

function checkOnlyDatabase(checks: Checks, args: StatefulDatabaseArgs, only: string, { title }: Engine): void {
    if (args.database !== undefined && args.database !== only) {
        checks.fault("database", `is "${args.database}", but ${title} has no names of databases; leave it out`);
    }
    if (Object.keys(args.databases ?? {}).length > 0) {
        checks.fault(
            "databases",
            `are for servers that keep several apart, and ${title} has one, "${only}"; ` +
                "leave them out, and make another StatefulDatabase for what shall stay apart",
        );
    }
}

function checkName(checks: Checks, path: string, name: string, reserved: readonly string[], { title }: Engine): void {
    checks.matches(path, name, plainName, plainNameRule);
    if (reserved.includes(name)) {
        checks.fault(path, `is "${name}", which ${title} keeps to itself; choose another name`);
    }
}

function checkTwice(checks: Checks, name: string, first: string): void {
    if (name === first) {
        checks.fault("", `is "${name}", which is there as the first one; leave it out here`);
    }
}

function checkSettings(checks: Checks, { settings }: StatefulDatabaseArgs, engine: Engine): void {
    const { ownSettings, title } = engine;
    checks.map("settings", settings, (key, value, nested) => {
        nested.matches("", key, engine.settingName ?? settingName, `use ${title}'s own name of a setting`);
        nested.matches("", value, /^[^\r\n]*$/, "give one line");
        if (ownSettings.some((own) => own === key || (own.endsWith(".") && key.startsWith(own)))) {
            nested.fault("", "is set by the component, which relies on it; leave it out");
        }
    });
}
