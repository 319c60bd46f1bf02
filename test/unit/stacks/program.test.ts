import assert from "node:assert/strict";
import { record } from "../../../components/testing";
import { readConfiguration } from "../../../stacks/config/read";
import { deployStack } from "../../../stacks/program";
import { projectName } from "../../../stacks/stack-file";

const kubeconfig = JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": "home",
    clusters: [{ name: "home", cluster: { server: "https://192.0.2.1" } }],
    contexts: [{ name: "home", context: { cluster: "home", user: "home" } }],
    users: [{ name: "home", user: { token: "stand-in" } }],
});

const hello = { runtime: "nodejs", handler: "hello.handler", code: "examples/hello/hello.js" };

/** Runs the program with a platform, some functions, and secret values of the configuration. */
function deploy(faas: object, functions: Record<string, object>, secrets: Record<string, string> = {}) {
    const cluster = { kind: "existing", context: "home", kubeconfig, kubernetesVersion: "1.36.3" };
    const plain = Object.entries({ cluster, faas, functions }).map(
        ([key, value]) => [key, JSON.stringify(value)] as const,
    );
    return record(() => deployStack(readConfiguration()), {
        project: projectName,
        config: Object.fromEntries(
            [...plain, ...Object.entries(secrets)].map(([key, value]) => [`${projectName}:${key}`, value]),
        ),
        secretConfigKeys: Object.keys(secrets).map((key) => `${projectName}:${key}`),
    });
}

describe("the stack program", function () {
    this.timeout(60_000);
    const openfaas = { platform: "openfaas", acceptCommunityEula: true };

    it("refuses more functions than the platform takes, before it makes anything", async () => {
        const names = Array.from({ length: 16 }, (_, index) => `hello-${index + 1}`);
        await assert.rejects(
            deploy(openfaas, Object.fromEntries(names.map((name) => [name, hello]))),
            /^ArgumentsError: Stack stack: functions\.hello-16.* 15 /,
        );
    });

    it("takes a platform's password from the secret value that is named, and keeps it secret", async () => {
        const password = "correct-horse-battery";
        const recording = await deploy({ ...openfaas, passwordFrom: "gateway" }, { hello }, { gateway: password });
        const login = recording.only("kubernetes:core/v1:Secret", "openfaas-login");
        const text = JSON.stringify(login.inputs);
        assert.ok([password, Buffer.from(password).toString("base64")].some((each) => text.includes(each)));
        assert.ok(login.secretPaths.length > 0);
        await assert.rejects(
            deploy({ ...openfaas, passwordFrom: "gateway" }, { hello }),
            /faas\.passwordFrom is "gateway", and the configuration has no secret value of this key/,
        );
    });

    it("gives Fission the key of its Kafka certificate from a secret value", async () => {
        const kafka = {
            brokers: ["kafka.example.com:9093"],
            egress: [{ cidrs: ["192.0.2.0/24"], ports: [{ port: 9093 }] }],
            tls: { caCertificate: "ca", clientCertificate: "certificate", clientKeyFrom: "kafkaKey" },
        };
        const faas = { platform: "fission", kafka };
        const key = "the-key-of-the-certificate";
        const { resources } = await deploy(faas, { hello }, { kafkaKey: key });
        const holders = resources.filter(({ inputs }) =>
            [key, Buffer.from(key).toString("base64")].some((text) => JSON.stringify(inputs).includes(text)),
        );
        assert.deepEqual(
            holders.map(({ type }) => type),
            ["kubernetes:core/v1:Secret"],
        );
        await assert.rejects(deploy(faas, { hello }), /faas\.kafka\.tls\.clientKeyFrom is "kafkaKey"/);
    });
});
