import type * as pulumi from "@pulumi/pulumi";
import type { FaasPlatform } from "../../core/contracts";
import { functionAccount, placementSetting, runtimeImages, type WorkloadPlatformSettings } from "../function/workload";
import type { OpenFaasArgs } from "./args";
import { timeoutOf } from "./timeouts";

/** What an OpenFaaS tells the functions on it, beside the contract's own fields. */
export interface OpenFaasSettings extends WorkloadPlatformSettings {
    /** The most that a function's `timeoutSeconds` may be. */
    timeoutSeconds: pulumi.Input<string>;
}

/** The settings that are known before anything is made. */
export function knownSettings(args: OpenFaasArgs): Omit<OpenFaasSettings, "ready"> {
    return {
        ...runtimeImages(args.images, args.registry),
        serviceAccount: functionAccount,
        functionPlacement: placementSetting(args.functionPlacement),
        timeoutSeconds: `${timeoutOf(args)}`,
    };
}

/** The settings of a platform that is an OpenFaaS. */
export function platformSettings(platform: FaasPlatform): Partial<OpenFaasSettings> {
    return platform.settings ?? {};
}
