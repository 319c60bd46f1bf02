/** Answers with the request as the handler sees it. */
export async function handler(request) {
    const shown = Object.entries(request.headers).filter(
        ([name]) => name === "content-type" || name === "cookie" || name.startsWith("x-test"),
    );
    return {
        method: request.method,
        path: request.path,
        query: request.query,
        all: request.queryAll("a"),
        headers: Object.fromEntries(shown),
        length: request.body.length,
        text: request.text().slice(0, 100),
    };
}
