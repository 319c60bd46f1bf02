import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as http from "node:http";
import type { AddressInfo } from "node:net";
import * as os from "node:os";
import * as path from "node:path";
import { callOnCluster } from "../../../sandbox/call/cluster";
import { Kubectl } from "../../../sandbox/call/kubectl";

/** Stands in for kubectl: answers `get --raw` from a table, and prints what `port-forward` prints until it is ended. */
const fakeKubectl = `
const fs = require("node:fs");
const path = require("node:path");
const args = process.argv.slice(2);
fs.appendFileSync(path.join(__dirname, "calls"), JSON.stringify(args) + "\\n");
const { objects, port, refuses } = JSON.parse(fs.readFileSync(path.join(__dirname, "cluster.json"), "utf8"));
const fail = (text) => { console.error(text); process.exit(1); };
if (refuses) fail(refuses);
if (args.includes("--raw")) {
    const wanted = decodeURIComponent(args[args.indexOf("--raw") + 1]);
    const object = objects[wanted];
    if (object) console.log(JSON.stringify(object));
    else fail("Error from server (NotFound): the server could not find the requested resource");
} else {
    if (!port) fail("error: unable to forward port because pod is not running. Current status=Pending");
    console.log("Forwarding from 127.0.0.1:" + port + " -> 8080");
    setInterval(() => {}, 1000);
}
`;

const label = "app.kubernetes.io";
const deployments = `/apis/apps/v1/deployments?labelSelector=${label}/name=function,${label}/managed-by=kubernetes-faas`;

const kubelessFunction = {
    items: [{ metadata: { name: "hello", namespace: "functions", labels: { [`${label}/component`]: "kubeless" } } }],
};

const service = (name: string, namespace: string, port: number, address?: object) => ({
    metadata: { name, namespace },
    spec: { ports: [{ port }] },
    status: { loadBalancer: address ? { ingress: [address] } : {} },
});

describe("calling a function of a cluster", function () {
    this.timeout(30_000);
    let directory: string;
    let server: http.Server;
    let port: number;
    let requests: { method?: string; url?: string; authorization?: string; body: string }[];

    beforeEach(async () => {
        directory = fs.mkdtempSync(path.join(os.tmpdir(), "kubernetes-faas-unit-"));
        fs.writeFileSync(path.join(directory, "kubectl.cjs"), fakeKubectl);
        requests = [];
        server = http.createServer((request, response) => {
            const chunks: Buffer[] = [];
            request.on("data", (chunk: Buffer) => chunks.push(chunk));
            request.on("end", () => {
                const { method, url, headers } = request;
                requests.push({
                    method,
                    url,
                    authorization: headers.authorization,
                    body: Buffer.concat(chunks).toString(),
                });
                response.writeHead(201, { "x-name": "value" }).end("answer");
            });
        });
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
        ({ port } = server.address() as AddressInfo);
    });

    afterEach(() => {
        server.close();
        fs.rmSync(directory, { recursive: true });
    });

    /** kubectl on a cluster with these objects by path. */
    function kubectlOn(cluster: { objects?: object; port?: number; refuses?: string }): Kubectl {
        fs.writeFileSync(path.join(directory, "cluster.json"), JSON.stringify({ objects: {}, ...cluster }));
        const place = { context: "home", kubeconfig: "/home/config" };
        return new Kubectl([process.execPath, path.join(directory, "kubectl.cjs")], place);
    }

    const kubectlCalls = (): string[][] =>
        fs
            .readFileSync(path.join(directory, "calls"), "utf8")
            .trim()
            .split("\n")
            .map((line) => JSON.parse(line) as string[]);

    it("forwards a port to the function's own Service where there is no address, and ends the forward", async () => {
        const kubectl = kubectlOn({
            objects: {
                [deployments]: kubelessFunction,
                "/api/v1/namespaces/functions/services/hello": service("hello", "functions", 8080),
            },
            port,
        });
        const { status, body, headers, via } = await callOnCluster(kubectl, "hello", { path: "/a?b=c", body: "x" });

        assert.deepEqual([status, body, headers["x-name"]], [201, "answer", "value"]);
        assert.deepEqual(requests, [{ method: "POST", url: "/a?b=c", authorization: undefined, body: "x" }]);
        assert.equal(via, "through a port that kubectl forwarded to Service functions/hello");
        const forward = kubectlCalls().find((args) => args.includes("port-forward"));
        assert.deepEqual(forward, [
            ...["--kubeconfig", "/home/config", "--context", "home"],
            ...["port-forward", "--address", "127.0.0.1", "-n", "functions", "service/hello", ":8080"],
        ]);
    });

    it("goes through the router of the Fission that the function's namespace belongs to", async () => {
        const kubectl = kubectlOn({
            objects: {
                "/apis/fission.io/v1/functions": { items: [{ metadata: { name: "hello", namespace: "shop" } }] },
                [`/apis/fission.io/v1/namespaces/shop/environments?labelSelector=${label}/name=fission`]: {
                    items: [{ metadata: { name: "nodejs", labels: { [`${label}/instance`]: "second" } } }],
                },
                [`/api/v1/services?labelSelector=${label}/name=fission,${label}/component=router,${label}/instance=second`]:
                    { items: [service("router", "second", 80)] },
            },
            port,
        });
        const { via } = await callOnCluster(kubectl, "hello", { path: "/x" });
        assert.deepEqual(requests[0]?.url, "/functions/shop/hello/x");
        assert.equal(via, "through a port that kubectl forwarded to Service second/router");
    });

    it("takes the address of a load balancer where the Service has one", async () => {
        const kubectl = kubectlOn({
            objects: {
                [deployments]: kubelessFunction,
                "/api/v1/namespaces/functions/services/hello": service("hello", "functions", port, { ip: "127.0.0.1" }),
            },
        });
        const { via } = await callOnCluster(kubectl, "hello", {});
        assert.equal(via, "through 127.0.0.1, the address of functions/hello");
        assert.ok(!kubectlCalls().some((args) => args.includes("port-forward")));
    });

    it("calls a published URL with a login that it reads from a Secret, and no other Secret", async () => {
        const secret = {
            data: {
                username: Buffer.from("ada").toString("base64"),
                password: Buffer.from("correct horse").toString("base64"),
            },
        };
        const kubectl = kubectlOn({ objects: { "/api/v1/namespaces/ingress/secrets/login": secret } });
        const options = { url: `http://127.0.0.1:${port}/hello`, loginSecret: "ingress/login" };
        await callOnCluster(kubectl, "hello", { path: "/x" }, options);

        const token = Buffer.from("ada:correct horse").toString("base64");
        assert.deepEqual(requests, [{ method: "GET", url: "/hello/x", authorization: `Basic ${token}`, body: "" }]);
        assert.equal(kubectlCalls().length, 1);
        await assert.rejects(callOnCluster(kubectl, "hello", {}, { ...options, loginSecret: "login" }), {
            message: '--login-secret is "login"; give a namespace and a name: "ingress/login"',
        });
        await assert.rejects(callOnCluster(kubectl, "hello", {}, { ...options, loginSecret: "ingress/other" }), {
            message: "there is no Secret ingress/other",
        });
    });

    it("says what kubectl says when the cluster refuses, and when no pod is ready", async () => {
        await assert.rejects(callOnCluster(kubectlOn({ refuses: "error: You must be logged in" }), "hello", {}), {
            name: "SandboxError",
            message: /kubectl get --raw .* failed: error: You must be logged in/,
        });
        const objects = {
            [deployments]: kubelessFunction,
            "/api/v1/namespaces/functions/services/hello": service("hello", "functions", 8080),
        };
        await assert.rejects(callOnCluster(kubectlOn({ objects }), "hello", {}), {
            message: /port-forward .* ended: error: unable to forward port because pod is not running/,
        });
    });

    it("says so when there is no kubectl", async () => {
        await assert.rejects(callOnCluster(new Kubectl(["/nowhere/kubectl"], {}), "hello", {}), {
            message: "there is no kubectl on PATH, by which clusters are reached",
        });
    });
});
