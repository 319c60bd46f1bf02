import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as http from "node:http";
import type { AddressInfo } from "node:net";
import * as path from "node:path";
import { projectRoot } from "../../../sandbox/tools/paths";
import { useWorkspace } from "./support";

const cli = path.join(projectRoot, "dist/sandbox/call/cli.js");

interface Outcome {
    code: number | null;
    stdout: string;
    stderr: string;
}

describe("npm run call", function () {
    this.timeout(60_000);
    const workspace = useWorkspace();
    let server: http.Server;
    let bodies: string[];

    beforeEach(async () => {
        bodies = [];
        server = http.createServer((request, response) => {
            let body = "";
            request.on("data", (chunk: Buffer) => (body += chunk.toString()));
            request.on("end", () => {
                bodies.push(`${request.method} ${request.url} ${String(request.headers["x-name"] ?? "")}${body}`);
                response.writeHead(request.url === "/fails" ? 500 : 200).end(Buffer.from([0, 255, 10]));
            });
        });
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    });

    afterEach(() => server.close());

    /** kubectl for a cluster with one function of Kubeless. */
    function installKubectl(): void {
        const { directory } = workspace();
        const labels = { "app.kubernetes.io/component": "kubeless" };
        const deployment = { metadata: { name: "hello", namespace: "functions", labels } };
        const { port } = server.address() as AddressInfo;
        fs.writeFileSync(path.join(directory, "deployments"), JSON.stringify({ items: [deployment] }));
        fs.writeFileSync(
            path.join(directory, "service"),
            JSON.stringify({ metadata: { name: "hello", namespace: "functions" }, spec: { ports: [{ port: 8080 }] } }),
        );
        workspace().script(
            "kubectl",
            `case "$*" in
            "version "*) echo '{"clientVersion":{"gitVersion":"v1.36.0"}}' ;;
            "--context home "*deployments*) cat ${directory}/deployments ;;
            "--context home "*services/hello) cat ${directory}/service ;;
            "--context home port-forward "*) echo "Forwarding from 127.0.0.1:${port} -> 8080"; exec sleep 60 ;;
            *) echo "Error from server (NotFound): no such thing" >&2; exit 1 ;;
            esac`,
        );
    }

    function run(...args: string[]): Promise<Outcome> {
        const child = spawn(process.execPath, [cli, ...args], { stdio: ["ignore", "pipe", "pipe"] });
        const outcome = { code: null, stdout: "", stderr: "" };
        child.stdout.on("data", (chunk: Buffer) => (outcome.stdout += chunk.toString("latin1")));
        child.stderr.on("data", (chunk: Buffer) => (outcome.stderr += chunk.toString()));
        return new Promise((resolve) => child.once("close", (code) => resolve({ ...outcome, code })));
    }

    it("prints the answer's bytes alone to standard output, and how the function was reached beside it", async () => {
        installKubectl();
        const file = path.join(workspace().directory, "order.json");
        fs.writeFileSync(file, "{}");
        const { code, stdout, stderr } = await run(
            ...["hello", "--context", "home", "--path", "/a?b=c", "--header", "x-name: value", "--data", `@${file}`],
        );
        assert.deepEqual([code, stdout], [0, "\x00\xff\n"]);
        assert.equal(stderr, "Called hello through a port that kubectl forwarded to Service functions/hello.\n200\n");
        assert.deepEqual(bodies, ["POST /a?b=c value{}"]);
    });

    it("ends with an error when the function does", async () => {
        installKubectl();
        const { code, stderr } = await run("hello", "--context", "home", "--path", "/fails");
        assert.equal(code, 1);
        assert.match(stderr, /\n500\n$/);
    });

    it("lists the functions when none is named", async () => {
        installKubectl();
        assert.deepEqual(await run("--context", "home"), {
            code: 0,
            stdout: "hello   kubeless, in namespace functions\n",
            stderr: "",
        });
    });

    it("says what is wrong with what it is given, without a stack", async () => {
        installKubectl();
        for (const [args, message] of [
            [["helo", "--context", "home"], 'there is no function "helo"; there are hello\n'],
            [
                ["hello", "--context", "home", "--header", "accept"],
                '--header is "accept"; write a name, a colon and a value: "accept: text/plain"\n',
            ],
            [
                ["hello", "--sandbox", "nowhere"],
                "sandbox nowhere does not run; `npm start` starts it and deploys a function, --context and --kubeconfig " +
                    "name a cluster of your own\n",
            ],
        ] as const) {
            assert.deepEqual(await run(...args), { code: 1, stdout: "", stderr: message });
        }
    });
});
