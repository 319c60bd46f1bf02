import type * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { type ConfigObjectOptions, rolledSecret } from "./config-objects";
import type { Cluster, Connection, Endpoint, ObjectStoreConnection, PodPeer, SecretBinding } from "./contracts";
import { assertValid, type Fault } from "./errors";
import { type Labels, objectLabels, validateLabels } from "./labels";
import { nameLimits, physicalName } from "./names";
import { createPolicy, egressPolicySpec, ingressPolicySpec, type NetworkPolicyOptions } from "./network";
import { Checks } from "./validation";

/** Where a binding's Secret lives. */
export interface BindingPlace {
    cluster: Cluster;
    namespace: pulumi.Input<string>;
    labels?: Labels;
}

/** Arguments of {@link bind}. */
export interface BindArgs extends BindingPlace {
    connection: Connection;
}

/** Arguments of {@link bindObjectStore}. */
export interface BindObjectStoreArgs extends BindingPlace {
    store: ObjectStoreConnection;
}

/** Arguments of {@link allowFrom}. */
export interface AllowFromArgs {
    cluster: Cluster;
    /** Where the server is: a connection's `endpoint`, an object store's `network`. */
    endpoint: Endpoint;
    /** The port that the server listens on. */
    port: pulumi.Input<number>;
    /** Who may connect. */
    peer: PodPeer;
    labels?: Labels;
}

/**
 * Makes a database's connection available to the pods of a namespace: a Secret with the keys `host`, `port`,
 * `database`, `user`, `password`, `url` and `tlsMode`, and `ca.crt` where the connection has a certificate.
 *
 * The Secret is immutable and gets a new name whenever something in it changes, so that pods that refer to it by the
 * returned name roll, and the old one goes last.
 *
 * @throws {@link ArgumentsError} when the namespace or labels are wrong.
 * @example
 * ```ts
 * const orders = bind("shop-orders", { cluster, namespace: "shop", connection: database.connection });
 * const hello = new FaasFunction("hello", { cluster, platform, code, bindings: [{ binding: orders, prefix: "ORDERS" }] });
 * ```
 */
export function bind(name: string, args: BindArgs, opts?: ConfigObjectOptions): SecretBinding {
    const { host, port, database, user, password, url, tlsMode, caCertificate } = args.connection;
    return createBinding(
        name,
        args,
        { host, port: textOf(port), database, user, password, url, tlsMode, "ca.crt": caCertificate },
        opts,
    );
}

/**
 * Makes a bucket available to the pods of a namespace: a Secret with the keys `endpoint`, `region` and `bucket`;
 * `accessKeyId` and `secretAccessKey` where the store has a key (else the pods' workload identity counts); and `ca.crt`
 * where it has a certificate. It rolls as that of {@link bind} does.
 *
 * @throws {@link ArgumentsError} when the namespace or labels are wrong.
 * @example
 * ```ts
 * const media = bindObjectStore("shop-media", { cluster, namespace: "shop", store: minio.connection });
 * ```
 */
export function bindObjectStore(name: string, args: BindObjectStoreArgs, opts?: ConfigObjectOptions): SecretBinding {
    const { endpoint, region, bucket, key, caCertificate } = args.store;
    return createBinding(
        name,
        args,
        { endpoint, region, bucket, accessKeyId: key?.id, secretAccessKey: key?.secret, "ca.crt": caCertificate },
        opts,
    );
}

function createBinding(
    name: string,
    place: BindingPlace,
    values: Record<string, pulumi.Input<string> | undefined>,
    opts: ConfigObjectOptions | undefined,
): SecretBinding {
    assertValid(`Binding ${name}`, validatePlace(place));
    const entries = Object.entries(values).filter(([, value]) => value !== undefined);
    const secret = rolledSecret(
        name,
        {
            cluster: place.cluster,
            namespace: place.namespace,
            labels: bindingLabels(name, place.labels),
            data: Object.fromEntries(entries) as Record<string, pulumi.Input<string>>,
        },
        opts,
    );
    return {
        namespace: secret.metadata.namespace,
        secretName: secret.metadata.name,
        keys: entries.map(([key]) => key),
    };
}

function validatePlace({ namespace, labels }: BindingPlace): Fault[] {
    const checks = new Checks();
    checks.dnsLabel("namespace", namespace);
    checks.include(validateLabels("labels", labels));
    return checks.faults;
}

/** A label's value is shorter than a logical name can be. */
function bindingLabels(name: string, labels: Labels | undefined): Labels {
    return objectLabels({ app: "binding", instance: physicalName([name], nameLimits.NetworkPolicy), labels });
}

function textOf(port: pulumi.Input<number>): pulumi.Input<string> {
    return typeof port === "number" ? `${port}` : pulumi.interpolate`${port}`;
}

/**
 * Opens the network between pods and a server, on both sides: the peer may go out to the server (and to the cluster's
 * DNS, to find it), and the server, when it is pods of this cluster, lets the peer in.
 *
 * Made for namespaces that deny all by default. Elsewhere it closes as well, since pods that any policy selects for a
 * direction can do only what policies allow in it.
 *
 * @throws {@link ArgumentsError} when the endpoint names neither pods nor addresses, or the port or labels are wrong.
 * @returns the NetworkPolicies: `NAME-egress` in the peer's namespace, and `NAME-ingress` in the server's
 * @example
 * ```ts
 * allowFrom("shop-orders", {
 *     cluster,
 *     endpoint: database.connection.endpoint,
 *     port: database.connection.port,
 *     peer: { namespace: "shop", podSelector: { app: "hello" } },
 * });
 * ```
 */
export function allowFrom(
    name: string,
    args: AllowFromArgs,
    opts?: NetworkPolicyOptions,
): k8s.networking.v1.NetworkPolicy[] {
    assertValid(`Access ${name}`, validateAccess(args));
    const { cluster, endpoint, port, peer, labels } = args;
    const { pods, cidrs } = endpoint;
    const ports = [{ port }];
    const outward = egressPolicySpec(
        peer.podSelector,
        { egress: [{ pods: pods && [pods], cidrs, ports }] },
        cluster.traits,
    );
    const egress = createPolicy(`${name}-egress`, { cluster, namespace: peer.namespace, labels }, outward, opts);
    if (pods === undefined) {
        return [egress];
    }
    const inward = ingressPolicySpec(pods.podSelector, [{ pods: [peer], ports }]);
    return [egress, createPolicy(`${name}-ingress`, { cluster, namespace: pods.namespace, labels }, inward, opts)];
}

function validateAccess({ endpoint, port, labels }: AllowFromArgs): Fault[] {
    const checks = new Checks();
    checks.port("port", port);
    checks.list("endpoint.cidrs", endpoint.cidrs, (cidr, each) => each.cidr("", cidr));
    if (endpoint.pods === undefined && endpoint.cidrs === undefined) {
        checks.fault("endpoint", "names neither pods nor cidrs, so nothing could be opened; give one of them");
    }
    checks.include(validateLabels("labels", labels));
    return checks.faults;
}
