const https = require("node:https");
const process = require("node:process");
const { URL } = require("node:url");
const { sign } = require("aws4");

/** How long the bucket may take for each request, in milliseconds. */
const patience = 2000;

/** Names who came before, and leaves the name for who comes next, in the bucket that the function is bound to. */
exports.nextVisitor = async (name) => {
    const { status, text } = await ask("GET");
    await ask("PUT", name);
    return status === 404 ? "Nobody was here before." : `Before you came ${text}.`;
};

/** Reads or writes the one object; there is none (404) before it is written. */
async function ask(method, body) {
    const { VISITORS_ENDPOINT, VISITORS_REGION, VISITORS_BUCKET, VISITORS_CA_CRT } = process.env;
    const { hostname, port } = new URL(VISITORS_ENDPOINT);
    const path = `/${VISITORS_BUCKET}/last-visitor`;
    const request = { method, hostname, port, path, body, service: "s3", region: VISITORS_REGION };
    const key = {
        accessKeyId: process.env.VISITORS_ACCESSKEYID,
        secretAccessKey: process.env.VISITORS_SECRETACCESSKEY,
    };
    const options = { ...sign(request, key), ca: VISITORS_CA_CRT, timeout: patience };
    const { status, text } = await send(options, body);
    if (status >= 400 && status !== 404) {
        throw new Error(`${method} ${path} was answered by ${status}`);
    }
    return { status, text };
}

function send(options, body) {
    return new Promise((resolve, reject) => {
        const request = https.request(options, (response) => {
            const { statusCode: status } = response;
            response
                .setEncoding("utf8")
                .toArray()
                .then((texts) => resolve({ status, text: texts.join("") }))
                .catch(reject);
        });
        request.on("timeout", () => request.destroy(new Error("it takes too long")));
        request.on("error", reject);
        request.end(body);
    });
}
