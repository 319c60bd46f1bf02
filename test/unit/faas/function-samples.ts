import * as pulumi from "@pulumi/pulumi";
import { FaasKind, type FaasPlatform } from "../../../components/core/contracts";
import { FaasFunction, registerFunctionDriver, type FaasFunctionArgs } from "../../../components/faas/function";
import { fissionFunctionDriver } from "../../../components/faas/fission/function";
import { fakePlatform } from "../../../components/testing";
import { testCluster } from "../support/cluster";
import { record, rejects, type Recording } from "../support/mocks";

registerFunctionDriver(FaasKind.Fission, fissionFunctionDriver);

/** What a Fission with both languages tells functions. */
export const fissionSettings = {
    ready: "true",
    drainSeconds: "20",
    functionPlacement: JSON.stringify({ nodeSelector: { pool: "functions" } }),
    nodejsEnvironment: "nodejs",
    nodejsImage: "ghcr.io/fission/node-env:1.35",
    pythonEnvironment: "python",
    pythonImage: "ghcr.io/fission/python-env:1.35.0",
};

export const fissionPlatform: FaasPlatform = fakePlatform({ settings: fissionSettings });

export const code = new pulumi.asset.StringAsset("exports.handler = () => 'hello';");

/** Arguments of a Node function with one handler. */
export function helloArgs(platform: FaasPlatform, args: Partial<FaasFunctionArgs> = {}): FaasFunctionArgs {
    return { cluster: testCluster(), platform, runtime: "nodejs", code, ...args };
}

/** All that the function `hello` registers. */
export function recordHello(
    platform: FaasPlatform,
    args: Partial<FaasFunctionArgs> = {},
): Promise<Recording<FaasFunction>> {
    return record(() => new FaasFunction("hello", helloArgs(platform, args)));
}

/** Expects the function `hello` to be refused with a message. */
export function refusesHello(
    platform: FaasPlatform,
    args: Partial<FaasFunctionArgs>,
    message: string | RegExp,
): Promise<void> {
    return rejects(() => new FaasFunction("hello", helloArgs(platform, args)), message);
}

/** Arguments that make `hello` an image. */
export const imageArgs = { image: "registry.example.com/hello:1.0.0", runtime: undefined, code: undefined } as const;

/** A folder of texts. */
export function folder(files: Record<string, string>): pulumi.asset.Archive {
    return new pulumi.asset.AssetArchive(
        Object.fromEntries(Object.entries(files).map(([path, text]) => [path, new pulumi.asset.StringAsset(text)])),
    );
}

/** Text that no compression makes much smaller; the same at every run. */
export function noise(length: number): string {
    let state = 1;
    return Array.from({ length }, () => {
        state = (state * 48271) % 2147483647;
        return String.fromCharCode(33 + (state % 90));
    }).join("");
}

/** The settings that the function's server reads, from the ConfigMap with the code. */
export function serverSettings(recording: Recording<unknown>): Record<string, unknown> {
    const config = recording.only("kubernetes:core/v1:ConfigMap", "hello-code").inputs;
    const data = config.data as Record<string, string>;
    const key = Object.keys(data).find((each) => each.includes("settings.json"))!;
    return JSON.parse(data[key]!) as Record<string, unknown>;
}

/** What a program registers, and the warnings that it logs, which are not shown. */
export async function recordWarnings<T>(
    program: () => T | Promise<T>,
): Promise<{ recording: Recording<T>; warnings: string[] }> {
    // Without an engine Pulumi writes them to the console.
    const original = console.warn;
    const warnings: string[] = [];
    console.warn = (message: string) => void warnings.push(message);
    try {
        return { recording: await record(program), warnings };
    } finally {
        console.warn = original;
    }
}
