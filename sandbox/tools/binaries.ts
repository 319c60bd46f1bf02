import { execFile } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { promisify } from "node:util";

import * as semver from "semver";

import { buildModule, earlierBuild } from "./build";
import { cached, cachedDirectory, platform, type Reporter } from "./cache";
import { downloadAll, isReachable, type Release } from "./download";
import { SandboxError } from "./error";
import {
    controlPlaneModule,
    type GoModule,
    kubernetesModule,
    kubernetesPrograms,
    pinnedKubernetes,
    pulumiModule,
    versions,
} from "./modules";
import { controlPlaneReleases, pulumiReleases } from "./releases";

const run = promisify(execFile);

const programs = ["etcd", "kwok", ...kubernetesPrograms] as const;

/** Programs of the control plane. */
export type ControlPlaneProgram = (typeof programs)[number];

/** How each program is called: a file and the arguments that come first. */
export type ControlPlane = Readonly<Record<ControlPlaneProgram, readonly string[]>>;

/**
 * Where tools come from, by the environment variable `KUBERNETES_FAAS_TOOLS`: `auto` (the default) takes what it can
 * get, `build` takes nothing but builds of the pinned Go modules, so that two machines run the same.
 *
 * @throws SandboxError when the variable says something else
 */
export function toolsPolicy(env: NodeJS.ProcessEnv = process.env): "auto" | "build" {
    const policy = env.KUBERNETES_FAAS_TOOLS || "auto";
    if (policy !== "auto" && policy !== "build") {
        throw new SandboxError(`KUBERNETES_FAAS_TOOLS is "${policy}"; it may be "auto" or "build"`);
    }
    return policy;
}

/** A place that may have a tool. */
export interface Source<T> {
    readonly name: string;
    /** What it has; undefined when it has nothing suitable. */
    readonly find: () => Promise<T | undefined>;
}

/** Asks one source after the other. The last one, a build, either has the tool or throws. */
export async function firstOf<T>(sources: readonly Source<T>[]): Promise<T> {
    for (const source of sources) {
        const found = await source.find();
        if (found !== undefined) {
            return found;
        }
    }
    throw new Error(`none of ${sources.map(({ name }) => name).join(", ")} has the tool`);
}

/** Sources of a tool in the order of preference; the cache before the network, since both hold the same version. */
function sourcesOf<T>(
    module: GoModule,
    releases: Release[] | undefined,
    report: Reporter,
    fromDirectory: (directory: string) => T,
    fromBuild: (file: string) => T,
): Source<T>[] {
    const build: Source<T> = { name: "build", find: async () => fromBuild(await buildModule(module, report)) };
    if (toolsPolicy() === "build") {
        return [build];
    }
    const wrap = <A, B>(value: A | undefined, map: (value: A) => B): B | undefined =>
        value === undefined ? undefined : map(value);
    return [
        {
            name: "cached download",
            find: () => Promise.resolve(wrap(releases && earlierDownload(module, releases), fromDirectory)),
        },
        { name: "cached build", find: () => Promise.resolve(wrap(earlierBuild(module), fromBuild)) },
        {
            name: "download",
            find: async () => wrap(releases && (await officialDownload(module, releases, report)), fromDirectory),
        },
        build,
    ];
}

const shelfOf = (module: GoModule): string => `${module.name}-official`;

/** Downloads are kept under the versions that their addresses name. */
function downloadKey(releases: readonly Release[]): string {
    const found = new Set(releases.flatMap(({ url }) => /\/(v[\d.]+)\//.exec(url)?.[1] ?? []));
    return [...found, platform].join("-");
}

function earlierDownload(module: GoModule, releases: readonly Release[]): string | undefined {
    const directory = cachedDirectory(shelfOf(module), downloadKey(releases));
    return fs.existsSync(directory) ? directory : undefined;
}

async function officialDownload(
    module: GoModule,
    releases: readonly Release[],
    report: Reporter,
): Promise<string | undefined> {
    for (const { url } of releases) {
        if (!(await isReachable(url))) {
            report(`${new URL(url).host} is out of reach: ${module.name} is built from source instead`);
            return undefined;
        }
    }
    try {
        return await cached(shelfOf(module), downloadKey(releases), report, (directory) =>
            downloadAll(releases, directory, report),
        );
    } catch (error) {
        if (error instanceof SandboxError) {
            throw error;
        }
        report(`the download failed (${String(error)}): ${module.name} is built from source instead`);
        return undefined;
    }
}

/**
 * The programs of the control plane, all of the pinned versions but for Kubernetes' own.
 *
 * @param release of Kubernetes, as in `1.35.4`
 */
export async function findControlPlane(report: Reporter, release: string = versions.kubernetes): Promise<ControlPlane> {
    const pinned = (): Promise<ControlPlane> =>
        firstOf(
            sourcesOf(controlPlaneModule, controlPlaneReleases(pinnedKubernetes), report, filesIn(programs), (file) =>
                commands(programs, (name) => [file, name]),
            ),
        );
    if (release === pinnedKubernetes) {
        return pinned();
    }
    const found = await firstOf(
        sourcesOf<Partial<ControlPlane>>(
            kubernetesModule(release),
            controlPlaneReleases(release),
            report,
            filesIn(programs),
            filesIn(kubernetesPrograms),
        ),
    );
    // A download has them all; a build has Kubernetes' own programs only.
    return { ...(found.etcd ? undefined : await pinned()), ...found } as ControlPlane;
}

function commands<Name extends string>(
    names: readonly Name[],
    command: (name: Name) => string[],
): Record<Name, string[]> {
    return Object.fromEntries(names.map((name) => [name, command(name)])) as Record<Name, string[]>;
}

const filesIn =
    <Name extends string>(names: readonly Name[]) =>
    (directory: string): Record<Name, string[]> =>
        commands(names, (name) => [path.join(directory, name)]);

/** The Pulumi command line: the one on PATH when it is of the pinned major version and not older. */
export function findPulumi(report: Reporter): Promise<string> {
    const sources = sourcesOf(
        pulumiModule,
        pulumiReleases(),
        report,
        (directory) => path.join(directory, "pulumi"),
        (file) => file,
    );
    return firstOf([{ name: "PATH", find: () => onPath("pulumi", ["version"], `^${versions.pulumi}`) }, ...sources]);
}

/**
 * kubectl: the one on PATH when it is within one minor version of the server, as its skew policy asks.
 *
 * @param release of Kubernetes that the server runs, as in `1.35.4`
 */
export async function findKubectl(report: Reporter, release: string = versions.kubernetes): Promise<readonly string[]> {
    const { major, minor } = semver.parse(release)!;
    const range = `>=${major}.${minor - 1}.0-0 <${major}.${minor + 2}.0-0`;
    const found = await onPath("kubectl", ["version", "--client", "-o", "json"], range);
    return found ? [found] : (await findControlPlane(report, release)).kubectl;
}

/** Full path of a program on PATH whose version, the first in its output that looks like one, is in the range. */
async function onPath(program: string, args: readonly string[], range: string): Promise<string | undefined> {
    if (toolsPolicy() === "build") {
        return undefined;
    }
    const directories = (process.env.PATH ?? "").split(path.delimiter).filter(Boolean);
    const file = directories.map((each) => path.join(each, program)).find(isExecutable);
    if (!file) {
        return undefined;
    }
    try {
        const { stdout } = await run(file, args, { timeout: 10_000 });
        const version = /\d+\.\d+\.\d+[\w.+-]*/.exec(stdout)?.[0];
        return version && semver.satisfies(version, range, { includePrerelease: true }) ? file : undefined;
    } catch {
        return undefined;
    }
}

function isExecutable(file: string): boolean {
    try {
        fs.accessSync(file, fs.constants.X_OK);
        return fs.statSync(file).isFile();
    } catch {
        return false;
    }
}
