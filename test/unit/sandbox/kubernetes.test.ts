import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";

import { startSandbox } from "../../../sandbox";
import { findControlPlane, findKubectl } from "../../../sandbox/tools/binaries";
import { buildModule } from "../../../sandbox/tools/build";
import { releaseGoMod, type UpstreamGoMod } from "../../../sandbox/tools/derive";
import { canTakeOver, kubernetesRelease } from "../../../sandbox/tools/kubernetes";
import {
    controlPlaneModule,
    kubernetesModule,
    pinnedKubernetes as pinned,
    sourceHash,
    versions,
} from "../../../sandbox/tools/modules";
import { controlPlaneReleases } from "../../../sandbox/tools/releases";
import { sandboxDirectory } from "../../../sandbox/tools/paths";
import { useWorkspace } from "./support";

describe("the sandbox's Kubernetes", () => {
    const workspace = useWorkspace();

    it("is chosen by one number: a minor version, or a release", () => {
        assert.match(kubernetesRelease("1.35"), /^1\.35\.\d+$/);
        assert.equal(kubernetesRelease("1.34.2"), "1.34.2");
        workspace().setEnv("KUBERNETES_FAAS_SANDBOX_KUBERNETES", "1.35");
        assert.equal(versions.kubernetes, kubernetesRelease("1.35"));
        assert.equal(kubernetesRelease("1.36"), pinned);
    });

    it("is by default the one that go.mod pins, which is built from the committed sums", async () => {
        workspace().setEnv("KUBERNETES_FAAS_SANDBOX_KUBERNETES", "");
        workspace().setEnv("KUBERNETES_FAAS_TOOLS", "build");
        workspace().script("go", fakeGo());
        assert.equal(versions.kubernetes, pinned);
        const programs = await findControlPlane(() => undefined);
        assert.deepEqual(builtIn(programs.etcd), ["control-plane"]);
        assert.deepEqual(programs.kubeadm, [...programs.etcd.slice(0, 1), "kubeadm"]);
        assert.deepEqual(
            asked()
                .filter((line) => line.startsWith("build"))
                .map((line) => line.split(" ").at(-1)),
            ["."],
        );
    });

    it("says which numbers it takes when one is unknown or malformed", () => {
        for (const wanted of ["1.99", "v1.36.3", "latest", "1.36.3 "]) {
            assert.throws(() => kubernetesRelease(wanted), {
                name: "SandboxError",
                message: new RegExp(
                    `^Kubernetes "${wanted}" \\(--kubernetes, or KUBERNETES_FAAS_SANDBOX_KUBERNETES\\) is neither one of ` +
                        `1\\.35 \\(.*\\), 1\\.36 \\(${pinned}\\) nor a full version like "${pinned}"$`,
                ),
            });
        }
    });

    it("goes forward on the data of another release, never back by a minor version", () => {
        assert.ok(canTakeOver("1.36.3", "1.35.4"));
        assert.ok(canTakeOver("1.36.1", "1.36.3"));
        assert.ok(!canTakeOver("1.35.4", "1.36.3"));
        assert.ok(!canTakeOver("2.0.0", "1.36.3"));
    });

    it("is refused for a sandbox with data of a later one, before anything is built or stopped", async () => {
        const directory = sandboxDirectory("example");
        fs.mkdirSync(directory, { recursive: true });
        fs.writeFileSync(path.join(directory, "state.json"), JSON.stringify({ kubernetes: "1.36.3", processes: [] }));
        await assert.rejects(startSandbox({ name: "example", kubernetes: "1.35.4" }), {
            name: "SandboxError",
            message:
                "sandbox example holds data of Kubernetes 1.36.3, which 1.35.4 can't take over: choose another --name, " +
                "or remove it with `down` first",
        });
    });

    it("has kubectl and all the other programs of Kubernetes from one release; etcd and kwok are the pinned ones", async () => {
        workspace().setEnv("KUBERNETES_FAAS_TOOLS", "build");
        workspace().script("go", fakeGo());
        const programs = await findControlPlane(() => undefined, "1.35.4");
        for (const [name, [file, ...args]] of Object.entries(programs)) {
            const isPinned = ["etcd", "kwok"].includes(name);
            assert.deepEqual(builtIn([file!]), [isPinned ? "control-plane" : "kubernetes-1.35.4"], name);
            assert.deepEqual([path.basename(file!), ...args], isPinned ? ["control-plane", name] : [name]);
        }
        assert.deepEqual(await findKubectl(() => undefined, "1.35.4"), programs.kubectl);
    });

    it("is downloaded from one release, in a place of its own", () => {
        for (const { name, url } of controlPlaneReleases("1.35.4") ?? []) {
            assert.equal(url.startsWith("https://dl.k8s.io/v1.35.4/"), !["etcd", "kwok"].includes(name), url);
        }
    });

    it("tells its own version, and is built anew for every release", () => {
        const module = kubernetesModule("1.35.4");
        assert.equal(module.variables["k8s.io/component-base/version.gitVersion"], "v1.35.4");
        assert.equal(module.variables["k8s.io/component-base/version.gitMinor"], "35");
        const hashes = [module, kubernetesModule("1.35.3"), controlPlaneModule].map(sourceHash);
        assert.equal(new Set(hashes).size, hashes.length);
    });

    const upstream: UpstreamGoMod = {
        Go: "1.25.0",
        Replace: [
            replacement("k8s.io/api", "./staging/src/k8s.io/api"),
            replacement("k8s.io/kubectl", "./staging/src/k8s.io/kubectl"),
            replacement("example.com/patched", "example.com/fork"),
        ],
    };

    const goMod = [
        "module github.com/kubernetes-faas/kubernetes-faas/sandbox/kubernetes",
        "go 1.25.0",
        "require k8s.io/kubernetes v1.35.4",
        "replace k8s.io/api => k8s.io/api v0.35.4",
        "replace k8s.io/kubectl => k8s.io/kubectl v0.35.4",
        "",
    ].join("\n");

    it("is built from a go.mod with that release, and every module that is released with it", () => {
        assert.equal(releaseGoMod("1.35.4", upstream), goMod);
    });

    /** A `go` that prints upstream's go.mod, notes what it is asked, and writes the output of a build. */
    function fakeGo(download = `echo '{"GoMod": "/upstream/go.mod"}'`): string {
        fs.writeFileSync(path.join(workspace().directory, "upstream.json"), JSON.stringify(upstream));
        return `
echo "$*" >> ${path.join(workspace().directory, "asked")}
case "$1 $2" in
"env GOVERSION") echo go1.99.0 ;;
"mod download") ${download} ;;
"mod edit") cat ${path.join(workspace().directory, "upstream.json")} ;;
"build "*)
    output="" packages=""
    while [ $# -gt 0 ]; do
        case "$1" in -o) output="$2"; shift ;; k8s.io/kubernetes/cmd/*) packages="$packages $1" ;; esac; shift
    done
    if [ -z "$packages" ]; then echo binary > "$output"; fi
    for package in $packages; do echo binary > "$output/$(basename $package)"; done ;;
esac`;
    }

    const asked = (): string[] => fs.readFileSync(path.join(workspace().directory, "asked"), "utf8").trim().split("\n");

    /** The shelf of the cache that a program is in, once it is there. */
    function builtIn([file]: readonly string[]): string[] {
        assert.equal(fs.readFileSync(file!, "utf8"), "binary\n");
        return path.relative(path.join(process.env.KUBERNETES_FAAS_CACHE!, "tools"), file!).split(path.sep).slice(0, 1);
    }

    it("keeps the go.mod beside the programs", async () => {
        workspace().script("go", fakeGo());
        const programs = await buildModule(kubernetesModule("1.35.4"), () => undefined);
        assert.equal(fs.readFileSync(path.join(programs, "../module/go.mod"), "utf8"), goMod);
        await buildModule(kubernetesModule("1.35.4"), () => undefined);
        assert.equal(asked().filter((line) => line.startsWith("build")).length, 1);
    });

    it("keeps nothing of a release that does not exist, and shows Go's words", async () => {
        const fault = `echo '{"Error": "k8s.io/kubernetes@v1.35.99: invalid version: unknown revision"}'; exit 1`;
        workspace().script("go", fakeGo(fault));
        await assert.rejects(
            buildModule(kubernetesModule("1.35.99"), () => undefined),
            {
                name: "SandboxError",
                message:
                    "Kubernetes 1.35.99 can't be had as a Go module: k8s.io/kubernetes@v1.35.99: invalid version: " +
                    "unknown revision",
            },
        );
        const shelf = path.join(process.env.KUBERNETES_FAAS_CACHE!, "tools", "kubernetes-1.35.99");
        assert.deepEqual(fs.readdirSync(shelf), []);
    });
});

function replacement(old: string, fresh: string): NonNullable<UpstreamGoMod["Replace"]>[number] {
    return { Old: { Path: old }, New: { Path: fresh } };
}
