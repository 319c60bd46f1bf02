import { bool, int, list, map, object, oneOf, str, type Schema } from "../../../../core/schema";
import {
    bytes,
    conditions,
    create,
    issuerReference,
    observedGeneration,
    secretKey,
    templateMetadata,
    texts,
    time,
    usages,
} from "./parts";

/** A certificate to be issued, kept in a Secret and renewed in time. */
export function certificateSpec(): Schema {
    return object({
        "issuerRef!": issuerReference(),
        "secretName!": str(),
        ...subjectProperties(),
        ...renewalProperties(),
        additionalOutputFormats: list(object({ "type!": oneOf("DER", "CombinedPEM") })),
        encodeUsagesInRequest: bool(),
        isCA: bool(),
        keystores: keystores(),
        nameConstraints: object({
            critical: bool(),
            excluded: constrainedNames(),
            permitted: constrainedNames(),
        }),
        privateKey: object({
            algorithm: oneOf("RSA", "ECDSA", "Ed25519"),
            encoding: oneOf("PKCS1", "PKCS8"),
            rotationPolicy: oneOf("Never", "Always"),
            size: int(),
        }),
        secretTemplate: templateMetadata(),
        signatureAlgorithm: oneOf(
            "SHA256WithRSA",
            "SHA384WithRSA",
            "SHA512WithRSA",
            "ECDSAWithSHA256",
            "ECDSAWithSHA384",
            "ECDSAWithSHA512",
            "PureEd25519",
        ),
        usages: usages(),
    });
}

/** Whom the certificate stands for. */
function subjectProperties(): Record<string, Schema> {
    return {
        commonName: str(),
        dnsNames: texts(),
        emailAddresses: texts(),
        ipAddresses: texts(),
        literalSubject: str(),
        otherNames: list(object({ oid: str(), utf8Value: str() })),
        subject: object({
            countries: texts(),
            localities: texts(),
            organizationalUnits: texts(),
            organizations: texts(),
            postalCodes: texts(),
            provinces: texts(),
            serialNumber: str(),
            streetAddresses: texts(),
        }),
        uris: texts(),
    };
}

/** How long it is valid, and when the next one is made. */
function renewalProperties(): Record<string, Schema> {
    return {
        duration: str(),
        renewBefore: str(),
        renewBeforePercentage: int({ format: "int32" }),
        renewal: object({
            policy: oneOf("RenewBefore", "Disabled"),
            windows: list(
                object({
                    "cron!": str({ minLength: 1 }),
                    timezone: str({ minLength: 1 }),
                    "windowDuration!": str({ pattern: "^([0-9]+(\\.[0-9]+)?(s|m|h))+$" }),
                }),
            ),
        }),
        revisionHistoryLimit: int({ format: "int32" }),
    };
}

/** The same certificate as Java and Windows want it. */
function keystores(): Schema {
    const password = { password: str(), passwordSecretRef: secretKey() };
    return object({
        jks: object({ ...create, ...password, alias: str() }),
        pkcs12: object({
            ...create,
            ...password,
            profile: oneOf("LegacyRC2", "LegacyDES", "Modern2023", "Modern2026"),
        }),
    });
}

function constrainedNames(): Schema {
    return object({ dnsDomains: texts(), emailAddresses: texts(), ipRanges: texts(), uriDomains: texts() });
}

export function certificateStatus(): Schema {
    return object({
        acme: object({
            ari: object({
                explanationURL: str(),
                lastChecked: time(),
                lastError: str(),
                nextCheck: time(),
                suggestedWindow: object({ "start!": time(), "end!": time() }),
            }),
        }),
        conditions: conditions(observedGeneration),
        failedIssuanceAttempts: int(),
        lastFailureTime: time(),
        nextPrivateKeySecretName: str(),
        notAfter: time(),
        notBefore: time(),
        renewalTime: time(),
        revision: int(),
    });
}

/** One request for a certificate: who asked, and what the issuer answered. */
export function certificateRequestSpec(): Schema {
    return object({
        "issuerRef!": issuerReference(),
        "request!": bytes(),
        duration: str(),
        extra: map(list(str())),
        groups: texts(),
        isCA: bool(),
        uid: str(),
        usages: usages(),
        username: str(),
    });
}

export function certificateRequestStatus(): Schema {
    return object({ ca: bytes(), certificate: bytes(), conditions: conditions(), failureTime: time() });
}
