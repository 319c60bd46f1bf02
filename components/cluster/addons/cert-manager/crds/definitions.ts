import type { CustomDefinition } from "../../../../core/custom-definition";
import { object, str, type Schema } from "../../../../core/schema";
import { acmeKinds, certManagerKinds, type KindName } from "../kinds";
import { challengeSpec, challengeStatus, orderSpec, orderStatus } from "./acme";
import { certificateRequestSpec, certificateRequestStatus, certificateSpec, certificateStatus } from "./certificates";
import { issuerSpec, issuerStatus } from "./issuers";

type Column = NonNullable<CustomDefinition["columns"]>[number];

/** What tells one kind from the others. */
interface Kind {
    shortNames?: string[];
    clusterScoped?: boolean;
    spec: Schema;
    status: Schema;
    /** What no object is taken without. @default nothing */
    required?: string[];
    columns: Column[];
    /** Whether objects name an issuer, by which lists can be narrowed down. @default false */
    issuedBy?: boolean;
}

/**
 * The kinds of cert-manager v1.21.2: fields, types, required ones, enumerations, columns and rules are those of
 * https://github.com/cert-manager/cert-manager/tree/v1.21.2/deploy/crds (Apache-2.0).
 */
export function certManagerDefinitions(): readonly CustomDefinition[] {
    return [
        definition(certManagerKinds.certificate, {
            shortNames: ["cert", "certs"],
            spec: certificateSpec(),
            status: certificateStatus(),
            columns: [condition("Ready"), text("Secret", ".spec.secretName"), issuer(1), message()],
            issuedBy: true,
        }),
        definition(certManagerKinds.certificateRequest, {
            shortNames: ["cr", "crs"],
            spec: certificateRequestSpec(),
            status: certificateRequestStatus(),
            columns: [
                condition("Approved"),
                condition("Denied"),
                condition("Ready"),
                issuer(),
                text("Requester", ".spec.username"),
                message(),
            ],
            issuedBy: true,
        }),
        definition(certManagerKinds.issuer, { ...issuing(), shortNames: ["iss"] }),
        definition(certManagerKinds.clusterIssuer, { ...issuing(), shortNames: ["ciss"], clusterScoped: true }),
        definition(acmeKinds.order, {
            spec: orderSpec(),
            status: orderStatus(),
            required: ["metadata", "spec"],
            columns: [text("State", ".status.state"), issuer(1), reason()],
            issuedBy: true,
        }),
        definition(acmeKinds.challenge, {
            spec: challengeSpec(),
            status: challengeStatus(),
            required: ["metadata", "spec"],
            columns: [text("State", ".status.state"), text("Domain", ".spec.dnsName"), reason()],
            issuedBy: true,
        }),
    ];
}

function definition(name: KindName, kind: Kind): CustomDefinition {
    const { required } = kind;
    return {
        ...name,
        version: "v1",
        shortNames: kind.shortNames,
        categories: name.group === "cert-manager.io" ? ["cert-manager"] : ["cert-manager", "cert-manager-acme"],
        clusterScoped: kind.clusterScoped,
        columns: [...kind.columns, { name: "Age", type: "date", jsonPath: ".metadata.creationTimestamp" }],
        selectableFields: kind.issuedBy
            ? ["group", "kind", "name"].map((field) => `.spec.issuerRef.${field}`)
            : undefined,
        schema: {
            ...object({
                apiVersion: str(),
                kind: str(),
                metadata: { type: "object" },
                spec: kind.spec,
                status: kind.status,
            }),
            ...(required ? { required } : {}),
        },
    };
}

/** Issuers of a namespace and those of the cluster differ in nothing else. */
function issuing(): Kind {
    return {
        spec: issuerSpec(),
        status: issuerStatus(),
        required: ["spec"],
        columns: [condition("Ready"), message()],
    };
}

function text(name: string, jsonPath: string, priority?: number): Column {
    return { name, type: "string", jsonPath, ...(priority === undefined ? {} : { priority }) };
}

function condition(type: string): Column {
    return text(type, `.status.conditions[?(@.type == "${type}")].status`);
}

function message(): Column {
    return text("Status", '.status.conditions[?(@.type == "Ready")].message', 1);
}

function issuer(priority?: number): Column {
    return text("Issuer", ".spec.issuerRef.name", priority);
}

function reason(): Column {
    return text("Reason", ".status.reason", 1);
}
