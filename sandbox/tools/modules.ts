import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";

import { kubernetesRelease } from "./kubernetes";
import { projectRoot } from "./paths";

/** A Go module of this project that builds into one binary. */
export interface GoModule {
    /** Name of the binary. */
    readonly name: string;
    readonly directory: string;
    /** What `go build` is given; of several packages, separated by spaces, it makes a directory of binaries. */
    readonly package: string;
    /** Values that the linker sets, by variable. */
    readonly variables: Readonly<Record<string, string>>;
    /** What a build with an empty Go cache takes, for the progress line. */
    readonly minutes: string;
    /** Space that a build with an empty Go cache takes, in GiB. */
    readonly diskGiB: number;
    /** Release of Kubernetes whose own programs are built, by a go.mod that is made for it, in place of a directory's. */
    readonly release?: string;
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
    /** What a sandbox runs unless it is told another release. Throws what `kubernetesRelease` throws. */
    get kubernetes(): string {
        return kubernetesRelease();
    },
    etcd: requiredVersion("control-plane", "go.etcd.io/etcd/server/v3"),
    kwok: requiredVersion("control-plane", "sigs.k8s.io/kwok"),
    pulumi: requiredVersion("pulumi", "github.com/pulumi/pulumi/pkg/v3"),
} as const;

function kubernetesVariables(release: string): Record<string, string> {
    const [major, minor] = release.split(".");
    const variables = {
        gitVersion: `v${release}`,
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

/** Release of Kubernetes that the control plane's go.mod names. */
export const pinnedKubernetes = requiredVersion("control-plane", "k8s.io/kubernetes");

/** etcd, the Kubernetes control plane, kubeadm, kwok and kubectl in one binary, chosen by its first argument. */
export const controlPlaneModule: GoModule = {
    name: "control-plane",
    directory: directoryOf("control-plane"),
    package: ".",
    variables: kubernetesVariables(pinnedKubernetes),
    minutes: "6",
    diskGiB: 4,
};

/** Programs that are released with Kubernetes. */
export const kubernetesPrograms = [
    "kube-apiserver",
    "kube-controller-manager",
    "kube-scheduler",
    "kubeadm",
    "kubectl",
] as const;

/**
 * The programs of another release of Kubernetes than the pinned one.
 *
 * @param release as in `1.35.4`
 */
export function kubernetesModule(release: string): GoModule {
    return {
        name: `kubernetes-${release}`,
        directory: directoryOf("control-plane"),
        package: kubernetesPrograms.map((name) => `k8s.io/kubernetes/cmd/${name}`).join(" "),
        variables: kubernetesVariables(release),
        minutes: "8",
        diskGiB: 5,
        release,
    };
}

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

/** cert-manager's own webhook and controllers, for what runs in place of simulated pods; chosen by the first argument. */
export const certManagerModule: GoModule = {
    name: "cert-manager",
    directory: directoryOf("cert-manager"),
    package: ".",
    variables: {},
    minutes: "4",
    diskGiB: 2,
};

/** Traefik itself, for tests of the configuration that components generate for it. */
export const traefikModule: GoModule = {
    name: "traefik",
    directory: directoryOf("traefik"),
    package: "github.com/traefik/traefik/v3/cmd/traefik",
    variables: {
        "github.com/traefik/traefik/v3/pkg/version.Version": requiredVersion(
            "traefik",
            "github.com/traefik/traefik/v3",
        ),
    },
    minutes: "7",
    diskGiB: 6,
};

/** MinIO's server and its client mc, for tests of what components make of them; chosen by the first argument. */
export const minioModule: GoModule = {
    name: "minio",
    directory: directoryOf("minio"),
    package: ".",
    variables: {},
    minutes: "3",
    diskGiB: 2,
};

/** The exporter of Redis' metrics, for tests of what it tells of a real server. */
export const redisExporterModule: GoModule = {
    name: "redis-exporter",
    directory: directoryOf("redis-exporter"),
    package: "github.com/oliver006/redis_exporter",
    variables: {},
    minutes: "1",
    diskGiB: 1,
};

/** The exporter of MariaDB's and MySQL's metrics, for tests of what it tells of a real server. */
export const mysqldExporterModule: GoModule = {
    name: "mysqld-exporter",
    directory: directoryOf("mysqld-exporter"),
    package: "github.com/prometheus/mysqld_exporter",
    variables: {},
    minutes: "1",
    diskGiB: 1,
};

/** The exporter of PostgreSQL's metrics, for tests of what it tells of a real server. */
export const postgresExporterModule: GoModule = {
    name: "postgres-exporter",
    directory: directoryOf("postgres-exporter"),
    package: "github.com/prometheus-community/postgres_exporter/cmd/postgres_exporter",
    variables: {},
    minutes: "1",
    diskGiB: 1,
};

/** Flags of `go build` that decide what comes out. */
export function buildFlags(module: GoModule): string[] {
    const variables = Object.entries(module.variables).map(([name, value]) => `-X ${name}=${value}`);
    // A go.mod that is made for the build names no requirements of requirements yet.
    const resolve = module.release === undefined ? [] : ["-mod=mod"];
    return [...resolve, "-trimpath", "-ldflags", ["-s", "-w", ...variables].join(" ")];
}

/** Hash of everything in the module that reaches its binary: sources, embedded files, pinned versions and flags. */
export function sourceHash(module: GoModule): string {
    const hash = createHash("sha256").update(JSON.stringify([module.package, buildFlags(module)]));
    for (const file of module.release === undefined ? sourceFiles(module.directory) : []) {
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
