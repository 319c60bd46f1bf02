import * as keyvault from "@pulumi/azure-native/keyvault";
import type * as managedidentity from "@pulumi/azure-native/managedidentity";
import type { input } from "@pulumi/azure-native/types";
import * as pulumi from "@pulumi/pulumi";
import { childOptions } from "../../core/deletion";
import { random } from "../../core/lazy-modules";
import type { AksSecretsKeyArgs } from "./args";
import { AksPrincipal } from "./enums";
import { heldOptions, type AksPlace } from "./place";
import { type AzureRole, grant } from "./roles";
import { encryptsSecrets } from "./settings";

/** How the cluster's Secrets are encrypted. */
export interface AksSecretsEncryption {
    /** None: only as everything that Azure stores is. */
    readonly kms?: input.containerservice.AzureKeyVaultKmsArgs;
    /** What must be there before the cluster can use the key. */
    readonly roles: pulumi.Resource[];
}

type Identity = managedidentity.UserAssignedIdentity;

/** Encryption with the given key, with one of its own, or none, as the arguments say. */
export function makeSecretsEncryption(place: AksPlace, identity: Identity): AksSecretsEncryption {
    if (!encryptsSecrets(place.args)) {
        return { roles: [] };
    }
    const { secretsKey } = place.args;
    return secretsKey === undefined ? makeOwnKey(place, identity) : useKey(place, identity, secretsKey);
}

function makeOwnKey(place: AksPlace, identity: Identity): AksSecretsEncryption {
    const { name, args, resourceGroupName } = place;
    const vault = makeVault(place, identity);
    const key = new keyvault.Key(
        `${name}-secrets`,
        {
            keyName: "secrets",
            vaultName: vault.name,
            resourceGroupName,
            tags: args.tags,
            properties: {
                kty: keyvault.JsonWebKeyType.RSA,
                keySize: 3072,
                keyOps: [keyvault.JsonWebKeyOperation.Encrypt, keyvault.JsonWebKeyOperation.Decrypt],
                // Without an end: the API server needs the version before the newest one too.
                rotationPolicy: {
                    lifetimeActions: [
                        {
                            action: { type: keyvault.KeyRotationPolicyActionType.Rotate },
                            trigger: { timeAfterCreate: "P1Y" },
                        },
                    ],
                },
            },
        },
        heldOptions(place),
    );
    return {
        kms: { enabled: true, keyId: key.keyUriWithVersion, keyVaultNetworkAccess: "Public" },
        roles: [grantKey(place, identity, "secrets", "Key Vault Crypto User", key.id)],
    };
}

/**
 * Its names are unique in all of Azure and stay taken for 90 days after a deletion, hence the random end. Open to all
 * networks, and to nobody without a role: the encryption of AKS passes no firewall of a vault
 * (https://learn.microsoft.com/azure/aks/use-kms-etcd-encryption#limitations).
 */
function makeVault(place: AksPlace, identity: Identity): keyvault.Vault {
    const { parent, name, args, resourceGroupName } = place;
    const suffix = new random.RandomId(`${name}-vault`, { byteLength: 4 }, childOptions(parent));
    const start = name.slice(0, 15).replace(/-+$/, "");
    return new keyvault.Vault(
        name,
        {
            vaultName: pulumi.interpolate`${start}-${suffix.hex}`,
            resourceGroupName,
            location: args.location,
            tags: args.tags,
            properties: {
                tenantId: identity.tenantId,
                sku: { family: keyvault.SkuFamily.A, name: keyvault.SkuName.Standard },
                enableRbacAuthorization: true,
                enableSoftDelete: true,
                softDeleteRetentionInDays: 90,
                enablePurgeProtection: true,
                publicNetworkAccess: "Enabled",
            },
        },
        heldOptions(place),
    );
}

function useKey(
    place: AksPlace,
    identity: Identity,
    { keyId, vaultId, privateVault }: AksSecretsKeyArgs,
): AksSecretsEncryption {
    const key = pulumi.all([keyId, vaultId]).apply(([uri, vault]) => `${vault}/keys/${uri.split("/")[4]}`);
    const roles = [grantKey(place, identity, "secrets", "Key Vault Crypto User", key)];
    if (!privateVault) {
        return { kms: { enabled: true, keyId, keyVaultNetworkAccess: "Public" }, roles };
    }
    // AKS makes a private endpoint to it.
    roles.push(grantKey(place, identity, "vault", "Key Vault Contributor", vaultId));
    return { kms: { enabled: true, keyId, keyVaultNetworkAccess: "Private", keyVaultResourceId: vaultId }, roles };
}

function grantKey(
    place: AksPlace,
    { principalId }: Identity,
    suffix: string,
    role: AzureRole,
    scope: pulumi.Input<string>,
): pulumi.Resource {
    return grant(place, { suffix, role, scope, principalId, type: AksPrincipal.ServicePrincipal });
}
