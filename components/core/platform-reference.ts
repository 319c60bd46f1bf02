import * as pulumi from "@pulumi/pulumi";
import {
    AccessLevel,
    type Cluster,
    type Connection,
    type FaasPlatform,
    type IngressGateway,
    type ObjectStoreConnection,
} from "./contracts";
import { ArgumentsError, assertValid } from "./errors";
import { suggest } from "./validation";

/** What a platform stack shares with the application stacks that build on it. */
export interface SharedPlatform {
    /** A cluster whose credentials reach named namespaces only: the `cluster` of a `ClusterAccess`. */
    cluster: Cluster;
    faas?: FaasPlatform;
    gateway?: IngressGateway;
    /** Databases by name. */
    connections?: Record<string, Connection>;
    /** Buckets by name. */
    stores?: Record<string, ObjectStoreConnection>;
    /** Shares a kubeconfig that reaches the whole cluster. @default false */
    insecureShareAdminAccess?: boolean;
}

type Contracts = Omit<SharedPlatform, "insecureShareAdminAccess">;

/** The shape of the shared data; a reader refuses another one. */
const formatVersion = 1;

/**
 * The value of a platform stack's output: contracts as data, credentials marked secret.
 *
 * @throws {@link ArgumentsError} when the cluster's credentials reach the whole cluster.
 * @example
 * ```ts
 * export const platform = sharePlatform({ cluster: access.cluster, faas: fission.platform });
 * ```
 */
export function sharePlatform(platform: SharedPlatform): pulumi.Output<unknown> {
    return pulumi.output({ formatVersion, ...markSecrets(sharedContracts(platform)) });
}

/** What may be shared of a platform. */
function sharedContracts(platform: SharedPlatform): Contracts {
    const { insecureShareAdminAccess, ...contracts } = platform;
    assertValid(
        "sharePlatform",
        platform.cluster.access === AccessLevel.Admin && !insecureShareAdminAccess
            ? [
                  {
                      propertyPath: "cluster",
                      reason: `"${platform.cluster.name}" has credentials for the whole cluster; share the \`cluster\` of a ClusterAccess, or set insecureShareAdminAccess: true`,
                  },
              ]
            : [],
    );
    return contracts;
}

/** Where a shared platform is found. */
export interface PlatformReferenceArgs {
    /** The platform's stack: `organization/project/stack`. */
    stack: string;
    /** The stack output that holds the shared platform. @default `platform` */
    output?: string;
}

/**
 * The contracts of a platform, rebuilt from the outputs of its stack.
 *
 * Reading is asynchronous, because what exists on a platform decides which objects a program makes: a program that uses
 * it exports an async function.
 *
 * @example
 * ```ts
 * export = async () => {
 *     const platform = await PlatformReference.read("platform", { stack: "organization/platform/production" });
 *     const hello = new FaasFunction("hello", {
 *         cluster: platform.cluster,
 *         platform: platform.faas,
 *         runtime: "nodejs",
 *         code: new pulumi.asset.FileAsset("hello.js"),
 *     });
 *     return { urls: hello.urls };
 * };
 * ```
 */
export class PlatformReference {
    private constructor(
        private readonly source: string,
        private readonly shared: Contracts,
    ) {}

    /**
     * Reads the platform that a stack shares.
     *
     * @param name names the reference and the cluster's provider in this program
     * @throws {@link ArgumentsError} when the stack has no such output, or one that this version cannot read.
     */
    static async read(
        name: string,
        args: PlatformReferenceArgs,
        opts?: pulumi.CustomResourceOptions,
    ): Promise<PlatformReference> {
        const output = args.output ?? "platform";
        const reference = new pulumi.StackReference(name, { name: args.stack }, opts);
        const details = await reference.getOutputDetails(output);
        const shared = checkFormat(name, args.stack, output, details.secretValue ?? details.value);
        return new PlatformReference(
            `output "${output}" of stack ${args.stack}`,
            markSecrets({ ...shared, cluster: { ...shared.cluster, name } }),
        );
    }

    /**
     * The same view of contracts that are at hand: for a program that holds platform and application, and for tests.
     *
     * @throws {@link ArgumentsError} as {@link sharePlatform} does.
     */
    static of(platform: SharedPlatform): PlatformReference {
        return new PlatformReference("this program", markSecrets(sharedContracts(platform)));
    }

    /** The cluster, with credentials for the namespaces that the platform's owner opened. */
    get cluster(): Cluster {
        return this.shared.cluster;
    }

    /** The serverless platform. @throws {@link ArgumentsError} when the stack shares none. */
    get faas(): FaasPlatform {
        return this.present("faas", this.shared.faas);
    }

    /** The ingress. @throws {@link ArgumentsError} when the stack shares none. */
    get gateway(): IngressGateway {
        return this.present("gateway", this.shared.gateway);
    }

    /** A database by its name. @throws {@link ArgumentsError} when the stack shares none of that name. */
    connection(name: string): Connection {
        return this.named("connections", this.shared.connections, name);
    }

    /** A bucket by its name. @throws {@link ArgumentsError} when the stack shares none of that name. */
    store(name: string): ObjectStoreConnection {
        return this.named("stores", this.shared.stores, name);
    }

    private present<T>(property: string, value: T | undefined): T {
        if (value === undefined) {
            throw new ArgumentsError(`PlatformReference to ${this.source}`, [
                {
                    propertyPath: property,
                    reason: "is not shared; add it to sharePlatform() in the platform's program",
                },
            ]);
        }
        return value;
    }

    private named<T>(property: string, values: Record<string, T> | undefined, name: string): T {
        const value = values?.[name];
        if (value === undefined) {
            throw new ArgumentsError(`PlatformReference to ${this.source}`, [
                { propertyPath: `${property}.${name}`, reason: notShared(name, Object.keys(values ?? {})) },
            ]);
        }
        return value;
    }
}

function notShared(name: string, shared: string[]): string {
    const near = suggest(name, shared);
    const others = shared.length > 0 ? `the platform shares ${shared.join(", ")}` : "the platform shares none";
    return `is not shared; ${near ? `did you mean ${near}?` : others}`;
}

function checkFormat(name: string, stack: string, output: string, value: unknown): SharedPlatform {
    const problem = formatProblem(stack, output, value);
    assertValid(`PlatformReference ${name}`, problem ? [{ propertyPath: "stack", reason: problem }] : []);
    return value as SharedPlatform;
}

function formatProblem(stack: string, output: string, value: unknown): string | undefined {
    if (value === undefined || value === null) {
        return `"${stack}" has no output "${output}"; deploy it first, with \`export const ${output} = sharePlatform({...})\``;
    }
    const found = (value as { formatVersion?: unknown }).formatVersion;
    if (found !== formatVersion) {
        return `"${stack}" has an output "${output}" in format ${String(found)}, and this version of kubernetes-faas reads format ${formatVersion}; use the same version in both stacks`;
    }
    return undefined;
}

/** The one place that knows which fields of the contracts are secret. */
function markSecrets(platform: Contracts): Contracts {
    const { cluster, faas, connections, stores } = platform;
    return {
        ...platform,
        cluster: { ...cluster, kubeconfig: pulumi.secret(cluster.kubeconfig) },
        ...(faas && { faas: secretPlatform(faas) }),
        ...(connections && { connections: mapValues(connections, secretConnection) }),
        ...(stores && { stores: mapValues(stores, secretStore) }),
    };
}

function secretPlatform(faas: FaasPlatform): FaasPlatform {
    const { credentials } = faas;
    return credentials
        ? { ...faas, credentials: { ...credentials, password: pulumi.secret(credentials.password) } }
        : faas;
}

function secretConnection(connection: Connection): Connection {
    return { ...connection, password: pulumi.secret(connection.password), url: pulumi.secret(connection.url) };
}

function secretStore(store: ObjectStoreConnection): ObjectStoreConnection {
    return store.key ? { ...store, key: { ...store.key, secret: pulumi.secret(store.key.secret) } } : store;
}

function mapValues<T>(values: Record<string, T>, change: (value: T) => T): Record<string, T> {
    return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, change(value)]));
}
