import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";

import { findKubectl, findPulumi, firstOf, toolsPolicy } from "../../../sandbox/tools/binaries";
import { cachedDirectory, platform } from "../../../sandbox/tools/cache";
import { pulumiModule, sourceHash, versions } from "../../../sandbox/tools/modules";
import { controlPlaneReleases, pulumiReleases } from "../../../sandbox/tools/releases";
import { collect, useWorkspace } from "./support";

describe("sandbox tools", () => {
    const workspace = useWorkspace();
    const { report } = collect();

    /** Puts a file into the cache as a build or a download would. */
    function cache(tool: string, key: string, name: string): string {
        const directory = cachedDirectory(tool, key);
        fs.mkdirSync(directory, { recursive: true });
        fs.writeFileSync(path.join(directory, name), "");
        return path.join(directory, name);
    }

    const cacheBuild = (): string => cache("pulumi", `${sourceHash(pulumiModule)}-go1.99.0-${platform}`, "pulumi");
    const cacheDownload = (): string => cache("pulumi-official", `v${versions.pulumi}-${platform}`, "pulumi");

    it("asks one source after the other and stops at the first that has the tool", async () => {
        const asked: string[] = [];
        const source = (name: string, value?: string) => ({
            name,
            find: () => {
                asked.push(name);
                return Promise.resolve(value);
            },
        });
        assert.equal(await firstOf([source("a"), source("b", "found"), source("c", "too late")]), "found");
        assert.deepEqual(asked, ["a", "b"]);
    });

    it("prefers the Pulumi on PATH, then a cached download, then a cached build", async () => {
        const build = cacheBuild();
        assert.equal(await findPulumi(report), build);
        const download = cacheDownload();
        assert.equal(await findPulumi(report), download);
        const installed = workspace().script("pulumi", `echo v${versions.pulumi}`);
        assert.equal(await findPulumi(report), installed);
    });

    it("passes over a Pulumi on PATH that is older than the pinned one, of another major version or broken", async () => {
        const build = cacheBuild();
        for (const body of ["echo v3.1.0", "echo v4.0.0", "exit 1", "echo nonsense"]) {
            workspace().script("pulumi", body);
            assert.equal(await findPulumi(report), build, body);
        }
    });

    it("takes nothing but builds when KUBERNETES_FAAS_TOOLS is build", async () => {
        workspace().setEnv("KUBERNETES_FAAS_TOOLS", "build");
        workspace().script("pulumi", `echo v${versions.pulumi}`);
        workspace().script("go", "echo go1.99.0");
        cacheDownload();
        assert.equal(await findPulumi(report), cacheBuild());
    });

    it("refuses another value of KUBERNETES_FAAS_TOOLS", () => {
        workspace().setEnv("KUBERNETES_FAAS_TOOLS", "download");
        assert.throws(() => toolsPolicy(), {
            name: "SandboxError",
            message: 'KUBERNETES_FAAS_TOOLS is "download"; it may be "auto" or "build"',
        });
    });

    it("takes the kubectl on PATH when it is within one minor version of the server, else its own", async () => {
        const [major, minor] = versions.kubernetes.split(".").map(Number) as [number, number];
        const json = (version: string): string => `echo '{"clientVersion":{"gitVersion":"v${version}"}}'`;
        cache("control-plane-official", controlPlaneKey(), "kubectl");
        for (const [version, suitable] of [
            [`${major}.${minor}.9`, true],
            [`${major}.${minor - 1}.0`, true],
            [`${major}.${minor + 1}.2-gke.100`, true],
            [`${major}.${minor - 2}.9`, false],
            [`${major}.${minor + 2}.0`, false],
        ] as const) {
            const installed = workspace().script("kubectl", json(version));
            const found = await findKubectl(report);
            assert.equal(found[0] === installed, suitable, version);
        }
    });

    const controlPlaneKey = (): string => `v${versions.kubernetes}-v${versions.etcd}-v${versions.kwok}-${platform}`;

    it("downloads the pinned versions, checked by a sum wherever the project publishes one", function () {
        const releases = [...(controlPlaneReleases(versions.kubernetes) ?? []), ...(pulumiReleases() ?? [])];
        const unchecked = releases.filter(({ checksums }) => !checksums).map(({ name }) => name);
        assert.deepEqual(unchecked, releases.length > 1 ? ["kwok"] : []);
        for (const { url } of releases) {
            assert.match(url, /^https:\/\/(dl\.k8s\.io|github\.com)\//);
            assert.ok(Object.values(versions).some((version) => url.includes(`/v${version}/`)));
        }
    });
});
