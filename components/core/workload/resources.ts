import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { quantityValue } from "../validation";
import type { Resources } from "./container-args";
import { mapInput } from "../inputs";

type ResourceRequirements = k8s.types.input.core.v1.ResourceRequirements;

/** What a container gets when nothing is said. */
export const defaultResources = {
    requests: { cpu: "50m", memory: "128Mi", ephemeralStorage: "64Mi" },
    limits: { cpu: "500m", memory: "256Mi", ephemeralStorage: "1Gi" },
} as const;

type Kind = keyof typeof defaultResources.requests;

/** Requests and limits of a container, all of them always set. */
export function renderResources(resources: Resources = {}): ResourceRequirements {
    return {
        requests: {
            cpu: request(resources, "cpu"),
            memory: request(resources, "memory"),
            "ephemeral-storage": request(resources, "ephemeralStorage"),
        },
        limits: {
            cpu: limit(resources, "cpu"),
            memory: limit(resources, "memory"),
            "ephemeral-storage": limit(resources, "ephemeralStorage"),
        },
    };
}

function request(resources: Resources, kind: Kind): pulumi.Input<string> {
    const otherwise = defaultResources.requests[kind];
    const upper = resources.limits?.[kind];
    return resources.requests?.[kind] ?? (upper === undefined ? otherwise : mapInput(upper, smallerThan(otherwise)));
}

function limit(resources: Resources, kind: Kind): pulumi.Input<string> {
    const otherwise = defaultResources.limits[kind];
    const lower = resources.requests?.[kind];
    return resources.limits?.[kind] ?? (lower === undefined ? otherwise : mapInput(lower, largerThan(otherwise)));
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
