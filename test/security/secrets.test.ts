import assert from "node:assert/strict";
import { isSecret, output as outputOf, Output } from "@pulumi/pulumi";
import { unzipSync } from "fflate";
import { formatManifests, type RecordedResource, valueOf } from "../../components/testing";
import { clusterToken } from "./support/cluster";
import { evaluate, forEveryProgram, ofKind, programTitles, titleOf } from "./support/programs";

/** What every stand-in of a generated or given secret holds: passwords, keys, hashes, connections. */
const secretMarks = new RegExp(
    `(password|bytes|string|hash)-of-|PRIVATE KEY|fake-(database-password|platform-password|store-secret)|${clusterToken}`,
);

/** Whether a text shows a secret: as it is, in base64, in hexadecimal digits or in a zip. */
function showsSecret(text: string): boolean {
    return [text, ...decoded(text)].some((each) => secretMarks.test(each));
}

function decoded(text: string): string[] {
    const inHex = /^([0-9a-f]{2})+$/.test(text) ? [Buffer.from(text, "hex").toString("latin1")] : [];
    const inBase64 = /^[\w+/-]{8,}={0,2}$/.test(text) ? [Buffer.from(text, "base64")] : [];
    return [
        ...inHex,
        ...inBase64.map((content) => content.toString("latin1")),
        ...inBase64.filter((content) => content.subarray(0, 2).toString() === "PK").flatMap(unzipped),
    ];
}

function unzipped(content: Buffer): string[] {
    return Object.values(unzipSync(content)).map((file) => Buffer.from(file).toString("latin1"));
}

/** Paths of the texts that show a secret, without those below the given paths. */
function leaks(value: unknown, secretPaths: readonly string[] = [], path = ""): string[] {
    if (secretPaths.includes(path)) {
        return [];
    }
    if (typeof value === "string") {
        return showsSecret(value) ? [path] : [];
    }
    if (typeof value !== "object" || value === null) {
        return [];
    }
    return Object.entries(value).flatMap(([key, item]) => {
        const nested = Array.isArray(value) ? `${path}[${key}]` : path === "" ? key : `${path}.${key}`;
        return leaks(item, secretPaths, nested);
    });
}

function leaksOf({ type, name, inputs, secretPaths }: RecordedResource): string[] {
    return leaks(inputs, secretPaths).map((path) => `${type} ${name}: ${path}`);
}

/** Paths of the outputs that show a secret and are not marked as one. Outputs may lie in objects that are none. */
async function openSecrets(value: unknown, path = ""): Promise<string[]> {
    if (typeof value !== "object" || value === null || Output.isInstance(value)) {
        const shown = leaks(await valueOf(value), [], path);
        return shown.length > 0 && (await isSecret(value as never)) ? [] : shown;
    }
    const nested = Object.entries(value).map(([key, item]) => openSecrets(item, path === "" ? key : `${path}.${key}`));
    return (await Promise.all(nested)).flat();
}

describe("Secrets", () => {
    it("are recognised by these tests in every form that they may take", () => {
        const secret = "password-of-admin-password-of-";
        assert.deepEqual(
            leaks(
                {
                    plain: `postgresql://admin:${secret}@host`,
                    base64: Buffer.from(secret).toString("base64"),
                    hex: Buffer.from(secret).toString("hex"),
                    list: ["fine", secret],
                    marked: secret,
                    fine: "admin",
                },
                ["marked"],
            ),
            ["plain", "base64", "hex", "list[1]"],
        );
    });

    forEveryProgram((program) => {
        it("are marked as secret in whole in every Secret", () => {
            const secrets = program().resources.filter(({ type }) => type === "kubernetes:core/v1:Secret");
            assert.ok(secrets.length > 0);
            for (const { name, inputs, secretPaths } of secrets) {
                const held = ["data", "stringData"].filter((field) => inputs[field] !== undefined);
                assert.deepEqual(secretPaths.filter((path) => held.includes(path)).sort(), held, name);
            }
        });

        it("stand in no input of any resource that is not marked as secret, and so in no state and no preview", () => {
            assert.deepEqual(program().resources.flatMap(leaksOf), []);
        });

        it("are in no manifest", () => {
            assert.deepEqual(leaks(program().objects), []);
            assert.doesNotMatch(formatManifests(program().objects), secretMarks);
        });
    });

    it("are in some inputs of each program, or these tests would prove nothing", async () => {
        for (const title of programTitles) {
            const { resources } = await evaluate(title);
            assert.ok(
                resources.some(({ inputs }) => leaks(inputs).length > 0),
                title,
            );
        }
    });

    it("are in no output of the local stack that is not marked as secret", async () => {
        const { outputs } = await evaluate("the local stack");
        assert.deepEqual(await openSecrets(outputs), []);
        assert.deepEqual(await openSecrets({ login: { password: outputOf("password-of-admin") } }), ["login.password"]);
    });

    it("can't be edited once they are there, but for the one that Fission looks for by its name", async () => {
        const secrets = ofKind(await evaluate("Fission with everything"), "Secret");
        const editable = secrets.filter(({ immutable }) => immutable !== true).map(titleOf);
        assert.deepEqual(editable, [
            "Secret billing/fission-internal-auth",
            "Secret fission-system/fission-internal-auth",
            "Secret shop/fission-internal-auth",
        ]);
    });
});
