import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { stringify } from "yaml";

/** Occurs wherever a kubeconfig of these tests holds a credential. */
export const planted = "s3cr3t-Of-The-Kubeconfig";

/** One context of a kubeconfig. */
export interface ContextFixture {
    name: string;
    server?: string;
    cluster?: Record<string, unknown>;
    user?: Record<string, unknown>;
}

/** A kubeconfig whose contexts each have a cluster `NAME-cluster` and a user `NAME-user` with a secret token. */
export function kubeconfigOf(contexts: (string | ContextFixture)[], current?: string): string {
    const each = contexts.map((one) => (typeof one === "string" ? { name: one } : one));
    return stringify({
        apiVersion: "v1",
        kind: "Config",
        "current-context": current,
        clusters: each.map(({ name, server = `https://${name}.example.com:6443`, cluster }) => ({
            name: `${name}-cluster`,
            cluster: { server, "certificate-authority-data": "Y2E=", ...cluster },
        })),
        contexts: each.map(({ name }) => ({ name, context: { cluster: `${name}-cluster`, user: `${name}-user` } })),
        users: each.map(({ name, user }) => ({ name: `${name}-user`, user: user ?? { token: `${planted}-${name}` } })),
    });
}

/** A temporary directory with files, and `$KUBECONFIG` pointing where a test wants it. */
export class KubeconfigDirectory {
    readonly path = fs.mkdtempSync(path.join(os.tmpdir(), "kubeconfig-"));
    private readonly before = process.env.KUBECONFIG;

    /** Writes a file and returns its path. */
    write(name: string, content: string): string {
        const file = path.join(this.path, name);
        fs.mkdirSync(path.dirname(file), { recursive: true });
        fs.writeFileSync(file, content, { mode: 0o755 });
        return file;
    }

    /** Makes these the files of `$KUBECONFIG`. */
    use(...files: string[]): void {
        process.env.KUBECONFIG = files.join(path.delimiter);
    }

    /** Removes the files and puts `$KUBECONFIG` back. */
    remove(): void {
        fs.rmSync(this.path, { recursive: true, force: true });
        if (this.before === undefined) {
            delete process.env.KUBECONFIG;
        } else {
            process.env.KUBECONFIG = this.before;
        }
    }
}
