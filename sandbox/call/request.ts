/** The request that a function gets. */
export interface CallRequest {
    /** @default `GET`, or `POST` with a body */
    method?: string;
    /** Path below the function's route, with the query. @default `/` */
    path?: string;
    headers?: Record<string, string>;
    body?: string | Uint8Array;
}

/** What a function answered. */
export interface CallAnswer {
    status: number;
    headers: Record<string, string>;
    body: string;
    /** The body as it was sent. */
    bytes: Uint8Array;
    /** What it wrote to its log, as far as it can be seen. */
    log: string;
}

/**
 * Sends a request and reads the whole answer.
 *
 * @param base URL of the function, below which the request's path lies
 */
export async function sendRequest(base: string, request: CallRequest): Promise<Omit<CallAnswer, "log">> {
    const { method = request.body === undefined ? "GET" : "POST", headers, body } = request;
    const target = `${base.replace(/\/$/, "")}/${(request.path ?? "/").replace(/^\//, "")}`;
    // An answer that leads elsewhere is the function's answer.
    const answer = await fetch(target, { method, headers, body, redirect: "manual" });
    const bytes = new Uint8Array(await answer.arrayBuffer());
    return {
        status: answer.status,
        headers: Object.fromEntries(answer.headers),
        body: Buffer.from(bytes).toString(),
        bytes,
    };
}
