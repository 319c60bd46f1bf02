import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as http from "node:http";
import * as os from "node:os";
import * as path from "node:path";
import * as tls from "node:tls";
import { setTimeout as sleep } from "node:timers/promises";
import { KongIngress } from "../../../components";
import { fakeCluster, record } from "../../../components/testing";
import { freePort } from "../../../sandbox/tools/ports";
import { unpackedPackages } from "../../support/debian";
import { TestAuthority } from "./support/certificates";

/** The settings of Kong's pods by name. */
async function settings(): Promise<Record<string, string>> {
    const recording = await record(
        () => new KongIngress("edge", { cluster: fakeCluster(), trustedProxies: ["127.0.0.0/8"] }),
    );
    const { containers } = recording.only("kubernetes:apps/v1:Deployment").inputs.spec.template.spec;
    const variables = containers[0].env as { name: string; value: string }[];
    return Object.fromEntries(variables.map(({ name, value }) => [name, value]));
}

/**
 * Places them where Kong does: `http` has what begins with `nginx_http` and its own, `server` what begins with
 * `nginx_proxy`. https://github.com/Kong/kong/blob/3.9.3/kong/templates/nginx_kong.lua
 */
function nginxConf(kong: Record<string, string>, listen: { plain: number; tls: number }): string {
    return `
daemon off;
worker_processes 1;
pid nginx.pid;
error_log stderr;
events {}
http {
    underscores_in_headers on;
    ssl_ciphers ${kong.KONG_SSL_CIPHERS};
    ssl_protocols ${kong.KONG_SSL_PROTOCOLS};
    ssl_session_tickets ${kong.KONG_SSL_SESSION_TICKETS};
    log_format ${kong.KONG_NGINX_HTTP_LOG_FORMAT};
    map $request_id $kong_request_id { default $request_id; }
    ${["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((each) => `${each}_temp_path ${each};`).join("\n    ")}
    server {
        listen 127.0.0.1:${listen.plain};
        listen 127.0.0.1:${listen.tls} ssl;
        ssl_certificate tls.crt;
        ssl_certificate_key tls.key;
        access_log ${kong.KONG_PROXY_ACCESS_LOG};
        underscores_in_headers ${kong.KONG_NGINX_PROXY_UNDERSCORES_IN_HEADERS};
        client_header_timeout ${kong.KONG_NGINX_PROXY_CLIENT_HEADER_TIMEOUT};
        client_body_timeout ${kong.KONG_NGINX_PROXY_CLIENT_BODY_TIMEOUT};
        keepalive_timeout ${kong.KONG_NGINX_PROXY_KEEPALIVE_TIMEOUT};
        real_ip_header ${kong.KONG_REAL_IP_HEADER};
        real_ip_recursive ${kong.KONG_REAL_IP_RECURSIVE};
        set_real_ip_from ${kong.KONG_TRUSTED_IPS};
        location / { return 200 "$remote_addr [$http_x_consumer_username]"; }
    }
}`;
}

/** The nginx on PATH, else that of Debian's package; or why neither starts. */
async function findNginx(): Promise<{ nginx: string } | { missing: string }> {
    const starts = (nginx: string) => spawnSync(nginx, ["-v"]).status === 0;
    if (starts("nginx")) {
        return { nginx: "nginx" };
    }
    const unpacked = await unpackedPackages("debian-nginx", ["nginx"]);
    if ("missing" in unpacked) {
        return { missing: `there is no nginx on PATH, and ${unpacked.missing}` };
    }
    const nginx = path.join(unpacked.folder, "usr/sbin/nginx");
    return starts(nginx) ? { nginx } : { missing: "there is no nginx on PATH, and Debian's does not start here" };
}

describe("the settings that Kong hands to nginx, in a real nginx", function () {
    this.timeout(30_000);
    const directory = fs.mkdtempSync(path.join(os.tmpdir(), "kubernetes-faas-nginx-"));
    const authority = new TestAuthority("nginx");
    const ports = { plain: 0, tls: 0 };
    let nginx: ChildProcess | undefined;
    const log = (): string => fs.readFileSync(path.join(directory, "output"), "utf8");

    before(async function () {
        this.timeout(180_000);
        const program = await findNginx();
        if ("missing" in program) {
            console.log(`      skipped: ${program.missing}`);
            this.skip();
        }
        Object.assign(ports, { plain: await freePort(), tls: await freePort() });
        const { certificate, privateKey } = authority.issue("edge", ["edge.example"]);
        const files = {
            "nginx.conf": nginxConf(await settings(), ports),
            "tls.crt": certificate,
            "tls.key": privateKey,
        };
        for (const [name, text] of Object.entries(files)) {
            fs.writeFileSync(path.join(directory, name), text);
        }
        // A file, since nginx can't open the sockets that Node makes for pipes.
        const output = fs.openSync(path.join(directory, "output"), "a");
        nginx = spawn(program.nginx, ["-p", directory, "-c", "nginx.conf"], { stdio: ["ignore", output, output] });
        fs.closeSync(output);
        await call("/ready");
    });

    after(async () => {
        if (nginx && nginx.exitCode === null) {
            const ended = new Promise((resolve) => nginx!.once("exit", resolve));
            nginx.kill();
            await ended;
        }
        authority.remove();
        fs.rmSync(directory, { recursive: true, force: true });
    });

    /** The answer's text, asked for until somebody listens. */
    async function call(target: string, headers: Record<string, string> = {}): Promise<string> {
        for (let left = 50; ; left--) {
            try {
                return await get(target, headers);
            } catch (error) {
                if (left === 0) {
                    throw new Error(`nginx does not answer: ${log()}`, { cause: error });
                }
            }
            await sleep(100);
        }
    }

    function get(target: string, headers: Record<string, string>): Promise<string> {
        return new Promise((resolve, reject) => {
            const request = http.get({ host: "127.0.0.1", port: ports.plain, path: target, headers }, (response) => {
                const chunks: Buffer[] = [];
                response.on("data", (chunk: Buffer) => chunks.push(chunk));
                response.on("end", () => resolve(Buffer.concat(chunks).toString()));
            });
            request.on("error", reject);
        });
    }

    it("write a line of JSON for each request, whatever is in it, and no query", async () => {
        await call("/logged?token=hunter2", { "User-Agent": 'quotes " and \\', Authorization: "Bearer hunter3" });
        let line: string | undefined;
        for (let left = 50; line === undefined && left > 0; left--) {
            await sleep(100);
            line = log()
                .split("\n")
                .find((each) => each.includes("/logged"));
        }
        const entry = JSON.parse(line!) as Record<string, string>;
        assert.equal(entry.path, "/logged");
        assert.equal(entry.status, "200");
        assert.equal(entry.userAgent, 'quotes " and \\');
        assert.doesNotMatch(log(), /hunter/);
    });

    it("drop headers with underscores, which pass for others behind it", async () => {
        assert.equal(await call("/", { "X-Consumer-Username": "a" }), "127.0.0.1 [a]");
        assert.equal(await call("/", { X_Consumer_Username: "a" }), "127.0.0.1 []");
    });

    it("take the client to be the last address that is none of the proxies'", async () => {
        const forwarded = { "X-Forwarded-For": "198.51.100.1, 203.0.113.9, 127.0.0.2" };
        assert.equal(await call("/", forwarded), "203.0.113.9 []");
    });

    /** The version and cipher that a client agrees on, or nothing when there is no handshake. */
    function handshake(options: tls.ConnectionOptions): Promise<string | undefined> {
        return new Promise((resolve) => {
            const socket = tls.connect(
                {
                    host: "127.0.0.1",
                    port: ports.tls,
                    servername: "edge.example",
                    ca: authority.certificate,
                    ...options,
                },
                () => {
                    resolve(`${socket.getProtocol()} ${socket.getCipher().name}`);
                    socket.destroy();
                },
            );
            socket.on("error", () => resolve(undefined));
        });
    }

    it("speak TLS 1.3 and 1.2 with forward secrecy, and nothing else", async () => {
        assert.match((await handshake({}))!, /^TLSv1\.3 /);
        assert.match((await handshake({ maxVersion: "TLSv1.2" }))!, /^TLSv1\.2 ECDHE-ECDSA-/);
        assert.equal(await handshake({ maxVersion: "TLSv1.2", ciphers: "ECDHE-ECDSA-AES128-SHA" }), undefined);
        const old = { minVersion: "TLSv1.1", maxVersion: "TLSv1.1", ciphers: "DEFAULT@SECLEVEL=0" } as const;
        assert.equal(await handshake(old), undefined);
    });
});
