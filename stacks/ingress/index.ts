import * as pulumi from "@pulumi/pulumi";
import type {
    Cluster,
    ClusterIssuerReference,
    FaasFunction,
    FaasPlatform,
    Fault,
    IngressGateway,
    ServiceRef,
} from "../../components";
import type { Configuration } from "../config/schema";
import { secretInClear, type SecretReader, secretValue } from "../config/secrets";
import type { CreatedPlatform } from "../platforms";
import type { IngressSetup, IngressStack, Publication, PublishedIngress } from "./ingress";
import { kong } from "./kong";
import { publicationFaults, publicationsOf } from "./publications";
import type { IngressConfiguration } from "./schema";
import { traefik } from "./traefik";

export { functionRoutes } from "./publications";

type ControllerName = IngressConfiguration["controller"];

/** How each controller is deployed. */
const controllers: {
    readonly [Name in ControllerName]: IngressStack<Extract<IngressConfiguration, { controller: Name }>>;
} = { kong, traefik };

/** How a controller is deployed. It takes the configuration of that controller only. */
function ingressStack(controller: ControllerName): IngressStack<IngressConfiguration> {
    return controllers[controller];
}

/** The ingress that a configuration asks for. */
function setupOf(
    { ingress }: Configuration,
    cluster: Cluster,
    secrets: SecretReader = secretValue,
): { stack: IngressStack<IngressConfiguration>; setup: IngressSetup<IngressConfiguration> } | undefined {
    return (
        ingress && {
            stack: ingressStack(ingress.controller),
            setup: { name: ingress.controller, configuration: ingress, cluster, secrets },
        }
    );
}

/**
 * What is wrong with the ingress of a stack and with what it publishes, by the keys of the configuration.
 *
 * @param platform without it nothing is looked at but the ingress itself
 */
export function validateIngress(
    configuration: Configuration,
    cluster: Cluster,
    platform: FaasPlatform | undefined,
): Fault[] {
    const faults = platform ? publicationFaults(configuration, platform) : [];
    const wanted = setupOf(configuration, cluster, secretInClear);
    if (!wanted) {
        return faults;
    }
    const publications = platform
        ? plannedPublications(configuration, wanted.stack.plan(wanted.setup), platform).filter(
              // What is called wrongly would have a wrong host by it.
              ({ key }) => faults.every(({ propertyPath }) => propertyPath !== key),
          )
        : [];
    return [...faults, ...wanted.stack.validate(wanted.setup, publications)];
}

/** Which Service a function gets makes no difference to what can be wrong. */
function plannedPublications(
    configuration: Configuration,
    gateway: IngressGateway,
    platform: FaasPlatform,
): Publication[] {
    return publicationsOf({ configuration, gateway, platform, serviceOf: () => platform.gateway });
}

/** The gateway that is going to be, where the stack has one. Registers nothing. */
export function planGateway(configuration: Configuration, cluster: Cluster): IngressGateway | undefined {
    const wanted = setupOf(configuration, cluster);
    return wanted?.stack.plan(wanted.setup);
}

/** The gateway that is going to be, where functions publish their routes by it. Registers nothing. */
export function planFunctionGateway(configuration: Configuration, cluster: Cluster): IngressGateway | undefined {
    const gateway = planGateway(configuration, cluster);
    return gateway?.protectionAnnotation === undefined ? undefined : gateway;
}

/** The ingress of a stack, to which routes are still to come. */
export interface OpenStackIngress {
    /** What functions publish their routes by; without it `publish` does. */
    gateway?: IngressGateway;
    /** Publishes everything else, once the platform and the functions are there. */
    publish(platform: CreatedPlatform, functions: Readonly<Record<string, FaasFunction>>): PublishedStack;
}

/** What a stack has published. */
export interface PublishedStack {
    /** By the functions' names. */
    functionUrls: Record<string, pulumi.Output<string[]>>;
    /** Of the stack. */
    outputs: Record<string, unknown>;
}

/** What a stack has made before its ingress. */
export interface BeforeIngress {
    cluster: Cluster;
    /** What has to be there before. */
    resources: pulumi.Resource[];
    /** Issuers of certificates, by their names. */
    issuers: Readonly<Record<string, ClusterIssuerReference>>;
}

/** Registers what of the ingress has to be there before functions are, where the stack has an ingress. */
export function openIngress(
    configuration: Configuration,
    { cluster, resources, issuers }: BeforeIngress,
): OpenStackIngress | undefined {
    const wanted = setupOf(configuration, cluster);
    if (!wanted) {
        return undefined;
    }
    const { stack } = wanted;
    const setup = { ...wanted.setup, issuers };
    const opened = stack.open(setup, { dependsOn: resources });
    return {
        gateway: opened.gateway,
        publish({ platform, component }, functions) {
            const gateway = stack.plan(setup);
            const serviceOf = (name: string): ServiceRef => functions[name]!.service;
            const publications = publicationsOf({ configuration, gateway, platform, serviceOf });
            const published = opened.publish(publications, [component, ...Object.values(functions)]);
            return {
                functionUrls: urlsOfFunctions(functions, publications, published),
                outputs: outputsOf(setup.name, published, publications),
            };
        },
    };
}

/** Those that functions have published themselves, and those that the ingress has. */
function urlsOfFunctions(
    functions: Readonly<Record<string, FaasFunction>>,
    publications: readonly Publication[],
    { urls }: PublishedIngress,
): Record<string, pulumi.Output<string[]>> {
    return Object.fromEntries(
        Object.entries(functions).map(([functionName, fn]) => {
            const others = publications.filter((each) => each.functionName === functionName);
            const known = others.flatMap(({ name }) => urls[name] ?? []);
            return [functionName, pulumi.all([fn.urls, pulumi.all(known)]).apply((lists) => lists.flat())];
        }),
    );
}

function outputsOf(
    controller: string,
    { gateway, urls, passwords, apiKeys, caCertificate }: PublishedIngress,
    publications: readonly Publication[],
): Record<string, unknown> {
    const others = publications.filter(({ functionName }) => functionName === undefined);
    return {
        ingress: {
            controller,
            namespace: gateway.pods.namespace,
            address: gateway.address,
            urls: Object.fromEntries(others.map(({ name }) => [name, urls[name]])),
            ...(caCertificate ? { caCertificate } : {}),
        },
        passwords: pulumi.secret(passwords),
        ...(apiKeys ? { apiKeys: pulumi.secret(apiKeys) } : {}),
    };
}
