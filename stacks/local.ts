import * as fs from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";
import { ArgumentsError } from "../components";
import { suggest } from "../components/core/validation";
import type { PlatformName } from "./platforms";
import { projectName, readStackFile, root, type StackFile } from "./stack-file";

/** What `npm start` deploys in place of what stands in `stacks/Pulumi.local.yaml`. */
export interface LocalChoice {
    /** @default the example's, else the one in the stack's file */
    platform?: PlatformName;
    /** A folder of `examples` whose functions are deployed. @default those of the stack's file */
    example?: string;
    /** Whoever starts it has read OpenFaaS' licence and may use it. */
    acceptOpenFaasCommunityEula?: boolean;
}

const examplesFolder = path.join(root, "examples");
const faasKey = `${projectName}:faas`;

/** The platform of a stack's file. */
export const platformOf = (file: StackFile): string => (file[faasKey] as { platform: string }).platform;

/**
 * The configuration of the local stack. A platform that is chosen in place of the configured one gets its own defaults:
 * settings of one mean nothing to another, and two never share a namespace.
 *
 * @throws {@link ArgumentsError} when there is no such example, naming those that there are.
 */
export function localStack({ platform, example, acceptOpenFaasCommunityEula }: LocalChoice): StackFile {
    const file = example === undefined ? readStackFile("local") : withExample(readStackFile("local"), example);
    const configured = file[faasKey] as { platform: string };
    const faas = platform === undefined || platform === configured.platform ? configured : { platform };
    const accepted = faas.platform === "openfaas" && acceptOpenFaasCommunityEula ? { acceptCommunityEula: true } : {};
    return { ...file, [faasKey]: { ...faas, ...accepted } };
}

/** An example has the databases and the storage that it says itself: without functions they are of no use. */
function withExample(file: StackFile, example: string): StackFile {
    const { [`${projectName}:databases`]: _databases, [`${projectName}:storage`]: _storage, ...rest } = file;
    return { ...rest, ...readExample(example) };
}

/** The names of the examples that are stack configurations. */
export function exampleNames(): string[] {
    return fs
        .readdirSync(examplesFolder)
        .filter((name) => fs.existsSync(exampleFile(name)))
        .sort();
}

const exampleFile = (name: string): string => path.join(examplesFolder, name, "stack.yaml");

function readExample(name: string): StackFile {
    const names = exampleNames();
    if (!names.includes(name)) {
        const meant = suggest(name, names);
        const reason = `is "${name}", and there is no such example; ${meant ? `did you mean ${meant}?` : `there are ${names.join(", ")}`}`;
        throw new ArgumentsError("npm start", [{ propertyPath: "--example", reason }]);
    }
    return (parse(fs.readFileSync(exampleFile(name), "utf8")) as { config: StackFile }).config;
}
