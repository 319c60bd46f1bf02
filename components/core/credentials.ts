import * as pulumi from "@pulumi/pulumi";
import type { PrivateKey } from "@pulumi/tls";
import { bcryptjs, random, tls } from "./lazy-modules";

/**
 * What makes a generated value new. The value stays the same from run to run until this text changes; which text does
 * not matter, so a date or a counter does.
 */
export interface Rotation {
    /** @default never rotated */
    rotation?: pulumi.Input<string>;
}

/** Arguments of {@link generatedPassword}. */
export interface GeneratedPasswordArgs extends Rotation {
    /** Characters. @default 32 */
    length?: number;
    /**
     * Characters beside letters and digits that it may hold, for servers that insist on some. Without them it needs no
     * quoting in URLs, shells and configuration files. @default none
     */
    specialCharacters?: string;
}

/** A password and its hash, both secret. */
export interface GeneratedPassword {
    password: pulumi.Output<string>;
    /** A bcrypt hash of it, whose salt stays with the password: it is the same from run to run. */
    bcryptHash: pulumi.Output<string>;
}

const defaultPasswordLength = 32;

/**
 * A random password, secret from birth and the same until it is rotated.
 *
 * @example
 * ```ts
 * const admin = generatedPassword("admin", { rotation: "2026-12" }, { parent: this });
 * ```
 */
export function generatedPassword(
    name: string,
    args: GeneratedPasswordArgs = {},
    opts?: pulumi.CustomResourceOptions,
): GeneratedPassword {
    const special = args.specialCharacters ?? "";
    const resource = new random.RandomPassword(
        name,
        {
            length: args.length ?? defaultPasswordLength,
            minLower: 1,
            minUpper: 1,
            minNumeric: 1,
            ...(special === "" ? { special: false } : { special: true, overrideSpecial: special, minSpecial: 1 }),
            keepers: keepers(args),
        },
        generatedOptions(opts),
    );
    return { password: pulumi.secret(resource.result), bcryptHash: pulumi.secret(resource.bcryptHash) };
}

/** bcrypt reads so many bytes of a password and no more. */
export const longestHashedPassword = 72;

const saltBytes = 16;

/** What `htpasswd -nBC 10` takes, too: about a tenth of a second for each guess. */
const bcryptCost = 10;

/**
 * The bcrypt hash of a password that is given, secret. Its salt is random and stays in the state, so that the hash is the
 * same from run to run; the child `name` is the salt.
 *
 * @param password at most {@link longestHashedPassword} bytes, which whoever takes it checks
 * @example
 * ```ts
 * const hash = hashedPassword("alice-salt", pulumi.secret("correct horse battery"), { parent: this });
 * ```
 */
export function hashedPassword(
    name: string,
    password: pulumi.Input<string>,
    opts?: pulumi.CustomResourceOptions,
): pulumi.Output<string> {
    const salt = generatedKey(name, { bytes: saltBytes }, opts).base64;
    return pulumi.all([pulumi.secret(password), salt]).apply(([text, random]) => {
        const encoded = bcryptjs.encodeBase64([...Buffer.from(random, "base64")], saltBytes);
        return bcryptjs.hash(text, `$2b$${bcryptCost}$${encoded}`);
    });
}

/** Arguments of {@link generatedKey}. */
export interface GeneratedKeyArgs extends Rotation {
    /** @default 32 */
    bytes?: number;
}

/** A symmetric key in the two usual notations, both secret. */
export interface GeneratedKey {
    base64: pulumi.Output<string>;
    hex: pulumi.Output<string>;
}

/** Random bytes for signing or encryption, secret from birth and the same until they are rotated. */
export function generatedKey(
    name: string,
    args: GeneratedKeyArgs = {},
    opts?: pulumi.CustomResourceOptions,
): GeneratedKey {
    const resource = new random.RandomBytes(
        name,
        { length: args.bytes ?? 32, keepers: keepers(args) },
        generatedOptions(opts),
    );
    return { base64: pulumi.secret(resource.base64), hex: pulumi.secret(resource.hex) };
}

/** How long a certificate is valid, and when it is made anew. */
export interface Validity extends Rotation {
    /** @default 3650 for an authority, 730 for a server or client */
    validityDays?: number;
    /** An `up` within this many days before the end makes a new one. @default a quarter of `validityDays` */
    renewalDays?: number;
}

/** Arguments of {@link certificateAuthority}. */
export interface CertificateAuthorityArgs extends Validity {
    /** @default the logical name */
    commonName?: pulumi.Input<string>;
}

/** A certificate and its key, in PEM. */
export interface CertificatePair {
    certificate: pulumi.Output<string>;
    /** Secret, in PKCS#8. */
    privateKey: pulumi.Output<string>;
}

/** An authority that signs certificates: hand out its certificate, never its key. */
export type CertificateAuthority = CertificatePair;

const authorityDays = 3650;
const leafDays = 730;
const hoursPerDay = 24;

/**
 * A private certificate authority. Its children are `name` (the certificate) and `name-key`.
 *
 * @example
 * ```ts
 * const ca = certificateAuthority("webhook-ca", {}, { parent: this });
 * const server = serverCertificate("webhook", { ca, dnsNames: ["webhook.fission.svc"] }, { parent: this });
 * ```
 */
export function certificateAuthority(
    name: string,
    args: CertificateAuthorityArgs = {},
    opts?: pulumi.CustomResourceOptions,
): CertificateAuthority {
    const key = privateKey(name, args, opts);
    const certificate = new tls.SelfSignedCert(
        name,
        {
            privateKeyPem: key.privateKeyPem,
            subject: { commonName: args.commonName ?? name },
            isCaCertificate: true,
            setSubjectKeyId: true,
            allowedUses: ["cert_signing", "crl_signing"],
            ...validity(args, authorityDays),
        },
        generatedOptions(opts),
    );
    return { certificate: certificate.certPem, privateKey: pulumi.secret(key.privateKeyPemPkcs8) };
}

/** Arguments of {@link serverCertificate}. */
export interface ServerCertificateArgs extends Validity {
    ca: CertificateAuthority;
    /** The names that clients use; the first is the common name. At least one. */
    dnsNames: pulumi.Input<string>[];
    ipAddresses?: pulumi.Input<string>[];
    /** Whether it may also stand for a client, for servers that talk to each other. @default false */
    clientToo?: boolean;
}

/** A server's certificate, signed by an authority. Its children are `name`, `name-key` and `name-request`. */
export function serverCertificate(
    name: string,
    args: ServerCertificateArgs,
    opts?: pulumi.CustomResourceOptions,
): CertificatePair {
    const { dnsNames, ipAddresses } = args;
    const uses = ["digital_signature", "server_auth", ...(args.clientToo ? ["client_auth"] : [])];
    return signedCertificate(name, args, { subject: { commonName: dnsNames[0] }, dnsNames, ipAddresses, uses }, opts);
}

/** Arguments of {@link clientCertificate}. */
export interface ClientCertificateArgs extends Validity {
    ca: CertificateAuthority;
    /** Who the client is: what a server reads from the certificate. */
    commonName: pulumi.Input<string>;
}

/** A client's certificate, signed by an authority. Its children are `name`, `name-key` and `name-request`. */
export function clientCertificate(
    name: string,
    args: ClientCertificateArgs,
    opts?: pulumi.CustomResourceOptions,
): CertificatePair {
    const uses = ["digital_signature", "client_auth"];
    return signedCertificate(name, args, { subject: { commonName: args.commonName }, uses }, opts);
}

/** What a signed certificate says. */
interface CertificateContent {
    subject: { commonName: pulumi.Input<string> | undefined };
    dnsNames?: pulumi.Input<string>[];
    ipAddresses?: pulumi.Input<string>[];
    uses: string[];
}

function signedCertificate(
    name: string,
    args: Validity & { ca: CertificateAuthority },
    { uses, ...content }: CertificateContent,
    opts: pulumi.CustomResourceOptions | undefined,
): CertificatePair {
    const key = privateKey(name, args, opts);
    const request = new tls.CertRequest(
        `${name}-request`,
        { privateKeyPem: key.privateKeyPem, ...content },
        generatedOptions(opts),
    );
    const certificate = new tls.LocallySignedCert(
        name,
        {
            caCertPem: args.ca.certificate,
            caPrivateKeyPem: args.ca.privateKey,
            certRequestPem: request.certRequestPem,
            allowedUses: uses,
            ...validity(args, leafDays),
        },
        generatedOptions(opts),
    );
    return { certificate: certificate.certPem, privateKey: pulumi.secret(key.privateKeyPemPkcs8) };
}

/** ECDSA on P-256: every client knows it, and a key takes no time to make. */
function privateKey(name: string, args: Rotation, opts: pulumi.CustomResourceOptions | undefined): PrivateKey {
    return new tls.PrivateKey(
        `${name}-key`,
        { algorithm: "ECDSA", ecdsaCurve: "P256" },
        // The resource has no keepers; whatever is signed with the key follows it.
        generatedOptions({ ...opts, replacementTrigger: args.rotation ?? neverRotated }),
    );
}

/** Stands for no rotation, so that giving one for the first time is a change. */
const neverRotated = "";

function keepers(args: Rotation): Record<string, pulumi.Input<string>> {
    return { rotation: args.rotation ?? neverRotated };
}

function validity(args: Validity, defaultDays: number): { validityPeriodHours: number; earlyRenewalHours: number } {
    const days = args.validityDays ?? defaultDays;
    return {
        validityPeriodHours: days * hoursPerDay,
        earlyRenewalHours: Math.round((args.renewalDays ?? days / 4) * hoursPerDay),
    };
}

/**
 * A generated value can be made again only as another one, but the data that depends on it has its own protection, and
 * a protected value could not be rotated.
 */
function generatedOptions(opts: pulumi.CustomResourceOptions = {}): pulumi.CustomResourceOptions {
    return { protect: false, retainOnDelete: false, ...opts };
}
