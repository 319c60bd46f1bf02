import {
    bindObjectStore,
    type Cluster,
    ClusterAccess,
    generatedPassword,
    HardenedCronJob,
    HardenedDaemonSet,
    HardenedDeployment,
    HardenedJob,
    HardenedNamespace,
    HardenedStatefulSet,
    hotConfig,
    rolledSecret,
    Route,
    type WorkloadContainer,
} from "../../../components";
import { fakeGateway, fakeObjectStore } from "../../../components/testing";
import { clusterWithToken } from "./cluster";

const container: WorkloadContainer = {
    name: "main",
    image: "registry.example.com/main:1.4.2",
    ports: [{ name: "http", port: 8080 }],
    probes: { readiness: { http: { path: "/ready" } }, liveness: { http: { path: "/alive" } } },
};
const job: WorkloadContainer = { name: "main", image: "registry.example.com/main:1.4.2", command: ["/main", "run"] };

/** The building blocks as applications use them: every kind of workload, a route, credentials for another stack. */
export function coreWithEverything(): void {
    const cluster = clusterWithToken();
    const apps = new HardenedNamespace("apps", { cluster, quota: { pods: "50" } });
    const nodes = new HardenedNamespace("nodes", { cluster, podSecurityException: "node-exporter" });
    const place = { cluster, namespace: "apps" };

    const web = webService(cluster);
    new Route("web", {
        cluster,
        gateway: fakeGateway(),
        host: "web.example.com",
        service: web,
        protections: ["login"],
    });
    new HardenedStatefulSet("store", {
        ...place,
        app: "store",
        replicas: 3,
        claims: [{ name: "data", size: "10Gi" }],
        containers: [{ ...container, mounts: [{ volume: "data", path: "/var/lib/store" }] }],
        service: {},
    });
    new HardenedJob("migrate", { ...place, app: "shop", component: "migration", containers: [job] });
    new HardenedCronJob("report", { ...place, app: "shop", schedule: "0 3 * * *", containers: [job] });
    new HardenedDaemonSet("node-exporter", {
        cluster,
        namespace: nodes.name,
        app: "node-exporter",
        weakenedSecurity: { reason: "reads the node's figures", hostPaths: true, hostPid: true },
        volumes: [{ name: "root", hostPath: { path: "/" } }],
        containers: [{ ...container, mounts: [{ volume: "root", path: "/host/root" }] }],
    });
    bindObjectStore("media", { ...place, store: fakeObjectStore() });
    new ClusterAccess("shop", { cluster, namespaces: ["apps"], faas: "fission" }, { dependsOn: apps });
}

/** A Deployment with everything that a Deployment can have beside it. */
function webService(cluster: Cluster) {
    const place = { cluster, namespace: "apps" };
    const { password: value } = generatedPassword("web-password", {});
    const password = rolledSecret("web-password", { ...place, data: { password: value } });
    const settings = hotConfig("web-settings", { ...place, data: { "app.ini": "a = 1" } });
    const { service } = new HardenedDeployment("web", {
        ...place,
        app: "web",
        autoscaling: { minReplicas: 2, maxReplicas: 5 },
        permissions: [{ apiGroups: [""], resources: ["configmaps"], verbs: ["get"] }],
        network: { ingress: [{ pods: [{ namespace: "apps", podSelector: { app: "web" } }], ports: [{ port: 8080 }] }] },
        volumes: [{ name: "settings", configMap: { name: settings.metadata.name } }],
        initContainers: [job],
        containers: [
            {
                ...container,
                name: "web",
                environmentFromSecrets: { PASSWORD: { name: password.metadata.name, key: "password" } },
                mounts: [{ volume: "settings", path: "/etc/web" }],
            },
        ],
        service: { ports: [{ name: "http", port: 80 }] },
    });
    return service!;
}
