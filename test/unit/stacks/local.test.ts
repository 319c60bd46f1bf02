import assert from "node:assert/strict";
import { localStack, platformOf } from "../../../stacks/local";
import { outputAt } from "../../../stacks/show";
import { projectName, readStackFile, secretConfig } from "../../../stacks/stack-file";

const faas = `${projectName}:faas`;

describe("the stack of npm start", () => {
    it("is that of its file, with Fission, unless something else is asked for", () => {
        assert.deepEqual(localStack({}), readStackFile("local"));
        assert.deepEqual(localStack({ platform: "fission" }), readStackFile("local"));
        assert.equal(platformOf(localStack({})), "fission");
    });

    it("gives another platform its own defaults, and none of Fission's settings", () => {
        const file = localStack({ platform: "kubeless" });
        assert.deepEqual(file[faas], { platform: "kubeless" });
        assert.deepEqual({ ...file, [faas]: undefined }, { ...readStackFile("local"), [faas]: undefined });
    });

    it("accepts OpenFaaS' licence where the user said so, and never by itself", () => {
        assert.deepEqual(localStack({ platform: "openfaas" })[faas], { platform: "openfaas" });
        const accepted = { acceptOpenFaasCommunityEula: true };
        assert.deepEqual(localStack({ platform: "openfaas", ...accepted })[faas], {
            platform: "openfaas",
            acceptCommunityEula: true,
        });
        assert.deepEqual(localStack({ platform: "funktion", ...accepted })[faas], { platform: "funktion" });
    });

    it("takes an example's platform unless another is asked for", () => {
        assert.equal(platformOf(localStack({ example: "store" })), "openfaas");
        assert.equal(platformOf(localStack({ example: "store", platform: "kubeless" })), "kubeless");
        assert.equal(platformOf(localStack({ example: "scheduled" })), "fission");
    });
});

describe("an output for npm start", () => {
    const outputs = {
        platform: "fission",
        passwords: { login: { me: "a", "b.c@example.com": "b" } },
        ingress: { urls: {} },
    };

    it("is printed alone, by its path, also where names have dots", () => {
        assert.equal(outputAt(outputs, "platform"), "fission");
        assert.equal(outputAt(outputs, "passwords.login.me"), "a");
        assert.equal(outputAt(outputs, "passwords.login.b.c@example.com"), "b");
        assert.deepEqual(JSON.parse(outputAt(outputs, "passwords")), outputs.passwords);
    });

    it("that there is not is an error which names those that there are, and no value", () => {
        assert.throws(() => outputAt(outputs, "passwords.login.mee"), {
            message:
                'npm start: --show is "passwords.login.mee", and the stack has no such output; did you mean passwords.login.me?',
        });
        assert.throws(() => outputAt(outputs, "zzz"), /there are platform, passwords\.login\.me, passwords\.login\.b/);
    });
});

describe("secret values for npm start", () => {
    it("come from the environment and stay secret", () => {
        assert.deepEqual(secretConfig(["apiToken=API_TOKEN"], { API_TOKEN: "a" }), {
            [`${projectName}:apiToken`]: { value: "a", secret: true },
        });
        assert.deepEqual(secretConfig([], {}), {});
    });

    it("are reported when they are not there, or written down where everybody reads them", () => {
        assert.throws(() => secretConfig(["apiToken=API_TOKEN", "apiToken"], {}), {
            message: new RegExp(
                '--secret is "apiToken=API_TOKEN", and your environment has no variable API_TOKEN; .*\\n.*' +
                    '--secret is "apiToken"; give a key of the configuration and a variable',
            ),
        });
    });
});
