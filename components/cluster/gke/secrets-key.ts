import { CryptoKey, CryptoKeyIAMMember, KeyRing } from "@pulumi/gcp/kms";
import { ServiceIdentity } from "@pulumi/gcp/projects";
import type * as pulumi from "@pulumi/pulumi";
import { childOptions } from "../../core/deletion";
import type { GkeSettings } from "./defaults";

/** A key, and the rights without which GKE can't use it. */
export interface SecretsKey {
    readonly id: pulumi.Input<string>;
    readonly grants: pulumi.Resource[];
}

/** 90 days, what CIS asks for; what was encrypted before stays readable by the older versions. */
const rotationPeriod = `${90 * 24 * 60 * 60}s`;

/** The key that is given, or one of the cluster's own with the grant that GKE needs. */
export function secretsKey(parent: pulumi.Resource, name: string, settings: GkeSettings): SecretsKey {
    if (settings.secretsKey !== undefined) {
        return { id: settings.secretsKey, grants: [] };
    }
    const key = createKey(parent, name, settings);
    // Made by the resource rather than looked up by an invoke: it also makes the agent sure to be there.
    const agent = new ServiceIdentity(
        `${name}-gke-agent`,
        { project: settings.project, service: "container.googleapis.com" },
        childOptions(parent),
    );
    const grant = new CryptoKeyIAMMember(
        `${name}-secrets`,
        { cryptoKeyId: key.id, role: "roles/cloudkms.cryptoKeyEncrypterDecrypter", member: agent.member },
        childOptions(parent),
    );
    return { id: key.id, grants: [grant] };
}

function createKey(parent: pulumi.Resource, name: string, settings: GkeSettings): CryptoKey {
    const { project, region, labels, deletionProtection } = settings;
    // Google never deletes a key ring, so a name of our own would be taken when the stack is made a second time.
    const ring = new KeyRing(`${name}-secrets`, { project, location: region }, childOptions(parent));
    return new CryptoKey(
        `${name}-secrets`,
        { keyRing: ring.id, purpose: "ENCRYPT_DECRYPT", rotationPeriod, labels },
        // Without the key nobody reads the Secrets any more, not from a backup either.
        childOptions(parent, { protect: deletionProtection }),
    );
}
