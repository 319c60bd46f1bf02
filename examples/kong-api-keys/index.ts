/** A Pulumi program: an API behind Kong, with a key for each team and a limit for each client. */
import * as pulumi from "@pulumi/pulumi";
import { ExistingCluster, KongIngress } from "kubernetes-faas";

export = (): Record<string, unknown> => {
    const config = new pulumi.Config();
    const { cluster } = new ExistingCluster("home", {
        context: config.require("context"),
        kubeconfig: config.get("kubeconfig"),
        kubernetesVersion: config.require("kubernetesVersion"),
    });
    const teams = config.requireObject<string[]>("teams");
    const rotation = config.get("rotation") ?? "1";
    const service = {
        namespace: "shop",
        service: "orders",
        port: 80,
        targetPort: 8080,
        scheme: "http" as const,
        podSelector: { app: "orders" },
    };
    const ingress = new KongIngress("kong", {
        cluster,
        domain: config.require("domain"),
        // Trusted by no client before it is told to: for real hosts give `own`.
        certificates: { selfSigned: {} },
        protections: {
            partners: { apiKey: { holders: teams.map((name) => ({ name, rotation })) } },
            fair: { rateLimit: { requests: 100, period: "1m" }, everyRoute: true },
            small: { bodyLimit: { maximum: "1Mi" } },
        },
        routes: [
            // The service finds the team in the header X-Consumer-Username, as partners/billing.
            { name: "orders", service, protections: ["partners", "small"] },
            // Everybody may read what the API looks like.
            {
                name: "openapi",
                host: pulumi.interpolate`orders.${config.require("domain")}`,
                path: "/openapi.json",
                service,
                insecureWithoutLogin: true,
            },
        ],
    });
    return { urls: ingress.urls, keys: ingress.apiKeys["partners"], caCertificate: ingress.caCertificate };
};
