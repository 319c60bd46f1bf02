import { z } from "zod";
import { fission, fissionSchema } from "./fission";
import type { PlatformStack } from "./platform";

export type { CreatedPlatform } from "./platform";

/** What may stand below `faas`: the schema of the platform that `platform` names. */
export const platformSchema = z.discriminatedUnion("platform", [fissionSchema]);

/** The configuration of a platform. */
export type PlatformConfiguration = z.output<typeof platformSchema>;

/** The platforms that stacks can deploy. */
export type PlatformName = PlatformConfiguration["platform"];

/** How each platform is deployed. */
const platforms: {
    readonly [Name in PlatformName]: PlatformStack<Extract<PlatformConfiguration, { platform: Name }>>;
} = {
    fission,
};

/** The names of the platforms. */
export const platformNames = Object.keys(platforms) as PlatformName[];

/** How the platform of a configuration is deployed. The table pairs each name with what takes its configuration. */
export function platformStack({ platform }: PlatformConfiguration): PlatformStack<PlatformConfiguration> {
    return platforms[platform];
}
