/** The keys of a stack's configuration as docs/stacks.md lists them, from the schema itself. */
import * as fs from "node:fs";
import * as path from "node:path";
import { z } from "zod";
import { unwrap } from "../../../stacks/config/describe";
import * as parts from "../../../stacks/config/parts";
import { configurationSchema } from "../../../stacks/config/schema";
import { root } from "../../../stacks/stack-file";

const page = path.join(root, "docs/stacks.md");
const begin = "<!-- begin: keys -->";
const end = "<!-- end: keys -->";

type Schema = z.core.$ZodType;

/** Parts that occur in many places, listed once. */
const shared: Record<string, Schema> = {
    containerResources: parts.containerResources,
    egressRule: parts.egressRule,
    placement: parts.placement,
    podPeer: parts.podPeer,
    registry: parts.registry,
    resources: parts.resources,
};

/** What the page says, and what it should. */
export function keysSection(): { written: string; wanted: string } {
    const text = fs.readFileSync(page, "utf8");
    const [start, stop] = [text.indexOf(begin), text.indexOf(end)];
    return { written: text.slice(start + begin.length, stop), wanted: `\n\n${sections().join("\n\n")}\n\n` };
}

/** A title and a list for each key at the top, and for each part that occurs in many places. */
function sections(): string[] {
    const top = Object.entries(configurationSchema.shape).flatMap(([key, schema]) => [
        `### \`${key}\``,
        list(linesOf(key, schema as Schema)),
    ]);
    const others = Object.entries(shared).flatMap(([name, schema]) => [
        `### A \`${name}\``,
        list(linesOf("", schema, true)),
    ]);
    return [...top, ...others];
}

const list = (lines: readonly string[]): string => lines.map((line) => `- ${line}`).join("\n");

/** A line for each value below a path. */
function linesOf(at: string, schema: Schema, whole = false): string[] {
    const found = unwrap(schema);
    const name = whole ? undefined : Object.keys(shared).find((each) => shared[each] === found);
    if (name !== undefined) {
        return [`\`${at}\`: ${link(name)}`];
    }
    if (found instanceof z.ZodObject) {
        return Object.entries(found.shape).flatMap(([key, child]) => linesOf(join(at, key), child as Schema));
    }
    if (found instanceof z.ZodDiscriminatedUnion) {
        return unionLines(at, found);
    }
    if (found instanceof z.ZodRecord && !isScalar(found.valueType)) {
        return linesOf(join(at, "NAME"), found.valueType);
    }
    if (found instanceof z.ZodArray && !isScalar(found.element)) {
        return linesOf(`${at}[]`, found.element);
    }
    return [`\`${at}\`: ${kindOf(found)}${isOptional(schema) ? "" : ", required"}`];
}

/** The keys of all alternatives, then those of one alone, with the choice that brings them. */
function unionLines(at: string, union: z.ZodDiscriminatedUnion): string[] {
    const by = union.def.discriminator;
    const options = (union.options as z.ZodObject[]).map((option) => ({
        name: String((option.shape as Record<string, z.ZodLiteral>)[by]!.value),
        lines: linesOf(at, option).filter((line) => !line.startsWith(`\`${join(at, by)}\``)),
    }));
    const common = options[0]!.lines.filter((line) => options.every(({ lines }) => lines.includes(line)));
    const choice = options.map(({ name }) => `\`${name}\``).join(", ");
    const own = options.flatMap(({ name, lines }) =>
        lines.filter((line) => !common.includes(line)).map((line) => `${name}: ${line}`),
    );
    return [`\`${join(at, by)}\`: ${choice}, required`, ...common, ...own];
}

const join = (at: string, key: string): string => (at === "" ? key : `${at}.${key}`);

const link = (name: string): string => `[\`${name}\`](#a-${name.toLowerCase()})`;

const isOptional = (schema: Schema): boolean => schema instanceof z.ZodOptional || schema instanceof z.ZodDefault;

function isScalar(schema: Schema): boolean {
    const found = unwrap(schema);
    const nested = [z.ZodObject, z.ZodRecord, z.ZodArray, z.ZodDiscriminatedUnion].some(
        (type) => found instanceof type,
    );
    return !nested;
}

function kindOf(schema: Schema): string {
    const found = unwrap(schema);
    if (found === parts.secretKey) {
        return "key of a secret value";
    }
    if (found instanceof z.ZodArray) {
        return `list of ${kindOf(found.element)}`;
    }
    if (found instanceof z.ZodRecord) {
        return `map of ${kindOf(found.valueType)}`;
    }
    if (found instanceof z.ZodEnum) {
        return found.options.map((value) => `\`${String(value)}\``).join(", ");
    }
    if (found instanceof z.ZodLiteral) {
        return `\`${String(found.value)}\``;
    }
    const names = new Map<unknown, string>([
        [z.ZodString, "text"],
        [z.ZodNumber, "number"],
        [z.ZodBoolean, "`true` or `false`"],
    ]);
    const name = names.get(found.constructor);
    if (name === undefined) {
        throw new Error(`no words for ${found.constructor.name}`);
    }
    return name;
}

if (require.main === module) {
    const { written, wanted } = keysSection();
    fs.writeFileSync(
        page,
        fs.readFileSync(page, "utf8").replace(begin + written + end, () => begin + wanted + end),
    );
}
