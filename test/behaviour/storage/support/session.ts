import { sign } from "aws4";
import * as fs from "node:fs";
import * as https from "node:https";
import type { MinioProcess } from "../../../support/minio";

/** A login: a key, or what AssumeRole made of one. */
export interface Login {
    id: string;
    secret: string;
    token?: string;
}

/** A request to a store. */
export interface SignedRequest {
    method: "GET" | "PUT" | "POST" | "DELETE";
    path: string;
    /** @default `s3` */
    service?: "s3" | "sts";
    /** Sent beside the signature, which doesn't cover them. */
    unsigned?: Record<string, string>;
    headers?: Record<string, string>;
    body?: string;
}

const region = "eu-test-1";

/** Sends a request that a login signs, and returns the answer's status and text. */
export function send(store: MinioProcess, login: Login, request: SignedRequest): Promise<[number, string]> {
    const { method, path, service = "s3", unsigned = {}, headers = {}, body } = request;
    const { host, hostname, port } = new URL(store.endpoint());
    const signed = sign(
        { host, method, path, service, region, headers: { ...headers }, body },
        { accessKeyId: login.id, secretAccessKey: login.secret, sessionToken: login.token },
    );
    return new Promise((resolve, reject) => {
        const all = { ...signed.headers, ...unsigned };
        const ca = fs.readFileSync(store.caFile);
        https
            .request({ hostname, port, method, path, ca, agent: false, headers: all }, (response) => {
                let text = "";
                response.setEncoding("utf8");
                response.on("data", (chunk: string) => (text += chunk));
                response.on("end", () => resolve([response.statusCode!, text]));
                response.on("error", reject);
            })
            .on("error", reject)
            .end(body);
    });
}

/** The session of a year that the server gives whoever has a key. */
export async function assumeRole(store: MinioProcess, key: Login): Promise<Login> {
    const [status, text] = await send(store, key, {
        method: "POST",
        path: "/",
        service: "sts",
        headers: { "content-type": "application/x-www-form-urlencoded" },
        body: "Action=AssumeRole&Version=2011-06-15&DurationSeconds=31536000",
    });
    const part = (name: string): string => {
        const value = new RegExp(`<${name}>([^<]+)</${name}>`).exec(text)?.[1];
        if (value === undefined) {
            throw new Error(`AssumeRole was answered with ${status}: ${text}`);
        }
        return value;
    };
    return { id: part("AccessKeyId"), secret: part("SecretAccessKey"), token: part("SessionToken") };
}
