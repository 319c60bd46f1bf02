import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import program from "../../../examples/ingress";
import { record } from "../support/mocks";

const kubeconfig = JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": "home",
    clusters: [{ name: "home", cluster: { server: "https://127.0.0.1:1" } }],
    contexts: [{ name: "home", context: { cluster: "home", user: "home" } }],
    users: [{ name: "home", user: {} }],
});

describe("the example of an ingress", () => {
    it("gives each path its protections, below the domain of the configuration", async () => {
        const recording = await record(program, {
            project: "edge",
            config: {
                "edge:context": "home",
                "edge:kubeconfig": kubeconfig,
                "edge:kubernetesVersion": "1.36",
                "edge:domain": "example.com",
                "edge:office": JSON.stringify(["203.0.113.0/24"]),
            },
        });
        const routes = recording
            .ofType("kubernetes:networking.k8s.io/v1:Ingress")
            .filter(({ parentType }) => parentType === "kubernetes-faas:index:Route")
            .map(({ inputs }) => [
                `${inputs.spec.rules[0].host}${inputs.spec.rules[0].http.paths[0].path}`,
                inputs.metadata.annotations["traefik.ingress.kubernetes.io/router.middlewares"],
            ]);
        assert.deepEqual(routes.sort(), [
            ["shop.example.com/", "fair@file"],
            ["shop.example.com/admin", "office@file,login@file"],
            ["shop.example.com/uploads", "login@file,uploads@file"],
        ]);
        const { passwords } = recording.result as { passwords: Record<string, Record<string, pulumi.Output<string>>> };
        assert.deepEqual(Object.keys(passwords["login"]!), ["alice", "bob"]);
    });
});
