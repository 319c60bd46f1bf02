import assert from "node:assert/strict";
import * as http from "node:http";
import type { AddressInfo } from "node:net";
import { ClusterProbeError, type ProbeArgs, probeCluster, ProbeFailure } from "../../../components/cluster";
import { KubeconfigDirectory, kubeconfigOf, planted } from "./support/kubeconfigs";

/** What reached the stand-in API server. */
interface Received {
    path: string;
    authorization?: string;
}

/** A stand-in API server that knows one token; a test may answer otherwise. */
class StandInApiServer {
    readonly received: Received[] = [];
    answer?: (path: string) => { status: number; body: string } | "never";
    private readonly server = http.createServer((request, response) => {
        const path = request.url!;
        this.received.push({ path, authorization: request.headers.authorization });
        const answer = this.answer?.(path) ?? this.usual(path, request.headers.authorization);
        if (answer !== "never") {
            response.writeHead(answer.status).end(answer.body);
        }
    });

    private usual(path: string, authorization: string | undefined): { status: number; body: string } {
        if (path.endsWith("/version")) {
            return { status: 200, body: JSON.stringify({ major: "1", minor: "36", gitVersion: "v1.36.3-gke.1001" }) };
        }
        if (authorization === undefined) {
            return { status: 403, body: "{}" };
        }
        return authorization === `Bearer ${planted}`
            ? { status: 201, body: JSON.stringify({ status: { userInfo: { username: "ada" } } }) }
            : { status: 401, body: "{}" };
    }

    async start(): Promise<void> {
        await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    }

    get url(): string {
        return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    }

    stop(): Promise<unknown> {
        this.server.closeAllConnections();
        return new Promise((resolve) => this.server.close(resolve));
    }
}

/** The message and kind of a failed probe; the message holds no credential. */
async function failureOf(args: ProbeArgs): Promise<[string, string]> {
    try {
        await probeCluster({ timeoutSeconds: 5, ...args });
    } catch (error) {
        assert.ok(error instanceof ClusterProbeError, String(error));
        assert.ok(!error.message.includes(planted), error.message);
        return [error.failure, error.message];
    }
    return assert.fail("the probe succeeded");
}

describe("probeCluster", () => {
    const api = new StandInApiServer();
    let files: KubeconfigDirectory;
    before(() => api.start());
    after(() => api.stop());
    beforeEach(() => {
        files = new KubeconfigDirectory();
        api.received.length = 0;
        api.answer = undefined;
    });
    afterEach(() => files.remove());

    const kubeconfig = (user: Record<string, unknown>, server = api.url, name = "home"): string =>
        kubeconfigOf([{ name, server, user }], name);

    it("tells the version, and who the credentials say we are", async () => {
        assert.deepEqual(await probeCluster({ kubeconfig: kubeconfig({ token: planted }) }), {
            context: "home",
            version: "1.36.3-gke.1001",
            user: "ada",
        });
    });

    it("keeps the path of the server's URL, behind which a proxy may hold many clusters", async () => {
        await probeCluster({ kubeconfig: kubeconfig({ token: planted }, `${api.url}/k8s/clusters/c-1/`) });
        assert.deepEqual(
            api.received.map(({ path }) => path),
            ["/k8s/clusters/c-1/version", "/k8s/clusters/c-1/apis/authentication.k8s.io/v1/selfsubjectreviews"],
        );
    });

    it("knows no user on a cluster that is too old to tell", async () => {
        api.answer = (path) => (path === "/version" ? undefined! : { status: 404, body: "{}" });
        const answer = await probeCluster({ kubeconfig: kubeconfig({ token: planted }) });
        assert.deepEqual(answer, { context: "home", version: "1.36.3-gke.1001", user: undefined });
    });

    it("reads the token from a file", async () => {
        files.write("token", `${planted}\n`);
        const file = files.write("config", kubeconfig({ tokenFile: "token" }));
        assert.equal((await probeCluster({ kubeconfig: file })).user, "ada");
    });

    it("sends a name and password where the kubeconfig has them", async () => {
        await failureOf({ kubeconfig: kubeconfig({ username: "ada", password: planted }) });
        const encoded = Buffer.from(`ada:${planted}`).toString("base64");
        assert.equal(api.received[0]!.authorization, `Basic ${encoded}`);
    });

    it("runs the exec plugin beside the kubeconfig, with its arguments, environment and the cluster's address", async () => {
        const script = [
            "#!/bin/sh",
            'echo "$KUBERNETES_EXEC_INFO" > "$OUT"',
            `echo "{\\"apiVersion\\":\\"client.authentication.k8s.io/v1\\",\\"kind\\":\\"ExecCredential\\",\\"status\\":{\\"token\\":\\"$1\\"}}"`,
        ];
        files.write("bin/login", script.join("\n"));
        const info = files.write("info.json", "");
        const exec = {
            apiVersion: "client.authentication.k8s.io/v1",
            command: "./bin/login",
            args: [planted],
            env: [{ name: "OUT", value: info }],
            provideClusterInfo: true,
        };
        const file = files.write("config", kubeconfig({ exec }));
        assert.equal((await probeCluster({ kubeconfig: file })).user, "ada");
        const told = JSON.parse((await import("node:fs")).readFileSync(info, "utf8")) as {
            apiVersion: string;
            spec: { interactive: boolean; cluster: { server: string } };
        };
        assert.equal(told.apiVersion, exec.apiVersion);
        assert.equal(told.spec.interactive, false);
        assert.equal(told.spec.cluster.server, api.url);
    });

    it("goes through the kubeconfig's proxy", async () => {
        const seen: string[] = [];
        const proxy = http.createServer((request, response) => {
            seen.push(request.url!);
            const onward = http.request(
                request.url!,
                { method: request.method, headers: request.headers },
                (answer) => {
                    response.writeHead(answer.statusCode!);
                    answer.pipe(response);
                },
            );
            request.pipe(onward);
        });
        await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
        try {
            const proxyUrl = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
            const fixture = {
                name: "home",
                server: api.url,
                cluster: { "proxy-url": proxyUrl },
                user: { token: planted },
            };
            assert.equal((await probeCluster({ kubeconfig: kubeconfigOf([fixture], "home") })).user, "ada");
            assert.equal(seen[0], `${api.url}/version`);
        } finally {
            proxy.closeAllConnections();
            proxy.close();
        }
    });

    it("says how to start a local cluster that is not reached", async () => {
        const gone = new StandInApiServer();
        await gone.start();
        const { url } = gone;
        await gone.stop();
        for (const [context, order] of [
            ["minikube", "run `minikube start`"],
            ["kind-dev", "run `docker start dev-control-plane`"],
            ["k3d-dev", "run `k3d cluster start dev`"],
            ["docker-desktop", "start Docker Desktop with its Kubernetes"],
            ["home", "start the cluster"],
        ] as const) {
            assert.deepEqual(await failureOf({ kubeconfig: kubeconfig({ token: planted }, url, context) }), [
                ProbeFailure.Unreachable,
                `The API server of context "${context}" can't be reached at ${url} (ECONNREFUSED); ${order}, connect to its network, or name another context`,
            ]);
        }
    });

    it("gives up on a server that never answers", async () => {
        api.answer = () => "never";
        const [failure, message] = await failureOf({ kubeconfig: kubeconfig({ token: planted }), timeoutSeconds: 0.2 });
        assert.equal(failure, ProbeFailure.Unreachable);
        assert.match(message, /\(no answer in 0\.2 s\)/);
    });

    it("says that credentials are refused, and since when they have expired if they tell", async () => {
        const expired = ["{}", JSON.stringify({ exp: 1_700_000_000 }), planted]
            .map((part) => Buffer.from(part).toString("base64url"))
            .join(".");
        assert.deepEqual(await failureOf({ kubeconfig: kubeconfig({ token: expired }) }), [
            ProbeFailure.Unauthenticated,
            `The API server of context "home" (${api.url}, user "home-user") does not accept the credentials (401); they expired on 2023-11-14T22:13:20.000Z; log in again`,
        ]);
        const [, message] = await failureOf({ kubeconfig: kubeconfig({ token: "wrong" }) });
        assert.match(message, /does not accept the credentials \(401\); log in again$/);
    });

    it("tells a user without rights from a kubeconfig without credentials", async () => {
        const none = await failureOf({ kubeconfig: kubeconfig({}) });
        assert.equal(none[0], ProbeFailure.Unauthenticated);
        assert.match(none[1], /was shown no credentials: the kubeconfig has none; log in$/);
        api.answer = () => ({ status: 403, body: "{}" });
        const forbidden = await failureOf({ kubeconfig: kubeconfig({ token: planted }) });
        assert.equal(forbidden[0], ProbeFailure.Forbidden);
        assert.match(forbidden[1], /knows the user and allows nothing \(403\)/);
    });

    for (const [title, status, body] of [
        ["a log-in page", 200, "<html>Log in</html>"],
        ["a redirect", 302, ""],
        ["another JSON API", 200, '{"version":"7"}'],
    ] as const) {
        it(`takes ${title} for no API server`, async () => {
            api.answer = () => ({ status, body });
            const [failure, message] = await failureOf({ kubeconfig: kubeconfig({ token: planted }) });
            assert.equal(failure, ProbeFailure.NotKubernetes);
            assert.match(message, new RegExp(`answers ${status} without a Kubernetes version; correct \`server\``));
        });
    }

    for (const [title, user, message] of [
        [
            "a plugin that is not installed",
            { exec: { command: "no-such-login", installHint: "See https://example.com/login" } },
            'needs the command "no-such-login", which is not there; install it: See https://example.com/login',
        ],
        [
            "a plugin that wants to ask questions",
            { exec: { command: "kubelogin", interactiveMode: "Always" } },
            'needs "kubelogin" to ask questions, which a program can\'t answer; use one that does not',
        ],
        [
            "a plugin that answers with something else",
            { exec: { command: "echo", args: [planted] } },
            'runs "echo", which answered with no credentials',
        ],
        [
            "a plugin that fails, without the token that it printed",
            { exec: { command: "sh", args: ["-c", `echo "Run login. ${planted.repeat(3)}" >&2; exit 3`] } },
            'runs "sh", which failed (3); log in again. It said: Run login. ***',
        ],
        [
            "a token file that is missing",
            { tokenFile: "/nowhere/token" },
            'names the file "/nowhere/token", which can\'t be read (ENOENT); write the kubeconfig anew',
        ],
        [
            "an auth-provider of old",
            { "auth-provider": { name: "gcp", config: { "access-token": planted } } },
            "uses an auth-provider, which kubectl dropped in 1.26; write it anew with an exec plugin",
        ],
    ] as const) {
        it(`names ${title}`, async () => {
            assert.deepEqual(await failureOf({ kubeconfig: kubeconfig(user) }), [
                ProbeFailure.NoCredentials,
                `The user "home-user" of context "home" ${message}`,
            ]);
        });
    }

    it("ends a plugin that does not end by itself", async () => {
        const [, message] = await failureOf({
            kubeconfig: kubeconfig({ exec: { command: "sleep", args: ["60"] } }),
            timeoutSeconds: 0.2,
        });
        assert.match(message, /runs "sleep", which did not end in time/);
    });

    it("names a certificate that is none before it connects", async () => {
        const user = { "client-certificate-data": Buffer.from(planted).toString("base64"), "client-key-data": "eA==" };
        assert.deepEqual(await failureOf({ kubeconfig: kubeconfig(user, "https://127.0.0.1:1") }), [
            ProbeFailure.NoCredentials,
            'Context "home" has a certificate or key that is not valid PEM; write the kubeconfig anew',
        ]);
    });
});
