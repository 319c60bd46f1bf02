import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import * as fs from "node:fs";
import type { AddressInfo } from "node:net";
import * as os from "node:os";
import * as path from "node:path";
import * as nodeTls from "node:tls";
import { fileURLToPath } from "node:url";
import type { OutputMap, Stack } from "@pulumi/pulumi/automation";
import * as random from "@pulumi/random";
import * as tls from "@pulumi/tls";
import { openStack, resourcesInState, runDestroy, runPreview, runRefresh, runUp } from "../../sandbox";
import { changesOf } from "./support";

/** What the tests change from run to run. */
interface Settings {
    passwordLength: number;
    rotation: string;
    earlyRenewalHours: number;
}

const initial: Settings = { passwordLength: 24, rotation: "1", earlyRenewalHours: 1 };
const importedPassword = "a-password-from-elsewhere";

function passwords({ passwordLength, rotation }: Settings) {
    const password = new random.RandomPassword("password", {
        length: passwordLength,
        minUpper: 2,
        minNumeric: 2,
        minSpecial: 2,
        overrideSpecial: "-_",
        keepers: { rotation },
    });
    const bytes = new random.RandomBytes("bytes", { length: 32 });
    const id = new random.RandomId("id", { byteLength: 8, prefix: "id-" });
    const text = new random.RandomString("text", { length: 8, special: false, upper: false });
    const uuid = new random.RandomUuid("uuid");
    const integer = new random.RandomInteger("integer", { min: 10, max: 20 });
    const imported = new random.RandomPassword(
        "imported",
        { length: importedPassword.length },
        { import: importedPassword },
    );
    return {
        password: password.result,
        bcryptHash: password.bcryptHash,
        bytes: bytes.base64,
        id: id.hex,
        text: text.result,
        uuid: uuid.result,
        integer: integer.result,
        imported: imported.result,
    };
}

function certificates({ earlyRenewalHours }: Settings) {
    const authorityKey = new tls.PrivateKey("authority", { algorithm: "ECDSA", ecdsaCurve: "P384" });
    const authority = new tls.SelfSignedCert("authority", {
        privateKeyPem: authorityKey.privateKeyPem,
        subject: { commonName: "authority", organization: "kubernetes-faas" },
        isCaCertificate: true,
        allowedUses: ["cert_signing", "crl_signing"],
        validityPeriodHours: 48,
    });
    const serverKey = new tls.PrivateKey("server", { algorithm: "RSA" });
    const request = new tls.CertRequest("server", {
        privateKeyPem: serverKey.privateKeyPem,
        subject: { commonName: "server" },
        dnsNames: ["server.example"],
        ipAddresses: ["127.0.0.1"],
    });
    const server = new tls.LocallySignedCert("server", {
        caPrivateKeyPem: authorityKey.privateKeyPem,
        caCertPem: authority.certPem,
        certRequestPem: request.certRequestPem,
        allowedUses: ["digital_signature", "key_encipherment", "server_auth"],
        validityPeriodHours: 24,
        earlyRenewalHours,
    });
    const login = new tls.PrivateKey("login", { algorithm: "ED25519" });
    return {
        authorityKey: authorityKey.privateKeyPem,
        authority: authority.certPem,
        serverKey: serverKey.privateKeyPem,
        server: server.certPem,
        login: login.privateKeyOpenssh,
        loginPublic: login.publicKeyOpenssh,
    };
}

/** A sandbox for the engine alone: nothing here needs Kubernetes, so no control plane is started. */
const withoutKubernetes = (directory: string) => ({
    name: "generated",
    directory,
    kubeconfig: path.join(directory, "kubeconfig"),
    context: "none",
    server: "https://127.0.0.1:0",
});

/** Every file of the stack's backend: the state, its backups and its history. */
function stateFiles(stack: Stack): { file: string; text: string }[] {
    const backend = fileURLToPath(stack.workspace.envVars.PULUMI_BACKEND_URL!);
    return fs
        .readdirSync(backend, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map(({ parentPath, name }) => path.join(parentPath, name))
        .map((file) => ({ file, text: fs.readFileSync(file, "utf8") }));
}

/** Whether libcrypt, another implementation of bcrypt than the plugin's, takes the password; it speaks through Perl. */
function bcryptVerifies(password: string, hash: string): boolean {
    const script = "chomp(my ($password, $hash) = <STDIN>); exit(crypt($password, $hash) eq $hash ? 0 : 1)";
    return spawnSync("perl", ["-e", script], { input: `${password}\n${hash}\n` }).status === 0;
}

/** A TLS client's view of a server that uses the key and certificate: "" or why it refuses. */
async function handshake(key: string, cert: string, ca: string | undefined, servername: string): Promise<string> {
    const server = nodeTls.createServer({ key, cert }, (socket) => socket.end()).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    try {
        const client = nodeTls.connect({ port, host: "127.0.0.1", servername, ca, rejectUnauthorized: false });
        await once(client, "secureConnect");
        client.destroy();
        return client.authorized ? "" : String(client.authorizationError);
    } finally {
        server.close();
    }
}

describe("generated values under the real engine, with the stand-ins for random and tls", function () {
    this.timeout(600_000);

    let directory: string;
    let stack: Stack;
    let settings = initial;
    let outputs: OutputMap;

    const value = (name: string): string => String(outputs[name]!.value);

    before(async () => {
        directory = fs.mkdtempSync(path.join(os.tmpdir(), "kubernetes-faas-generated-"));
        stack = await openStack({
            sandbox: withoutKubernetes(directory),
            project: "generated",
            stack: "test",
            program: () => Promise.resolve({ ...passwords(settings), ...certificates(settings) }),
        });
        await runUp(stack);
        outputs = await stack.outputs();
    });

    beforeEach(() => {
        settings = initial;
    });

    after(async () => {
        if (stack) {
            await runDestroy(stack);
            assert.deepEqual(await resourcesInState(stack), []);
        }
        fs.rmSync(directory, { recursive: true, force: true });
    });

    it("makes values of the asked shape", () => {
        assert.match(value("password"), /^[A-Za-z0-9_-]{24}$/);
        assert.equal(Buffer.from(value("bytes"), "base64").length, 32);
        assert.match(value("id"), /^id-[0-9a-f]{16}$/);
        assert.match(value("text"), /^[a-z0-9]{8}$/);
        assert.match(value("uuid"), /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
        assert.ok(Number(value("integer")) >= 10 && Number(value("integer")) <= 20, value("integer"));
        assert.match(value("loginPublic"), /^ssh-ed25519 /);
    });

    it("marks every password, hash and private key secret, and nothing else", () => {
        const secrets = Object.keys(outputs).filter((name) => outputs[name]!.secret);
        assert.deepEqual(secrets.sort(), [
            "authorityKey",
            "bcryptHash",
            "bytes",
            "imported",
            "login",
            "password",
            "serverKey",
        ]);
    });

    it("makes a bcrypt hash that another implementation verifies, for this password only", function () {
        // A published vector of bcrypt, so that a libcrypt without it skips the test instead of failing it.
        if (!bcryptVerifies("U*U", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW")) {
            this.skip();
        }
        assert.ok(bcryptVerifies(value("password"), value("bcryptHash")));
        assert.ok(!bcryptVerifies(`${value("password")}x`, value("bcryptHash")));
    });

    it("takes over a password by its import id", () => {
        assert.equal(value("imported"), importedPassword);
    });

    it("keeps everything as it is in a second preview, a refresh and an up that refreshes", async () => {
        assert.deepEqual(changesOf(await runPreview(stack)), []);
        assert.deepEqual(changesOf(await runRefresh(stack)), []);
        assert.deepEqual(changesOf(await runUp(stack, { refresh: true })), []);
        assert.deepEqual(await stack.outputs(), outputs);
    });

    it("writes no password and no private key in clear to the state, its backups and its history", () => {
        const files = stateFiles(stack);
        assert.ok(
            files.some(({ text }) => text.includes(JSON.stringify(value("server")).slice(1, -1))),
            "the search finds what is public",
        );
        for (const { file, text } of files) {
            // Not the imported password: the engine itself records import ids, and in clear.
            for (const name of ["password", "bcryptHash", "bytes"]) {
                assert.ok(!text.includes(value(name)), `${name} is in ${file}`);
            }
            assert.doesNotMatch(text, /PRIVATE KEY/, file);
        }
    });

    it("makes a chain that X509Certificate and a TLS client accept for its names and no others", async () => {
        const [authority, server] = [new X509Certificate(value("authority")), new X509Certificate(value("server"))];
        assert.ok(authority.ca && !server.ca);
        assert.ok(authority.verify(authority.publicKey) && server.verify(authority.publicKey));
        assert.ok(server.checkIssued(authority));
        assert.equal(server.subjectAltName, "DNS:server.example, IP Address:127.0.0.1");

        const [key, cert, ca] = [value("serverKey"), value("server"), value("authority")];
        assert.equal(await handshake(key, cert, ca, "server.example"), "");
        assert.match(await handshake(key, cert, undefined, "server.example"), /UNABLE_TO/);
        assert.match(await handshake(key, cert, ca, "other.example"), /ALTNAME/);
    });

    it("previews an argument that is wrong as an error that names it, and changes nothing", async () => {
        settings = { ...initial, passwordLength: 5 };
        await assert.rejects(runUp(stack), /length.*5 is below minUpper \+ minLower \+ minNumeric \+ minSpecial, 6/s);
        settings = initial;
        assert.deepEqual(changesOf(await runPreview(stack)), []);
    });

    it("rotates a password, and nothing else, when its keepers change", async () => {
        settings = { ...initial, rotation: "2" };
        const preview = await runPreview(stack);
        assert.deepEqual(changesOf(preview), ["replace RandomPassword password"]);
        assert.deepEqual(preview.changed[0]!.replaceKeys, ["keepers"]);

        await runUp(stack);
        const rotated = await stack.outputs();
        assert.notEqual(rotated.password!.value, value("password"));
        assert.notEqual(rotated.bcryptHash!.value, value("bcryptHash"));
        assert.equal(rotated.bytes!.value, value("bytes"));
        assert.deepEqual(changesOf(await runPreview(stack)), []);
    });

    it("only records an earlier renewal, and replaces the certificate once the renewal is due", async () => {
        const before = (await stack.outputs()).server!.value as string;
        settings = { ...initial, rotation: "2", earlyRenewalHours: 2 };
        assert.deepEqual(changesOf(await runUp(stack)), ["update LocallySignedCert server"]);
        assert.equal((await stack.outputs()).server!.value, before);

        settings = { ...initial, rotation: "2", earlyRenewalHours: 24 };
        const run = await runUp(stack);
        assert.deepEqual(changesOf(run), ["replace LocallySignedCert server"]);
        assert.ok(run.changed[0]!.replaceKeys.includes("readyForRenewal"));
        assert.notEqual((await stack.outputs()).server!.value, before);
    });
});
