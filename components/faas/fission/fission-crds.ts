import * as pulumi from "@pulumi/pulumi";
import type { Cluster } from "../../core/contracts";
import { dataOptions, Deletion } from "../../core/deletion";
import { assertValid, type Fault } from "../../core/errors";
import * as k8s from "../../core/kubernetes";
import { objectLabels, type Labels } from "../../core/labels";
import { inCluster } from "../../core/provider";
import { Checks } from "../../core/validation";
import { definitionName, fissionDefinitions, fissionGroup, type FissionDefinition } from "./crds/definitions";

/** Where the definitions come from. */
export const FissionCrdsMode = {
    /** This component makes them. */
    Create: "create",
    /** They are in the cluster already, from another stack or from upstream's own manifests. */
    Existing: "existing",
} as const;
export type FissionCrdsMode = (typeof FissionCrdsMode)[keyof typeof FissionCrdsMode];

/** Arguments of {@link FissionCrds}. */
export interface FissionCrdsArgs {
    cluster: Cluster;
    /** @default `create` */
    mode?: FissionCrdsMode;
    /**
     * What becomes of the definitions when they leave the program. With `delete` every Function, Package and trigger of
     * every Fission in the cluster goes with them; after `retain` the next program names them `existing`.
     * @default `protect`
     */
    deletion?: Deletion;
    labels?: Labels;
}

/**
 * The kinds of object that Fission works with, as CustomResourceDefinitions of v1.27.0. A cluster has them once,
 * however many installations of Fission share it.
 *
 * They name the same fields and hold to the same rules as upstream's, without descriptions and with pods left open, so
 * that each fits into the annotation of a client-side apply.
 *
 * @example
 * ```ts
 * const crds = new FissionCrds("fission-crds", { cluster });
 * const fission = new Fission("fission", { cluster, definitions: crds.definitions });
 * ```
 */
export class FissionCrds extends pulumi.ComponentResource {
    /** Names of the definitions; known as soon as they are in the cluster. */
    readonly definitions: pulumi.Output<string[]>;

    constructor(name: string, args: FissionCrdsArgs, opts?: pulumi.ComponentResourceOptions) {
        assertValid(`FissionCrds ${name}`, validateFissionCrds(args));
        super("kubernetes-faas:index:FissionCrds", name, {}, inCluster(args.cluster, opts));

        this.definitions =
            args.mode === FissionCrdsMode.Existing
                ? pulumi.output(fissionDefinitions.map(definitionName))
                : pulumi.all(fissionDefinitions.map((each) => createDefinition(this, name, args, each).metadata.name));
        this.registerOutputs({ definitions: this.definitions });
    }
}

/** What is wrong with the arguments of {@link FissionCrds}; empty when nothing is. */
export function validateFissionCrds(args: FissionCrdsArgs): Fault[] {
    const checks = new Checks();
    checks.oneOf("mode", args.mode, Object.values(FissionCrdsMode));
    checks.oneOf("deletion", args.deletion, Object.values(Deletion));
    if (args.mode === FissionCrdsMode.Existing && args.deletion !== undefined) {
        checks.fault(
            "deletion",
            `is "${args.deletion}", but existing definitions are not this component's; leave it out`,
        );
    }
    return checks.faults;
}

function createDefinition(
    parent: FissionCrds,
    name: string,
    args: FissionCrdsArgs,
    definition: FissionDefinition,
): k8s.apiextensions.v1.CustomResourceDefinition {
    const { kind, plural, shortNames, schema } = definition;
    return new k8s.apiextensions.v1.CustomResourceDefinition(
        `${name}-${plural}`,
        {
            metadata: {
                name: definitionName(definition),
                labels: objectLabels({ app: "fission", instance: name, component: "crds", labels: args.labels }),
            },
            spec: {
                group: fissionGroup,
                names: { kind, listKind: `${kind}List`, plural, singular: kind.toLowerCase(), shortNames },
                scope: "Namespaced",
                versions: [
                    {
                        name: "v1",
                        served: true,
                        storage: true,
                        schema: { openAPIV3Schema: schema },
                        subresources: { status: {} },
                    },
                ],
            },
        },
        dataOptions(parent, args.deletion),
    );
}
