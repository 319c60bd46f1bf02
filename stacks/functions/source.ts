import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { assertValid, type FaasFunctionArgs, type Fault } from "../../components";
import { FunctionRuntime } from "../../components/faas/function";
import { Checks } from "../../components/core/validation";
import type { FunctionConfiguration } from "../config/functions";
import { root } from "../stack-file";
import { bundle } from "./bundle";

/** The code of a function as its component takes it. */
export type FunctionSource = Pick<FaasFunctionArgs, "code" | "archive">;

const isFile = (code: string): boolean => path.extname(code) !== "";

const absolute = (code: string): string => path.resolve(root, code);

/** The code as it is written. A path with an ending is a file; any other is a folder. */
export function writtenSource({ code }: FunctionConfiguration): FunctionSource {
    if (code === undefined) {
        return {};
    }
    return isFile(code)
        ? { code: new pulumi.asset.FileAsset(absolute(code)) }
        : { archive: new pulumi.asset.FileArchive(absolute(code)) };
}

/** The code as it is deployed. @throws {@link ArgumentsError} when it can't be bundled. */
export function deployedSource(name: string, fn: FunctionConfiguration): FunctionSource {
    if (!fn.bundle) {
        return writtenSource(fn);
    }
    const { source, faults } = bundledSource(fn);
    assertValid(`Function ${name}`, faults);
    return source;
}

/** What of a function's configuration does not go with bundling. */
export function bundleFaults({ bundle: wanted, code, image, runtime }: FunctionConfiguration): Fault[] {
    const checks = new Checks();
    if (wanted && image !== undefined) {
        checks.fault("bundle", "is for code, and an image brings what it needs; leave it out");
    } else if (wanted && runtime === FunctionRuntime.Python) {
        checks.fault("bundle", "is for Node alone; give `dependencies`, or the packages among the files of a folder");
    } else if (wanted && code !== undefined && !isFile(code)) {
        checks.fault("bundle", `begins with a file, and code is the folder "${code}"; name the file of the handler`);
    }
    return checks.faults;
}

/** The code and everything that it imports as one text, of a function that is right as it is written. */
export function bundledSource({ code, handler = "handler" }: FunctionConfiguration): {
    source: FunctionSource;
    faults: Fault[];
} {
    const { text, faults } = bundle(absolute(code!), handler.slice(handler.lastIndexOf(".") + 1));
    return { source: { code: new pulumi.asset.StringAsset(text) }, faults };
}
