import assert from "node:assert/strict";
import { deploy, hello } from "./deployment";

describe("the stack program", function () {
    this.timeout(60_000);
    const openfaas = { platform: "openfaas", acceptCommunityEula: true };

    it("refuses more functions than the platform takes, before it makes anything", async () => {
        const names = Array.from({ length: 16 }, (_, index) => `hello-${index + 1}`);
        await assert.rejects(
            deploy({ faas: openfaas, functions: Object.fromEntries(names.map((name) => [name, hello])) }),
            /^ArgumentsError: Stack stack: functions\.hello-16.* 15 /,
        );
    });

    it("takes a platform's password from the secret value that is named, and keeps it secret", async () => {
        const password = "correct-horse-battery";
        const faas = { ...openfaas, passwordFrom: "gateway" };
        const recording = await deploy({ faas, functions: { hello } }, { gateway: password });
        const login = recording.only("kubernetes:core/v1:Secret", "openfaas-login");
        const text = JSON.stringify(login.inputs);
        assert.ok([password, Buffer.from(password).toString("base64")].some((each) => text.includes(each)));
        assert.ok(login.secretPaths.length > 0);
        await assert.rejects(
            deploy({ faas, functions: { hello } }),
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
        const { resources } = await deploy({ faas, functions: { hello } }, { kafkaKey: key });
        const holders = resources.filter(({ inputs }) =>
            [key, Buffer.from(key).toString("base64")].some((text) => JSON.stringify(inputs).includes(text)),
        );
        assert.deepEqual(
            holders.map(({ type }) => type),
            ["kubernetes:core/v1:Secret"],
        );
        await assert.rejects(deploy({ faas, functions: { hello } }), /faas\.kafka\.tls\.clientKeyFrom is "kafkaKey"/);
    });
});
