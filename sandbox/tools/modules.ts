import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";

import { projectRoot } from "./paths";

/** A Go module of this project that builds into one binary. */
export interface GoModule {
    /** Name of the binary, and of the module's directory. */
    readonly name: string;
    readonly directory: string;
    /** What `go build` is given. */
    readonly package: string;
    /** Values that the linker sets, by variable. */
    readonly variables: Readonly<Record<string, string>>;
    /** What a build with an empty Go cache takes, for the progress line. */
    readonly minutes: string;
    /** Space that a build with an empty Go cache takes, in GiB. */
    readonly diskGiB: number;
}

const directoryOf = (name: string): string => path.join(projectRoot, "sandbox", name);

/** The go.mod files are the one place that names a version: whatever is downloaded is held to them as well. */
export function requiredVersion(module: string, dependency: string): string {
    const text = fs.readFileSync(path.join(directoryOf(module), "go.mod"), "utf8");
    const line = text.split("\n").find((each) => each.replace("require ", "").trim().startsWith(`${dependency} v`));
    if (!line) {
        throw new Error(`sandbox/${module}/go.mod does not require ${dependency}`);
    }
    return line.trim().split(/\s+/).at(-1)!.replace(/^v/, "");
}

/** Versions of what the sandbox runs, without a leading `v`. */
export const versions = {
    kubernetes: requiredVersion("control-plane", "k8s.io/kubernetes"),
    etcd: requiredVersion("control-plane", "go.etcd.io/etcd/server/v3"),
    kwok: requiredVersion("control-plane", "sigs.k8s.io/kwok"),
    pulumi: requiredVersion("pulumi", "github.com/pulumi/pulumi/pkg/v3"),
} as const;

function kubernetesVariables(): Record<string, string> {
    const [major, minor] = versions.kubernetes.split(".");
    const variables = {
        gitVersion: `v${versions.kubernetes}`,
        gitMajor: major!,
        gitMinor: minor!,
        gitTreeState: "clean",
        gitCommit: "",
    };
    const entries = ["k8s.io/component-base/version", "k8s.io/client-go/pkg/version"].flatMap((where) =>
        Object.entries(variables).map(([name, value]) => [`${where}.${name}`, value]),
    );
    return Object.fromEntries(entries) as Record<string, string>;
}

/** etcd, the Kubernetes control plane, kubeadm, kwok and kubectl in one binary, chosen by its first argument. */
export const controlPlaneModule: GoModule = {
    name: "control-plane",
    directory: directoryOf("control-plane"),
    package: ".",
    variables: kubernetesVariables(),
    minutes: "6",
    diskGiB: 4,
};

/** The Pulumi command line. */
export const pulumiModule: GoModule = {
    name: "pulumi",
    directory: directoryOf("pulumi"),
    package: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
    variables: { "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version": versions.pulumi },
    minutes: "4",
    diskGiB: 3,
};

/** Stand-ins for the official provider plugins, chosen by the name under which the binary is called. */
export const pluginsModule: GoModule = {
    name: "plugins",
    directory: directoryOf("plugins"),
    package: ".",
    variables: {},
    minutes: "3",
    diskGiB: 2,
};

/** Fission's own programs, for what runs in place of simulated pods. */
export const fissionModule: GoModule = {
    name: "fission",
    directory: directoryOf("fission"),
    package: "github.com/fission/fission/cmd/fission-bundle",
    variables: {},
    minutes: "5",
    diskGiB: 3,
};

/** Flags of `go build` that decide what comes out. */
export function buildFlags(module: GoModule): string[] {
    const variables = Object.entries(module.variables).map(([name, value]) => `-X ${name}=${value}`);
    return ["-trimpath", "-ldflags", ["-s", "-w", ...variables].join(" ")];
}

/** Hash of everything in the module that reaches its binary: sources, embedded files, pinned versions and flags. */
export function sourceHash(module: GoModule): string {
    const hash = createHash("sha256").update(JSON.stringify([module.package, buildFlags(module)]));
    for (const file of sourceFiles(module.directory)) {
        const content = createHash("sha256").update(fs.readFileSync(path.join(module.directory, file)));
        hash.update(`\n${file} ${content.digest("hex")}`);
    }
    return hash.digest("hex").slice(0, 16);
}

function sourceFiles(directory: string): string[] {
    return fs
        .readdirSync(directory, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && !/_test\.go$|\.md$|^\./.test(entry.name))
        .map((entry) => path.relative(directory, path.join(entry.parentPath, entry.name)))
        .filter((file) => !file.split(path.sep).includes("testdata"))
        .sort();
}
