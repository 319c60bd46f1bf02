import type { CustomDefinition } from "../../../core/custom-definition";
import { object, str, type Schema } from "../../../core/schema";
import { status } from "./parts";
import { environmentSpec, functionSpec, packageSpec, packageStatus } from "./runtime";
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

/**
 * The kinds of Fission v1.27.0 (fields, types, required ones, enumerations and the meaning of the rules:
 * https://github.com/fission/fission/tree/v1.27.0/crds/v1). `FissionTenant` is left out: only upstream's dynamic
 * tenancy, which needs rights on the whole cluster, reads it.
 */
export const fissionDefinitions: readonly CustomDefinition[] = [
    definition("CanaryConfig", canaryConfigSpec(), { status: canaryConfigStatus }),
    definition("Environment", environmentSpec()),
    definition("Function", functionSpec(), { shortNames: ["fn"] }),
    definition("HTTPTrigger", httpTriggerSpec()),
    definition("KubernetesWatchTrigger", kubernetesWatchTriggerSpec()),
    definition("MessageQueueTrigger", messageQueueTriggerSpec()),
    definition("Package", packageSpec(), { shortNames: ["pkg"], status: packageStatus }),
    definition("TimeTrigger", timeTriggerSpec()),
];

function definition(
    kind: string,
    spec: Schema,
    more: { shortNames?: string[]; status?: Record<string, Schema> } = {},
): CustomDefinition {
    return {
        group: fissionGroup,
        version: "v1",
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
