import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { ArgumentsError } from "../core/errors";
import {
    chooseContext,
    contextMissing,
    kubeconfigError,
    mergeKubeconfigs,
    parseKubeconfig,
    renderKubeconfig,
    resolvePaths,
    type ChosenContext,
    type ClusterEntry,
    type Kubeconfig,
} from "./kubeconfig";

/** What the default kubeconfig depends on. */
export interface KubeconfigEnvironment {
    /** The value of `$KUBECONFIG`: paths, separated as in `$PATH`. */
    readonly kubeconfig?: string;
    readonly home: string;
    /** The content of a file; throws as `fs.readFileSync` does. */
    readonly readFile: (file: string) => string;
}

/** The environment of this process. */
export function processEnvironment(): KubeconfigEnvironment {
    return {
        kubeconfig: process.env.KUBECONFIG,
        home: os.homedir(),
        readFile: (file) => fs.readFileSync(file, "utf8"),
    };
}

/** A context that was found, and how to hand it to a Kubernetes provider. */
export interface FoundContext extends ChosenContext {
    /**
     * A path, when the context is in one file, so that renewed certificates and a moved API server are picked up and no
     * credentials reach the state; else the content, reduced to this context.
     */
    readonly handOver: string;
}

/**
 * Finds a context. Without `given` it must be named: the current context of a user's own kubeconfig is whichever cluster
 * was looked at last.
 *
 * @param given content or path of a kubeconfig; without it, the files of `$KUBECONFIG`, else `~/.kube/config`
 * @throws {@link ArgumentsError} when the file is missing or wrong, or has no such context.
 */
export function findContext(given?: string, context?: string, environment = processEnvironment()): FoundContext {
    const { config, file } = load(given, environment);
    if (given === undefined && context === undefined) {
        throw contextMissing(config, "the current context of a default kubeconfig may be any cluster");
    }
    const chosen = chooseContext(config, context);
    return { ...chosen, handOver: file === undefined ? renderKubeconfig(chosen) : withTilde(file, environment.home) };
}

/** A kubeconfig and, when it is one file, the file's path. */
interface LoadedKubeconfig {
    readonly config: Kubeconfig;
    readonly file?: string;
}

function load(given: string | undefined, environment: KubeconfigEnvironment): LoadedKubeconfig {
    if (given !== undefined && isContent(given)) {
        return { config: parseKubeconfig(given) };
    }
    const files = given === undefined ? defaultFiles(environment) : [expandHome(given, environment.home)];
    return files.length === 1
        ? { config: readFile(files[0]!, environment), file: files[0] }
        : { config: readFiles(files, environment) };
}

/** Whether the text is a kubeconfig itself; otherwise it is the path of one. */
function isContent(text: string): boolean {
    return text.trimStart().startsWith("{") || text.includes("\n");
}

function defaultFiles({ kubeconfig, home }: KubeconfigEnvironment): string[] {
    const listed = (kubeconfig ?? "").split(path.delimiter).filter((file) => file !== "");
    return listed.length > 0
        ? [...new Set(listed)].map((file) => path.resolve(file))
        : [path.join(home, ".kube/config")];
}

function expandHome(file: string, home: string): string {
    return path.resolve(file.startsWith("~/") ? path.join(home, file.slice(2)) : file);
}

/** A path below the home directory in a form that means the same on each of a team's machines. */
function withTilde(file: string, home: string): string {
    // Depending on its build, the provider expands ~ to $HOME or to the account's home directory.
    const isBelowHome = file.startsWith(home + path.sep) && home === os.userInfo().homedir;
    return isBelowHome ? `~/${path.relative(home, file).split(path.sep).join("/")}` : file;
}

function readFile(file: string, environment: KubeconfigEnvironment): Kubeconfig {
    const content = contentOf(file, environment);
    return naming(file, () => resolvePaths(parseKubeconfig(content), path.dirname(file)));
}

/** Adds the file's name to what is found wrong with it. */
function naming<T>(file: string, action: () => T): T {
    try {
        return action();
    } catch (error) {
        throw error instanceof ArgumentsError && error.errors[0]
            ? kubeconfigError(`"${file}" ${error.errors[0].reason}`)
            : error;
    }
}

/** Of several files, those that are missing are skipped, as kubectl does. */
function readFiles(files: readonly string[], environment: KubeconfigEnvironment): Kubeconfig {
    const present = files.filter((file) => exists(file, environment));
    if (present.length === 0) {
        throw kubeconfigError(`does not exist: none of ${files.join(", ")} ($KUBECONFIG) is there; ${wayOut}`);
    }
    return mergeKubeconfigs(present.map((file) => readFile(file, environment)));
}

function exists(file: string, environment: KubeconfigEnvironment): boolean {
    try {
        environment.readFile(file);
        return true;
    } catch (error) {
        return (error as NodeJS.ErrnoException).code !== "ENOENT";
    }
}

const wayOut = "create a cluster, which writes one, or give the path or content of another";

function contentOf(file: string, environment: KubeconfigEnvironment): string {
    try {
        return environment.readFile(file);
    } catch (error) {
        const code = (error as NodeJS.ErrnoException).code;
        throw kubeconfigError(
            code === "ENOENT"
                ? `"${file}" does not exist; ${wayOut}`
                : `"${file}" can't be read (${code}); it must be a file that this user may read`,
        );
    }
}

/** A cluster entry that can be used on another machine: the authority's certificate itself instead of its file. */
export function embedCertificateAuthority<T extends ClusterEntry>(cluster: T, environment = processEnvironment()): T {
    const { "certificate-authority": file, ...rest } = cluster;
    return file === undefined || rest["certificate-authority-data"] !== undefined
        ? (rest as T)
        : {
              ...(rest as T),
              "certificate-authority-data": Buffer.from(contentOf(file, environment)).toString("base64"),
          };
}
