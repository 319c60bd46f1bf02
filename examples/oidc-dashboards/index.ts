/** A Pulumi program: the page of OpenFaaS's gateway and a Grafana behind one login at the company's provider. */
import * as pulumi from "@pulumi/pulumi";
import { ExistingCluster, type OidcProtection, OpenFaas, Route, TraefikIngress } from "kubernetes-faas";

export = (): Record<string, unknown> => {
    const config = new pulumi.Config();
    const domain = config.require("domain");
    const { cluster } = new ExistingCluster("home", {
        context: config.require("context"),
        kubeconfig: config.get("kubeconfig"),
        kubernetesVersion: config.require("kubernetesVersion"),
    });
    const { platform } = new OpenFaas("openfaas", {
        cluster,
        acceptCommunityEula: config.requireBoolean("acceptOpenFaasCommunityEula"),
    });

    // One login for all hosts of the domain: the provider needs to know a single URL, the output `callbackUrl`.
    const callbackHost = `login.${domain}`;
    const provider = {
        issuerUrl: config.require("issuerUrl"),
        clientId: config.require("clientId"),
        clientSecret: config.requireSecret("clientSecret"),
        callbackHost,
        cookie: { domain, lifetime: "8h" },
    };
    const dashboards: OidcProtection = { ...provider, allowedGroups: config.requireObject<string[]>("groups") };
    const { gateway } = new TraefikIngress("traefik", {
        cluster,
        domain,
        // Trusted by no browser before it is told to. With an `issuer` of cert-manager, callbackHost is a route's host.
        certificates: { selfSigned: {} },
        protections: {
            dashboards: { oidc: dashboards },
            calm: { rateLimit: { requests: 50, burst: 100 } },
        },
    });
    const common = { cluster, gateway, protections: ["calm", "dashboards"] };

    // The gateway's own login comes after that of the provider: a 401 of its own reaches the browser as it is.
    const functions = new Route("functions", { ...common, service: platform.gateway });
    // Grafana takes who it is from X-Auth-Request-Email, where its auth.proxy is told to.
    const grafana = new Route("grafana", {
        ...common,
        service: {
            namespace: "monitoring",
            service: "grafana",
            port: 80,
            targetPort: 3000,
            scheme: "http",
            podSelector: { "app.kubernetes.io/name": "grafana" },
        },
    });
    return {
        urls: [functions.url, grafana.url],
        callbackUrl: pulumi.interpolate`https://${callbackHost}/oauth2/dashboards/callback`,
        openFaasPassword: platform.credentials?.password,
    };
};
