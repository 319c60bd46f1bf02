import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as http from "node:http";
import type { AddressInfo } from "node:net";
import * as path from "node:path";

import { downloadAll, isReachable } from "../../../sandbox/tools/download";
import { collect, useWorkspace } from "./support";

const sha256 = (data: Buffer | string): string => createHash("sha256").update(data).digest("hex");

describe("sandbox downloads", () => {
    const workspace = useWorkspace();
    const files = new Map<string, Buffer | string>();
    let server: http.Server;
    let base: string;

    before(async () => {
        server = http.createServer((request, response) => {
            const content = files.get(request.url!);
            response.writeHead(content === undefined ? 404 : 200).end(content);
        });
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
        base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    });
    after(() => {
        server.closeAllConnections();
        server.close();
    });

    const target = (): string => path.join(workspace().directory, "bin");

    it("keeps an executable file whose sum is the published one", async () => {
        files.set("/tool", "content");
        files.set("/tool.sha256", sha256("content"));
        const { lines, report } = collect();
        await downloadAll([{ name: "tool", url: `${base}/tool`, checksums: `${base}/tool.sha256` }], target(), report);
        const file = path.join(target(), "tool");
        assert.equal(fs.readFileSync(file, "utf8"), "content");
        assert.equal(fs.statSync(file).mode & 0o111, 0o111);
        assert.deepEqual(lines, [`downloading ${base}/tool`]);
    });

    it("finds the sum in a list of many, and the wanted file in the archive", async () => {
        const directory = path.join(workspace().directory, "etcd-v1");
        fs.mkdirSync(directory);
        fs.writeFileSync(path.join(directory, "etcd"), "the binary");
        fs.writeFileSync(path.join(directory, "README"), "text");
        workspace().setEnv("PATH", "/usr/bin:/bin");
        const archive = execFileSync("tar", ["-cz", "-C", workspace().directory, "etcd-v1"]);
        files.set("/etcd-v1.tar.gz", archive);
        files.set("/SHA256SUMS", `${sha256("x")}  other.zip\n${sha256(archive)} *etcd-v1.tar.gz\n`);
        const release = {
            name: "etcd",
            url: `${base}/etcd-v1.tar.gz`,
            checksums: `${base}/SHA256SUMS`,
            member: "etcd-v1/etcd",
        };
        await downloadAll([release], target(), () => undefined);
        assert.equal(fs.readFileSync(path.join(target(), "etcd"), "utf8"), "the binary");
        assert.deepEqual(fs.readdirSync(target()), ["etcd"]);
    });

    it("refuses a file that is not what its sum says, and one that the list does not name", async () => {
        files.set("/tool", "tampered");
        files.set("/tool.sha256", sha256("content"));
        files.set("/other-sums", `${sha256("tampered")}  another-tool\n`);
        const release = { name: "tool", url: `${base}/tool` };
        await assert.rejects(
            downloadAll([{ ...release, checksums: `${base}/tool.sha256` }], target(), () => undefined),
            {
                name: "SandboxError",
                message: new RegExp(`has SHA-256 ${sha256("tampered")}, but .* says ${sha256("content")}`),
            },
        );
        await assert.rejects(
            downloadAll([{ ...release, checksums: `${base}/other-sums` }], target(), () => undefined),
            { name: "SandboxError", message: /says nothing about it/ },
        );
    });

    it("fails on an answer that is no success", async () => {
        await assert.rejects(
            downloadAll([{ name: "tool", url: `${base}/missing` }], target(), () => undefined),
            /missing answered 404/,
        );
    });

    it("tells whether a host answers with success", async () => {
        files.set("/here", "");
        assert.equal(await isReachable(`${base}/here`), true);
        assert.equal(await isReachable(`${base}/nowhere`), false);
    });

    it("does not ask a host again that did not answer, until some time has passed", async () => {
        const closed = http.createServer();
        await new Promise<void>((resolve) => closed.listen(0, "127.0.0.1", resolve));
        const { port } = closed.address() as AddressInfo;
        await new Promise((resolve) => closed.close(resolve));
        const url = `http://127.0.0.1:${port}/tool`;
        assert.equal(await isReachable(url), false);

        const late = http.createServer((_, response) => response.end());
        await new Promise<void>((resolve) => late.listen(port, "127.0.0.1", resolve));
        try {
            assert.equal(await isReachable(url), false);
            const stamp = path.join(process.env.KUBERNETES_FAAS_CACHE!, "tools", `unreachable-127.0.0.1-${port}`);
            const longAgo = new Date(Date.now() - 3_600_000);
            fs.utimesSync(stamp, longAgo, longAgo);
            assert.equal(await isReachable(url), true);
        } finally {
            late.closeAllConnections();
            late.close();
        }
    });
});
