import {
    Route,
    TraefikIngress,
    type IngressProtection,
    type RouteArgs,
    type TraefikIngressArgs,
} from "../../../components";
import { fakeService } from "../../../components/testing";
import { parse } from "yaml";
import { testCluster } from "../support/cluster";
import { record, type RecordedResource, type Recording } from "../support/mocks";

/** Arguments of an ingress on a cluster with load balancers. */
export function ingressArgs(args: Partial<TraefikIngressArgs> = {}): TraefikIngressArgs {
    return { cluster: testCluster(), domain: "example.com", certificates: { selfSigned: {} }, ...args };
}

/** Registers an ingress called `edge`, with a route if one is wanted. */
export function recordIngress(
    args: Partial<TraefikIngressArgs> = {},
    route?: Partial<RouteArgs>,
): Promise<Recording<TraefikIngress>> {
    return record(() => {
        const ingress = new TraefikIngress("edge", ingressArgs(args));
        if (route) {
            const { cluster } = ingressArgs(args);
            const service = fakeService({ namespace: "apps" });
            new Route("web", { cluster, gateway: ingress.gateway, service, insecureWithoutLogin: true, ...route });
        }
        return ingress;
    });
}

/** A part of a configuration. */
// Tests read deep into it; a precise type would only add casts to every assertion.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Part = any;

/** The static configuration, read back. */
export function staticOf(recording: Recording<unknown>): Part {
    return parse(recording.only("kubernetes:core/v1:ConfigMap", "edge-static").inputs.data["traefik.yaml"] as string);
}

/** The dynamic configuration, read back from wherever it is. */
export function dynamicOf(recording: Recording<unknown>): Part {
    const object = recording.resources.find(({ name }) => name.startsWith("edge-dynamic"))!;
    return parse((object.inputs.data ?? object.inputs.stringData)["protections.yaml"] as string);
}

/** The middleware that a protection becomes. */
export async function middlewareFor(
    protection: IngressProtection,
    args: Partial<TraefikIngressArgs> = {},
): Promise<Part> {
    const recording = await recordIngress({ protections: { it: protection }, ...args });
    return dynamicOf(recording).http.middlewares.it;
}

/** The Service in front of the pods. */
export async function serviceFor(args: Partial<TraefikIngressArgs>): Promise<RecordedResource["inputs"]> {
    return (await recordIngress(args)).only("kubernetes:core/v1:Service").inputs;
}
