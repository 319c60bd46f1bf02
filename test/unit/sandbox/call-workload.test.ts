import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { packageServer } from "../../../components/faas/function/server";
import { runHere } from "../../../sandbox/call/call";
import type { FoundFunction, ObjectReader } from "../../../sandbox/call/find";
import type { CallAnswer, CallRequest } from "../../../sandbox/call/request";
import type { KubernetesObject } from "../../../sandbox/client";

const namespace = "functions";
const base64 = (text: string): string => Buffer.from(text).toString("base64");

/** An API server that holds these objects, by `kind/name`. */
function serverWith(objects: Record<string, Record<string, unknown>>): ObjectReader {
    return {
        get: (path) => {
            const [, collection, name] = /\/(configmaps|secrets)\/([^/]+)$/.exec(path) ?? [];
            const kind = collection === "secrets" ? "Secret" : "ConfigMap";
            const found = objects[`${kind}/${name}`];
            return Promise.resolve(found && ({ kind, metadata: { name }, ...found } as unknown as KubernetesObject));
        },
    };
}

/** A function of Node with its ConfigMap, as the platforms with a Deployment of its own keep it. */
function deployed(code: string, container: Record<string, unknown> = {}, pod: Record<string, unknown> = {}) {
    const { files, command } = packageServer({
        runtime: "nodejs",
        contract: "portable",
        handler: "hello.handler",
        files: [{ path: "hello.js", content: Buffer.from(code) }],
        settings: { functionName: "hello", namespace, timeoutSeconds: 10, variables: ["GREETING"], secrets: [] },
    });
    const keyed = files.map(({ path, content }, index) => ({ path, key: `file-${index}`, content }));
    const config = { data: Object.fromEntries(keyed.map(({ key, content }) => [key, content.toString()])) };
    const spec = {
        ...pod,
        containers: [
            {
                name: "function",
                command,
                ...container,
                volumeMounts: [
                    { name: "code", mountPath: "/function/code" },
                    ...((container.volumeMounts as object[]) ?? []),
                ],
            },
        ],
        volumes: [
            { name: "code", configMap: { name: "hello-code", items: keyed.map(({ key, path }) => ({ key, path })) } },
            ...((pod.volumes as object[]) ?? []),
        ],
    };
    const object = { spec: { template: { spec } } } as unknown as KubernetesObject;
    const fn: FoundFunction = { name: "hello", namespace, platform: "kubeless", object };
    return { fn, config };
}

function call(
    { fn, config }: ReturnType<typeof deployed>,
    objects: Record<string, Record<string, unknown>> = {},
    request: CallRequest = {},
): Promise<CallAnswer> {
    return runHere(serverWith({ "ConfigMap/hello-code": config, ...objects }), fn, request);
}

describe("calling a function that has a Deployment", function () {
    this.timeout(60_000);

    it("runs the code of its ConfigMap by the server that is packed with it, and returns answer and log", async () => {
        const fn = deployed(
            'exports.handler = (request, context) => { context.log.info("called"); return request.text() + request.path; };',
        );
        const answer = await call(fn, {}, { path: "/a?b=c", body: "hi " });
        assert.deepEqual([answer.status, answer.body], [200, "hi /a"]);
        assert.match(answer.log, /"message":"called"/);
        assert.doesNotMatch(answer.log, /listening on/);
    });

    it("gives it variables by value, of Secrets and ConfigMaps, whole ones and single keys, and its namespace", async () => {
        const names = ["GREETING", "TOKEN", "ALL_one", "MODE", "WHERE"];
        const fn = deployed(
            `exports.handler = () => ${JSON.stringify(names)}.map((name) => process.env[name]).join(",");`,
            {
                env: [
                    { name: "GREETING", value: "hello" },
                    { name: "TOKEN", valueFrom: { secretKeyRef: { name: "login", key: "token" } } },
                    { name: "MODE", valueFrom: { configMapKeyRef: { name: "settings", key: "mode" } } },
                    { name: "WHERE", valueFrom: { fieldRef: { fieldPath: "metadata.namespace" } } },
                    { name: "MAYBE", valueFrom: { secretKeyRef: { name: "none", key: "x", optional: true } } },
                ],
                envFrom: [{ prefix: "ALL_", secretRef: { name: "login" } }],
            },
        );
        const { body } = await call(fn, {
            "Secret/login": { data: { token: base64("t0ken"), one: base64("1") } },
            "ConfigMap/settings": { data: { mode: "quick" } },
        });
        assert.equal(body, "hello,t0ken,1,quick,functions");
    });

    it("lays Secrets down as files, at a folder that the function learns by its variable", async () => {
        const fn = deployed(
            'exports.handler = () => require("node:fs").readFileSync(process.env.ORDERS_DIRECTORY + "/ca.crt", "utf8");',
            {
                env: [{ name: "ORDERS_DIRECTORY", value: "/secrets/functions/orders" }],
                volumeMounts: [{ name: "orders", mountPath: "/secrets/functions/orders" }],
            },
            { volumes: [{ name: "orders", secret: { secretName: "orders" } }] },
        );
        const { body } = await call(fn, { "Secret/orders": { data: { "ca.crt": base64("PEM") } } });
        assert.equal(body, "PEM");
    });

    it("runs init containers first, on volumes that both see, with the paths of the pod below its own folder", async () => {
        const script = [
            'test "$(pwd -P)" = "$(cd "$PLACE" && pwd -P)"',
            "mkdir -p node_modules/words",
            "cp /function/code/hello.js /install/copy",
            'echo "exports.word = 7" > "/install/node_modules/words/index.js"',
        ].join("\n");
        const fn = deployed(
            'const { word } = require("words"); exports.handler = () => `${word}`;',
            { volumeMounts: [{ name: "packages", mountPath: "/function/node_modules", subPath: "node_modules" }] },
            {
                initContainers: [
                    {
                        name: "dependencies",
                        command: ["sh", "-e", "-c", script],
                        workingDir: "/install",
                        env: [{ name: "PLACE", value: "/install" }],
                        volumeMounts: [
                            { name: "packages", mountPath: "/install" },
                            { name: "code", mountPath: "/function/code" },
                        ],
                    },
                ],
                volumes: [{ name: "packages", emptyDir: {} }],
            },
        );
        assert.equal((await call(fn)).body, "7");
        assert.ok(!fs.existsSync("/install/copy"), "it wrote outside of its folder");
    });

    it("says what an init container said when it fails", async () => {
        const initContainers = [{ name: "dependencies", command: ["sh", "-c", "echo no such package >&2; exit 3"] }];
        await assert.rejects(call(deployed("exports.handler = () => 1;", {}, { initContainers })), {
            name: "SandboxError",
            message: "the dependencies of hello were not installed: sh ended with 3\nno such package",
        });
    });

    it("says why a function does not load, in the function's own words", async () => {
        await assert.rejects(
            call(deployed('throw new Error("no luck"); exports.handler = () => 1;')),
            /hello did not load:\n[^]*no luck/,
        );
    });

    it("names what its pods would wait for", async () => {
        const fn = deployed("exports.handler = () => 1;", {
            env: [{ name: "TOKEN", valueFrom: { secretKeyRef: { name: "login", key: "token" } } }],
        });
        await assert.rejects(call(fn), {
            message: "hello cannot run: its pods are given secrets/login, which is not in namespace functions",
        });
        await assert.rejects(call(fn, { "Secret/login": { data: {} } }), {
            message: 'the function cannot run: login has no key "token" for TOKEN',
        });
    });

    it("refuses an image, since containers do not run, and files that lie outside of their folder", async () => {
        const image = deployed("exports.handler = () => 1;");
        image.fn.object.spec.template.spec.containers[0].command = undefined;
        await assert.rejects(call(image), /hello is an image, and containers do not run in the sandbox/);

        const escaping = deployed("exports.handler = () => 1;");
        escaping.fn.object.spec.template.spec.volumes[0].configMap.items[0].path = "../../../x";
        await assert.rejects(call(escaping), /has a file outside of its folder/);
    });

    it("removes everything that it wrote", async () => {
        const { TMPDIR } = process.env;
        const folder = fs.mkdtempSync(path.join(os.tmpdir(), "kubernetes-faas-unit-"));
        process.env.TMPDIR = folder;
        try {
            await call(deployed("exports.handler = () => 1;"));
            await call(deployed("throw 1;")).catch(() => undefined);
            assert.deepEqual(fs.readdirSync(folder), []);
        } finally {
            process.env.TMPDIR = TMPDIR;
            if (TMPDIR === undefined) {
                delete process.env.TMPDIR;
            }
            fs.rmSync(folder, { recursive: true });
        }
    });
});
