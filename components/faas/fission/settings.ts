import type * as pulumi from "@pulumi/pulumi";
import type { FaasPlatform } from "../../core/contracts";
import type { FunctionRuntime } from "../function";

/** What a Fission tells the functions on it, beside the contract's own fields. All text, so that any stack can read it. */
export interface FissionSettings {
    /** Known when the webhook and the controllers answer. */
    ready: pulumi.Input<string>;
    /** The functions' `PlacementSpec` as JSON. @default `{}` */
    functionPlacement?: pulumi.Input<string>;
    /** Seconds that a function's pod waits for its last requests. */
    drainSeconds: pulumi.Input<string>;
    /** `true` when records of Kafka may call functions. */
    kafka?: pulumi.Input<string>;
    /** Name of the Environment with the warm pods for Node functions. Without it there are none. */
    nodejsEnvironment?: pulumi.Input<string>;
    nodejsImage?: pulumi.Input<string>;
    pythonEnvironment?: pulumi.Input<string>;
    pythonImage?: pulumi.Input<string>;
}

/** The settings of a platform that is a Fission. */
export function platformSettings(platform: FaasPlatform): Partial<FissionSettings> {
    return platform.settings ?? {};
}

/** The shared Environment of a language, and its image; nothing when the platform has none. */
export function runtimeSettings(
    platform: FaasPlatform,
    runtime: FunctionRuntime,
): { environment: pulumi.Input<string>; image: pulumi.Input<string> } | undefined {
    const settings: Record<string, pulumi.Input<string>> = platform.settings ?? {};
    const environment = settings[`${runtime}Environment`];
    const image = settings[`${runtime}Image`];
    return environment === undefined || image === undefined ? undefined : { environment, image };
}
