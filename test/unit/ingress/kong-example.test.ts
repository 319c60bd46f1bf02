import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import program from "../../../examples/kong-api-keys";
import { record, type Recording, valueOf } from "../support/mocks";
import { kongConfiguration } from "./kong-schema";

const kubeconfig = JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": "home",
    clusters: [{ name: "home", cluster: { server: "https://127.0.0.1:1" } }],
    contexts: [{ name: "home", context: { cluster: "home", user: "home" } }],
    users: [{ name: "home", user: {} }],
});

/** What the program answers with. */
interface Outputs {
    urls: Record<string, pulumi.Output<string>>;
    keys: Record<string, pulumi.Output<string>>;
}

const run = async (): Promise<Recording<Outputs>> =>
    (await record(program, {
        project: "partners",
        config: {
            "partners:context": "home",
            "partners:kubeconfig": kubeconfig,
            "partners:kubernetesVersion": "1.36",
            "partners:domain": "example.com",
            "partners:teams": JSON.stringify(["billing", "shipping"]),
        },
    })) as Recording<unknown> as Recording<Outputs>;

describe("the example of API keys by team", () => {
    it("gives each team a secret key of its own, and the routes that ask for one", async () => {
        const recording = await run();
        const { keys, urls } = recording.result;
        assert.ok(await pulumi.isSecret(keys["billing"]!));
        const [billing, shipping] = [await valueOf(keys["billing"]!), await valueOf(keys["shipping"]!)];
        assert.notEqual(billing, shipping);
        assert.equal(await valueOf(urls["orders"]!), "https://orders.example.com/");
        assert.equal(await valueOf(urls["openapi"]!), "https://orders.example.com/openapi.json");

        const secret = recording.only("kubernetes:core/v1:Secret", "kong-configuration-secret");
        const { consumers, services } = kongConfiguration.parse(
            JSON.parse(secret.inputs.stringData["kong.json"] as string),
        );
        assert.deepEqual(
            consumers.map(({ username, keyauth_credentials }) => [username, keyauth_credentials![0]!.key]),
            [
                ["partners/billing", billing],
                ["partners/shipping", shipping],
            ],
        );
        const pluginNames = services.map(({ routes }) => routes[0]!.plugins.map(({ name }) => name).slice(0, -2));
        assert.deepEqual(pluginNames, [
            ["rate-limiting", "key-auth", "acl", "request-size-limiting"],
            ["rate-limiting"],
        ]);
    });
});
