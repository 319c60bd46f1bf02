import { parseAllDocuments } from "yaml";
import { checkConfiguration } from "../../../stacks/config/read";
import { projectName, readStackFile } from "../../../stacks/stack-file";
import { type Block, type Fault, faultAt } from "./blocks";

type Values = Record<string, unknown>;

const isMap = (value: unknown): value is Values => typeof value === "object" && value !== null && !Array.isArray(value);

/** A JSON block that does not parse. */
export function jsonFaults(block: Block): Fault[] {
    try {
        JSON.parse(block.text);
        return [];
    } catch (error) {
        return [faultAt(block, 0, (error as Error).message)];
    }
}

/** A YAML block that does not parse, or that is a stack's configuration and wrong. */
export function yamlFaults(block: Block): Fault[] {
    return parseAllDocuments(block.text).flatMap((document) => {
        const faults = document.errors.map(({ message, linePos }) =>
            faultAt(block, (linePos?.[0].line ?? 1) - 1, message.split("\n")[0]!),
        );
        return faults.length > 0 ? faults : configurationFaults(block, document.toJS());
    });
}

/** A stack file, or a part of one: then the rest is that of the local stack. */
function configurationFaults(block: Block, document: unknown): Fault[] {
    const config = isMap(document) && isMap(document.config) ? document.config : document;
    const values = ownValues(config);
    if (!values) {
        return [];
    }
    const rest = ownValues(readStackFile("local"))!;
    const whole = Object.fromEntries(
        Object.entries({ ...rest, ...values }).map(([key]) => [key, merged(rest, values, key)]),
    );
    return checkConfiguration(whole).faults.map(({ propertyPath, reason }) =>
        faultAt(block, 0, `${propertyPath} ${reason}`),
    );
}

/** The project's keys of a configuration, without the secret ones; undefined when it has none. */
function ownValues(config: unknown): Values | undefined {
    const prefix = `${projectName}:`;
    const entries = isMap(config) ? Object.entries(config).filter(([key]) => key.startsWith(prefix)) : [];
    const readable = entries.filter(([, value]) => !(isMap(value) && "secure" in value));
    return entries.length > 0
        ? Object.fromEntries(readable.map(([key, value]) => [key.slice(prefix.length), value]))
        : undefined;
}

/**
 * Functions are a list of what there is, and another platform has settings of its own; other keys are settings, of which
 * a block may show some.
 */
function merged(rest: Values, values: Values, key: string): unknown {
    const [standard, shown] = [rest[key], key in values ? values[key] : rest[key]];
    if (key === "functions" || !isMap(standard) || !isMap(shown) || isOtherPlatform(standard, shown)) {
        return shown;
    }
    return { ...standard, ...shown };
}

const isOtherPlatform = (standard: Values, shown: Values): boolean =>
    shown.platform !== undefined && shown.platform !== standard.platform;
