import { anything, int, list, map, object, oneOf, str, type Schema } from "../../../../core/schema";
import { podTemplate, secretKey, serviceAccountReference, templateMetadata, texts } from "./parts";

/** How an ACME authority is convinced that a name is ours, and for which names. */
export function solver(): Schema {
    return object({
        dns01: dns01(),
        http01: http01(),
        selector: object({ dnsNames: texts(), dnsZones: texts(), matchLabels: map(str()) }),
        waitInsteadOfSelfCheck: str(),
    });
}

/** By a record in DNS. */
function dns01(): Schema {
    return object({
        acmeDNS: object({ "accountSecretRef!": secretKey(), "host!": str() }),
        akamai: object({
            "accessTokenSecretRef!": secretKey(),
            "clientSecretSecretRef!": secretKey(),
            "clientTokenSecretRef!": secretKey(),
            "serviceConsumerDomain!": str(),
        }),
        azureDNS: azureDns(),
        cloudDNS: object({ "project!": str(), hostedZoneName: str(), serviceAccountSecretRef: secretKey() }),
        cloudflare: object({ apiKeySecretRef: secretKey(), apiTokenSecretRef: secretKey(), email: str() }),
        cnameStrategy: oneOf("None", "Follow"),
        digitalocean: object({ "tokenSecretRef!": secretKey() }),
        rfc2136: object({
            "nameserver!": str(),
            protocol: oneOf("TCP", "UDP"),
            tsigAlgorithm: str(),
            tsigKeyName: str(),
            tsigSecretSecretRef: secretKey(),
        }),
        route53: route53(),
        webhook: object({ config: anything(), "groupName!": str(), "solverName!": str() }),
    });
}

function azureDns(): Schema {
    return object({
        "resourceGroupName!": str(),
        "subscriptionID!": str(),
        clientID: str(),
        clientSecretSecretRef: secretKey(),
        environment: oneOf("AzurePublicCloud", "AzureChinaCloud", "AzureGermanCloud", "AzureUSGovernmentCloud"),
        hostedZoneName: str(),
        managedIdentity: object({ clientID: str(), resourceID: str(), tenantID: str() }),
        tenantID: str(),
        zoneType: oneOf("AzurePublicZone", "AzurePrivateZone"),
    });
}

function route53(): Schema {
    return object({
        accessKeyID: str(),
        accessKeyIDSecretRef: secretKey(),
        auth: object({ "kubernetes!": object({ "serviceAccountRef!": serviceAccountReference() }) }),
        hostedZoneID: str(),
        region: str(),
        role: str(),
        secretAccessKeySecretRef: secretKey(),
    });
}

/** By a file at port 80. */
function http01(): Schema {
    return object({
        gatewayHTTPRoute: object({
            labels: map(str()),
            parentRefs: list(gatewayReference()),
            podTemplate: podTemplate(),
            serviceType: str(),
        }),
        ingress: object({
            class: str(),
            ingressClassName: str(),
            ingressTemplate: object({ metadata: templateMetadata() }),
            name: str(),
            podTemplate: podTemplate(),
            serviceType: str(),
        }),
    });
}

/** What a route of the Gateway API belongs to (gateway.networking.k8s.io/v1 ParentReference). */
function gatewayReference(): Schema {
    const label = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
    const subdomain = `^${label}(\\.${label})*$`;
    return object({
        group: str({ default: "gateway.networking.k8s.io", maxLength: 253, pattern: `^$|${subdomain}` }),
        kind: str({
            default: "Gateway",
            minLength: 1,
            maxLength: 63,
            pattern: "^[a-zA-Z]([-a-zA-Z0-9]*[a-zA-Z0-9])?$",
        }),
        "name!": str({ minLength: 1, maxLength: 253 }),
        namespace: str({ minLength: 1, maxLength: 63, pattern: `^${label}$` }),
        port: int({ format: "int32", minimum: 1, maximum: 65_535 }),
        sectionName: str({ minLength: 1, maxLength: 253, pattern: subdomain }),
    });
}
