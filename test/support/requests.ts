import * as fs from "node:fs";
import * as http from "node:http";
import * as https from "node:https";

/** What a server answered. */
export interface Answer {
    status: number;
    headers: http.IncomingHttpHeaders;
    body: string;
}

/** Asks a server of a store without a login. `ca` names the file with the only authority to trust. */
export function get(
    url: string,
    { ca, headers }: { ca?: string; headers?: Record<string, string> } = {},
): Promise<Answer> {
    return new Promise((resolve, reject) => {
        const options = { headers, agent: false, ...(ca === undefined ? {} : { ca: fs.readFileSync(ca) }) };
        const client = url.startsWith("https:") ? https : http;
        client
            .get(url, options, (response) => {
                let body = "";
                response.setEncoding("utf8");
                response.on("data", (chunk: string) => (body += chunk));
                response.on("end", () => resolve({ status: response.statusCode!, headers: response.headers, body }));
                response.on("error", reject);
            })
            .on("error", reject);
    });
}
