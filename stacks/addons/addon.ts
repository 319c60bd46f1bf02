import type * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import {
    type Addon,
    AddonMode,
    type CloudIdentity,
    type Cluster,
    type ClusterIssuerReference,
    type Fault,
    type IngressGateway,
} from "../../components";
import { Deletion } from "../../components/core/deletion";
import { DefinitionsMode } from "../../components/core/custom-definition";
import type { Labels } from "../../components/core/labels";
import type { AwsPlace } from "../clusters";
import type { SchemaOf } from "../clusters/managed";
import { egressRule, labels, placement, registry } from "../config/parts";
import { type ArgumentsFrom, type SecretReader, withSecrets, type WithSecrets } from "../config/secrets";

/** What every add-on is told. A cluster that goes without one has no key of it. */
export const addonParts = {
    mode: z.enum([AddonMode.Install, AddonMode.Existing]).optional(),
    placement: placement.optional(),
    registry: registry.optional(),
    labels: labels.optional(),
};

/** Where an add-on may go beside what it is there for. */
export const egress = z.array(egressRule).optional();

/** Who an add-on is towards the cloud; see `CloudIdentity`. */
export const cloudIdentity = z.strictObject({
    awsRoleArn: z.string().optional(),
    googleServiceAccount: z.string().optional(),
    azureClientId: z.string().optional(),
} satisfies SchemaOf<CloudIdentity>);

/** What an add-on with kinds of objects of its own is told of their definitions. */
export const definitionParts = {
    /** Whether the stack makes them, or they are there. @default as the add-on itself */
    definitions: z.enum(DefinitionsMode).optional(),
    /** What becomes of them, and of other data of the add-on's, when they leave the stack. */
    deletion: z.enum(Deletion).optional(),
};

/** What an add-on is made of. */
export interface AddonSetup<Configuration> {
    /** Its logical name, and that of its namespace where it has one and nothing else is said. */
    name: string;
    configuration: Configuration;
    cluster: Cluster;
    /** Where the cluster is in AWS, when the stack makes it there. */
    aws?: AwsPlace;
    /** The ingress that is going to be, when the stack has one. */
    gateway?: IngressGateway;
    secrets: SecretReader;
}

/** An add-on that a program has registered. */
export interface CreatedAddon extends pulumi.Resource {
    /** The cluster that has it. */
    cluster: Cluster;
    /** Those that it has made, by their names. */
    issuers?: Record<string, ClusterIssuerReference>;
}

/** How stacks deploy one add-on. */
export interface AddonStack<Configuration> {
    /** What it is called among the traits of a cluster. */
    addon: Addon;
    /** What is wrong with the configuration, by the keys below the add-on's. */
    validate(setup: AddonSetup<Configuration>): Fault[];
    /** Registers the add-on. */
    create(setup: AddonSetup<Configuration>): CreatedAddon;
}

/** What an add-on's component consists of. */
interface AddonComponent<Schema extends z.ZodType, Args> {
    addon: Addon;
    schema: Schema;
    /** The component's arguments, of the configuration with the values of its secrets. */
    argsOf: (given: WithSecrets<z.output<Schema>>, setup: AddonSetup<z.output<Schema>>) => Args;
    validate: (name: string, args: Args) => Fault[];
    /** What is wrong beside the component's arguments. @default nothing */
    check?: (setup: AddonSetup<z.output<Schema>>) => Fault[];
    make: (name: string, args: Args, setup: AddonSetup<z.output<Schema>>) => CreatedAddon;
}

/** Deploys an add-on by its component. */
export function addonOf<Schema extends z.ZodType, Args>(
    component: AddonComponent<Schema, Args>,
): AddonStack<z.output<Schema>> {
    const { addon, schema, argsOf, validate, check, make } = component;
    const argumentsOf = (
        setup: AddonSetup<z.output<Schema>>,
    ): { args: Args; byKey: ArgumentsFrom<z.output<Schema>>["byKey"] } => {
        const { args, byKey } = withSecrets(schema, setup.configuration, setup.secrets);
        return { args: argsOf(args, setup), byKey };
    };
    return {
        addon,
        validate(setup) {
            const { args, byKey } = argumentsOf(setup);
            return [...byKey(validate(setup.name, args).map(atItself)), ...(check?.(setup) ?? [])];
        },
        create: (setup) => make(setup.name, argumentsOf(setup).args, setup),
    };
}

/** The cluster is none of the add-on's keys: what does not suit it is the add-on itself. */
function atItself({ propertyPath, reason }: Fault): Fault {
    return propertyPath === "cluster"
        ? { propertyPath: "", reason: `can't be had: the cluster ${reason}` }
        : { propertyPath, reason };
}

/** What is wrong where the stack's own cluster grants an add-on no role in AWS, and none is given. */
export function roleFaults(propertyPath: string, controller: string, aws: AwsPlace | undefined): Fault[] {
    const reason = `is missing, and the stack's cluster grants no role; add "${controller}" to cluster.controllers, or give one`;
    return aws === undefined || aws.controllers.includes(controller) ? [] : [{ propertyPath, reason }];
}

/** Whether the stack installs an add-on, or it is there. */
export const installs = ({ mode }: { mode?: string }): boolean => mode !== AddonMode.Existing;

/** What the configuration says of an add-on's definitions. */
interface DefinitionsChoice {
    mode?: string;
    definitions?: DefinitionsMode;
    deletion?: Deletion;
    labels?: Labels;
}

/** The arguments of the component that makes an add-on's definitions; none where they are left to whoever made them. */
export function definitionsArgs(
    cluster: Cluster,
    { definitions, deletion, labels, ...choice }: DefinitionsChoice,
): { cluster: Cluster; mode?: DefinitionsMode; deletion?: Deletion; labels?: Labels } | undefined {
    if (!installs(choice) && definitions === undefined) {
        return undefined;
    }
    // Definitions that are there already are not this stack's to delete.
    const given = definitions === DefinitionsMode.Existing ? undefined : deletion;
    return { cluster, mode: definitions, deletion: given, labels };
}
