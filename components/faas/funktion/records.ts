import type * as pulumi from "@pulumi/pulumi";
import { hotConfig } from "../../core/config-objects";
import type { Cluster } from "../../core/contracts";
import { objectLabels, type Labels } from "../../core/labels";

/** The label by which Funktion's tools find what there is (funktionio/funktion v1.0.14, pkg/funktion). */
const kindLabel = "funktion.fabric8.io/kind";

/** What a ConfigMap of Funktion's describes. */
export const RecordKind = { Flow: "Flow", Function: "Function", Runtime: "Runtime" } as const;
export type RecordKind = (typeof RecordKind)[keyof typeof RecordKind];

/** A ConfigMap by which Funktion's tools see something. */
export interface RecordArgs {
    cluster: Cluster;
    namespace: pulumi.Input<string>;
    kind: RecordKind;
    resourceName: string;
    /** Labels of Funktion's own, such as the `runtime` of a Function. */
    facts?: Labels;
    labels?: Labels;
    data: Record<string, pulumi.Input<string>>;
}

/** Describes what there is. No pod reads it: what runs, the library makes itself. */
export function createRecord(name: string, args: RecordArgs, parent: pulumi.Resource): pulumi.Output<string> {
    const { cluster, namespace, kind, resourceName, facts, labels, data } = args;
    const record = hotConfig(
        name,
        {
            cluster,
            namespace,
            resourceName,
            labels: {
                ...objectLabels({ app: "funktion-record", instance: resourceName, labels }),
                ...facts,
                [kindLabel]: kind,
            },
            data,
        },
        { parent },
    );
    return record.metadata.name;
}

/** A flow in Funktion's own words: where it begins, and what it calls (funktionio/funktion-connectors, funktion.yml). */
export function flowText(name: string, uris: readonly string[]): string {
    const steps = uris.flatMap((uri) => ["      - kind: endpoint", `        uri: ${JSON.stringify(uri)}`]);
    return ["flows:", `  - name: ${JSON.stringify(name)}`, "    steps:", ...steps, ""].join("\n");
}
