import * as pulumi from "@pulumi/pulumi";
import { bind, FaasFunction, OpenFaas } from "../../../components";
import { fakeConnection, fakeGateway } from "../../../components/testing";
import { clusterWithToken } from "./cluster";
import { labels, placement, registry } from "./settings";

/** OpenFaaS with every argument that weakens nothing, and functions of code and of an image. */
export function openFaasWithEverything(): void {
    const cluster = clusterWithToken();
    const { platform } = new OpenFaas("openfaas", {
        cluster,
        acceptCommunityEula: true,
        namespace: "openfaas-system",
        functionNamespace: "work",
        timeoutSeconds: 120,
        callbackEgress: [{ cidrs: ["198.51.100.0/24"], ports: [{ port: 443 }] }],
        scaleUpCallsPerSecond: 20,
        cronConnector: true,
        passwordRotation: "2026-12",
        callers: [{ namespace: "apps", podSelector: { app: "shop" } }],
        functionEgress: [{ internet: true, ports: [{ port: 443 }] }],
        quota: { "requests.cpu": "20" },
        proxy: { url: "http://proxy.example.com:3128", endpoint: { cidrs: ["198.51.100.7/32"] } },
        placement,
        functionPlacement: { nodeSelector: { pool: "functions" } },
        registry,
        labels,
    });
    const binding = bind("orders", { cluster, namespace: "work", connection: fakeConnection() });
    const common = {
        cluster,
        platform,
        environment: { GREETING: "hello" },
        schedules: [{ cron: "0 3 * * *", name: "nightly" }],
        secrets: [{ variable: "TOKEN", secretName: "token", key: "token" }],
        secretFiles: [{ secretName: "certificate" }],
        timeoutSeconds: 30,
        scaling: { minimum: 2, maximum: 5 },
        labels,
        registry,
    };
    const routes = [{ path: "/hello", ingress: fakeGateway(), host: "hello.example.com", protections: ["login"] }];
    const code = new pulumi.asset.StringAsset("exports.handler = () => 'hello';");
    new FaasFunction("hello", {
        ...common,
        runtime: "nodejs",
        code,
        routes,
        bindings: [{ prefix: "ORDERS", binding }],
    });
    new FaasFunction("packaged", { ...common, image: "registry.example.com/hello:1.0.0", placement });
}
