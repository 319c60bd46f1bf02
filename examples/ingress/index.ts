/** A Pulumi program: a way into the cluster with a login, an office's addresses and limits, and three routes. */
import * as pulumi from "@pulumi/pulumi";
import { ExistingCluster, Route, TraefikIngress } from "kubernetes-faas";

export = (): Record<string, unknown> => {
    const config = new pulumi.Config();
    const { cluster } = new ExistingCluster("home", {
        context: config.require("context"),
        kubeconfig: config.get("kubeconfig"),
        kubernetesVersion: config.require("kubernetesVersion"),
    });
    const ingress = new TraefikIngress("traefik", {
        cluster,
        domain: config.require("domain"),
        // Trusted by no browser before it is told to: for real hosts an `issuer` of cert-manager.
        certificates: { selfSigned: {} },
        protections: {
            login: { basicAuth: { users: [{ name: "alice" }, { name: "bob" }] } },
            office: { ipAllowList: { ranges: config.requireObject<string[]>("office") } },
            fair: { rateLimit: { requests: 20, burst: 40 } },
            uploads: { bodyLimit: { maximum: "10Mi" } },
        },
    });
    const { gateway } = ingress;
    const service = {
        namespace: "shop",
        service: "shop",
        port: 80,
        targetPort: 8080,
        scheme: "http" as const,
        podSelector: { app: "shop" },
    };
    const common = { cluster, gateway, service, host: pulumi.interpolate`shop.${gateway.domain}` };

    // Everybody may look, and not too often; who has a login may upload; the administration is for the office alone.
    const shop = new Route("shop", { ...common, protections: ["fair"], insecureWithoutLogin: true });
    const uploads = new Route("uploads", { ...common, path: "/uploads", protections: ["login", "uploads"] });
    const administration = new Route("administration", {
        ...common,
        path: "/admin",
        protections: ["office", "login"],
    });
    return {
        urls: [shop.url, uploads.url, administration.url],
        passwords: ingress.passwords,
        caCertificate: ingress.caCertificate,
    };
};
