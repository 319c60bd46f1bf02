/** Greets whoever the query names. */
exports.handler = (request, context) => {
    context.log.info("greeting", { name: request.query.name });
    return { status: 200, body: `Hello ${request.query.name ?? "world"}\n` };
};
