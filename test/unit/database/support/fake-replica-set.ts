import type { ShellDatabase } from "../../../../components/database/mongodb/ask-members";

/** A user as `admin.system.users` has it. */
export interface FakeUser {
    user: string;
    roles: object[];
    pwd?: string;
    mechanisms?: string[];
    customData?: object;
}

interface Config {
    version: number;
    members: { _id: number; host: string }[];
}

/** One pod of a {@link FakeReplicaSet}. */
export interface FakePod {
    up: boolean;
    /** It has data of the set; so it knows its users. */
    joined: boolean;
    /** It does not say that it is a member, as while it reads its configuration. */
    mute: boolean;
    /** It is filled by the others, and can't serve yet. */
    filling: boolean;
    /** When the newest of its data was written. */
    newest: number;
    release: string;
}

/** A command as a pod received it. */
export interface Received {
    host: string;
    database: string;
    name: string;
    command: Record<string, unknown>;
}

/** What a server or driver says no with. */
export class FakeMongoError extends Error {
    constructor(
        message: string,
        readonly code?: number,
    ) {
        super(message);
        this.name = code === undefined ? "MongoNetworkError" : "MongoServerError";
    }
}

const changing = new Set([
    "replSetInitiate",
    "replSetReconfig",
    "createUser",
    "updateUser",
    "setFeatureCompatibilityVersion",
]);

/**
 * A stand-in for the pods of a replica set, by MongoDB's documented rules as far as commands for members and users go:
 * who may log in, that a majority elects, that a configuration is changed by its primary, one member and one version at
 * a time. It is no MongoDB; that ours works with the real one it can't prove.
 */
export class FakeReplicaSet {
    readonly pods = new Map<string, FakePod>();
    readonly received: Received[] = [];
    readonly users = new Map<string, FakeUser>();
    config?: Config;
    /** The release whose features the set uses. */
    features = "8.0";
    primary?: string;
    time = 0;
    /** Called before each command; what it throws is the answer. */
    before: (received: Received) => void = () => {};
    /** Called after each command; what it throws is the answer. */
    after: (received: Received) => void = () => {};
    /** Called whenever the script waits. */
    whileWaiting: () => void = () => {};

    constructor(readonly hosts: readonly string[]) {
        for (const host of hosts) {
            this.pods.set(host, { up: true, joined: false, mute: false, filling: false, newest: 0, release: "8.0.29" });
        }
        // What prepare.sh leaves on the first one.
        this.users.set("$external.CN=admin", { user: "CN=admin", roles: [{ role: "root", db: "admin" }] });
    }

    /** A set that has these members, the first of them the primary. */
    static running(hosts: readonly string[]): FakeReplicaSet {
        const set = new FakeReplicaSet(hosts);
        set.config = { version: 1, members: hosts.map((host, _id) => ({ _id, host })) };
        set.primary = hosts[0];
        for (const pod of set.pods.values()) {
            pod.joined = true;
        }
        return set;
    }

    /** Commands that change something, in short. */
    get changes(): string[] {
        return this.received
            .filter(({ name }) => changing.has(name))
            .map(({ name, host, command }) => {
                const target = command[name];
                return typeof target === "string" ? `${name} ${target}` : `${name} at ${host}`;
            });
    }

    get members(): string[] {
        return this.config?.members.map(({ host }) => host) ?? [];
    }

    /** Elects, as members do by themselves, when a majority of them is there. */
    elect(): void {
        const there = this.members.filter((host) => this.pods.get(host)?.up);
        if (there.length * 2 <= this.members.length) {
            this.primary = undefined;
        } else if (this.primary === undefined || !there.includes(this.primary)) {
            this.primary = there[0];
        }
        // What a member lacks, it gets from the primary.
        if (this.primary !== undefined) {
            there.forEach((host) => (this.pods.get(host)!.joined = true));
        }
    }

    sleep(milliseconds: number): Promise<void> {
        this.time += milliseconds;
        if (this.time > 15 * 60_000) {
            throw new Error("the Job was ended for taking too long");
        }
        this.elect();
        this.whileWaiting();
        return Promise.resolve();
    }

    async connect(uri: string): Promise<ShellDatabase> {
        await Promise.resolve();
        const { host, searchParams } = new URL(uri.replace(/^mongodb:/, "http:"));
        const admin = searchParams.get("authMechanism") === "MONGODB-X509";
        this.reach(host);
        if (admin && !this.knowsAdministrator(host)) {
            throw new FakeMongoError("Authentication failed.", 18);
        }
        return this.database(host, "test", admin);
    }

    private reach(host: string): FakePod {
        const pod = this.pods.get(host);
        if (!pod?.up) {
            throw new FakeMongoError(`connect ECONNREFUSED ${host}`);
        }
        return pod;
    }

    private knowsAdministrator(host: string): boolean {
        return this.pods.get(host)!.joined || (this.config === undefined && host === this.hosts[0]);
    }

    private database(host: string, name: string, admin: boolean): ShellDatabase {
        return {
            getSiblingDB: (other) => this.database(host, other, admin),
            runCommand: async (command) => {
                await Promise.resolve();
                return this.run(
                    {
                        host,
                        database: name,
                        name: Object.keys(command)[0]!,
                        command: command as Record<string, unknown>,
                    },
                    admin,
                );
            },
        };
    }

    private run(received: Received, admin: boolean): object {
        const pod = this.reach(received.host);
        this.before(received);
        this.received.push(received);
        const answer = this.answer(received, pod, admin);
        this.after(received);
        return answer;
    }

    private answer(received: Received, pod: FakePod, admin: boolean): object {
        const { host, name, command } = received;
        if (name === "hello") {
            const isWritablePrimary = this.primary === host;
            const secondary = pod.joined && !pod.filling && !isWritablePrimary;
            return { ...(pod.joined && !pod.mute ? { setName: "rs0" } : {}), isWritablePrimary, secondary };
        }
        if (!admin) {
            throw new FakeMongoError(`command ${name} requires authentication`, 13);
        }
        switch (name) {
            case "replSetInitiate":
                return this.initiate(host, command[name] as Config);
            case "replSetGetConfig":
                return { config: structuredClone(this.config) };
            case "replSetGetStatus":
                return { optimes: { lastAppliedWallTime: new Date(pod.newest) } };
            case "replSetReconfig":
                return this.reconfigure(host, command[name] as Config, command.force === true);
            case "getParameter":
                return { featureCompatibilityVersion: { version: this.features } };
            case "buildInfo":
                return { version: pod.release };
            case "setFeatureCompatibilityVersion":
                return this.raise(host, command);
            case "usersInfo":
                return { users: this.usersOf(received) };
            default:
                return this.changeUser(received);
        }
    }

    private initiate(host: string, config: Config): object {
        if (this.config) {
            throw new FakeMongoError("already initialized", 23);
        }
        if (config.members.length !== 1 || config.members[0]!.host !== host) {
            throw new FakeMongoError("No host described in new configuration maps to this node", 93);
        }
        this.config = { ...config, version: 1 };
        this.pods.get(host)!.joined = true;
        return {};
    }

    private reconfigure(host: string, next: Config, force: boolean): object {
        const now = this.members;
        const hosts = next.members.map((member) => member.host);
        const moved = [...now.filter((each) => !hosts.includes(each)), ...hosts.filter((each) => !now.includes(each))];
        if (!force && this.primary !== host) {
            throw new FakeMongoError("New config is only accepted by the primary", 10107);
        }
        if (!force && moved.length > 1) {
            throw new FakeMongoError(
                "Non force replica set reconfig can only add or remove at most 1 voting member",
                93,
            );
        }
        if (next.version !== this.config!.version + 1) {
            throw new FakeMongoError("version must increase by one", 103);
        }
        if (new Set(next.members.map(({ _id }) => _id)).size !== next.members.length) {
            throw new FakeMongoError("two members have one _id", 93);
        }
        this.config = next;
        return {};
    }

    private raise(host: string, { setFeatureCompatibilityVersion: next, confirm }: Record<string, unknown>): object {
        if (this.primary !== host) {
            throw new FakeMongoError("not primary", 10107);
        }
        if (confirm !== true) {
            throw new FakeMongoError("Once you have upgraded, downgrading is not supported; set confirm", 7369100);
        }
        // A member of an older release would end.
        const old = [...this.pods.values()].some(({ release }) => !release.startsWith(`${next as string}.`));
        if (old) {
            throw new FakeMongoError("a member does not know these features", 72);
        }
        this.features = next as string;
        return {};
    }

    private usersOf({ database, command }: Received): FakeUser[] {
        return [...this.users]
            .filter(
                ([key, { user }]) => key === `${database}.${user}` && [1, user].includes(command.usersInfo as string),
            )
            .map(([, user]) => structuredClone(user));
    }

    private changeUser({ host, database, name, command }: Received): object {
        if (this.primary !== host) {
            throw new FakeMongoError("not primary", 10107);
        }
        const { [name]: user, ...facts } = command as Record<string, unknown> & { [name: string]: string };
        const key = `${database}.${user}`;
        const there = this.users.get(key);
        if (name === "createUser" && there) {
            throw new FakeMongoError("User already exists", 51003);
        }
        if (name === "updateUser" && !there) {
            throw new FakeMongoError("Could not find user", 11);
        }
        this.users.set(key, { ...there, ...facts, user: user! } as FakeUser);
        return {};
    }
}
