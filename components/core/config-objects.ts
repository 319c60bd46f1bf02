import type * as pulumi from "@pulumi/pulumi";
import type { Cluster } from "./contracts";
import { assertValid } from "./errors";
import * as k8s from "./kubernetes";
import type { Labels } from "./labels";
import { clusterProvider } from "./provider";
import { checked, Checks } from "./validation";

/** What a ConfigMap or Secret holds, and where it lives. */
export interface ConfigObjectArgs {
    cluster: Cluster;
    namespace: pulumi.Input<string>;
    /** The object's labels, as `objectLabels` makes them. */
    labels?: Labels;
    /** Texts by key. */
    data?: Record<string, pulumi.Input<string>>;
    /** Anything else by key, in base64. */
    binaryData?: Record<string, pulumi.Input<string>>;
}

/** A Secret's arguments. All of its values are secret from here on, whether they were before or not. */
export interface SecretObjectArgs extends ConfigObjectArgs {
    /** For example `kubernetes.io/tls`. @default `Opaque` */
    type?: pulumi.Input<string>;
}

/** A name in the cluster, which hot objects need. */
export interface HotName {
    /** @default the logical name */
    resourceName?: pulumi.Input<string>;
}

/** Arguments of {@link hotConfig}. */
export interface HotConfigArgs extends ConfigObjectArgs, HotName {}

/** Arguments of {@link hotSecret}. */
export interface HotSecretArgs extends SecretObjectArgs, HotName {}

/** Options of a configuration object: all but the provider, which is that of its cluster. */
export type ConfigObjectOptions = Omit<pulumi.CustomResourceOptions, "provider">;

/** A whole object, with its names and labels, has to fit in here. https://kubernetes.io/docs/concepts/configuration/configmap/ */
const largestBytes = 1_048_576;

/**
 * A ConfigMap that never changes: another content makes another object, and every pod template that refers to it by
 * `metadata.name` rolls. The old object goes last, so a rollout that fails leaves the old pods with what they had.
 *
 * @throws {@link ArgumentsError} when a key has a form that Kubernetes refuses or the values are larger than 1 MiB.
 * @example
 * ```ts
 * const settings = rolledConfig("web-settings", { cluster, namespace, data: { "app.ini": text } }, { parent: this });
 * new HardenedDeployment("web", {
 *     ...args,
 *     volumes: [{ name: "settings", configMap: { name: settings.metadata.name } }],
 * });
 * ```
 */
export function rolledConfig(name: string, args: ConfigObjectArgs, opts?: ConfigObjectOptions): k8s.core.v1.ConfigMap {
    // Without `immutable` the provider of our clusters would change it in place, and nothing would roll.
    return new k8s.core.v1.ConfigMap(
        name,
        { metadata: rolledMetadata(args), immutable: true, ...configContent("rolledConfig", name, args) },
        objectOptions(args, opts),
    );
}

/** Like {@link rolledConfig}, for a Secret. */
export function rolledSecret(name: string, args: SecretObjectArgs, opts?: ConfigObjectOptions): k8s.core.v1.Secret {
    return new k8s.core.v1.Secret(
        name,
        { metadata: rolledMetadata(args), immutable: true, ...secretContent("rolledSecret", name, args) },
        objectOptions(args, opts),
    );
}

/**
 * A ConfigMap of a fixed name that changes in place, for programs that watch their files (Traefik, Prometheus). Mount
 * all of it as a directory: a `subPath` never sees a change. The kubelet brings a change within about a minute.
 *
 * @throws {@link ArgumentsError} when a key has a form that Kubernetes refuses or the values are larger than 1 MiB.
 */
export function hotConfig(name: string, args: HotConfigArgs, opts?: ConfigObjectOptions): k8s.core.v1.ConfigMap {
    return new k8s.core.v1.ConfigMap(
        name,
        { metadata: hotMetadata(name, args), ...configContent("hotConfig", name, args) },
        objectOptions(args, opts),
    );
}

/** Like {@link hotConfig}, for a Secret. */
export function hotSecret(name: string, args: HotSecretArgs, opts?: ConfigObjectOptions): k8s.core.v1.Secret {
    return new k8s.core.v1.Secret(
        name,
        { metadata: hotMetadata(name, args), ...secretContent("hotSecret", name, args) },
        objectOptions(args, opts),
    );
}

/** No name: the plugin then makes one for each content. */
function rolledMetadata(args: ConfigObjectArgs): k8s.types.input.meta.v1.ObjectMeta {
    return { namespace: args.namespace, labels: args.labels };
}

function hotMetadata(name: string, args: ConfigObjectArgs & HotName): k8s.types.input.meta.v1.ObjectMeta {
    return { name: args.resourceName ?? name, namespace: args.namespace, labels: args.labels };
}

function objectOptions(args: ConfigObjectArgs, opts: ConfigObjectOptions = {}): pulumi.CustomResourceOptions {
    return { protect: false, retainOnDelete: false, ...opts, provider: clusterProvider(args.cluster) };
}

function configContent(kind: string, name: string, args: ConfigObjectArgs): ConfigContent {
    return {
        data: values(`${kind} ${name}`, "data", args.data),
        binaryData: values(`${kind} ${name}`, "binaryData", args.binaryData),
    };
}

function secretContent(kind: string, name: string, args: SecretObjectArgs): SecretContent {
    return {
        type: args.type ?? "Opaque",
        stringData: values(`${kind} ${name}`, "data", args.data),
        data: values(`${kind} ${name}`, "binaryData", args.binaryData),
    };
}

type ConfigContent = Pick<k8s.core.v1.ConfigMapArgs, "data" | "binaryData">;
type SecretContent = Pick<k8s.core.v1.SecretArgs, "type" | "stringData" | "data">;

function values(
    subject: string,
    path: string,
    entries: Record<string, pulumi.Input<string>> | undefined,
): Record<string, pulumi.Input<string>> | undefined {
    if (!entries) {
        return undefined;
    }
    const checks = new Checks();
    checkKeys(checks, path, Object.keys(entries));
    assertValid(subject, checks.faults);
    return Object.fromEntries(
        Object.entries(entries).map(([key, value]) => [key, checked(subject, `${path}.${key}`, value, checkSize)]),
    );
}

function checkKeys(checks: Checks, path: string, keys: string[]): void {
    for (const key of keys) {
        checks.matches(path, key, /^[-._a-zA-Z0-9]{1,253}$/, 'use a key of letters, digits, "-", "_" and "."');
    }
}

function checkSize(checks: Checks, path: string, value: string): void {
    const bytes = Buffer.byteLength(value);
    if (bytes > largestBytes) {
        checks.fault(
            path,
            `has ${bytes} bytes, and all of a ConfigMap or Secret may have ${largestBytes}; ` +
                "split it, or put it into an image or an object store",
        );
    }
}
