/** The smallest function, as a CommonJS module. */
exports.handler = (request) => `Hello ${request.query.name ?? "world"}`;
