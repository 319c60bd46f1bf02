import { bool, list, object, oneOf, str, type Schema } from "../../../../core/schema";
import { authority, bytes, conditions, observedGeneration, secretKey, serviceAccountReference, texts } from "./parts";
import { solver } from "./solvers";

/** Who signs certificates: one of these. */
export function issuerSpec(): Schema {
    return object({
        acme: acme(),
        ca: object({
            "secretName!": str(),
            crlDistributionPoints: texts(),
            issuingCertificateURLs: texts(),
            ocspServers: texts(),
        }),
        selfSigned: object({ crlDistributionPoints: texts() }),
        vault: vault(),
        venafi: venafi(),
    });
}

/** An authority that speaks ACME (RFC 8555), such as Let's Encrypt. */
function acme(): Schema {
    return object({
        "server!": str(),
        "privateKeySecretRef!": secretKey(),
        caBundle: bytes(),
        disableAccountKeyGeneration: bool(),
        email: str(),
        enableDurationFeature: bool(),
        externalAccountBinding: object({
            "keyID!": str(),
            "keySecretRef!": secretKey(),
            keyAlgorithm: oneOf("HS256", "HS384", "HS512"),
        }),
        preferredChain: str({ maxLength: 64 }),
        profile: str(),
        skipTLSVerify: bool(),
        solvers: list(solver()),
    });
}

/** HashiCorp Vault. */
function vault(): Schema {
    return object({
        "auth!": vaultAuth(),
        "path!": str(),
        "server!": str(),
        ...authority,
        clientCertSecretRef: secretKey(),
        clientKeySecretRef: secretKey(),
        namespace: str(),
        serverName: str(),
    });
}

function vaultAuth(): Schema {
    return object({
        appRole: object({ "path!": str(), "roleId!": str(), "secretRef!": secretKey() }),
        aws: object({
            "role!": str({ minLength: 1 }),
            iamRoleArn: str(),
            mountPath: str(),
            region: str(),
            serviceAccountRef: serviceAccountReference(),
            vaultHeaderValue: str(),
        }),
        clientCertificate: object({ mountPath: str(), name: str(), secretName: str() }),
        kubernetes: object({
            "role!": str(),
            mountPath: str(),
            secretRef: secretKey(),
            serviceAccountRef: serviceAccountReference(),
        }),
        tokenSecretRef: secretKey(),
    });
}

/** CyberArk's certificate managers, once Venafi's. */
function venafi(): Schema {
    const credentials = { "credentialsRef!": object({ "name!": str() }) };
    return object(
        {
            "zone!": str(),
            cloud: object({ "apiTokenSecretRef!": secretKey(), url: str() }),
            ngts: object({ ...credentials, "tsgID!": str(), tokenEndpoint: str(), url: str() }),
            tpp: object({ ...credentials, "url!": str(), ...authority }),
        },
        {
            rule: "(has(self.tpp) ? 1 : 0) + (has(self.cloud) ? 1 : 0) + (has(self.ngts) ? 1 : 0) == 1",
            message: "exactly one of tpp, cloud, or ngts must be configured",
        },
    );
}

export function issuerStatus(): Schema {
    return object({
        acme: object({ lastPrivateKeyHash: str(), lastRegisteredEmail: str(), uri: str() }),
        conditions: conditions(observedGeneration),
    });
}
