import * as pulumi from "@pulumi/pulumi";
import {
    AccessLevel,
    Cloud,
    type Cluster,
    type ClusterTraits,
    type Connection,
    DatabaseEngine,
    Exposure,
    FaasKind,
    type FaasPlatform,
    FunctionFeature,
    IngressKind,
    type IngressGateway,
    type ObjectStoreConnection,
    ObjectStoreKind,
    Scheme,
    type SecretBinding,
    type ServiceRef,
    type Telemetry,
    TlsMode,
} from "../core/contracts";

/** A kubeconfig that parses and leads nowhere. */
const fakeKubeconfig = JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": "fake",
    clusters: [{ name: "fake", cluster: { server: "https://127.0.0.1:1" } }],
    contexts: [{ name: "fake", context: { cluster: "fake", user: "fake" } }],
    users: [{ name: "fake", user: {} }],
});

/** The traits of a local cluster that has everything. */
export function fakeTraits(traits: Partial<ClusterTraits> = {}): ClusterTraits {
    return {
        cloud: Cloud.Local,
        exposure: Exposure.NodePort,
        storageClass: "standard",
        networkPolicies: true,
        apiServer: { cidrs: ["192.0.2.1/32"], ports: [6443] },
        dns: { namespace: "kube-system", podSelector: { "k8s-app": "kube-dns" } },
        addons: ["metrics-server"],
        ...traits,
    };
}

/**
 * A cluster that nobody has to start: for unit tests with Pulumi mocks.
 *
 * @example
 * ```ts
 * const apps = new HardenedNamespace("apps", { cluster: fakeCluster() });
 * ```
 */
export function fakeCluster(cluster: Partial<Cluster> = {}): Cluster {
    return {
        name: "fake",
        kubeconfig: fakeKubeconfig,
        access: AccessLevel.Admin,
        clusterIdentifier: "fake",
        kubernetesVersion: "1.36.3",
        traits: fakeTraits(),
        ...cluster,
    };
}

/** An HTTP service that nobody answers. */
export function fakeService(service: Partial<ServiceRef> = {}): ServiceRef {
    return {
        namespace: "fake",
        service: "fake",
        port: 80,
        targetPort: 8080,
        scheme: Scheme.Http,
        podSelector: { app: "fake" },
        ...service,
    };
}

/** Telemetry with one of each kind. */
export function fakeTelemetry(telemetry: Partial<Telemetry> = {}): Telemetry {
    return {
        targets: [{ name: "fake", namespace: "fake", podSelector: { app: "fake" }, port: 8080 }],
        alerts: [
            { name: "FakeDown", expression: 'up{job="fake"} == 0', severity: "critical", summary: "Fake is down." },
        ],
        dashboards: [{ name: "fake", title: "Fake", json: "{}" }],
        ...telemetry,
    };
}

/** A serverless platform that honours everything. */
export function fakePlatform(platform: Partial<FaasPlatform> = {}): FaasPlatform {
    return {
        kind: FaasKind.Fission,
        gateway: fakeService({ namespace: "fission", service: "router", targetPort: 8888 }),
        functionNamespaces: ["functions"],
        features: Object.values(FunctionFeature),
        callers: [{ namespace: "fission", podSelector: { svc: "router" } }],
        credentials: { username: "admin", password: pulumi.secret("fake-platform-password") },
        telemetry: fakeTelemetry(),
        ...platform,
    };
}

/** An ingress with a login, called `login`, and an allow-list, called `office`. Kong takes no routes from others. */
export function fakeGateway(gateway: Partial<IngressGateway> = {}): IngressGateway {
    const kind = gateway.kind ?? IngressKind.Traefik;
    return {
        kind,
        className: "traefik",
        address: "192.0.2.10",
        pods: { namespace: "ingress", podSelector: { "app.kubernetes.io/name": "traefik" } },
        protections: [
            { name: "login", reference: "login@file", authenticates: true },
            { name: "office", reference: "office@file", authenticates: false },
        ],
        ...(kind === IngressKind.Traefik && {
            protectionAnnotation: "traefik.ingress.kubernetes.io/router.middlewares",
        }),
        ...gateway,
    };
}

/** A database in the cluster. */
export function fakeConnection(connection: Partial<Connection> = {}): Connection {
    return {
        engine: DatabaseEngine.PostgreSql,
        host: "orders.data.svc.cluster.local",
        port: 5432,
        database: "orders",
        user: "orders",
        password: pulumi.secret("fake-database-password"),
        tlsMode: TlsMode.Verified,
        caCertificate: "fake",
        url: pulumi.secret("postgresql://orders:fake-database-password@orders.data.svc.cluster.local:5432/orders"),
        endpoint: { pods: { namespace: "data", podSelector: { app: "orders" } } },
        ...connection,
    };
}

/** A bucket in the cluster. */
export function fakeObjectStore(store: Partial<ObjectStoreConnection> = {}): ObjectStoreConnection {
    return {
        kind: ObjectStoreKind.MinIo,
        endpoint: "https://media.data.svc.cluster.local:9000",
        region: "us-east-1",
        bucket: "media",
        key: { id: "fake", secret: pulumi.secret("fake-store-secret") },
        network: { pods: { namespace: "data", podSelector: { app: "media" } } },
        ...store,
    };
}

/** A connection's Secret in the functions' namespace. */
export function fakeBinding(binding: Partial<SecretBinding> = {}): SecretBinding {
    return { namespace: "functions", secretName: "orders", keys: ["host", "password", "url"], ...binding };
}
