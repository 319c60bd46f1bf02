import * as pulumi from "@pulumi/pulumi";
import type { FaasPlatform } from "../../../core/contracts";
import { image } from "../../../core/images";
import { validatePlacement, type Placement } from "../../../core/placement";
import type { Registry } from "../../../core/registry";
import { isPlain, type Checks } from "../../../core/validation";
import { FunctionRuntime } from "../args";
import type { ResolvedFunction } from "../driver";
import type { WorkloadPlatformSettings } from "./args";

/** Keys of the settings that hold the languages' images. */
const imageKeys = {
    [FunctionRuntime.Nodejs]: "nodejsImage",
    [FunctionRuntime.Python]: "pythonImage",
} as const satisfies Record<FunctionRuntime, keyof WorkloadPlatformSettings>;

/** The languages' images by their settings: those that are given, else the stock ones through the registry's mirrors. */
export function runtimeImages(
    given: Partial<Record<FunctionRuntime, pulumi.Input<string>>> = {},
    registry?: Registry,
): Pick<WorkloadPlatformSettings, "nodejsImage" | "pythonImage"> {
    return {
        nodejsImage: given.nodejs ?? image("node", registry),
        pythonImage: given.python ?? image("python", registry),
    };
}

/** The image that runs functions in a language. */
export function runtimeImage(platform: FaasPlatform, runtime: FunctionRuntime): pulumi.Input<string> | undefined {
    return workloadSettings(platform)[imageKeys[runtime]];
}

/** A platform's placement of functions as a setting. Its values have to be plain: see {@link checkFunctionPlacement}. */
export function placementSetting(placement: Placement = {}): string {
    return JSON.stringify(placement);
}

/** What is wrong with a platform's placement of functions. */
export function checkFunctionPlacement(checks: Checks, path: string, placement: Placement | undefined): void {
    checks.include(validatePlacement(path, placement));
    if (!isPlainThroughout(placement)) {
        checks.fault(path, "holds an Output, but functions of other programs have to know it; give plain values");
    }
}

function isPlainThroughout(value: unknown): boolean {
    if (value === undefined || value === null || typeof value !== "object") {
        return true;
    }
    return isPlain(value) && Object.values(value).every(isPlainThroughout);
}

/** Where a function runs: as it says itself, else as the platform says of all. */
export function functionPlacement({
    placement,
    platform,
}: Pick<ResolvedFunction, "placement" | "platform">): Placement {
    return placement ?? (JSON.parse(workloadSettings(platform).functionPlacement ?? "{}") as Placement);
}

/** The settings of a platform whose functions are workloads of the library. */
export function workloadSettings({ settings }: FaasPlatform): Partial<WorkloadPlatformSettings> {
    return settings ?? {};
}

/** The function's namespace. Known when the platform is there, so that functions come after it and go before it. */
export function workloadNamespace(fn: ResolvedFunction): pulumi.Output<string> {
    return pulumi.output(workloadSettings(fn.platform).ready).apply(() => fn.namespace);
}
