import {
    type Cluster,
    HardenedDeployment,
    HardenedNamespace,
    type IngressProtection,
    KongIngress,
    Route,
    type ServiceRef,
    TraefikIngress,
} from "../../../components";
import { clusterWithToken } from "./cluster";
import { labels, registry } from "./settings";

const protections: Record<string, IngressProtection> = {
    login: { basicAuth: { users: [{ name: "alice" }] } },
    office: { ipAllowList: { ranges: ["203.0.113.0/24"] }, everyRoute: true },
    calm: { rateLimit: { requests: 20 } },
    small: { bodyLimit: { maximum: "1Mi" } },
};

const staff: IngressProtection = {
    oidc: {
        issuerUrl: "https://login.example.com/realms/staff",
        clientId: "faas",
        clientSecret: "a-secret-of-the-providers",
        allowedEmails: ["alice@example.com"],
        allowedGroups: ["operators"],
        issuerCaCertificate: "-----BEGIN CERTIFICATE-----\n",
    },
};

/** Both ingresses with what many use, and a route each. */
export function ingressesWithEverything(): void {
    const cluster = clusterWithToken();
    const service = publishedService(cluster);
    const common = { cluster, protections, registry, labels, certificates: { selfSigned: {} } };
    const { gateway } = new TraefikIngress("traefik", {
        ...common,
        protections: { ...protections, staff },
        domain: "traefik.example.com",
        autoscaling: { minReplicas: 2, maxReplicas: 5 },
    });
    const named = ["login", "calm", "small"];
    new Route("hello", { cluster, gateway, service, protections: named, labels });
    new Route("admin", { cluster, gateway, service, protections: ["staff"], labels });
    new KongIngress("kong", {
        ...common,
        domain: "kong.example.com",
        replicas: 3,
        routes: [{ name: "orders", service, protections: named }],
    });
}

function publishedService(cluster: Cluster): ServiceRef {
    new HardenedNamespace("shop", { cluster });
    const { service } = new HardenedDeployment("web", {
        cluster,
        namespace: "shop",
        app: "web",
        replicas: 2,
        containers: [
            {
                name: "web",
                image: "registry.example.com/web:1.4.2",
                ports: [{ name: "http", port: 8080 }],
                probes: { readiness: { http: { path: "/ready" } }, liveness: { http: { path: "/alive" } } },
            },
        ],
        service: {},
        registry,
    });
    return service!;
}
