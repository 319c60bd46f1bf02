import type * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import {
    type Cluster,
    type FaasPlatform,
    type Fault,
    Funktion,
    type FunktionArgs,
    Kubeless,
    type KubelessArgs,
    planFunktion,
    planKubeless,
    validateFunktion,
    validateKubeless,
} from "../../components";
import { functionNamespaces, functionParts } from "../config/parts";
import type { PlatformStack } from "./platform";

/** What the platforms without parts of their own have in common; the properties are those of `Kubeless` and `Funktion`. */
const partlessParts = {
    ...functionParts,
    functionNamespaces: functionNamespaces.optional(),
    /** The images that run functions. */
    images: z.strictObject({ nodejs: z.string().optional(), python: z.string().optional() }).optional(),
    /** The most that each namespace may have. */
    quota: z.record(z.string(), z.string()).optional(),
};

/** The configuration of Kubeless. */
export const kubelessSchema = z.strictObject({ platform: z.literal("kubeless"), ...partlessParts });

/** Kubeless' functions, by the objects that its controller made. */
export const kubeless = partless<z.output<typeof kubelessSchema>, KubelessArgs>({
    validate: validateKubeless,
    plan: planKubeless,
    make: (name, args, opts) => new Kubeless(name, args, opts),
});

/** The configuration of Funktion. */
export const funktionSchema = z.strictObject({ platform: z.literal("funktion"), ...partlessParts });

/** Funktion's functions, by the objects that its operator made. */
export const funktion = partless<z.output<typeof funktionSchema>, FunktionArgs>({
    validate: validateFunktion,
    plan: planFunktion,
    make: (name, args, opts) => new Funktion(name, args, opts),
});

/** What a component of such a platform consists of. */
interface PartlessComponent<Args> {
    validate: (name: string, args: Args) => Fault[];
    plan: (name: string, args: Args) => FaasPlatform;
    make: (
        name: string,
        args: Args,
        opts?: pulumi.ComponentResourceOptions,
    ) => pulumi.Resource & { platform: FaasPlatform };
}

function partless<Configuration extends { platform: string }, Args extends { cluster: Cluster }>({
    validate,
    plan,
    make,
}: PartlessComponent<Args>): PlatformStack<Configuration> {
    const argsOf = ({ platform: _platform, ...args }: Configuration, cluster: Cluster): Args =>
        ({ cluster, ...args }) as unknown as Args;
    return {
        validate: (name, configuration, cluster) => validate(name, argsOf(configuration, cluster)),
        plan: (name, configuration, cluster) => plan(name, argsOf(configuration, cluster)),
        create(name, configuration, cluster, opts) {
            const component = make(name, argsOf(configuration, cluster), opts);
            return { platform: component.platform, component };
        },
    };
}
