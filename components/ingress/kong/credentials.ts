import * as pulumi from "@pulumi/pulumi";
import { generatedPassword } from "../../core/credentials";
import { protectionsOf } from "../names";
import type { KongIngressArgs } from "./args";

/** Passwords or keys by the protection's name and by who has them. Secret. */
export type Credentials = Record<string, Record<string, pulumi.Output<string>>>;

/** Who logs in with what. */
export interface AllCredentials {
    passwords: Credentials;
    apiKeys: Credentials;
}

/** Generates what is not given. It stays the same from run to run. */
export function createCredentials(parent: pulumi.Resource, name: string, args: KongIngressArgs): AllCredentials {
    const all: AllCredentials = { passwords: {}, apiKeys: {} };
    const generate = (protection: string, { name: who, rotation }: { name: string; rotation?: pulumi.Input<string> }) =>
        generatedPassword(`${name}-${protection}-${who}`, { rotation }, { parent }).password;
    for (const [protection, { apiKey, basicAuth }] of protectionsOf(args)) {
        if (basicAuth) {
            all.passwords[protection] = Object.fromEntries(
                basicAuth.users.map((user) => [
                    user.name,
                    user.password === undefined ? generate(protection, user) : pulumi.secret(user.password),
                ]),
            );
        }
        if (apiKey) {
            all.apiKeys[protection] = Object.fromEntries(
                apiKey.holders.map((holder) => [
                    holder.name,
                    holder.key === undefined ? generate(protection, holder) : pulumi.secret(holder.key),
                ]),
            );
        }
    }
    return all;
}
