import { z } from "zod";
import { Addon, MetricsServer, type MetricsServerArgs, validateMetricsServer } from "../../components";
import type { SchemaOf } from "../clusters/managed";
import { addonOf, addonParts } from "./addon";

/** The configuration of the metrics-server; the properties are those of `MetricsServer`. */
export const metricsServerSchema = z.strictObject({
    ...addonParts,
    namespace: z.string().optional(),
    highAvailability: z.boolean().optional(),
    nodeCidrs: z.array(z.string()).optional(),
    insecureKubeletTls: z.boolean().optional(),
} satisfies SchemaOf<Omit<MetricsServerArgs, "cluster">>);

/** The metrics-server. */
export const metricsServer = addonOf({
    addon: Addon.MetricsServer,
    schema: metricsServerSchema,
    argsOf: (given, { cluster }): MetricsServerArgs => ({ cluster, ...given }),
    validate: validateMetricsServer,
    make: (name, args) => new MetricsServer(name, args),
});
