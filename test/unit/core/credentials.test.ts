import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import {
    certificateAuthority,
    generatedKey,
    generatedPassword,
    serverCertificate,
} from "../../../components/core/credentials";
import { record, valueOf } from "../support/mocks";

const passwordType = "random:index/randomPassword:RandomPassword";
const keyType = "tls:index/privateKey:PrivateKey";

describe("generated passwords and keys", () => {
    it("are long, need no quoting, and are secret from birth with their hash", async () => {
        const recording = await record(async () => {
            const { password, bcryptHash } = generatedPassword("admin");
            return {
                length: (await valueOf(password))?.length,
                secret: [await pulumi.isSecret(password), await pulumi.isSecret(bcryptHash)],
            };
        });
        assert.deepEqual(recording.result, { length: 32, secret: [true, true] });
        assert.deepEqual(recording.only(passwordType).inputs, {
            length: 32,
            special: false,
            minLower: 1,
            minUpper: 1,
            minNumeric: 1,
            keepers: { rotation: "" },
        });
    });

    it("take a length, special characters and a rotation", async () => {
        const recording = await record(() => {
            generatedPassword("admin", { length: 64, specialCharacters: "-_", rotation: "2" });
            generatedKey("signing", { bytes: 64, rotation: "2" });
        });
        assert.deepEqual(recording.only(passwordType).inputs, {
            length: 64,
            special: true,
            overrideSpecial: "-_",
            minSpecial: 1,
            minLower: 1,
            minUpper: 1,
            minNumeric: 1,
            keepers: { rotation: "2" },
        });
        assert.deepEqual(recording.only("random:index/randomBytes:RandomBytes").inputs, {
            length: 64,
            keepers: { rotation: "2" },
        });
    });

    it("are never protected by what they belong to, since they could not be rotated then", async () => {
        const recording = await record(() => {
            const parent = new pulumi.ComponentResource("test:index:Parent", "parent", {}, { protect: true });
            generatedPassword("admin", {}, { parent });
        });
        const { options, parent } = recording.only(passwordType);
        assert.equal(parent, "parent");
        assert.deepEqual([options.protect, options.retainOnDelete], [false, false]);
    });
});

describe("generated certificates", () => {
    it("come from an authority that may sign and nothing else", async () => {
        const recording = await record(async () => {
            const ca = certificateAuthority("ca");
            return { secret: await pulumi.isSecret(ca.privateKey), plain: await pulumi.isSecret(ca.certificate) };
        });
        assert.deepEqual(recording.result, { secret: true, plain: false });
        assert.deepEqual(recording.only(keyType, "ca-key").inputs, { algorithm: "ECDSA", ecdsaCurve: "P256" });
        const { privateKeyPem, ...certificate } = recording.only("tls:index/selfSignedCert:SelfSignedCert").inputs;
        assert.match(privateKeyPem as string, /ca-key/);
        assert.deepEqual(certificate, {
            subject: { commonName: "ca" },
            isCaCertificate: true,
            setSubjectKeyId: true,
            allowedUses: ["cert_signing", "crl_signing"],
            validityPeriodHours: 87_600,
            earlyRenewalHours: 21_900,
        });
    });

    it("carry every name of their server, and are signed with the authority's key", async () => {
        const recording = await record(async () => {
            const ca = certificateAuthority("ca");
            const server = serverCertificate("web", {
                ca,
                dnsNames: ["web.apps.svc", "web"],
                ipAddresses: ["127.0.0.1"],
                clientToo: true,
                validityDays: 90,
                renewalDays: 30,
            });
            return await pulumi.isSecret(server.privateKey);
        });
        assert.equal(recording.result, true);
        const { privateKeyPem, ...request } = recording.only("tls:index/certRequest:CertRequest").inputs;
        assert.match(privateKeyPem as string, /web-key/);
        assert.deepEqual(request, {
            subject: { commonName: "web.apps.svc" },
            dnsNames: ["web.apps.svc", "web"],
            ipAddresses: ["127.0.0.1"],
        });
        const signed = recording.only("tls:index/locallySignedCert:LocallySignedCert");
        assert.deepEqual(signed.inputs.allowedUses, ["digital_signature", "server_auth", "client_auth"]);
        assert.deepEqual([signed.inputs.validityPeriodHours, signed.inputs.earlyRenewalHours], [2160, 720]);
        assert.match(signed.inputs.caPrivateKeyPem as string, /ca-key/);
        assert.match(signed.inputs.certRequestPem as string, /web-request/);
        assert.deepEqual(signed.secretPaths, ["caPrivateKeyPem"]);
    });

    it("get a new key when their rotation changes, and when it is given for the first time", async () => {
        const recording = await record(() => {
            certificateAuthority("first");
            certificateAuthority("second", { rotation: "2026-12" });
        });
        assert.equal(recording.only(keyType, "first-key").options.replacementTrigger, "");
        assert.equal(recording.only(keyType, "second-key").options.replacementTrigger, "2026-12");
    });
});
