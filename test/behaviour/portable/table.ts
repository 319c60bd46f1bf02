import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as http from "node:http";
import * as path from "node:path";
import { projectRoot } from "../../../sandbox/tools/paths";

/** The functions of the table, in `node/` and `python/`, and the table itself. */
export const functionsFolder = path.join(projectRoot, "test/behaviour/functions");

/** A text, or one that is repeated. */
type Text = string | { repeat: string; times: number };

/** One request to one function, and what must come back. */
export interface Case {
    name: string;
    function: string;
    request: {
        method: string;
        /** Path and query, percent-encoded. */
        target: string;
        headers?: [string, Text][];
        body?: { text: string } | { base64: string } | { repeat: string; times: number };
    };
    answer: {
        status: number;
        /** Those listed must be equal; `null` means absent. Others may be there. */
        headers?: Record<string, string | string[] | null>;
        body?:
            | { text: string }
            | { base64: string }
            | { includes: string }
            | { json: unknown }
            | { repeat: string; times: number };
    };
    /** The one line that the function's log must hold for the request. */
    log?: { level: string; message: string; error?: string; fields?: Record<string, unknown> };
}

/** An answer as it came. */
export interface Answer {
    status: number;
    headers: Record<string, string | string[] | undefined>;
    body: Buffer;
}

/** Where a function is served. */
export interface Served {
    port: number;
    /** What the server has written so far. */
    output(): string;
}

/** All cases of a table, in its order. */
export function readCases(file = path.join(functionsFolder, "cases.json")): Case[] {
    return (JSON.parse(fs.readFileSync(file, "utf8")) as { cases: Case[] }).cases;
}

/** What a server cannot do, by the name of the case; the adapter never sees the request as it was sent. */
export type Deviations = Readonly<Record<string, string>>;

/**
 * Runs a table, each function in a process of its own.
 *
 * @param serve starts a function by its name
 */
export function describeCases(
    cases: readonly Case[],
    serve: (name: string) => Promise<Served & { stop(): Promise<unknown> }>,
    deviations: Deviations = {},
): void {
    for (const name of new Set(cases.map((each) => each.function))) {
        describe(name, () => {
            let served: Served & { stop(): Promise<unknown> };

            before(async () => {
                served = await serve(name);
            });

            after(() => served?.stop());

            for (const each of cases.filter((candidate) => candidate.function === name)) {
                const deviation = deviations[each.name];
                if (deviation) {
                    it.skip(`${each.name} (not here: ${deviation})`);
                } else {
                    it(each.name, () => check(each, served));
                }
            }
        });
    }
}

/** Sends a case's request, and checks the answer and the log. */
async function check(each: Case, served: Served): Promise<void> {
    const answer = await send(served.port, each.request);
    assert.equal(answer.status, each.answer.status, `${answer.body.toString().slice(0, 500)}\n${served.output()}`);
    checkHeaders(answer, each.answer.headers ?? {});
    checkBody(answer.body, each.answer.body);
    if (each.log) {
        await checkLog(each.log, String(answer.headers["x-request-id"]), served);
    }
}

/** Sends a request whose header fields are repeated and written exactly as given. */
export function send(port: number, { method, target, headers = [], body }: Case["request"]): Promise<Answer> {
    return new Promise((resolve, reject) => {
        const request = http.request({ host: "127.0.0.1", port, method, path: target, agent: false });
        for (const name of new Set(headers.map(([each]) => each))) {
            request.setHeader(
                name,
                headers.filter(([each]) => each === name).map(([, value]) => text(value)),
            );
        }
        const content = body && bytes(body);
        if (content && !request.hasHeader("transfer-encoding")) {
            request.setHeader("content-length", content.length);
        }
        request.on("error", reject);
        request.on("response", (response) => {
            const chunks: Buffer[] = [];
            response.on("error", reject);
            response.on("data", (chunk: Buffer) => chunks.push(chunk));
            response.on("end", () =>
                resolve({
                    status: response.statusCode ?? 0,
                    headers: response.headers,
                    body: Buffer.concat(chunks),
                }),
            );
        });
        request.end(content);
    });
}

function text(value: Text): string {
    return typeof value === "string" ? value : value.repeat.repeat(value.times);
}

function bytes(body: NonNullable<Case["request"]["body"]>): Buffer {
    if ("base64" in body) {
        return Buffer.from(body.base64, "base64");
    }
    return Buffer.from("text" in body ? body.text : text(body));
}

function checkHeaders(answer: Answer, wanted: Record<string, string | string[] | null>): void {
    const seen = Object.fromEntries(Object.keys(wanted).map((name) => [name, answer.headers[name] ?? null]));
    assert.deepEqual(seen, wanted);
}

function checkBody(body: Buffer, wanted: Case["answer"]["body"]): void {
    if (!wanted) {
        return;
    }
    if ("json" in wanted) {
        matches(JSON.parse(body.toString()), wanted.json, "body");
    } else if ("includes" in wanted) {
        assert.ok(body.toString().includes(wanted.includes), body.toString());
    } else if ("base64" in wanted) {
        assert.equal(body.toString("base64"), wanted.base64);
    } else {
        assert.equal(body.toString(), "text" in wanted ? wanted.text : text(wanted));
    }
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Deep equality, with `{any: true}` for a text that is not empty, `{uuid: true}`, and `{joined: [...]}` for a header. */
function matches(seen: unknown, wanted: unknown, place: string): void {
    if (typeof wanted !== "object" || wanted === null) {
        assert.deepEqual(seen, wanted, `${place}: ${JSON.stringify(seen)} is not ${JSON.stringify(wanted)}`);
    } else if ("any" in wanted) {
        assert.ok(typeof seen === "string" && seen !== "", `${place} is empty`);
    } else if ("uuid" in wanted) {
        assert.match(String(seen), uuid, place);
    } else if ("joined" in wanted) {
        assert.deepEqual(String(seen).split(/,\s*/), wanted.joined, place);
    } else {
        const keys = (value: object): string[] => Object.keys(value).sort();
        assert.deepEqual(keys(seen as object), keys(wanted), place);
        for (const [key, value] of Object.entries(wanted)) {
            matches((seen as Record<string, unknown>)[key], value, `${place}.${key}`);
        }
    }
}

interface LogLine {
    time: string;
    level: string;
    message: string;
    function: string;
    namespace: string;
    requestId: string;
    error?: { name: string; message: string; stack: string };
}

async function checkLog(wanted: NonNullable<Case["log"]>, requestId: string, served: Served): Promise<void> {
    const lines = await waitFor(() => {
        const found = logLines(served.output()).filter((line) => line.requestId === requestId);
        return found.length > 0 ? found : undefined;
    });
    assert.equal(lines.length, 1, JSON.stringify(lines));
    const line = lines[0]!;
    assert.equal(line.level, wanted.level);
    assert.equal(line.message, wanted.message);
    assert.equal(line.namespace, "functions");
    assert.ok(Math.abs(Date.parse(line.time) - Date.now()) < 60_000, line.time);
    for (const [key, value] of Object.entries(wanted.fields ?? {})) {
        assert.deepEqual((line as unknown as Record<string, unknown>)[key], value);
    }
    if (wanted.error !== undefined) {
        const { message, stack } = line.error ?? { message: "", stack: "" };
        assert.ok(message.includes(wanted.error), `${JSON.stringify(message)} lacks ${wanted.error}`);
        assert.match(stack, /\n/);
    }
}

/** The lines of a server's output that are JSON objects with a level. */
export function logLines(output: string): LogLine[] {
    return output.split("\n").flatMap((line) => {
        try {
            const value = JSON.parse(line) as LogLine;
            return typeof value === "object" && value !== null && "level" in value ? [value] : [];
        } catch {
            return [];
        }
    });
}

/** Asks until there is an answer; output arrives a little after the response. */
export async function waitFor<T>(ask: () => T | undefined): Promise<T> {
    const end = Date.now() + 5_000;
    for (;;) {
        const answer = ask();
        if (answer !== undefined) {
            return answer;
        }
        assert.ok(Date.now() < end, "nothing within 5 seconds");
        await new Promise((resolve) => setTimeout(resolve, 10));
    }
}
