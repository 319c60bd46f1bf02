import * as fs from "node:fs";
import * as path from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { Stack } from "@pulumi/pulumi/automation";
import { exportState, importState, type StoredResource, type StoredState } from "../../sandbox/state";
import { projectRoot } from "../../sandbox/tools/paths";

/** Where the states of earlier releases lie: a directory per version, a file per program. */
const releases = path.join(projectRoot, "test/upgrade/releases");

const fileOf = (version: string, program: string): string => path.join(releases, version, `${program}.json`);

/** The state of a program as a release left it. */
export interface Recording {
    readonly version: string;
    readonly program: string;
}

/** Every recording there is. */
export function recordings(): Recording[] {
    const versions = fs.existsSync(releases) ? fs.readdirSync(releases) : [];
    return versions.sort().flatMap((version) =>
        fs
            .readdirSync(path.join(releases, version))
            .sort()
            .map((file) => ({ version, program: path.basename(file, ".json") })),
    );
}

/** Whether a release is recorded. */
export const isRecorded = (version: string): boolean => fs.existsSync(path.join(releases, version));

/** Writes the state of a stack down, without what differs from run to run and means nothing. */
export async function writeRecording(stack: Stack, { version, program }: Recording): Promise<string> {
    const state = await exportState(stack);
    const { secrets_providers: secrets, resources = [] } = state.deployment;
    const lines = resources.map((resource) => JSON.stringify(reduced(resource)));
    const file = fileOf(version, program);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(
        file,
        `{\n"version": ${state.version},\n"secrets_providers": ${JSON.stringify(secrets)},\n` +
            `"resources": [\n${lines.join(",\n")}\n]\n}\n`,
    );
    return file;
}

/** Gives a stack the state of a recording. */
export async function useRecording(stack: Stack, { version, program }: Recording): Promise<void> {
    const recorded = JSON.parse(fs.readFileSync(fileOf(version, program), "utf8")) as {
        version: number;
        secrets_providers: unknown;
        resources: StoredResource[];
    };
    const { manifest } = (await exportState(stack)).deployment;
    const deployment: StoredState["deployment"] = {
        manifest,
        secrets_providers: recorded.secrets_providers,
        resources: recorded.resources.map(complete),
    };
    await importState(stack, { version: recorded.version, deployment });
}

/** When and where in the program the resource was made, and on what it depended: the next run says so again. */
const circumstances = ["created", "modified", "sourcePosition", "stackTrace", "dependencies", "propertyDependencies"];

/** What the API server alone decides, and nothing looks at again. */
const serverMetadata = ["managedFields", "resourceVersion", "generation", "uid", "creationTimestamp", "selfLink"];

type Fields = Record<string, unknown>;

/** The resource without what means nothing and what can be told from the rest. */
function reduced(resource: StoredResource): StoredResource {
    const rest = without(resource, circumstances) as StoredResource;
    const { inputs, outputs } = rest;
    if (!isObject(resource) || !outputs) {
        return rest;
    }
    const { __inputs, status: _status, metadata, ...others } = outputs;
    const live = { ...others, metadata: without(metadata as Fields, serverMetadata) };
    const added = difference(inputs!, live);
    return isDeepStrictEqual(merged(inputs!, added), live) ? { ...rest, outputs: added } : { ...rest, [whole]: live };
}

/** Key for the outputs of a resource that are not its inputs and more. */
const whole = "wholeOutputs";

/** The inverse of `reduced`. The plugin keeps the inputs among the outputs, too. */
function complete(resource: StoredResource): StoredResource {
    const { [whole]: live, ...rest } = resource;
    if (!isObject(resource)) {
        return resource;
    }
    const { inputs, outputs } = rest;
    const outputsOf = (live as Fields | undefined) ?? merged(inputs!, outputs!);
    return { ...rest, outputs: { ...outputsOf, __inputs: inputs } };
}

const isObject = ({ type, custom }: StoredResource): boolean => custom && type.startsWith("kubernetes:");

const without = (fields: Fields, keys: readonly string[]): Fields =>
    Object.fromEntries(Object.entries(fields).filter(([key]) => !keys.includes(key)));

const isMap = (value: unknown): value is Fields => typeof value === "object" && value !== null && !Array.isArray(value);

/** What `fields` has that `base` has not, at every depth. */
function difference(base: Fields, fields: Fields): Fields {
    return Object.fromEntries(
        Object.entries(fields).flatMap(([key, value]) => {
            const known = base[key];
            if (isDeepStrictEqual(known, value)) {
                return [];
            }
            return [[key, isMap(known) && isMap(value) ? difference(known, value) : value]];
        }),
    );
}

function merged(base: Fields, added: Fields): Fields {
    const entries = Object.entries(added).map(([key, value]) => {
        const known = base[key];
        return [key, isMap(known) && isMap(value) ? merged(known, value) : value];
    });
    return { ...base, ...(Object.fromEntries(entries) as Fields) };
}
