import { execFile } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { promisify } from "node:util";
import { type Block, type Fault, faultAt, root } from "./blocks";

const run = promisify(execFile);

/** A simple command, and its line in the block. */
interface Command {
    readonly words: readonly string[];
    readonly line: number;
}

/** The commands of a shell block. In a console, what stands behind a prompt; the rest is output. */
export function commandsOf({ language, text }: Pick<Block, "language" | "text">): Command[] {
    const withOutput = language === "console";
    const joined = text.replace(/\\\n/g, (continuation) => continuation.replace("\n", "\0"));
    return joined.split("\n").flatMap((line, index, lines) => {
        const before = lines.slice(0, index).join("\n").split("\0").length - 1;
        const command = withOutput ? /^[$#] (.*)$/.exec(line)?.[1] : line.replace(/^\$ /, "");
        return splitCommands((command ?? "").replaceAll("\\\0", " ")).map((words) => ({ words, line: index + before }));
    });
}

/** Splits a line at `&&`, `||`, `;`, `|` and drops its comment; quotes keep words together. */
function splitCommands(line: string): string[][] {
    const tokens = line.match(/(?:"[^"]*"|'[^']*'|\$\([^)]*\)|[^\s"';|&]|&(?!&))+|&&|\|\|?|;/g) ?? [];
    const comment = tokens.findIndex((token) => token.startsWith("#"));
    const commands: string[][] = [[]];
    for (const token of comment < 0 ? tokens : tokens.slice(0, comment)) {
        if (/^(&&|\|\|?|;)$/.test(token)) {
            commands.push([]);
        } else {
            commands.at(-1)!.push(token.replace(/^(["'])(.*)\1$/, "$2"));
        }
    }
    return commands
        .map((words) => words.slice(words.findIndex((word) => !/^\w+=/.test(word))))
        .filter((words) => words.length > 0);
}

const folders = ["components", "stacks", "sandbox", "examples", "test", "docs", "bench", "scripts", ".github", ".ci"];

/** The word as a path of this repository: one below its folders, without a placeholder. */
export function repositoryPath(word: string): string | undefined {
    const plain = word.replace(/^\.\//, "");
    return /^[\w./-]+$/.test(plain) && folders.includes(plain.split("/")[0]!) && plain.includes("/")
        ? plain
        : undefined;
}

/** What of a shell block names a file, an npm script, a command or a flag that is not there. */
export async function shellFaults(block: Block): Promise<Fault[]> {
    const perCommand = await Promise.all(
        commandsOf(block).map(async ({ words, line }) =>
            [...pathFaults(words), ...(await commandFaults(words))].map((reason) => faultAt(block, line, reason)),
        ),
    );
    return perCommand.flat();
}

/** Names of files that do not exist. */
export function pathFaults(words: readonly string[]): string[] {
    return words
        .flatMap((word) => repositoryPath(word) ?? [])
        .filter((file) => !fs.existsSync(path.join(root, file)))
        .map((file) => `there is no file ${file}`);
}

/** What is wrong with a command that runs a script of this project; nothing for any other command. */
export async function commandFaults(words: readonly string[]): Promise<string[]> {
    const call = scriptCall(words);
    if (!call) {
        return [];
    }
    const line = scripts()[call.script];
    if (line === undefined) {
        return [`package.json has no script ${call.script}`];
    }
    const program = /^node bootstrap\.mjs (\S+)/.exec(line)?.[1];
    const flags = call.args.some((arg) => arg.startsWith("-"));
    if (!program) {
        return flags ? [`npm run ${call.script} is no program of this project that takes flags`] : [];
    }
    return programFaults(program, call.args);
}

/** `npm start -- --context x` as the script `start` with what it is given. */
function scriptCall([command, ...words]: readonly string[]): { script: string; args: string[] } | undefined {
    if (command !== "npm") {
        return undefined;
    }
    const rest = words.filter((word) => !/^(-s|--silent)$/.test(word));
    const script = /^run(-script)?$/.test(rest[0] ?? "") ? rest[1] : /^(start|test|stop)$/.exec(rest[0] ?? "")?.[0];
    const separator = rest.indexOf("--");
    return script === undefined ? undefined : { script, args: separator < 0 ? [] : rest.slice(separator + 1) };
}

function scripts(): Record<string, string> {
    const manifest = fs.readFileSync(path.join(root, "package.json"), "utf8");
    return (JSON.parse(manifest) as { scripts: Record<string, string> }).scripts;
}

/** Holds arguments to what a program says in its help. The tests' runner hands its flags on to mocha. */
async function programFaults(program: string, args: readonly string[]): Promise<string[]> {
    if (!args.length) {
        return [];
    }
    const { flags, commands } = program === "test/run" ? await mochaHelp() : parseHelp(await helpOf(program));
    const at = args.findIndex((arg) => !arg.startsWith("-") && (commands.size === 0 || commands.has(arg)));
    const own = commands.size === 0 || at < 0 ? args : args.slice(0, at);
    const unknown = own.filter((arg) => arg.startsWith("-") && !flags.has(arg.split("=")[0]!));
    const faults = unknown.map((flag) => `${program} has no flag ${flag}`);
    if (commands.size === 0) {
        return faults;
    }
    if (at < 0) {
        const positional = args.find((arg) => !arg.startsWith("-"));
        return positional === undefined ? faults : [...faults, `${program} has no command ${positional}`];
    }
    const command = args[at]!;
    if (commands.get(command)!.includes("...")) {
        // Hands everything on to another program.
        return faults;
    }
    const inner = parseHelp(await helpOf(program, command)).flags;
    const alien = args.slice(at + 1).filter((arg) => arg.startsWith("-") && !inner.has(arg.split("=")[0]!));
    return [...faults, ...alien.map((flag) => `${program} ${command} has no flag ${flag}`)];
}

const helps = new Map<string, Promise<string>>();

/** The help of a program of ours, or of one of its commands. */
function helpOf(program: string, ...command: string[]): Promise<string> {
    const source = fs.readFileSync(path.join(root, `${program}.ts`), "utf8");
    if (!source.includes('from "commander"')) {
        // Running it would do its work instead of telling about it.
        return Promise.resolve("");
    }
    return once([path.join(root, "dist", `${program}.js`), ...command, "--help"]);
}

/** Mocha's own commands are not reached through the tests' runner. */
async function mochaHelp(): Promise<Help> {
    const help = await once([require.resolve("mocha/bin/mocha.js"), "--help"]);
    return { ...parseHelp(help), commands: new Map() };
}

function once(args: string[]): Promise<string> {
    const key = args.join(" ");
    const known = helps.get(key) ?? run(process.execPath, args).then(({ stdout }) => stdout);
    helps.set(key, known);
    return known;
}

/** What a help text names. */
interface Help {
    readonly flags: ReadonlySet<string>;
    /** How each command is called. */
    readonly commands: ReadonlyMap<string, string>;
}

function parseHelp(text: string): Help {
    const options = text.split("\n").filter((line) => /^\s+-/.test(line));
    const flags = options.flatMap((line) => line.match(/(?<=^\s*|, )--?[\w-]+/g) ?? []);
    const [, list = ""] = text.split(/^Commands:$/m);
    const lines = [...list.matchAll(/^ {2}([\w-]+)(.*)$/gm)].filter(([, name]) => name !== "help");
    return { flags: new Set(flags), commands: new Map(lines.map(([, name, rest]) => [name!, rest!])) };
}
