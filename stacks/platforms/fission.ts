import { z } from "zod";
import {
    type Cluster,
    Fission,
    type FissionArgs,
    FissionCrds,
    FissionCrdsMode,
    type FissionKafka,
    planFission,
    validateFission,
} from "../../components";
import { Deletion } from "../../components/core/deletion";
import { egressRule, functionNamespaces, platformParts, resources, secretKey } from "../config/parts";
import { secretValue } from "../config/secrets";
import type { PlatformStack } from "./platform";

const environment = z.strictObject({
    image: z.string().optional(),
    poolSize: z.number().optional(),
    resources: resources.optional(),
});

/** The Kafka whose records call functions. */
const kafka = z.strictObject({
    brokers: z.array(z.string()),
    egress: z.array(egressRule),
    tls: z
        .strictObject({
            caCertificate: z.string(),
            clientCertificate: z.string(),
            /** The certificate's key. */
            clientKeyFrom: secretKey,
        })
        .optional(),
    insecureWithoutTls: z.boolean().optional(),
    version: z.string().optional(),
});

/** The configuration of Fission; the properties are those of `Fission`. */
export const fissionSchema = z.strictObject({
    platform: z.literal("fission"),
    ...platformParts,
    functionNamespaces: functionNamespaces.optional(),
    /** Whether the stack makes Fission's custom resource definitions, or they are there. */
    definitions: z.enum(FissionCrdsMode).optional(),
    environments: z.strictObject({ nodejs: environment.optional(), python: environment.optional() }).optional(),
    /** The volume that keeps archives. */
    storage: z.strictObject({ size: z.string().optional(), storageClass: z.string().optional() }).optional(),
    kafka: kafka.optional(),
    highAvailability: z.boolean().optional(),
    drainSeconds: z.number().optional(),
    internalAuthGeneration: z.number().optional(),
    /** What happens to stored code when the stack is destroyed. */
    deletion: z.enum(Deletion).optional(),
});

type FissionConfiguration = z.output<typeof fissionSchema>;

/** Fission and its definitions. */
export const fission: PlatformStack<FissionConfiguration> = {
    validate: (name, configuration, cluster) => validateFission(name, fissionArgs(configuration, cluster)),
    plan: (name, configuration, cluster) => planFission(name, fissionArgs(configuration, cluster)),
    create(name, configuration, cluster, opts) {
        const { definitions: mode } = configuration;
        // Definitions that are there already are not this stack's to delete.
        const deletion = mode === FissionCrdsMode.Existing ? undefined : configuration.deletion;
        const { definitions } = new FissionCrds(`${name}-crds`, { cluster, mode, deletion });
        const component = new Fission(name, { ...fissionArgs(configuration, cluster), definitions }, opts);
        return { platform: component.platform, component };
    },
};

function fissionArgs(configuration: FissionConfiguration, cluster: Cluster): FissionArgs {
    const { platform: _platform, definitions: _mode, kafka, ...args } = configuration;
    return { cluster, definitions: [], ...args, kafka: kafka && kafkaArgs(kafka) };
}

function kafkaArgs({ tls, ...args }: z.output<typeof kafka>): FissionKafka {
    if (tls === undefined) {
        return args;
    }
    const { clientKeyFrom, ...certificates } = tls;
    return { ...args, tls: { ...certificates, clientKey: secretValue(clientKeyFrom) } };
}
