import * as pulumi from "@pulumi/pulumi";
import type { PodPeer } from "../../../core/contracts";
import { image, type ImageKey } from "../../../core/images";
import { selectorLabels } from "../../../core/labels";
import type { EgressRule, NetworkRules } from "../../../core/network";
import { HardenedDeployment, type HardenedDeploymentArgs, type WorkloadContainer } from "../../../core/workload";
import { credentialsEgress, identityMarks } from "../cloud-identity";
import type { CertManagerArgs } from "./args";
import { acmeIssuers, asksHttp } from "./issuer-args";
import { caInjectorPermissions, controllerPermissions } from "./permissions";

/** cert-manager's own parts. */
export type CertManagerPart = "controller" | "webhook" | "cainjector";

/** Name of each part in the cluster, as upstream calls it. */
const resourceNames: Record<CertManagerPart, string> = {
    controller: "cert-manager",
    webhook: "cert-manager-webhook",
    cainjector: "cert-manager-cainjector",
};

/** The port of each part's metrics. */
export const metricsPort = 9402;

/** The port at which the controller tells whether it keeps its lock. */
const healthPort = 9403;

/** What all parts of an installation have in common. */
export interface CertManagerInstallation {
    /** Logical name. */
    name: string;
    args: CertManagerArgs;
    parent: pulumi.Resource;
    namespaceName: string;
    /** The same, known only when the namespace is there. */
    namespace: pulumi.Output<string>;
    /** Known only when the definitions are there: the parts list objects of these kinds as soon as they run. */
    definitions: pulumi.Output<string[]>;
}

/** What a part adds to what all have. */
interface PartArgs {
    image: ImageKey;
    container: Omit<WorkloadContainer, "name" | "image">;
    network: NetworkRules;
    permissions: HardenedDeploymentArgs["permissions"];
    more?: Pick<HardenedDeploymentArgs, "service" | "volumes" | "identity" | "podLabels">;
}

/** The pods of a part. */
export function partPods(
    { name, namespaceName }: Pick<CertManagerInstallation, "name" | "namespaceName">,
    part: CertManagerPart,
): PodPeer {
    return {
        namespace: namespaceName,
        podSelector: selectorLabels({ app: "cert-manager", instance: name, component: part }),
    };
}

/** One of cert-manager's own parts. */
export function createPart(
    installation: CertManagerInstallation,
    part: CertManagerPart,
    { image: key, container, network, permissions, more }: PartArgs,
): HardenedDeployment {
    const { name, parent, namespace, args, definitions } = installation;
    const { cluster, placement, registry, labels } = args;
    return new HardenedDeployment(
        `${name}-${part}`,
        {
            cluster,
            // Nothing but the place waits for the definitions.
            namespace: pulumi.all([namespace, definitions]).apply(([known]) => known),
            app: "cert-manager",
            component: part,
            instance: name,
            resourceName: resourceNames[part],
            labels,
            placement,
            registry,
            replicas: args.highAvailability ? 2 : 1,
            permissions,
            network,
            containers: [
                {
                    environmentFromResources: { GOMEMLIMIT: "limits.memory" },
                    ...container,
                    name: part,
                    image: image(key),
                },
            ],
            ...more,
        },
        { parent },
    );
}

/** The part that issues and renews. */
export function createController(installation: CertManagerInstallation): HardenedDeployment {
    const { args, namespaceName } = installation;
    return createPart(installation, "controller", {
        image: "cert-manager-controller",
        permissions: controllerPermissions(asksHttp(args)),
        network: { egress: controllerEgress(args), apiServer: true },
        more: identityMarks(args.identity),
        container: {
            args: [
                "--v=2",
                `--cluster-resource-namespace=${namespaceName}`,
                `--leader-election-namespace=${namespaceName}`,
                pulumi.interpolate`--acme-http01-solver-image=${image("cert-manager-acmesolver", args.registry)}`,
            ],
            ports: [
                { name: "metrics", port: metricsPort },
                { name: "health", port: healthPort },
            ],
            probes: {
                readiness: { tcp: { port: metricsPort } },
                liveness: { http: { path: "/livez", port: healthPort }, timeoutSeconds: 15, failureThreshold: 8 },
            },
        },
    });
}

/** To the authorities, and to where each kind of proof is written and looked at before the authority is asked to look. */
function controllerEgress(args: CertManagerArgs): EgressRule[] {
    const issuers = acmeIssuers(args);
    const solvers = issuers.flatMap(({ dns }) => dns ?? []);
    return [
        ...(issuers.length > 0 ? [{ internet: true, ports: [{ port: 443 }] }] : []),
        ...(issuers.some(({ http }) => http) ? [{ internet: true, ports: [{ port: 80 }] }] : []),
        ...(solvers.length > 0 ? [nameServers] : []),
        ...(solvers.some(({ route53 }) => route53) ? credentialsEgress("aws") : []),
        ...(solvers.some(({ cloudDns }) => cloudDns) ? credentialsEgress("google") : []),
        ...(args.egress ?? []),
    ];
}

const nameServers: EgressRule = { internet: true, ports: [{ port: 53 }, { port: 53, protocol: "UDP" }] };

/** The part that writes authorities into the webhooks and definitions of others. */
export function createCaInjector(installation: CertManagerInstallation): HardenedDeployment {
    return createPart(installation, "cainjector", {
        image: "cert-manager-cainjector",
        permissions: caInjectorPermissions,
        network: { apiServer: true },
        container: {
            args: ["--v=2", `--leader-election-namespace=${installation.namespaceName}`],
            ports: [{ name: "metrics", port: metricsPort }],
            // It answers nothing but requests for its metrics.
            probes: { readiness: { tcp: {} }, liveness: { tcp: {}, initialDelaySeconds: 10 } },
        },
    });
}
