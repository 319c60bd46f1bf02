import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

/** Root of the checkout: the nearest parent directory that holds this project's go modules and package.json. */
export const projectRoot: string = findProjectRoot(__dirname);

function findProjectRoot(from: string): string {
    for (let directory = from; ; directory = path.dirname(directory)) {
        if (fs.existsSync(path.join(directory, "sandbox", "control-plane", "go.mod"))) {
            return directory;
        }
        if (directory === path.dirname(directory)) {
            throw new Error(`no checkout of kubernetes-faas above ${from}`);
        }
    }
}

/**
 * Where tools and sandboxes are kept: `$KUBERNETES_FAAS_CACHE`, else `$XDG_CACHE_HOME/kubernetes-faas`, else
 * `~/.cache/kubernetes-faas`.
 */
export function cacheDirectory(env: NodeJS.ProcessEnv = process.env): string {
    if (env.KUBERNETES_FAAS_CACHE) {
        return path.resolve(env.KUBERNETES_FAAS_CACHE);
    }
    return path.join(env.XDG_CACHE_HOME || path.join(os.homedir(), ".cache"), "kubernetes-faas");
}

/** Directory of the sandbox with this name. */
export function sandboxDirectory(name: string): string {
    return path.join(cacheDirectory(), "sandboxes", name);
}

/** The default sandbox of a checkout: its directory's name and a hash of its path, so that checkouts never share one. */
export function defaultSandboxName(root: string = projectRoot): string {
    const readable = path
        .basename(root)
        .toLowerCase()
        .replace(/[^a-z0-9]+/g, "-")
        .replace(/^-+|-+$/g, "");
    const hash = createHash("sha256").update(root).digest("hex").slice(0, 6);
    return [readable.slice(0, 20).replace(/-+$/, ""), hash].filter(Boolean).join("-");
}

/** Writes a file so that a reader sees the old text or the new one, never half of it. */
export function writeFileAtomically(file: string, text: string, mode = 0o600): void {
    const temporary = `${file}.${process.pid}.tmp`;
    fs.writeFileSync(temporary, text, { mode });
    fs.renameSync(temporary, file);
}
