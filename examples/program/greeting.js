const { createHmac } = require("node:crypto");

/** A greeting that only this function can have signed. */
exports.handler = (request, context) => {
    const body = `Hello from ${context.environment.PLATFORM}\n`;
    const signature = createHmac("sha256", context.secret("KEY")).update(body).digest("hex");
    return { status: 200, headers: { "x-signature": signature }, body };
};
