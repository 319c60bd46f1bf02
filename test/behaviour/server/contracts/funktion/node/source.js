/** One kind of answer per `do` of the query. */
/* global module, require */
const { Buffer } = require("node:buffer");
const { setTimeout } = require("node:timers");

const deeds = {
    text: (request, callback) => callback(200, "äöü"),
    data: (request, callback) => callback(201, { name: "Ünal" }, { "X-Own": "yes" }),
    bytes: (request, callback) => callback(200, Buffer.from([0, 255, 10, 13])),
    later: (request, callback) => setTimeout(() => callback(202, "later"), 10),
    default: (request, callback) => callback(),
    twice: (request, callback) => {
        callback(200, "first");
        callback(500, "second");
    },
    body: (request, callback) => {
        const isBytes = Buffer.isBuffer(request.body);
        callback(200, { body: isBytes ? request.body.toString("base64") : request.body, isBytes });
    },
    request: ({ method, path, query, headers }, callback) =>
        callback(200, { method, path, query, type: headers["content-type"] ?? null }),
    thrown: () => {
        throw new Error("out of order");
    },
    rejected: async () => {
        throw new Error("late and out of order");
    },
    "bad-status": (request, callback) => callback(1000),
    never: () => undefined,
};

module.exports = function (context, callback) {
    return deeds[context.request.query.do](context.request, callback);
};
