import type { CustomDefinition } from "../../../core/custom-definition";

/** How a kind is called. */
export type KindName = Pick<CustomDefinition, "group" | "kind" | "plural">;

const group = "cert-manager.io";
const acmeGroup = `acme.${group}`;

/** The kinds that users write. */
export const certManagerKinds = {
    certificate: { group, kind: "Certificate", plural: "certificates" },
    certificateRequest: { group, kind: "CertificateRequest", plural: "certificaterequests" },
    issuer: { group, kind: "Issuer", plural: "issuers" },
    clusterIssuer: { group, kind: "ClusterIssuer", plural: "clusterissuers" },
} as const satisfies Record<string, KindName>;

/** The kinds by which cert-manager deals with an ACME authority. */
export const acmeKinds = {
    order: { group: acmeGroup, kind: "Order", plural: "orders" },
    challenge: { group: acmeGroup, kind: "Challenge", plural: "challenges" },
} as const satisfies Record<string, KindName>;
