import * as pulumi from "@pulumi/pulumi";
import type { Login } from "./engine";

/**
 * A login in one URL, as clients of one host take it.
 *
 * @param parameters of the query: how the server is checked
 */
export function loginUrl(
    scheme: string,
    { user, password, host, port, database }: Login,
    parameters = "",
): pulumi.Output<string> {
    return pulumi.all([user, password, host, port, database]).apply(([name, secret, server, at, known]) => {
        const login = `${encodeURIComponent(name)}:${encodeURIComponent(secret)}`;
        return `${scheme}://${login}@${server}:${at}/${encodeURIComponent(known)}${parameters && `?${parameters}`}`;
    });
}
