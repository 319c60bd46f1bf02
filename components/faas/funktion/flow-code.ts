/** A portable handler that calls the URLs of FLOW_STEPS in turn, each with the answer of the one before. */
export const flowCode = `const steps = JSON.parse(process.env.FLOW_STEPS);

export async function handler(request, context) {
    let body = request.body;
    let type = request.headers["content-type"];
    for (const url of steps) {
        const signal = AbortSignal.timeout(context.remainingMilliseconds());
        const headers = { "x-request-id": context.requestId, ...(type && { "content-type": type }) };
        const answer = await fetch(url, { method: "POST", body, headers, signal, redirect: "manual" });
        const bytes = Buffer.from(await answer.arrayBuffer());
        if (!answer.ok) {
            context.log.error("a step failed", { url, status: answer.status, answer: bytes.toString().slice(0, 2000) });
            return { status: 502, body: { error: "a step failed", url, status: answer.status } };
        }
        body = bytes;
        type = answer.headers.get("content-type");
    }
    return { status: 200, headers: type ? { "content-type": type } : {}, body };
}
`;
