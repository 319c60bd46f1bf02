import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { quantityValue } from "../validation";
import type { ResourceAmounts, Resources } from "./container-args";
import { mapInput } from "../inputs";

type ResourceRequirements = k8s.types.input.core.v1.ResourceRequirements;

type DefaultAmounts = Readonly<Partial<Record<keyof ResourceAmounts, string>>>;

/** What containers of one kind get when nothing is said. */
export interface DefaultResources {
    requests: DefaultAmounts;
    limits: DefaultAmounts;
}

/** What a container gets when nothing is said. */
export const defaultResources: DefaultResources = {
    requests: { cpu: "50m", memory: "128Mi", ephemeralStorage: "64Mi" },
    limits: { cpu: "500m", memory: "256Mi", ephemeralStorage: "1Gi" },
};

type Fitting = (otherwise: string) => (quantity: string) => string;

/** Requests and limits of a container, all of them always set. */
export function renderResources(resources?: Resources): ResourceRequirements {
    const { requests, limits } = completeResources(resources, defaultResources);
    return { requests: rendered(requests), limits: rendered(limits) };
}

function rendered({ cpu, memory, ephemeralStorage }: ResourceAmounts): Record<string, pulumi.Input<string>> {
    return { cpu: cpu!, memory: memory!, "ephemeral-storage": ephemeralStorage! };
}

/**
 * What is given, and the defaults for the rest: where one side alone is given, the other is as it must be for Kubernetes to
 * take both, a request no larger than its limit.
 */
export function completeResources(given: Resources | undefined, defaults: DefaultResources): Required<Resources> {
    const { requests, limits } = given ?? {};
    return {
        requests: completed(requests, defaults.requests, limits, smallerThan),
        limits: completed(limits, defaults.limits, requests, largerThan),
    };
}

const kinds = ["cpu", "memory", "ephemeralStorage"] as const;

/** What is given for one side, or the default that fits what is given for the other. */
function completed(
    given: ResourceAmounts | undefined,
    defaults: DefaultAmounts,
    other: ResourceAmounts | undefined,
    fitting: Fitting,
): ResourceAmounts {
    const amounts: ResourceAmounts = {};
    for (const kind of kinds) {
        const [otherwise, bound] = [defaults[kind], other?.[kind]];
        const fitted = otherwise === undefined || bound === undefined ? otherwise : mapInput(bound, fitting(otherwise));
        const chosen = given?.[kind] ?? fitted;
        if (chosen !== undefined) {
            amounts[kind] = chosen;
        }
    }
    return amounts;
}

function smallerThan(other: string): (quantity: string) => string {
    return (quantity) => (amount(quantity) < amount(other) ? quantity : other);
}

function largerThan(other: string): (quantity: string) => string {
    return (quantity) => (amount(quantity) > amount(other) ? quantity : other);
}

/** What is no quantity is left to the API server to refuse: it came from an Output, so validation did not see it. */
function amount(quantity: string): number {
    return quantityValue(quantity) ?? 0;
}
