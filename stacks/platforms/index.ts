import { z } from "zod";
import { fission, fissionSchema } from "./fission";
import { openfaas, openFaasSchema } from "./openfaas";
import { funktion, funktionSchema, kubeless, kubelessSchema } from "./partless";
import type { PlatformStack } from "./platform";

export type { CreatedPlatform, GatewayAddress, NextStep, PlatformStack } from "./platform";

/** What may stand below `faas`: the schema of the platform that `platform` names. */
export const platformSchema = z.discriminatedUnion("platform", [
    fissionSchema,
    funktionSchema,
    kubelessSchema,
    openFaasSchema,
]);

/** The configuration of a platform. */
export type PlatformConfiguration = z.output<typeof platformSchema>;

/** The platforms that stacks can deploy. */
export type PlatformName = PlatformConfiguration["platform"];

/** How each platform is deployed. */
const platforms: {
    readonly [Name in PlatformName]: PlatformStack<Extract<PlatformConfiguration, { platform: Name }>>;
} = { fission, funktion, kubeless, openfaas };

/** The names of the platforms. */
export const platformNames = Object.keys(platforms) as PlatformName[];

/** How a platform is deployed. It takes the configuration of that platform only. */
export function platformStack(platform: PlatformName): PlatformStack<PlatformConfiguration> {
    return platforms[platform];
}
