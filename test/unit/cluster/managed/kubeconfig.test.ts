import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { execKubeconfig } from "../../../../components/cluster/managed";
import { chooseContext, parseKubeconfig } from "../../../../components/cluster/kubeconfig";

describe("a kubeconfig with a command", () => {
    it("is read as one with the command and without any credentials, and is secret", async () => {
        const kubeconfig = execKubeconfig({
            name: "prod",
            server: "https://192.0.2.1",
            certificateAuthorityData: "QUJD",
            exec: { command: "login", args: ["--now"], env: { REGION: "here" }, installHint: "install login" },
        });
        assert.ok(await pulumi.isSecret(kubeconfig));
        const content = await new Promise<string>((resolve) => kubeconfig.apply(resolve));
        const { cluster, user } = chooseContext(parseKubeconfig(content));
        assert.deepEqual(cluster, { server: "https://192.0.2.1", "certificate-authority-data": "QUJD" });
        assert.deepEqual(Object.keys(user), ["exec"]);
        assert.equal(user.exec?.command, "login");
        assert.deepEqual(user.exec.env, [{ name: "REGION", value: "here" }]);
    });

    it("trusts what the machine trusts when no authority is given", async () => {
        const kubeconfig = execKubeconfig({
            name: "prod",
            server: "https://prod.example.com",
            exec: { command: "login", args: [], installHint: "install login" },
        });
        const content = await new Promise<string>((resolve) => kubeconfig.apply(resolve));
        assert.deepEqual(chooseContext(parseKubeconfig(content)).cluster, { server: "https://prod.example.com" });
    });
});
