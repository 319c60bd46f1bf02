import { status } from "./parts";
import { environmentSpec, functionSpec, packageSpec, packageStatus } from "./runtime";
import { object, str, type Schema } from "./schema";
import {
    canaryConfigSpec,
    canaryConfigStatus,
    httpTriggerSpec,
    kubernetesWatchTriggerSpec,
    messageQueueTriggerSpec,
    timeTriggerSpec,
} from "./triggers";

/** The API group of Fission's objects. */
export const fissionGroup = "fission.io";

/** The group and version, as objects name it. */
export const fissionApiVersion = `${fissionGroup}/v1`;

/** A kind of object that Fission works with. All are namespaced and have a status of their own. */
export interface FissionDefinition {
    kind: string;
    plural: string;
    shortNames?: string[];
    /** The schema of whole objects. */
    schema: Schema;
}

/**
 * The kinds of Fission v1.27.0 (fields, types, required ones, enumerations and the meaning of the rules:
 * https://github.com/fission/fission/tree/v1.27.0/crds/v1). `FissionTenant` is left out: only upstream's dynamic
 * tenancy, which needs rights on the whole cluster, reads it.
 */
export const fissionDefinitions: readonly FissionDefinition[] = [
    definition("CanaryConfig", canaryConfigSpec(), { status: canaryConfigStatus }),
    definition("Environment", environmentSpec()),
    definition("Function", functionSpec(), { shortNames: ["fn"] }),
    definition("HTTPTrigger", httpTriggerSpec()),
    definition("KubernetesWatchTrigger", kubernetesWatchTriggerSpec()),
    definition("MessageQueueTrigger", messageQueueTriggerSpec()),
    definition("Package", packageSpec(), { shortNames: ["pkg"], status: packageStatus }),
    definition("TimeTrigger", timeTriggerSpec()),
];

/** The name of a definition's CustomResourceDefinition. */
export function definitionName({ plural }: FissionDefinition): string {
    return `${plural}.${fissionGroup}`;
}

function definition(
    kind: string,
    spec: Schema,
    more: { shortNames?: string[]; status?: Record<string, Schema> } = {},
): FissionDefinition {
    return {
        kind,
        plural: `${kind.toLowerCase()}s`,
        shortNames: more.shortNames,
        schema: object({
            apiVersion: str(),
            kind: str(),
            "metadata!": { type: "object" },
            "spec!": spec,
            status: status(more.status),
        }),
    };
}
