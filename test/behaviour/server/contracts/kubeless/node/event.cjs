/** Answers with the event and the context as the function sees them. */
const { Buffer } = require("node:buffer");
const process = require("node:process");

const { MOD_NAME, FUNC_HANDLER, FUNC_TIMEOUT, FUNC_RUNTIME, FUNC_MEMORY_LIMIT, FUNC_PORT } = process.env;

exports.handler = (event, context) => {
    const { data, extensions, ...rest } = event;
    const { method, path } = extensions.request;
    const isBytes = Buffer.isBuffer(data);
    return {
        data: isBytes ? data.toString("base64") : data,
        kind: isBytes ? "bytes" : typeof data,
        event: { ...rest },
        request: { method, path, agent: extensions.request.get("User-Agent") },
        context: { ...context },
        variables: { MOD_NAME, FUNC_HANDLER, FUNC_TIMEOUT, FUNC_RUNTIME, FUNC_MEMORY_LIMIT, FUNC_PORT },
    };
};
