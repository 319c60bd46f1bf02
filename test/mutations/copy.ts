import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

/** The titles of the tests that a run came to. */
export interface RunTitles {
    passed: string[];
    failed: string[];
}

/** The part of mocha's JSON report that is read here. */
interface JsonReport {
    passes: { fullTitle: string }[];
    failures: { fullTitle: string }[];
}

/** What the tests of a copy need no files of. */
const leftOut = ["dist", ".git"];

/**
 * A copy of a checkout's compiled code in a temporary directory, in which faults can be planted. Everything that is not
 * compiled is linked: the checkout itself is never written to.
 */
export class CompiledCopy {
    readonly directory = fs.mkdtempSync(path.join(os.tmpdir(), "kubernetes-faas-mutations-"));

    constructor(root: string) {
        for (const entry of fs.readdirSync(root).filter((name) => !leftOut.includes(name))) {
            fs.symlinkSync(path.join(root, entry), path.join(this.directory, entry));
        }
        fs.cpSync(path.join(root, "dist"), path.join(this.directory, "dist"), { recursive: true });
    }

    /**
     * Runs an action while one text of a compiled file is another one.
     *
     * @throws Error when the text is not there exactly once.
     */
    with<T>({ file, find, replace }: { file: string; find: string; replace: string }, action: () => T): T {
        const place = path.join(this.directory, "dist", file);
        const text = fs.readFileSync(place, "utf8");
        const times = text.split(find).length - 1;
        if (times !== 1) {
            throw new Error(`dist/${file} has ${times} times, and should have once: ${find}`);
        }
        fs.writeFileSync(
            place,
            text.replace(find, () => replace),
        );
        try {
            return action();
        } finally {
            fs.writeFileSync(place, text);
        }
    }

    /** Runs the tests of some files, or those of one title alone. */
    run(testFiles: readonly string[], title?: string): RunTitles {
        const report = path.join(this.directory, "report.json");
        fs.rmSync(report, { force: true });
        const files = testFiles.map((file) => path.join("dist/test", file));
        const only = title === undefined ? [] : ["--fgrep", title];
        const options = ["--reporter", "json", "--reporter-option", `output=${report}`, ...only];
        const { TEST_OUTCOME: _outcome, ...env } = process.env;
        const mocha = require.resolve("mocha/bin/mocha.js");
        const { stderr } = spawnSync(process.execPath, [mocha, ...options, ...files], {
            cwd: this.directory,
            env,
            encoding: "utf8",
        });
        if (!fs.existsSync(report)) {
            throw new Error(`mocha gave no report: ${stderr}`);
        }
        const { passes, failures } = JSON.parse(fs.readFileSync(report, "utf8")) as JsonReport;
        const titles = (tests: { fullTitle: string }[]): string[] => tests.map(({ fullTitle }) => fullTitle);
        return { passed: titles(passes), failed: titles(failures) };
    }

    remove(): void {
        fs.rmSync(this.directory, { recursive: true });
    }
}
