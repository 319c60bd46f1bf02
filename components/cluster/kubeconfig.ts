import * as path from "node:path";
import { ArgumentsError, type Fault } from "../core/errors";
import { yaml } from "../core/lazy-modules";
import { suggest } from "../core/validation";

/** The `cluster` part of an entry in a kubeconfig's `clusters`, as far as it is read here; other fields are kept. */
export interface ClusterEntry {
    server?: string;
    "certificate-authority"?: string;
    "certificate-authority-data"?: string;
    "insecure-skip-tls-verify"?: boolean;
    "tls-server-name"?: string;
    "proxy-url"?: string;
    [field: string]: unknown;
}

/** A command that yields credentials (https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins). */
export interface ExecEntry {
    apiVersion?: string;
    command?: string;
    args?: string[] | null;
    env?: { name: string; value: string }[] | null;
    installHint?: string;
    interactiveMode?: string;
    provideClusterInfo?: boolean;
}

/** The `user` part of an entry in a kubeconfig's `users`; nothing of it may appear in a message. */
export interface UserEntry {
    token?: string;
    tokenFile?: string;
    "client-certificate"?: string;
    "client-certificate-data"?: string;
    "client-key"?: string;
    "client-key-data"?: string;
    username?: string;
    password?: string;
    exec?: ExecEntry;
    [field: string]: unknown;
}

/** The `context` part of an entry in a kubeconfig's `contexts`. */
export interface ContextEntry {
    cluster?: string;
    user?: string;
    namespace?: string;
    [field: string]: unknown;
}

/** A kubeconfig, its lists as maps by name. */
export interface Kubeconfig {
    readonly currentContext?: string;
    readonly clusters: ReadonlyMap<string, ClusterEntry>;
    readonly contexts: ReadonlyMap<string, ContextEntry>;
    readonly users: ReadonlyMap<string, UserEntry>;
}

/** One context of a kubeconfig with all that belongs to it. */
export interface ChosenContext {
    readonly name: string;
    readonly context: ContextEntry;
    readonly cluster: ClusterEntry & { server: string };
    readonly user: UserEntry;
}

/** How many names a message lists before it ends with "and 12 more". */
const listedNames = 10;

/**
 * Reads the content of a kubeconfig, YAML or JSON. No message repeats any of the content, since it may hold credentials.
 *
 * @throws {@link ArgumentsError} when the text is no kubeconfig.
 */
export function parseKubeconfig(content: string): Kubeconfig {
    // Pretty errors quote the faulty lines.
    const document = yaml.parseDocument(content, { prettyErrors: false });
    const [error] = document.errors;
    if (error) {
        const line = content.slice(0, error.pos[0]).split("\n").length;
        throw kubeconfigError(`is not a kubeconfig: line ${line} is not valid YAML (${error.code})`);
    }
    const root: unknown = document.toJS();
    if (!isRecord(root) || (root.kind !== undefined && root.kind !== "Config") || !("contexts" in root)) {
        throw kubeconfigError(
            'is not a kubeconfig: it needs kind "Config" with clusters, contexts and users; `kubectl config view --raw --minify` prints one',
        );
    }
    const current = root["current-context"];
    return {
        currentContext: typeof current === "string" && current !== "" ? current : undefined,
        clusters: entries<ClusterEntry>(root, "clusters", "cluster"),
        contexts: entries<ContextEntry>(root, "contexts", "context"),
        users: entries<UserEntry>(root, "users", "user"),
    };
}

function entries<T>(root: Record<string, unknown>, list: string, field: string): Map<string, T> {
    const items = root[list] ?? [];
    if (!Array.isArray(items)) {
        throw kubeconfigError(`is not a kubeconfig: \`${list}\` is not a list`);
    }
    const named = items.map((item: unknown, index): [string, T] => {
        if (!isRecord(item) || typeof item.name !== "string" || !isRecord(item[field] ?? {})) {
            throw kubeconfigError(`is not a kubeconfig: ${list}[${index}] has no name and \`${field}\``);
        }
        return [item.name, (item[field] ?? {}) as T];
    });
    // Of two entries with one name kubectl takes the first.
    return new Map(named.reverse());
}

/** One kubeconfig out of several, as kubectl merges the files of `$KUBECONFIG`: the first that says something wins. */
export function mergeKubeconfigs(configs: readonly Kubeconfig[]): Kubeconfig {
    const reversed = [...configs].reverse();
    return {
        currentContext: configs.find((config) => config.currentContext !== undefined)?.currentContext,
        clusters: new Map(reversed.flatMap((config) => [...config.clusters])),
        contexts: new Map(reversed.flatMap((config) => [...config.contexts])),
        users: new Map(reversed.flatMap((config) => [...config.users])),
    };
}

/** The names of a kubeconfig's contexts, sorted. */
function contextNames(config: Kubeconfig): string[] {
    return [...config.contexts.keys()].sort();
}

/**
 * The context of that name, or the current one, with its cluster and user.
 *
 * @throws {@link ArgumentsError} when there is no such context, none is current, or its cluster or user is missing.
 */
export function chooseContext(config: Kubeconfig, wanted?: string): ChosenContext {
    const name = wanted ?? config.currentContext;
    const names = contextNames(config);
    if (name === undefined) {
        throw contextMissing(config, "the kubeconfig has no current-context");
    }
    const context = config.contexts.get(name);
    if (!context) {
        throw wanted === undefined
            ? kubeconfigError(`has the current-context "${name}", which it does not define; ${offer(names)}`)
            : contextError(
                  `is "${name}", which the kubeconfig does not have${didYouMean(name, names)}; ${offer(names)}`,
              );
    }
    return {
        name,
        context,
        cluster: clusterOf(config, name, context),
        user: part(config.users, name, "user", context.user),
    };
}

/** No context is named, and there is a reason why none is chosen instead. */
export function contextMissing(config: Kubeconfig, because: string): ArgumentsError {
    return contextError(`is missing, and ${because}; ${offer(contextNames(config))}`);
}

function clusterOf(config: Kubeconfig, name: string, context: ContextEntry): ClusterEntry & { server: string } {
    const cluster = part(config.clusters, name, "cluster", context.cluster);
    const { server } = cluster;
    if (typeof server !== "string" || !URL.canParse(server)) {
        throw kubeconfigError(`has the cluster "${context.cluster}", whose \`server\` is not a URL; write it anew`);
    }
    return { ...cluster, server };
}

function part<T>(parts: ReadonlyMap<string, T>, context: string, kind: string, name: string | undefined): T {
    if (!name) {
        throw kubeconfigError(`has the context "${context}", which names no ${kind}; write the kubeconfig anew`);
    }
    const found = parts.get(name);
    if (!found) {
        const names = [...parts.keys()].sort();
        throw kubeconfigError(
            `has the context "${context}", whose ${kind} "${name}" is missing${didYouMean(name, names)}; write the kubeconfig anew`,
        );
    }
    return found;
}

function offer(names: readonly string[]): string {
    if (names.length === 0) {
        return "it has no contexts at all: create a cluster first, or give another kubeconfig";
    }
    const more = names.length > listedNames ? ` and ${names.length - listedNames} more` : "";
    return `name one of ${names.slice(0, listedNames).join(", ")}${more}`;
}

function didYouMean(name: string, names: readonly string[]): string {
    const nearest = suggest(name, names);
    return nearest === undefined ? "" : ` (did you mean "${nearest}"?)`;
}

/** A kubeconfig with nothing but one context, so that no other cluster's credentials travel with it. */
export function renderKubeconfig({ name, context, cluster, user }: ChosenContext): string {
    return yaml.stringify(
        {
            apiVersion: "v1",
            kind: "Config",
            "current-context": name,
            clusters: [{ name: context.cluster, cluster }],
            contexts: [{ name, context }],
            users: [{ name: context.user, user }],
        },
        { lineWidth: 0, aliasDuplicateObjects: false },
    );
}

/** A kubeconfig that means the same when it is read from another directory than its own. */
export function resolvePaths(config: Kubeconfig, directory: string): Kubeconfig {
    const absolute = <T extends Record<string, unknown>>(entry: T, fields: readonly string[]): T => {
        const relative = fields.filter((field) => typeof entry[field] === "string" && entry[field] !== "");
        const resolved = relative.map((field) => [field, path.resolve(directory, entry[field] as string)] as const);
        return { ...entry, ...Object.fromEntries(resolved) };
    };
    return {
        ...config,
        clusters: mapValues(config.clusters, (cluster) => absolute(cluster, ["certificate-authority"])),
        users: mapValues(config.users, (user) =>
            resolveCommand(absolute(user, ["client-certificate", "client-key", "tokenFile"]), directory),
        ),
    };
}

/** A command without a slash is looked up on PATH; one with a slash is relative to the kubeconfig, as for kubectl. */
function resolveCommand(user: UserEntry, directory: string): UserEntry {
    const command = user.exec?.command;
    return command?.includes("/")
        ? { ...user, exec: { ...user.exec, command: path.resolve(directory, command) } }
        : user;
}

function mapValues<T>(values: ReadonlyMap<string, T>, change: (value: T) => T): Map<string, T> {
    return new Map([...values].map(([key, value]) => [key, change(value)]));
}

function isRecord(value: unknown): value is Record<string, unknown> {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Something is wrong with the argument `kubeconfig`. */
export function kubeconfigError(reason: string): ArgumentsError {
    return new ArgumentsError("Kubeconfig", [{ propertyPath: "kubeconfig", reason }]);
}

function contextError(reason: string): ArgumentsError {
    return new ArgumentsError("Kubeconfig", [{ propertyPath: "context", reason }]);
}

/** The faults by which an action fails; none when it succeeds. */
export function faultsOf(action: () => unknown): Fault[] {
    try {
        action();
        return [];
    } catch (error) {
        if (error instanceof ArgumentsError) {
            return error.errors;
        }
        throw error;
    }
}
