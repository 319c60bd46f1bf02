import { afterEach, beforeEach } from "mocha";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

/** A directory of a test, and the means to change the environment until its end. */
export interface Workspace {
    readonly directory: string;
    /** Sets an environment variable until the test ends. */
    setEnv(name: string, value: string): void;
    /** Writes a shell script into the directory `bin`, which then is the only one on PATH besides the system's. */
    script(name: string, body: string): string;
}

/** Gives each test of a suite an empty cache in a directory of its own. */
export function useWorkspace(): () => Workspace {
    let directory: string;
    let environment: NodeJS.ProcessEnv;
    beforeEach(() => {
        environment = { ...process.env };
        directory = fs.mkdtempSync(path.join(os.tmpdir(), "kubernetes-faas-unit-"));
        fs.mkdirSync(path.join(directory, "bin"));
        process.env.KUBERNETES_FAAS_CACHE = path.join(directory, "cache");
        process.env.PATH = path.join(directory, "bin");
        process.env.PULUMI_HOME = path.join(directory, "no-pulumi-home");
        delete process.env.KUBERNETES_FAAS_TOOLS;
        fs.mkdirSync(process.env.KUBERNETES_FAAS_CACHE);
    });
    afterEach(() => {
        process.env = environment;
        fs.rmSync(directory, { recursive: true, force: true });
    });
    return () => ({
        directory,
        setEnv(name, value) {
            process.env[name] = value;
        },
        script(name, body) {
            const file = path.join(directory, "bin", name);
            fs.writeFileSync(file, `#!/bin/sh\nPATH=/usr/bin:/bin\n${body}\n`, { mode: 0o755 });
            return file;
        },
    });
}

/** A report that keeps its lines. */
export function collect(): { lines: string[]; report: (line: string) => void } {
    const lines: string[] = [];
    return { lines, report: (line) => void lines.push(line) };
}
