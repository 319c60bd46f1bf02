import * as pulumi from "@pulumi/pulumi";
import { allowFrom, bind, bindObjectStore, FaasFunction, PlatformReference } from "kubernetes-faas";

/**
 * An application team's program, in a folder of its own: reads the platform, adds a function with a route behind a
 * login, binds a database and a bucket, and opens the database's network to the function.
 */
export function applicationProgram(platformStack: string) {
    return async (): Promise<Record<string, unknown>> => {
        const platform = await PlatformReference.read("platform", { stack: platformStack });
        const { cluster } = platform;
        const namespace = "functions";
        const database = platform.connection("orders");

        const orders = bind("orders", { cluster, namespace, connection: database });
        const media = bindObjectStore("media", { cluster, namespace, store: platform.store("media") });
        const hello = new FaasFunction("hello", {
            cluster,
            platform: platform.faas,
            runtime: "nodejs",
            handler: "hello.handler",
            code: new pulumi.asset.StringAsset("exports.handler = async () => ({ status: 200, body: 'hello' });"),
            bindings: [
                { prefix: "ORDERS", binding: orders },
                { prefix: "MEDIA", binding: media },
            ],
            routes: [{ path: "/hello", ingress: platform.gateway, host: "hello.example.com", protections: ["login"] }],
        });
        allowFrom("hello-to-orders", {
            cluster,
            endpoint: database.endpoint,
            port: database.port,
            peer: hello.pods,
        });
        return { urls: hello.urls, database: database.url };
    };
}
