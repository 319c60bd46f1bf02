import * as pulumi from "@pulumi/pulumi";
import {
    bind,
    type Cluster,
    FaasFunction,
    type FaasFunctionArgs,
    type FaasPlatform,
    Fission,
    FissionCrds,
    type Placement,
} from "../../../components";
import { fakeConnection, fakeGateway, fakeObjectStore } from "../../../components/testing";
import { clusterWithToken } from "./cluster";
import { labels, registry } from "./settings";

const placement: Placement = {
    nodeSelector: { pool: "platform" },
    tolerations: [{ key: "platform", effect: "NoSchedule" }],
    priorityClassName: "platform",
    architecture: "arm64",
};

/** Fission with every argument that it takes, and a function of each kind with every argument that it takes. */
export function fissionWithEverything(): void {
    const cluster = clusterWithToken();
    const crds = new FissionCrds("fission-crds", { cluster });
    const { platform } = new Fission("fission", {
        cluster,
        definitions: crds.definitions,
        namespace: "fission-system",
        functionNamespaces: ["shop", "billing"],
        environments: { nodejs: { poolSize: 2, resources: { memoryLimit: "512Mi" } }, python: {} },
        storage: { objectStore: fakeObjectStore({ caCertificate: "pem" }) },
        highAvailability: true,
        callers: [{ namespace: "apps", podSelector: { app: "shop" } }],
        functionEgress: [{ internet: true, ports: [{ port: 443 }] }],
        drainSeconds: 60,
        internalAuthGeneration: 2,
        placement,
        functionPlacement: { nodeSelector: { pool: "functions" } },
        registry,
        labels,
    });
    deployFunctions(cluster, platform);
}

function deployFunctions(cluster: Cluster, platform: FaasPlatform): void {
    const binding = bind("orders", { cluster, namespace: "shop", connection: fakeConnection() });
    const code = new pulumi.asset.StringAsset("exports.handler = () => 'hello';");
    const common = {
        cluster,
        platform,
        environment: { GREETING: "hello" },
        schedules: [{ cron: "0 3 * * *", name: "nightly" }],
        timeoutSeconds: 30,
        labels,
        registry,
    } satisfies Partial<FaasFunctionArgs>;
    const routes = [{ path: "/hello", ingress: fakeGateway(), host: "hello.example.com", protections: ["login"] }];
    const secrets = [{ variable: "TOKEN", secretName: "token", key: "token" }];

    new FaasFunction("warm", {
        ...common,
        runtime: "nodejs",
        code,
        routes,
        secrets,
        bindings: [{ prefix: "ORDERS", binding }],
    });
    new FaasFunction("own", {
        ...common,
        runtime: "python",
        code: new pulumi.asset.StringAsset("def handler(request, context):\n    return 'hello'\n"),
        handler: "own.handler",
        namespace: "billing",
        scaling: { minimum: 1, maximum: 4, targetCpuPercent: 70 },
        resources: { cpuRequest: "100m", cpuLimit: "1", memoryRequest: "128Mi", memoryLimit: "256Mi" },
        placement,
    });
    new FaasFunction("native", { ...common, runtime: "nodejs", contract: "native", code, handler: "native" });
    new FaasFunction("packaged", { ...common, image: "registry.example.com/hello:1.0.0", secrets, scaling: {} });
}
