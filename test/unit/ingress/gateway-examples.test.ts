import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import faasGateway from "../../../examples/faas-gateway";
import oidcDashboards from "../../../examples/oidc-dashboards";
import { record, type Recording, valueOf } from "../support/mocks";
import { readOptions } from "./oauth2-proxy-options";

const kubeconfig = JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": "home",
    clusters: [{ name: "home", cluster: { server: "https://127.0.0.1:1" } }],
    contexts: [{ name: "home", context: { cluster: "home", user: "home" } }],
    users: [{ name: "home", user: {} }],
});

/** Runs an example's program with a configuration. */
function run<Outputs>(
    program: () => Record<string, unknown>,
    project: string,
    settings: Record<string, unknown>,
): Promise<Recording<Outputs>> {
    const all = { context: "home", kubeconfig, kubernetesVersion: "1.36", domain: "example.com", ...settings };
    const text = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));
    const config = Object.fromEntries(Object.entries(all).map(([key, value]) => [`${project}:${key}`, text(value)]));
    return record(program, { project, config }) as Promise<Recording<unknown>> as Promise<Recording<Outputs>>;
}

/** Hosts of routes, with what stands before each and the service behind it. */
function routesOf(recording: Recording<unknown>): string[][] {
    return recording
        .ofType("kubernetes:networking.k8s.io/v1:Ingress")
        .filter(({ parentType }) => parentType === "kubernetes-faas:index:Route")
        .map(({ inputs }) => {
            const [{ host, http }] = inputs.spec.rules;
            const protections = inputs.metadata.annotations["traefik.ingress.kubernetes.io/router.middlewares"];
            return [host, protections, http.paths[0].backend.service.name] as string[];
        })
        .sort();
}

describe("the example of a FaaS gateway with a login prompt and an allow-list", () => {
    it("publishes the platform's gateway to the office alone, who give a password", async () => {
        const recording = await run<{ url: pulumi.Output<string>; passwords: Record<string, pulumi.Output<string>> }>(
            faasGateway,
            "functions",
            { office: ["203.0.113.0/24"], users: ["alice"] },
        );
        assert.deepEqual(routesOf(recording), [["functions.example.com", "login@file", "router"]]);
        assert.equal(await valueOf(recording.result.url), "https://functions.example.com/");
        assert.ok(await pulumi.isSecret(recording.result.passwords["alice"]!));
        const { spec } = recording.only("kubernetes:core/v1:Service", "traefik").inputs;
        assert.deepEqual(spec.loadBalancerSourceRanges, ["203.0.113.0/24"]);
    });
});

describe("the example of dashboards behind a login by OIDC", () => {
    it("has one login for both, which lets in members of the groups and comes back to one URL", async () => {
        const recording = await run<{ callbackUrl: pulumi.Output<string> }>(oidcDashboards, "dashboards", {
            issuerUrl: "https://login.example.org",
            clientId: "faas",
            clientSecret: "a-secret-of-the-providers",
            groups: ["operators"],
            acceptOpenFaasCommunityEula: "true",
        });
        assert.deepEqual(routesOf(recording), [
            ["functions.example.com", "calm@file,dashboards@file", "gateway"],
            ["grafana.example.com", "calm@file,dashboards@file", "grafana"],
        ]);
        const config = recording.only("kubernetes:core/v1:ConfigMap", "traefik-oauth2-dashboards-config").inputs;
        const options = readOptions(config.data["oauth2-proxy.cfg"] as string);
        assert.equal(options.redirect_url, await valueOf(recording.result.callbackUrl));
        assert.deepEqual([options.allowed_groups, options.cookie_expire], [["operators"], "8h"]);
        assert.equal(
            recording.ofType("kubernetes:networking.k8s.io/v1:Ingress").length,
            3,
            "and nothing of Traefik's own",
        );
    });
});
