import { execFile } from "node:child_process";
import * as path from "node:path";
import { promisify } from "node:util";
import { type Contender, measure, type Measure, type Sample, table } from "./harness";

const root = path.resolve(__dirname, "../..");

/** What each program loads, beginning with the least that a Pulumi program is. */
const programs: Readonly<Record<string, readonly string[]>> = {
    "an empty Pulumi program": ["@pulumi/pulumi"],
    "one with @pulumi/kubernetes": ["@pulumi/pulumi", "@pulumi/kubernetes"],
    "one with kubernetes-faas": ["@pulumi/pulumi", "kubernetes-faas"],
    "the stack program": ["@pulumi/pulumi", "./dist/stacks/program"],
};

const measures: readonly Measure[] = [
    { key: "cpu", title: "Process CPU time (ms)", digits: 0 },
    { key: "wall", title: "Time until loaded (ms)", digits: 0 },
    { key: "memory", title: "Resident memory (MiB)", digits: 0 },
];

/** Measures a Node process that loads modules and ends, from its start. */
async function load(modules: readonly string[]): Promise<Sample> {
    const script = `
        for (const name of ${JSON.stringify(modules)}) require(name);
        const { user, system } = process.cpuUsage();
        const memory = process.memoryUsage.rss() / 1024 ** 2;
        console.log(JSON.stringify({ cpu: (user + system) / 1000, wall: performance.now(), memory }));`;
    const { stdout } = await promisify(execFile)(process.execPath, ["-e", script], { cwd: root });
    return JSON.parse(stdout) as Sample;
}

/** What loading the library costs a program before it registers anything. */
export async function benchStartUp(rounds: number, report: (line: string) => void): Promise<string> {
    const contenders = Object.entries(programs).map(([name, modules]): Contender => ({
        name,
        run: () => load(modules),
    }));
    report("once each, not counted, to fill the file system's cache");
    await measure(contenders, 1, () => undefined);
    const results = await measure(contenders, rounds, report);
    const facts = `Start-up of a program: Node ${process.versions.node}, ${rounds} rounds.`;
    return [facts, ...measures.map((each) => table(each, results))].join("\n\n");
}
