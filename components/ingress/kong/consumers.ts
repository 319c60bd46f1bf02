import { createHash } from "node:crypto";
import type { KongConsumer } from "./entities";
import type { KnownCredentials, KnownProtection } from "./known";
import { uuidOf } from "./names";

/** Everybody who can log in, by whatever protection. */
export function consumersOf(
    instance: string,
    protections: Record<string, KnownProtection>,
    credentials: KnownCredentials,
): KongConsumer[] {
    return Object.entries(protections).flatMap(([name, { apiKey, basicAuth, jwt }]) => {
        if (basicAuth) {
            return basicAuth.users.map((user) =>
                passwordUser(instance, name, user.name, credentials[name]![user.name]!),
            );
        }
        if (apiKey) {
            return apiKey.holders.map((holder) => ({
                ...member(instance, name, holder.name),
                keyauth_credentials: [{ key: credentials[name]![holder.name]! }],
            }));
        }
        if (!jwt) {
            return [];
        }
        const secret = { key: jwt.issuer, algorithm: jwt.algorithm ?? "RS256", rsa_public_key: jwt.publicKey };
        return [{ ...member(instance, name, "tokens"), jwt_secrets: [secret] }];
    });
}

/** One consumer for each who has a credential: a group holds for all credentials of a consumer. */
function member(instance: string, protection: string, name: string): Pick<KongConsumer, "id" | "username" | "acls"> {
    return {
        id: uuidOf(instance, protection, name),
        username: `${protection}/${name}`,
        acls: [{ group: protection }],
    };
}

/** https://github.com/Kong/kong/blob/3.9.3/kong/plugins/basic-auth/crypto.lua */
function passwordUser(instance: string, protection: string, username: string, password: string): KongConsumer {
    const consumer = member(instance, protection, username);
    const hash = createHash("sha1")
        .update(password + consumer.id)
        .digest("hex");
    return { ...consumer, basicauth_credentials: [{ username, password: hash }] };
}
