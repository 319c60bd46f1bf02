import type * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import {
    type Addon,
    type Cluster,
    type ClusterIssuerReference,
    type Fault,
    type IngressGateway,
    withAddon,
} from "../../components";
import { missingAddon } from "../../components/core/addons";
import { Checks } from "../../components/core/validation";
import type { AwsPlace } from "../clusters";
import { secretInClear, type SecretReader, secretValue } from "../config/secrets";
import type { AddonSetup, AddonStack } from "./addon";
import { awsLoadBalancerController, awsLoadBalancerControllerSchema } from "./aws-load-balancer-controller";
import { certManager, certManagerSchema } from "./cert-manager";
import { clusterAutoscaler, clusterAutoscalerSchema } from "./cluster-autoscaler";
import { externalDns, externalDnsSchema } from "./external-dns";
import { metricsServer, metricsServerSchema } from "./metrics-server";

/** What may stand below `addons`. */
export const addonsSchema = z.strictObject({
    awsLoadBalancerController: awsLoadBalancerControllerSchema.optional(),
    certManager: certManagerSchema.optional(),
    clusterAutoscaler: clusterAutoscalerSchema.optional(),
    externalDns: externalDnsSchema.optional(),
    metricsServer: metricsServerSchema.optional(),
});

/** The configuration of a cluster's add-ons. */
export type AddonsConfiguration = z.output<typeof addonsSchema>;

type AddonName = keyof AddonsConfiguration;
type AddonConfiguration = NonNullable<AddonsConfiguration[AddonName]>;

/** How each add-on is deployed. */
const addonStacks: {
    readonly [Name in AddonName]-?: AddonStack<NonNullable<AddonsConfiguration[Name]>>;
} = { awsLoadBalancerController, certManager, clusterAutoscaler, externalDns, metricsServer };

/** What to write to have an add-on. */
const linesToAdd: Record<AddonName, string> = {
    awsLoadBalancerController: "addons: { awsLoadBalancerController: { clusterName, region, vpcId } }",
    certManager: "addons: { certManager: { issuers: { NAME: ... } } }",
    clusterAutoscaler: "addons: { clusterAutoscaler: { clusterName, region } }",
    externalDns: "addons: { externalDns: { provider, domains } }",
    metricsServer: "addons: { metricsServer: {} }",
};

/** What add-ons are told beside their configuration. */
export interface AddonsPlace {
    /** Where the cluster is in AWS, when the stack makes it there. */
    aws?: AwsPlace;
    /** The ingress that is going to be, when the stack has one. */
    gateway?: IngressGateway;
}

/** An add-on that a stack has. It takes the configuration of that add-on only. */
interface ConfiguredAddon {
    key: AddonName;
    stack: AddonStack<AddonConfiguration>;
    setup: Omit<AddonSetup<AddonConfiguration>, "cluster">;
}

function configuredAddons(addons: AddonsConfiguration, place: AddonsPlace, secrets: SecretReader): ConfiguredAddon[] {
    return (Object.keys(addonStacks) as AddonName[]).flatMap((key) => {
        const configuration = addons[key];
        const stack = addonStacks[key] as AddonStack<AddonConfiguration>;
        return configuration ? [{ key, stack, setup: { ...place, name: stack.addon, configuration, secrets } }] : [];
    });
}

/** What is wrong with the add-ons of a stack, by the keys of its configuration. */
export function validateAddons(addons: AddonsConfiguration, cluster: Cluster, place: AddonsPlace): Fault[] {
    const checks = new Checks();
    for (const { key, stack, setup } of configuredAddons(addons, place, secretInClear)) {
        checks.at(`addons.${key}`).include(stack.validate({ ...setup, cluster }));
    }
    return checks.faults;
}

/** The cluster as it is with its add-ons: everything later is checked against it. Registers nothing. */
export function planAddons(addons: AddonsConfiguration, cluster: Cluster): Cluster {
    return (Object.keys(addons) as AddonName[])
        .filter((key) => addons[key] !== undefined)
        .reduce((known, key) => withAddon(known, addonStacks[key].addon), cluster);
}

/** The add-ons that a program has registered. */
export interface CreatedAddons {
    /** The cluster that has them: for everything later. */
    cluster: Cluster;
    /** What comes before everything later, and goes after it. */
    resources: pulumi.Resource[];
    /** The issuers of certificates that the stack makes, by their names. */
    issuers: Readonly<Record<string, ClusterIssuerReference>>;
}

/** Registers the add-ons of a stack, which come up side by side. */
export function createAddons(addons: AddonsConfiguration, cluster: Cluster, place: AddonsPlace): CreatedAddons {
    return configuredAddons(addons, place, secretValue).reduce<CreatedAddons>(
        (before, { stack, setup }) => {
            const created = stack.create({ ...setup, cluster: before.cluster });
            return {
                cluster: created.cluster,
                resources: [...before.resources, created],
                issuers: { ...before.issuers, ...created.issuers },
            };
        },
        { cluster, resources: [], issuers: {} },
    );
}

/** Faults of components that lack an add-on, with the line of the configuration to add in place of the program's. */
export function withLinesToAdd(faults: readonly Fault[], cluster: Cluster): Fault[] {
    const replacements = (Object.keys(addonStacks) as AddonName[]).flatMap((key) => {
        const { addon } = addonStacks[key];
        const said = missingAddon(cluster, addon);
        return said === undefined ? [] : [{ said, wanted: lineToAdd(key, addon, cluster) }];
    });
    return faults.map(({ propertyPath, reason }) => ({
        propertyPath,
        reason: replacements.reduce((text, { said, wanted }) => text.replace(said, () => wanted), reason),
    }));
}

function lineToAdd(key: AddonName, addon: Addon, { name }: Cluster): string {
    return (
        `needs ${addon}, which the cluster "${name}" is not said to have; add \`${linesToAdd[key]}\`, ` +
        `or, where it is there already, \`addons: { ${key}: { mode: existing } }\``
    );
}
