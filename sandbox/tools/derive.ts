import { execFile } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { promisify } from "node:util";

import { SandboxError } from "./error";

const kubernetes = "k8s.io/kubernetes";

/** What `go mod edit -json` prints of Kubernetes' own go.mod. */
export interface UpstreamGoMod {
    /** Version of the language. */
    readonly Go: string;
    readonly Replace?: readonly { readonly Old: { readonly Path: string }; readonly New: { readonly Path: string } }[];
}

/**
 * A go.mod to build the programs of one release of Kubernetes with. The modules that live in its repository have no
 * versions there; each of them is released beside it, 1.35.4 as v0.35.4.
 *
 * @param release as in `1.35.4`
 * @param upstream the go.mod of that release
 */
export function releaseGoMod(release: string, upstream: UpstreamGoMod): string {
    const version = `v${release.replace(/^1\./, "0.")}`;
    const staging = (upstream.Replace ?? []).filter((each) => each.New.Path.startsWith("./staging/"));
    return [
        "module github.com/kubernetes-faas/kubernetes-faas/sandbox/kubernetes",
        `go ${upstream.Go}`,
        `require ${kubernetes} v${release}`,
        ...staging.map(({ Old }) => `replace ${Old.Path} => ${Old.Path} ${version}`),
        "",
    ].join("\n");
}

/**
 * Writes such a go.mod into a directory.
 *
 * @param env environment of the Go commands
 * @throws SandboxError when there is no such release, or it can't be had
 */
export async function writeReleaseGoMod(directory: string, release: string, env: NodeJS.ProcessEnv): Promise<void> {
    const go = async (...args: string[]): Promise<unknown> =>
        JSON.parse((await promisify(execFile)("go", args, { cwd: directory, env })).stdout);
    try {
        const { GoMod: file } = (await go("mod", "download", "-json", `${kubernetes}@v${release}`)) as {
            GoMod: string;
        };
        const upstream = (await go("mod", "edit", "-json", file)) as UpstreamGoMod;
        fs.writeFileSync(path.join(directory, "go.mod"), releaseGoMod(release, upstream));
    } catch (error) {
        throw new SandboxError(`Kubernetes ${release} can't be had as a Go module: ${wordsOf(error)}`);
    }
}

/** Go's own words: with -json, a fault is in the output. */
function wordsOf(error: unknown): string {
    const { stdout, stderr } = error as { stdout?: string; stderr?: string };
    const fault = /"Error": (".*")/.exec(stdout ?? "")?.[1];
    return fault ? (JSON.parse(fault) as string) : stderr?.trim() || String(error);
}
