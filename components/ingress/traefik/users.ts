import * as pulumi from "@pulumi/pulumi";
import { generatedPassword, hashedPassword } from "../../core/credentials";
import { protectionsOf } from "../names";
import type { TraefikIngressArgs } from "./args";
import type { HashedUsers } from "./dynamic-config";

/** Passwords by the names of the users who have them. */
export type UserPasswords = Record<string, pulumi.Output<string>>;

/** The users of all basic auths: their hashes for Traefik, and the passwords that are known. */
export interface Users {
    hashed: HashedUsers;
    /** By the protection's name. */
    passwords: Record<string, UserPasswords>;
}

/** Generates the passwords that are not given, and hashes them all. Salts stay in the state: no hash changes by itself. */
export function createUsers(parent: pulumi.Resource, name: string, args: TraefikIngressArgs): Users {
    const users: Users = { hashed: {}, passwords: {} };
    for (const [protection, { basicAuth }] of protectionsOf(args)) {
        if (!basicAuth) {
            continue;
        }
        const passwords: UserPasswords = {};
        users.hashed[protection] = basicAuth.users.map((user) => {
            if (user.passwordHash !== undefined) {
                return { name: user.name, hash: pulumi.secret(user.passwordHash) };
            }
            const logicalName = `${name}-${protection}-${user.name}`;
            if (user.password !== undefined) {
                const password = pulumi.secret(user.password);
                passwords[user.name] = password;
                return { name: user.name, hash: hashedPassword(`${logicalName}-salt`, password, { parent }) };
            }
            const generated = generatedPassword(logicalName, { rotation: user.rotation }, { parent });
            passwords[user.name] = generated.password;
            return { name: user.name, hash: generated.bcryptHash };
        });
        users.passwords[protection] = passwords;
    }
    return users;
}
