import { anything, bool, int, list, listBy, map, object, oneOf, str, type Schema } from "../../../../core/schema";

/** A point in time. */
export function time(): Schema {
    return str({ format: "date-time" });
}

/** Bytes, in base64. */
export function bytes(): Schema {
    return str({ format: "byte" });
}

export function texts(): Schema {
    return list(str());
}

/** The issuer that is asked for a certificate. */
export function issuerReference(): Schema {
    return object({ "name!": str(), kind: str(), group: str() });
}

/** A Secret, of which a key holds a value. */
export function secretKey(): Schema {
    return object({ "name!": str(), key: str() });
}

/** A ServiceAccount, of which cert-manager asks tokens for others than the API server. */
export function serviceAccountReference(): Schema {
    return object({ "name!": str(), audiences: texts() });
}

/** Labels and annotations of what cert-manager makes. */
export function templateMetadata(): Schema {
    return object({ annotations: map(str()), labels: map(str()) });
}

/**
 * The pods that answer HTTP-01 challenges. Their specification is left open: spelling it out, as upstream does, makes
 * the definitions fifty times larger, too large for the annotation of a client-side apply, and the API server checks
 * the pod itself when cert-manager makes it.
 */
export function podTemplate(): Schema {
    return object({ metadata: templateMetadata(), spec: { type: "object", ...anything() } });
}

/** Conditions as cert-manager reports them. */
export function conditions(more: Record<string, Schema> = {}): Schema {
    return listBy(
        "type",
        object({
            "type!": str(),
            "status!": oneOf("True", "False", "Unknown"),
            reason: str(),
            message: str(),
            lastTransitionTime: time(),
            ...more,
        }),
    );
}

/** The generation of the object that a condition was found for. */
export const observedGeneration = { observedGeneration: int({ format: "int64" }) };

/** What a certificate may be used for (RFC 5280 section 4.2.1.3 and 4.2.1.12). */
export function usages(): Schema {
    return list(
        oneOf(
            "signing",
            "digital signature",
            "content commitment",
            "key encipherment",
            "key agreement",
            "data encipherment",
            "cert sign",
            "crl sign",
            "encipher only",
            "decipher only",
            "any",
            "server auth",
            "client auth",
            "code signing",
            "email protection",
            "s/mime",
            "ipsec end system",
            "ipsec tunnel",
            "ipsec user",
            "timestamping",
            "ocsp signing",
            "microsoft sgc",
            "netscape sgc",
        ),
    );
}

/** An authority whose certificates are trusted: given, or in a Secret. */
export const authority = { caBundle: bytes(), caBundleSecretRef: secretKey() };

/** A flag that decides whether a keystore is made. */
export const create = { "create!": bool() };
