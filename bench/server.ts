import * as fs from "node:fs";
import * as net from "node:net";
import * as os from "node:os";
import * as path from "node:path";
import { FunctionRuntime } from "../components/faas/function/args";
import { functionDirectory, packageServer, ServerContract } from "../components/faas/function/server";
import { startServer } from "../sandbox/call/server";
import { type Contender, measure, type Measure, type Sample, table } from "./harness";

const connections = 16;
const requestsPerConnection = 250;

/** What each program does, by language: the least that answers, and a function that answers the same. */
const programs: Readonly<Record<FunctionRuntime, { bare: string; bareName: string; handler: string }>> = {
    nodejs: {
        bareName: "a bare node:http server",
        bare: `const server = require("node:http").createServer((request, response) => {
    request.resume();
    request.once("end", () => response.setHeader("content-type", "text/plain").end("Hello world"));
});
server.listen(0, "127.0.0.1", () => console.log("listening on " + server.address().port));`,
        handler: "exports.handler = () => 'Hello world';",
    },
    python: {
        bareName: "a bare http.server",
        bare: `import http.server
class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response(200)
        self.send_header("content-type", "text/plain")
        self.send_header("content-length", "11")
        self.end_headers()
        self.wfile.write(b"Hello world")
        self.wfile.flush()
    def log_message(self, *arguments):
        pass
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(f"listening on {server.server_port}", flush=True)
server.serve_forever()
`,
        handler: "def handler(request, context):\n    return 'Hello world'\n",
    },
};

const measures: readonly Measure[] = [
    { key: "rate", title: "Requests per second", digits: 0 },
    { key: "middle", title: "Latency, median (ms)", digits: 2 },
    { key: "slow", title: "Latency, 99th percentile (ms)", digits: 2 },
];

const post = "POST /orders?id=1 HTTP/1.1\r\nhost: bench\r\ncontent-type: application/json\r\ncontent-length: 8\r\n\r\n";
const request = Buffer.from(`${post}{"id":1}`);
const answerEnd = "Hello world";

/** What the function server costs beside the least that answers HTTP in the same language. */
export async function benchServer(rounds: number, report: (line: string) => void): Promise<string> {
    const tables: string[] = [];
    for (const runtime of Object.values(FunctionRuntime)) {
        const results = await measure(contenders(runtime), rounds, report);
        tables.push(...measures.map((each) => table(each, results)));
    }
    const load = `${connections} connections, ${requestsPerConnection} requests on each`;
    return [`Function server: ${load}, ${rounds} rounds.`, ...tables].join("\n\n");
}

function contenders(runtime: FunctionRuntime): Contender[] {
    const { bare, bareName, handler } = programs[runtime];
    const [ending, program] = runtime === FunctionRuntime.Nodejs ? ["js", process.execPath] : ["py", "python3"];
    const { files, command } = packageServer({
        runtime,
        contract: ServerContract.Portable,
        handler: "hello.handler",
        files: [{ path: `hello.${ending}`, content: Buffer.from(handler) }],
        settings: { functionName: "hello", namespace: "functions", timeoutSeconds: 60 },
    });
    const [, ...words] = command;
    return [
        { name: bareName, run: () => serve([{ path: "bare", content: Buffer.from(bare) }], program, ["bare"]) },
        { name: `the function server (${runtime})`, run: () => serve(files, program, words) },
    ];
}

/** Starts a server in a folder of its own, and measures it under load, after a run that is not counted. */
async function serve(
    files: readonly { path: string; content: Buffer }[],
    program: string,
    words: readonly string[],
): Promise<Sample> {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "kubernetes-faas-bench-"));
    for (const file of files) {
        fs.mkdirSync(path.dirname(path.join(folder, file.path)), { recursive: true });
        fs.writeFileSync(path.join(folder, file.path), file.content);
    }
    const here = words.map((word) =>
        word === "bare" ? path.join(folder, word) : word.replace(functionDirectory, folder),
    );
    const env = { KUBERNETES_FAAS_HOST: "127.0.0.1", KUBERNETES_FAAS_PORT: "0" };
    const server = await startServer(program, here, { env });
    try {
        await load(server.port);
        return await load(server.port);
    } finally {
        await server.stop();
        fs.rmSync(folder, { recursive: true });
    }
}

async function load(port: number): Promise<Sample> {
    const began = performance.now();
    const latencies = (await Promise.all(Array.from({ length: connections }, () => callOften(port)))).flat();
    const seconds = (performance.now() - began) / 1000;
    const sorted = latencies.sort((left, right) => left - right);
    const at = (share: number): number => sorted[Math.floor(sorted.length * share)]!;
    return { rate: sorted.length / seconds, middle: at(0.5), slow: at(0.99) };
}

/** Sends one request after the other on one connection. Answers are told by their end only, so that this costs little. */
function callOften(port: number): Promise<number[]> {
    return new Promise((resolve, reject) => {
        const latencies: number[] = [];
        let sent = 0;
        let seen = "";
        const socket = net.connect(port, "127.0.0.1").setNoDelay(true);
        const next = (): void => {
            sent = performance.now();
            socket.write(request);
        };
        socket.once("connect", next);
        socket.once("error", reject);
        socket.once("close", () =>
            reject(new Error(`the server closed the connection after ${latencies.length} answers`)),
        );
        socket.on("data", (chunk: Buffer) => {
            seen += chunk.toString("latin1");
            if (!seen.endsWith(answerEnd)) {
                return;
            }
            if (!seen.startsWith("HTTP/1.1 200 ")) {
                socket.destroy(new Error(`the server answered ${seen}`));
                return;
            }
            seen = "";
            latencies.push(performance.now() - sent);
            if (latencies.length < requestsPerConnection) {
                next();
            } else {
                socket.removeAllListeners("close").destroy();
                resolve(latencies);
            }
        });
    });
}
