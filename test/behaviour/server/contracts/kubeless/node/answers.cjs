/** One kind of answer per path. */
const { Buffer } = require("node:buffer");
const { Readable } = require("node:stream");

const answers = {
    "/text": () => "äöü",
    "/nothing": () => undefined,
    "/data": () => ({ name: "Ünal" }),
    "/data-with-status": () => ({ status: 201, body: "is data here" }),
    "/bytes": () => Buffer.from([0, 255, 10, 13]),
    "/promise": async () => "later",
    "/stream": () => Readable.from(["one, ", "two"]),
    "/response": ({ extensions: { response } }) => {
        response.status(201).set("X-Own", "yes");
        return response.json({ made: true });
    },
    "/thrown": () => {
        throw new Error("out of order");
    },
    "/slow": () => new Promise(() => undefined),
};

exports.handler = (event) => answers[event.extensions.request.path](event);
