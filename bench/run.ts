/** `npm run bench`: measurements side by side, in one run on one machine; docs/benchmarks.md says what they mean. */
import * as os from "node:os";
import { Argument, Command, InvalidArgumentError } from "commander";
import { SandboxError, StackRunError } from "../sandbox";
import { benchDeployment } from "./deployment";
import { benchServer } from "./server";
import { benchStartUp } from "./start-up";

const benches = { "start-up": benchStartUp, server: benchServer, deployment: benchDeployment };

const defaultRounds: Readonly<Record<keyof typeof benches, number>> = { "start-up": 15, server: 10, deployment: 3 };

type Name = keyof typeof benches;

function parseRounds(text: string): number {
    if (!/^[1-9]\d*$/.test(text)) {
        throw new InvalidArgumentError("Give a whole number, 1 or more.");
    }
    return Number(text);
}

async function main(): Promise<void> {
    const names = Object.keys(benches) as Name[];
    const command = new Command("npm run bench --")
        .description("Measures the library beside other ways to do the same.")
        .addArgument(new Argument("[name]", "what to measure; all without it").choices(names))
        .option("--rounds <number>", "how often each is run", parseRounds)
        .parse();
    const chosen = command.args.length > 0 ? (command.args as Name[]) : names;
    const { rounds } = command.opts<{ rounds?: number }>();
    const report = (line: string): void => console.error(`bench: ${line}`);
    const tables: string[] = [];
    for (const name of chosen) {
        tables.push(await benches[name](rounds ?? defaultRounds[name], report));
    }
    console.log(`${describeMachine()}\n\n${tables.join("\n\n")}`);
}

function describeMachine(): string {
    const load = os.loadavg()[0]!.toFixed(1);
    return `${os.availableParallelism()} cores (${os.cpus()[0]!.model}), load ${load} at the end, ${os.type()} ${os.arch()}.`;
}

main().catch((error: unknown) => {
    console.error(error instanceof SandboxError || error instanceof StackRunError ? error.message : error);
    process.exitCode = 1;
});
