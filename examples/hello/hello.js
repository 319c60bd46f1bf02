const process = require("node:process");

/**
 * Greets whoever the query names. Bound to a database as VISITS it counts the visits, and bound to a bucket as VISITORS it
 * knows who came before. What it needs for these it loads only then: alone, the file greets without any package.
 */
exports.handler = async (request, context) => {
    const { name = "world" } = request.query;
    context.log.info("greeting", { name });
    const lines = await Promise.all([
        process.env.VISITS_HOST && said(context, "database", () => require("./visits").countVisit()),
        process.env.VISITORS_ENDPOINT && said(context, "bucket", () => require("./visitors").nextVisitor(name)),
    ]);
    return { status: 200, body: [`Hello ${name}`, ...lines.filter(Boolean), ""].join("\n") };
};

/** What a database or a bucket has to say. A greeting is one without it, so a failure is only noted. */
async function said(context, what, ask) {
    try {
        return await ask();
    } catch (error) {
        context.log.warn(`the ${what} does not answer`, { reason: error.message });
        return `The ${what} does not answer.`;
    }
}
