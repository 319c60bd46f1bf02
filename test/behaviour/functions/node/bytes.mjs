/** Sends the body back, byte by byte; the type of the answer is the caller's when it names one. */
export function handler(request) {
    const type = request.headers["x-answer-type"];
    return type ? { status: 200, headers: { "content-type": type }, body: request.body } : request.body;
}
