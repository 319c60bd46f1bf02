import { bool, list, object, oneOf, str, type Schema } from "../../../../core/schema";
import { bytes, issuerReference, texts, time } from "./parts";
import { solver } from "./solvers";

/** The states of an order, an authorization and a challenge (RFC 8555 section 7.1.6). */
function state(): Schema {
    return oneOf("valid", "ready", "pending", "processing", "invalid", "expired", "errored");
}

/** A certificate that is ordered from an ACME authority. */
export function orderSpec(): Schema {
    return object({
        "issuerRef!": issuerReference(),
        "request!": bytes(),
        commonName: str(),
        dnsNames: texts(),
        duration: str(),
        ipAddresses: texts(),
        profile: str(),
        replaces: str(),
    });
}

export function orderStatus(): Schema {
    return object({
        authorizations: list(
            object({
                "url!": str(),
                challenges: list(object({ "token!": str(), "type!": str(), "url!": str() })),
                identifier: str(),
                initialState: state(),
                wildcard: bool(),
            }),
        ),
        certificate: bytes(),
        failureTime: time(),
        finalizeURL: str(),
        reason: str(),
        state: state(),
        url: str(),
    });
}

/** The proof for one name of an order. */
export function challengeSpec(): Schema {
    return object({
        "authorizationURL!": str(),
        "dnsName!": str(),
        "issuerRef!": issuerReference(),
        "key!": str(),
        "solver!": solver(),
        "token!": str(),
        "type!": oneOf("HTTP-01", "DNS-01"),
        "url!": str(),
        wildcard: bool(),
    });
}

export function challengeStatus(): Schema {
    return object({ presented: bool(), presentedAt: time(), processing: bool(), reason: str(), state: state() });
}
