/** What the tests use of aws4, which has no types of its own: https://github.com/mhart/aws4 */
declare module "aws4" {
    interface Request {
        host: string;
        method: string;
        path: string;
        service: "s3" | "sts";
        region: string;
        headers: Record<string, string>;
        body?: string;
    }

    interface Credentials {
        accessKeyId: string;
        secretAccessKey: string;
        sessionToken?: string;
    }

    /** Adds the headers of a signature of version 4, in place. */
    export function sign(request: Request, credentials: Credentials): Request;
}
