/**
 * Brings a replica set and its users to what a plan says. It runs inside `mongosh`, which loads it by `require`, so it
 * imports nothing of this package at run time. Everything is asked for first and changed only where it differs; it may be
 * ended anywhere and run any number of times. No data is dropped.
 */
import { randomBytes } from "node:crypto";
import type { Connect, ShellDatabase } from "./ask-members";

/** A role in a database. */
export interface Role {
    role: string;
    db: string;
}

/** What a set and its users should be. */
export interface SetPlan {
    setName: string;
    /** The release of every member, to whose features the set is raised. */
    version: string;
    /** Hosts with ports of the members, by the ordinals of their pods; the first one begins the set. */
    hosts: string[];
    caFile: string;
    /** The administrator's certificate and key in one file. */
    certificateFile: string;
    /** Users that log in by a certificate, by its subject. */
    certificates: { subject: string; roles: Role[] }[];
    /** Users that log in by a password. */
    users: { name: string; password: string; roles: Role[] }[];
}

/** What the script needs of where it runs. */
export interface Surroundings {
    connect: Connect;
    print(line: string): void;
    sleep(milliseconds: number): Promise<void>;
    /** Milliseconds. */
    now(): number;
}

interface Hello {
    setName?: string;
    isWritablePrimary?: boolean;
    secondary?: boolean;
}

interface SetConfig {
    version: number;
    members: { _id: number; host: string }[];
}

/** Marks the users that are ours: one that leaves the plan can't log in any more, a person's own can. */
const mark = { madeBy: "kubernetes-faas" };

const pauseMilliseconds = 2_000;

/** After so long without a primary, members that are gone for good are taken to be the cause. */
const patienceMilliseconds = 60_000;

/** https://github.com/mongodb/mongo/blob/master/src/mongo/base/error_codes.yml */
const refused = { authenticationFailed: 18, alreadyInitialized: 23 };

/** What passes by itself: a member that starts, an election, a change of the set that is not through yet, a lost reply. */
const passing = new Set([
    6, // HostUnreachable
    7, // HostNotFound
    refused.authenticationFailed, // of a member that has no users yet
    64, // WriteConcernFailed
    74, // NodeNotFound
    89, // NetworkTimeout
    91, // ShutdownInProgress
    94, // NotYetInitialized
    103, // NewReplicaSetConfigurationIncompatible: somebody else's change came first
    109, // ConfigurationInProgress
    112, // WriteConflict
    117, // ConflictingOperationInProgress
    133, // FailedToSatisfyReadPreference
    134, // ReadConcernMajorityNotAvailableYet
    189, // PrimarySteppedDown
    211, // KeyNotFound: a member that has just started has not yet read the keys by which the set signs its time
    262, // ExceededTimeLimit
    308, // CurrentConfigNotCommittedYet
    9001, // SocketException
    10107, // NotWritablePrimary
    11600, // InterruptedAtShutdown
    11602, // InterruptedDueToReplStateChange
    13435, // NotPrimaryNoSecondaryOk
    13436, // NotPrimaryOrSecondary
    51003, // UserAlreadyExists: made by a run before whose reply was lost
]);

/** Runs until everything is as planned; whoever started it ends it when that takes too long. */
export async function reconcile(plan: SetPlan, surroundings: Surroundings): Promise<void> {
    const set = new ReplicaSet(plan, surroundings);
    let said = "";
    for (;;) {
        const news = await set.step();
        if (news === undefined) {
            surroundings.print("the set and its users are as they should be");
            return;
        }
        if (news !== said) {
            surroundings.print(news);
            said = news;
        }
        await surroundings.sleep(pauseMilliseconds);
    }
}

/** {@link reconcile} in mongosh, with the plan from a file. */
export async function main(connect: Connect, plan: SetPlan): Promise<void> {
    await reconcile(plan, {
        connect,
        print: (line) => console.log(line),
        sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
        now: () => Date.now(),
    });
}

class ReplicaSet {
    private readonly connections = new Map<string, ShellDatabase>();
    private leaderlessSince?: number;
    private usersMade = false;

    constructor(
        private readonly plan: SetPlan,
        private readonly surroundings: Surroundings,
    ) {}

    /** Does what can be done now. @returns what was done or is waited for; nothing when all is done */
    async step(): Promise<string | undefined> {
        try {
            return await this.advance();
        } catch (error) {
            if (!passes(error)) {
                throw error;
            }
            return `waiting: ${(error as Error).message}`;
        }
    }

    private async advance(): Promise<string | undefined> {
        const { hosts } = this.plan;
        const answers = await Promise.all(hosts.map((host) => this.hello(host)));
        const silent = hosts.filter((_, index) => !answers[index]);
        if (!answers.some((answer) => answer?.setName !== undefined)) {
            return silent.length > 0 ? `waiting for ${silent.join(", ")} to answer` : this.initiate();
        }
        const primary = hosts.find((_, index) => answers[index]?.isWritablePrimary);
        if (primary === undefined) {
            return this.awaitPrimary(silent);
        }
        this.leaderlessSince = undefined;
        const changed = await this.changeMembers(primary, silent);
        if (changed !== undefined) {
            return changed;
        }
        if (!this.usersMade) {
            await this.makeUsers(primary);
            this.usersMade = true;
        }
        const serving = hosts.filter((_, index) => answers[index]?.isWritablePrimary || answers[index]?.secondary);
        return this.raiseFeatures(primary, serving);
    }

    /**
     * Begins the set with the first member. A member that knows the administrator holds data of a set, even while it does
     * not yet say so: a second set beside that data would take its place.
     */
    private async initiate(): Promise<string> {
        const { hosts, setName } = this.plan;
        for (const host of hosts.slice(1)) {
            if (await this.knowsAdministrator(host)) {
                return `waiting for ${host} to join the set whose data it holds`;
            }
        }
        const first = await this.administrator(hosts[0]!);
        try {
            await first.runCommand({ replSetInitiate: { _id: setName, members: [{ _id: 0, host: hosts[0] }] } });
        } catch (error) {
            if (codeOf(error) !== refused.alreadyInitialized) {
                throw error;
            }
        }
        return `${hosts[0]} begins the set`;
    }

    private async knowsAdministrator(host: string): Promise<boolean> {
        try {
            await this.administrator(host);
            return true;
        } catch (error) {
            if (codeOf(error) === refused.authenticationFailed) {
                return false;
            }
            throw error;
        }
    }

    private async awaitPrimary(silent: readonly string[]): Promise<string> {
        this.leaderlessSince ??= this.surroundings.now();
        const patient = this.surroundings.now() - this.leaderlessSince < patienceMilliseconds;
        return (!patient && silent.length === 0 && (await this.dropLostMajority())) || "waiting for a primary";
    }

    /**
     * Fewer members than a majority can't elect: so it is where a new component takes over the volumes of too few. The members
     * that are planned then go on without the others, if none of these is there any more, from the one that has the newest data.
     */
    private async dropLostMajority(): Promise<string | undefined> {
        const survivors = await Promise.all(
            this.plan.hosts.map(async (host) => {
                const admin = await this.administrator(host);
                const status = (await admin.runCommand({ replSetGetStatus: 1 })) as {
                    optimes: { lastAppliedWallTime: Date };
                };
                return { admin, host, newest: status.optimes.lastAppliedWallTime.getTime() };
            }),
        );
        const { admin, host } = survivors.reduce((best, each) => (each.newest > best.newest ? each : best));
        const config = await configOf(admin);
        const kept = config.members.filter((member) => this.plan.hosts.includes(member.host));
        const lost = config.members.filter((member) => !kept.includes(member)).map((member) => member.host);
        if (kept.length === 0 || kept.length * 2 > config.members.length) {
            return undefined;
        }
        const answers = await Promise.all(lost.map((each) => this.hello(each)));
        if (answers.some((answer) => answer !== undefined)) {
            return undefined;
        }
        await admin.runCommand({
            replSetReconfig: { ...config, version: config.version + 1, members: kept },
            force: true,
        });
        return `${host} goes on without ${lost.join(", ")}`;
    }

    /** Takes out or adds one member: a set accepts no more at once. */
    private async changeMembers(primary: string, silent: readonly string[]): Promise<string | undefined> {
        const { hosts } = this.plan;
        const admin = await this.administrator(primary);
        const config = await configOf(admin);
        const reconfigure = (members: SetConfig["members"]): Promise<unknown> =>
            admin.runCommand({ replSetReconfig: { ...config, version: config.version + 1, members } });

        const extra = config.members.find((member) => !hosts.includes(member.host));
        if (extra) {
            await reconfigure(config.members.filter((member) => member !== extra));
            return `${extra.host} leaves the set`;
        }
        const missing = hosts.find((host) => !config.members.some((member) => member.host === host));
        if (missing === undefined) {
            return undefined;
        }
        if (silent.includes(missing)) {
            return `waiting for ${missing} to answer`;
        }
        const next = Math.max(...config.members.map(({ _id }) => _id)) + 1;
        await reconfigure([...config.members, { _id: next, host: missing }]);
        return `${missing} joins the set`;
    }

    private async makeUsers(primary: string): Promise<void> {
        const admin = await this.administrator(primary);
        const external = admin.getSiblingDB("$external");
        const { certificates, users } = this.plan;
        for (const { subject, roles } of certificates) {
            await setUser(external, subject, { roles, customData: mark });
        }
        for (const { name, password, roles } of users) {
            await setUser(admin, name, { ...loginBy(password), roles, customData: mark });
        }
        const there = await usersOf(admin, 1);
        const planned = new Set(users.map(({ name }) => name));
        for (const { user, customData } of there) {
            if (customData?.madeBy === mark.madeBy && !planned.has(user)) {
                // Nobody knows this password, and without roles a connection that is open may do nothing.
                await admin.runCommand({
                    updateUser: user,
                    ...loginBy(randomBytes(32).toString("hex")),
                    roles: [],
                });
            }
        }
    }

    /**
     * Lets the set use what its release brings, after which no older one reads its data. Only once every member runs that
     * release, and none is being filled, which would begin anew:
     * https://www.mongodb.com/docs/manual/release-notes/8.0-upgrade-replica-set/,
     * https://www.mongodb.com/docs/manual/reference/command/setFeatureCompatibilityVersion/#sync-failures
     */
    private async raiseFeatures(primary: string, serving: readonly string[]): Promise<string | undefined> {
        const { hosts, version } = this.plan;
        const admin = await this.administrator(primary);
        const { featureCompatibilityVersion: features } = (await admin.runCommand({
            getParameter: 1,
            featureCompatibilityVersion: 1,
        })) as { featureCompatibilityVersion: { version: string } };
        if (features.version === version) {
            return undefined;
        }
        for (const host of hosts) {
            if (!serving.includes(host)) {
                return `waiting for ${host} to be filled before the set goes from ${features.version} to ${version}`;
            }
            const { version: release } = (await (await this.administrator(host)).runCommand({ buildInfo: 1 })) as {
                version: string;
            };
            if (!release.startsWith(`${version}.`)) {
                return `waiting for ${host}, which runs ${release}, before the set goes to ${version}`;
            }
        }
        await admin.runCommand({ setFeatureCompatibilityVersion: version, confirm: true });
        return `the set goes from ${features.version} to ${version}`;
    }

    /** What a member says of itself without a login; nothing when it does not answer. */
    private async hello(host: string): Promise<Hello | undefined> {
        try {
            const database = await this.connection(host, "");
            return (await database.runCommand({ hello: 1 })) as Hello;
        } catch (error) {
            if (!passes(error)) {
                throw error;
            }
            return undefined;
        }
    }

    /** A member's database `admin`, as the administrator. */
    private async administrator(host: string): Promise<ShellDatabase> {
        const file = encodeURIComponent(this.plan.certificateFile);
        const database = await this.connection(host, `&authMechanism=MONGODB-X509&tlsCertificateKeyFile=${file}`);
        return database.getSiblingDB("admin");
    }

    private async connection(host: string, login: string): Promise<ShellDatabase> {
        const key = host + login;
        const known = this.connections.get(key);
        if (known) {
            return known;
        }
        const tls = `tls=true&tlsCAFile=${encodeURIComponent(this.plan.caFile)}`;
        const made = await this.surroundings.connect(
            `mongodb://${host}/admin?directConnection=true&serverSelectionTimeoutMS=5000&${tls}${login}`,
        );
        this.connections.set(key, made);
        return made;
    }
}

/** SCRAM-SHA-256 alone: by default the server would keep what SHA-1 makes of the password, too. */
function loginBy(password: string): { pwd: string; mechanisms: string[] } {
    return { pwd: password, mechanisms: ["SCRAM-SHA-256"] };
}

async function configOf(admin: ShellDatabase): Promise<SetConfig> {
    return ((await admin.runCommand({ replSetGetConfig: 1 })) as { config: SetConfig }).config;
}

interface KnownUser {
    user: string;
    customData?: { madeBy?: string };
}

async function usersOf(database: ShellDatabase, which: string | 1): Promise<KnownUser[]> {
    return ((await database.runCommand({ usersInfo: which })) as { users: KnownUser[] }).users;
}

async function setUser(database: ShellDatabase, name: string, facts: object): Promise<void> {
    const there = (await usersOf(database, name)).length > 0;
    await database.runCommand(there ? { updateUser: name, ...facts } : { createUser: name, ...facts });
}

function codeOf(error: unknown): number | undefined {
    const code = (error as { code?: unknown }).code;
    return typeof code === "number" ? code : undefined;
}

/** The driver's own errors, such as one for a lost connection, have no number; what is wrong in this script is no Mongo*. */
function passes(error: unknown): boolean {
    const code = codeOf(error);
    return code === undefined ? (error as Error).name.startsWith("Mongo") : passing.has(code);
}
