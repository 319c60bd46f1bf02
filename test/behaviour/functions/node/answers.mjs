/** One kind of answer per path. */
import { Buffer } from "node:buffer";

const answers = {
    "/text": () => "äöü",
    "/nothing": () => undefined,
    "/null": () => null,
    "/number": () => 42,
    "/boolean": () => true,
    "/list": () => [1, "two", null],
    "/data": () => ({ name: "Ünal", tags: [] }),
    "/data-with-status": () => ({ status: "ok" }),
    "/data-with-number-status": () => ({ status: 3, order: 17 }),
    "/teapot": () => ({ status: 418, body: "short and stout" }),
    "/unusual-status": () => ({ status: 299 }),
    "/created": () => ({ status: 201, headers: { location: "/orders/17" }, body: { id: 17 } }),
    "/empty": () => ({ status: 200, body: "" }),
    "/no-content": () => ({ status: 204, headers: { "x-kept": "yes" }, body: "left out" }),
    "/not-modified": () => ({ status: 304, headers: { etag: '"1"' }, body: "left out" }),
    "/html": () => ({ status: 200, headers: { "Content-Type": "text/html" }, body: "<p>hi</p>" }),
    "/etag": () => ({ status: 200, headers: { etag: '"1"' }, body: "fresh" }),
    "/bytes": () => ({ status: 200, body: Buffer.from([0, 255, 10, 13]) }),
    "/cookies": () => ({ status: 200, headers: { "set-cookie": ["a=1", "b=2; Path=/"] }, body: "" }),
    "/number-header": () => ({ status: 200, headers: { "x-count": 7, "x-absent": null }, body: "" }),
    "/latin-header": () => ({ status: 200, headers: { "x-name": "Ünal" }, body: "" }),
    "/connection-headers": () => ({
        status: 200,
        headers: { "Content-Length": "1", connection: "close", "transfer-encoding": "chunked" },
        body: "whole",
    }),
    "/own-request-id": () => ({ status: 200, headers: { "x-request-id": "mine" }, body: "" }),
    "/status-too-small": () => ({ status: 42 }),
    "/status-too-large": () => ({ status: 600 }),
    "/header-name": () => ({ status: 200, headers: { "no spaces": "x" } }),
    "/header-injection": () => ({ status: 200, headers: { "x-a": "1\r\nset-cookie: stolen=1" } }),
    "/header-emoji": () => ({ status: 200, headers: { "x-a": "🙂" } }),
    "/header-object": () => ({ status: 200, headers: { "x-a": { b: 1 } } }),
    "/headers-list": () => ({ status: 200, headers: ["x-a", "1"] }),
    "/huge-header": () => ({ status: 200, headers: { "x-large": "x".repeat(20_000) } }),
    "/unsendable": () => new Map([["a", 1]]),
    "/unsendable-body": () => ({ status: 200, body: new Set([1]) }),
};

export function handler(request) {
    return answers[request.path]();
}
