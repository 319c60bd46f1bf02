/** One kind of failure per path. */
const { setTimeout } = require("node:timers/promises");

const failures = {
    "/thrown": () => {
        throw new Error("out of order");
    },
    "/async": async () => {
        await setTimeout(1);
        throw new Error("late and out of order");
    },
    "/secret": (request, context) => {
        throw new Error(`cannot log in with ${context.secret("API_TOKEN")}`);
    },
    "/undeclared": (request, context) => context.secret("OTHER_TOKEN"),
    "/json": (request) => ({ received: request.json() }),
    "/json-caught": (request) => {
        try {
            return request.json();
        } catch (error) {
            return { status: 422, body: error.message };
        }
    },
};

exports.handler = (request, context) => failures[request.path](request, context);
