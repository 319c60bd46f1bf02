import * as pulumi from "@pulumi/pulumi";
import { bind, FaasFunction, type FaasFunctionArgs, type FaasPlatform, Funktion, Kubeless } from "../../../components";
import { fakeConnection, fakeGateway } from "../../../components/testing";
import { clusterWithToken } from "./cluster";
import { labels, placement, registry } from "./settings";

/** Kubeless and Funktion with every argument that weakens nothing, and functions of code and of an image on both. */
export function partlessPlatformsWithEverything(): void {
    const cluster = clusterWithToken();
    const common = {
        cluster,
        callers: [{ namespace: "apps", podSelector: { app: "shop" } }],
        functionEgress: [{ internet: true, ports: [{ port: 443 }] }],
        functionPlacement: { nodeSelector: { pool: "functions" } },
        quota: { "requests.cpu": "20" },
        registry,
        labels,
    };
    const kubeless = new Kubeless("kubeless", { ...common, functionNamespaces: ["kubeless-work"] });
    const funktion = new Funktion("funktion", { ...common, functionNamespaces: ["funktion-work"] });
    deployFunctions("kubeless", cluster, kubeless.platform, { scaling: { minimum: 2, maximum: 4 } });
    deployFunctions("funktion", cluster, funktion.platform, {});
}

function deployFunctions(
    prefix: string,
    cluster: FaasFunctionArgs["cluster"],
    platform: FaasPlatform,
    further: Partial<FaasFunctionArgs>,
): void {
    const namespace = platform.functionNamespaces[0]!;
    const binding = bind(`${prefix}-orders`, { cluster, namespace, connection: fakeConnection() });
    const common = {
        cluster,
        platform,
        environment: { GREETING: "hello" },
        schedules: [{ cron: "0 3 * * *", name: "nightly" }],
        secrets: [{ variable: "TOKEN", secretName: "token", key: "token" }],
        secretFiles: [{ secretName: "certificate" }],
        labels,
        registry,
        ...further,
    };
    const host = `${prefix}.example.com`;
    new FaasFunction(`${prefix}-hello`, {
        ...common,
        runtime: "nodejs",
        timeoutSeconds: 30,
        code: new pulumi.asset.StringAsset("exports.handler = () => 'hello';"),
        routes: [{ path: "/hello", ingress: fakeGateway(), host, protections: ["login"] }],
        bindings: [{ prefix: "ORDERS", binding }],
    });
    new FaasFunction(`${prefix}-python`, {
        ...common,
        runtime: "python",
        code: new pulumi.asset.StringAsset("def handler(request, context):\n    return 'hello'\n"),
    });
    new FaasFunction(`${prefix}-packaged`, { ...common, image: "registry.example.com/hello:1.0.0", placement });
}
