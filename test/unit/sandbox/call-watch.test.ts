import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { projectRoot } from "../../../sandbox/tools/paths";
import { freePort } from "../../../sandbox/tools/ports";

const cli = path.join(projectRoot, "dist/sandbox/call/cli.js");

describe("npm run call -- --watch", function () {
    this.timeout(90_000);
    let directory: string;
    let child: ChildProcess;
    let port: number;
    let output: string;
    let ended: Promise<number | null>;

    beforeEach(async () => {
        directory = fs.mkdtempSync(path.join(os.tmpdir(), "kubernetes-faas-unit-"));
        fs.mkdirSync(path.join(directory, "tmp"));
        port = await freePort();
    });

    afterEach(async () => {
        // Its own way to end takes the server along.
        child?.kill("SIGTERM");
        await ended;
        fs.rmSync(directory, { recursive: true });
    });

    const write = (name: string, text: string): void => fs.writeFileSync(path.join(directory, name), text);

    function watch(source: string, ...options: string[]): void {
        const args = [cli, "--watch", path.join(directory, source), "--port", `${port}`, ...options];
        child = spawn(process.execPath, args, {
            env: { ...process.env, TMPDIR: path.join(directory, "tmp"), OWN: "mine", TOKEN: "s3cret-token" },
            stdio: ["ignore", "pipe", "pipe"],
        });
        output = "";
        const collect = (chunk: Buffer): void => void (output += chunk.toString());
        child.stdout!.on("data", collect);
        child.stderr!.on("data", collect);
        ended = new Promise((resolve) => child.once("close", resolve));
    }

    /** Waits until something is so. */
    async function until<T>(what: string, check: () => Promise<T | undefined> | T | undefined): Promise<T> {
        for (const deadline = Date.now() + 30_000; Date.now() < deadline; await sleep(50)) {
            const found = await check();
            if (found !== undefined && found !== false) {
                return found;
            }
        }
        throw new Error(`${what} did not happen; the output is\n${output}`);
    }

    const answers = (wanted: string, target = "/"): Promise<string> =>
        until(`the answer ${wanted}`, async () => {
            const text = await fetch(`http://127.0.0.1:${port}${target}`).then(
                (answer) => answer.text(),
                () => undefined,
            );
            return text === wanted ? text : undefined;
        });

    const says = (wanted: RegExp): Promise<true> =>
        until(`the output ${wanted}`, () => wanted.test(output) || undefined);

    it("serves a file, and again whenever it changes, with mistakes told plainly in between", async () => {
        write("hello.js", "exports.handler = (request) => `Hello ${request.query.name}`;\n");
        watch("hello.js");
        await answers("Hello you", "/?name=you");

        write("hello.js", "exports.handler = () => {\n");
        await says(/"hello\.js:\d+" cannot be parsed/);

        write("hello.js", 'throw new Error("no luck");\nexports.handler = () => 1;\n');
        await says(/error: the function cannot be loaded\nError: no luck\n +at .*hello\.js:1/);
        assert.ok(
            output.includes(path.join(directory, "hello.js")),
            "the stack names another file than the one edited",
        );

        write("hello.js", 'exports.handler = () => "Goodbye";\n');
        await answers("Goodbye");
        assert.doesNotMatch(output, /"level"/, "the log is JSON");
    });

    it("shows what a call throws, and serves on", async () => {
        write(
            "hello.js",
            'exports.handler = ({ path }) => { if (path === "/x") throw new Error("boo"); return "fine"; };',
        );
        watch("hello.js");
        await answers("fine");
        assert.equal((await fetch(`http://127.0.0.1:${port}/x`)).status, 500);
        await says(/Error: boo\n/);
        await answers("fine");
    });

    it("serves a folder with its packages, variables and secrets, which the log hides", async () => {
        fs.mkdirSync(path.join(directory, "shop/node_modules/words"), { recursive: true });
        write("shop/node_modules/words/index.js", "exports.word = 'seven';");
        write("shop/lib.js", "exports.join = (...words) => words.join(' ');");
        write(
            "shop/main.js",
            `const { join } = require("./lib"); const { word } = require("words");
            exports.run = (request, context) => {
                context.log.info("token " + context.secret("TOKEN"));
                return join(word, context.environment.OWN, context.environment.MODE, context.secret("TOKEN").length);
            };`,
        );
        watch(
            "shop",
            "--runtime",
            "nodejs",
            "--handler",
            "main.run",
            "-e",
            "OWN",
            "-e",
            "MODE=x=y",
            "--secret",
            "TOKEN",
        );
        await answers("seven mine x=y 12");
        await says(/info: token \*\*\*/);

        write("shop/lib.js", "exports.join = (...words) => words.join('-');");
        await answers("seven-mine-x=y-12");
    });

    it("serves Python", async function () {
        if (spawnSync("python3", ["--version"]).status !== 0) {
            this.skip();
        }
        write("hello.py", 'def handler(request, context):\n    return "Hello " + request.query["name"]\n');
        watch("hello.py");
        await answers("Hello you", "/?name=you");
    });

    it("ends with its server and leaves no file behind when it is told to", async () => {
        write("hello.js", 'exports.handler = () => "here";\n');
        watch("hello.js");
        await answers("here");
        child.kill("SIGTERM");
        assert.equal(await ended, 0);
        await assert.rejects(fetch(`http://127.0.0.1:${port}/`));
        assert.deepEqual(fs.readdirSync(path.join(directory, "tmp")), []);
    });

    it("says what is missing before it serves anything", async () => {
        watch("none.js");
        assert.equal(await ended, 1);
        assert.match(output, /^there is no file or folder .*none\.js\n$/);

        write("hello.txt", "");
        watch("hello.txt");
        assert.equal(await ended, 1);
        assert.match(output, /does not tell its language; say it by --runtime: nodejs or python\n$/);

        write("hello.js", "exports.handler = () => 1;");
        watch("hello.js", "-e", "NOT_SET_ANYWHERE");
        assert.equal(await ended, 1);
        assert.equal(output, "variable NOT_SET_ANYWHERE is not set here; set it, or write NOT_SET_ANYWHERE=VALUE\n");
    });
});
