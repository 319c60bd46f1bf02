import type * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Cluster } from "./contracts";
import { dataOptions, Deletion } from "./deletion";
import { assertValid, type Fault } from "./errors";
import { apiextensions } from "./kubernetes";
import { objectLabels, type Labels } from "./labels";
import type { Schema } from "./schema";
import { Checks } from "./validation";

/** Where definitions of kinds of objects come from. */
export const DefinitionsMode = {
    /** The component makes them. */
    Create: "create",
    /** They are in the cluster already, from another stack or from upstream's own manifests. */
    Existing: "existing",
} as const;
export type DefinitionsMode = (typeof DefinitionsMode)[keyof typeof DefinitionsMode];

/** What components take that bring the kinds of objects of one application. */
export interface DefinitionsArgs {
    cluster: Cluster;
    /** @default `create` */
    mode?: DefinitionsMode;
    /**
     * What becomes of the definitions when they leave the program. With `delete` every object of these kinds in the
     * cluster goes with them; after `retain` the next program names them `existing`.
     * @default `protect`
     */
    deletion?: Deletion;
    labels?: Labels;
}

/** A kind of object that an application works with, in one version that is served and stored. */
export interface CustomDefinition {
    group: string;
    version: string;
    kind: string;
    plural: string;
    shortNames?: string[];
    /** Further names under which `kubectl get` lists objects of several kinds. */
    categories?: string[];
    /** Whether objects live outside of namespaces. @default false */
    clusterScoped?: boolean;
    /** What `kubectl get` shows of an object. @default name and age */
    columns?: k8s.types.input.apiextensions.v1.CustomResourceColumnDefinition[];
    /** JSON paths of fields by which lists can be narrowed down. @default name and namespace */
    selectableFields?: string[];
    /** The schema of whole objects. */
    schema: Schema;
}

/** The name of a definition's CustomResourceDefinition. */
export function definitionName({ plural, group }: Pick<CustomDefinition, "plural" | "group">): string {
    return `${plural}.${group}`;
}

/**
 * The definitions of an application as children of a component, or just their names where they exist.
 *
 * @param app the application, for the label `app.kubernetes.io/name`
 * @returns their names, known as soon as they are in the cluster
 */
export function provideDefinitions(
    parent: pulumi.Resource,
    name: string,
    app: string,
    args: DefinitionsArgs,
    definitions: readonly CustomDefinition[],
): pulumi.Output<string[]> {
    if (args.mode === DefinitionsMode.Existing) {
        return pulumi.output(definitions.map(definitionName));
    }
    const labels = objectLabels({ app, instance: name, component: "crds", labels: args.labels });
    return pulumi.all(
        definitions.map((each) => createDefinition(parent, name, labels, each, args.deletion).metadata.name),
    );
}

/** What is wrong with the arguments of a component that brings definitions; empty when nothing is. */
export function validateDefinitions(args: DefinitionsArgs): Fault[] {
    const checks = new Checks();
    checks.oneOf("mode", args.mode, Object.values(DefinitionsMode));
    checks.oneOf("deletion", args.deletion, Object.values(Deletion));
    if (args.mode === DefinitionsMode.Existing && args.deletion !== undefined) {
        checks.fault(
            "deletion",
            `is "${args.deletion}", but existing definitions are not this component's; leave it out`,
        );
    }
    return checks.faults;
}

/** Throws what {@link validateDefinitions} finds. */
export function assertDefinitions(subject: string, args: DefinitionsArgs): void {
    assertValid(subject, validateDefinitions(args));
}

function createDefinition(
    parent: pulumi.Resource,
    name: string,
    labels: Labels,
    definition: CustomDefinition,
    deletion: Deletion | undefined,
): k8s.apiextensions.v1.CustomResourceDefinition {
    const { group, version, kind, plural, shortNames, categories, columns, selectableFields } = definition;
    return new apiextensions.v1.CustomResourceDefinition(
        `${name}-${plural}`,
        {
            metadata: { name: definitionName(definition), labels },
            spec: {
                group,
                names: {
                    kind,
                    listKind: `${kind}List`,
                    plural,
                    singular: kind.toLowerCase(),
                    shortNames,
                    categories,
                },
                scope: definition.clusterScoped ? "Cluster" : "Namespaced",
                versions: [
                    {
                        name: version,
                        served: true,
                        storage: true,
                        schema: { openAPIV3Schema: definition.schema },
                        subresources: { status: {} },
                        additionalPrinterColumns: columns,
                        selectableFields: selectableFields?.map((jsonPath) => ({ jsonPath })),
                    },
                ],
            },
        },
        dataOptions(parent, deletion),
    );
}
