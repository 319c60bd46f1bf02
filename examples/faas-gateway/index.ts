/** A Pulumi program: the gateway of a FaaS platform for the office alone, behind a login prompt. */
import * as pulumi from "@pulumi/pulumi";
import { ExistingCluster, Fission, FissionCrds, Route, TraefikIngress } from "kubernetes-faas";

export = (): Record<string, unknown> => {
    const config = new pulumi.Config();
    const { cluster } = new ExistingCluster("home", {
        context: config.require("context"),
        kubeconfig: config.get("kubeconfig"),
        kubernetesVersion: config.require("kubernetesVersion"),
    });
    const { definitions } = new FissionCrds("fission-crds", { cluster });
    const { platform } = new Fission("fission", { cluster, definitions });
    const ingress = new TraefikIngress("traefik", {
        cluster,
        domain: config.require("domain"),
        // Trusted by no client before it is told to: for real hosts an `issuer` of cert-manager.
        certificates: { selfSigned: {} },
        protections: {
            // For every route, so that the cloud's load balancer lets nobody else through either.
            office: { ipAllowList: { ranges: config.requireObject<string[]>("office") }, everyRoute: true },
            login: {
                basicAuth: { users: config.requireObject<string[]>("users").map((name) => ({ name })) },
            },
        },
    });
    const functions = new Route("functions", {
        cluster,
        gateway: ingress.gateway,
        service: platform.gateway,
        protections: ["login"],
    });
    return { url: functions.url, passwords: ingress.passwords["login"], caCertificate: ingress.caCertificate };
};
