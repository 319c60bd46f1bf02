import { type Addon, AddonMode, withAddon } from "../../core/addons";
import type { Cluster } from "../../core/contracts";
import type { Checks } from "../../core/validation";

/** Arguments that mean something in some modes only. */
export interface ModeArguments {
    /** Those of an installation. */
    installing: readonly string[];
    /** Those that mean nothing without the add-on, beside the former. @default no others */
    none?: readonly string[];
}

/** Notes a mode that is not known, and arguments that do nothing in the one that is given. */
export function checkMode(checks: Checks, args: { mode?: AddonMode }, addon: Addon, only: ModeArguments): void {
    const mode = args.mode ?? AddonMode.Install;
    checks.oneOf("mode", mode, Object.values(AddonMode));
    const idle = {
        [AddonMode.Install]: [],
        [AddonMode.Existing]: only.installing,
        [AddonMode.None]: [...only.installing, ...(only.none ?? [])],
    }[mode];
    for (const key of idle ?? []) {
        if ((args as Record<string, unknown>)[key] !== undefined) {
            checks.fault(
                key,
                `does nothing with mode: "${mode}", in which ${addon} is not installed here; leave it out`,
            );
        }
    }
}

/** The cluster as it is with the add-on, if it has it. */
export function clusterWith({ cluster, mode }: { cluster: Cluster; mode?: AddonMode }, addon: Addon): Cluster {
    return mode === AddonMode.None ? cluster : withAddon(cluster, addon);
}
