import { type IngressProtection, KongIngress, type KongIngressArgs, type KongRoute } from "../../../components";
import { fakeService } from "../../../components/testing";
import { testCluster } from "../support/cluster";
import { record, type RecordedResource, type Recording } from "../support/mocks";
import { type Configuration, kongConfiguration } from "./kong-schema";

/** A route called `web` to a service of the namespace `apps`, open to everybody. */
export function openRoute(route: Partial<KongRoute> = {}): KongRoute {
    return { name: "web", service: fakeService({ namespace: "apps" }), insecureWithoutLogin: true, ...route };
}

/** Arguments of an ingress on a cluster with load balancers. */
export function kongArgs(args: Partial<KongIngressArgs> = {}): KongIngressArgs {
    const certificates = { selfSigned: {} };
    return { cluster: testCluster(), domain: "example.com", certificates, routes: [openRoute()], ...args };
}

/** Registers an ingress called `edge`. */
export function recordKong(args: Partial<KongIngressArgs> = {}): Promise<Recording<KongIngress>> {
    return record(() => new KongIngress("edge", kongArgs(args)));
}

/** The object that holds the declarative configuration: a ConfigMap or a Secret. */
export function configurationObject(recording: Recording<unknown>): RecordedResource {
    return recording.resources.find(({ name }) => name.startsWith("edge-configuration"))!;
}

/** The declarative configuration, read back and held to Kong's own schemas. */
export function configurationOf(recording: Recording<unknown>): Configuration {
    const { data, stringData } = configurationObject(recording).inputs;
    return kongConfiguration.parse(JSON.parse((data ?? stringData)["kong.json"] as string));
}

/** The settings of the pods by name. */
export function environmentOf(recording: Recording<unknown>): Record<string, string> {
    const { containers } = recording.only("kubernetes:apps/v1:Deployment").inputs.spec.template.spec;
    const variables = containers[0].env as { name: string; value: string }[];
    return Object.fromEntries(variables.map(({ name, value }) => [name, value]));
}

/** The settings of an ingress with these arguments. */
export async function environmentFor(args: Partial<KongIngressArgs>): Promise<Record<string, string>> {
    return environmentOf(await recordKong(args));
}

/** The plugins of a route that names one protection, by their names. */
export async function pluginsFor(
    it: IngressProtection,
    args: Partial<KongIngressArgs> = {},
): Promise<Record<string, Record<string, unknown>>> {
    const routes = [openRoute({ protections: ["it"] })];
    const { services } = configurationOf(await recordKong({ protections: { it }, routes, ...args }));
    return Object.fromEntries(services[0]!.routes[0]!.plugins.map(({ name, config }) => [name, config]));
}
