/**
 * Stands in for Fission's node-env image (github.com/fission/environments, nodejs/server.js, 1.35) with the framework that
 * it uses: the same body parsers in front in the same order and with the same limit, the same way to find and import the
 * entry, the same convention for calling it. It leaves out web sockets, the request log and retries.
 */
import express from "express";
import { existsSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import process from "node:process";

let userFunction;

const app = express();
const limit = "1mb";
app.use(express.urlencoded({ extended: false, limit }));
app.use(express.json({ limit }));
app.use(express.raw({ limit }));
app.use(express.text({ type: "text/*", limit }));

app.post("/v2/specialize", async (request, response) => {
    if (userFunction) {
        response.status(400).send("Not a generic container");
        return;
    }
    const { filepath, functionName } = request.body;
    const [file, name] = functionName.split(".");
    const module = join(filepath, file);
    const ending = [".js", ".mjs", ".cjs"].find((each) => existsSync(module + each)) ?? ".js";
    const loaded = await import(module + ending).catch((error) => error);
    const found = name ? loaded[name] : (loaded.default ?? loaded);
    if (typeof found === "function") {
        userFunction = found;
        response.status(202).send();
    } else {
        response.status(500).send(JSON.stringify(found));
    }
});

app.use(async (request, response) => {
    if (!userFunction) {
        response.status(500).send("Generic container: no requests supported");
        return;
    }
    try {
        const { status, body, headers } = await userFunction({ request, response });
        if (status) {
            response.set(headers ?? {});
            response.status(status).send(body);
        }
    } catch (error) {
        console.error(`Function error: ${error}`);
        response.status(500).send("Internal server error");
    }
});

process.on("uncaughtException", (error) => console.error(`Caught exception: ${error}`));

const server = createServer(app);
server.listen(0, "127.0.0.1", () => console.log(`listening on ${server.address().port}`));
