import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { Addon, AddonMode } from "../../../core/addons";
import { rolledConfig, rolledSecret } from "../../../core/config-objects";
import type { Cluster, Telemetry } from "../../../core/contracts";
import { assertValid } from "../../../core/errors";
import { image } from "../../../core/images";
import { mapInput } from "../../../core/inputs";
import { objectLabels } from "../../../core/labels";
import { HardenedNamespace } from "../../../core/namespace";
import type { EgressRule } from "../../../core/network";
import { inCluster } from "../../../core/provider";
import type { Permission } from "../../../core/rbac";
import {
    HardenedDeployment,
    UpdateStrategy,
    type WorkloadContainer,
    type WorkloadVolume,
} from "../../../core/workload";
import { credentialsEgress, identityMarks } from "../cloud-identity";
import { clusterWith } from "../mode";
import { DnsPolicy, DnsProvider, DnsSource, type DnsWebhook, type ExternalDnsArgs } from "./args";
import { externalDnsTelemetry, metricsPort } from "./telemetry";
import { validateExternalDns } from "./validate";

/** Where the provider `azure` looks for its settings. */
const azurePath = "/etc/kubernetes";

/** The port at which a provider's own program tells how it is. */
const webhookHealthPort = 8080;

/**
 * ExternalDNS v0.21.0: DNS records for the hosts of Ingresses and for Services that ask for a name, in the domains that
 * are given and in no others. Records that it did not make are never touched; without `policy: "sync"` none is deleted.
 *
 * It is in a "restricted" namespace of its own and reads, writes nothing, in the cluster. One copy runs: it knows no
 * election.
 *
 * @example
 * ```ts
 * const dns = new ExternalDns("external-dns", {
 *     cluster,
 *     provider: DnsProvider.Aws,
 *     domains: ["example.com"],
 *     identity: { awsRoleArn: "arn:aws:iam::111122223333:role/dns" },
 * });
 * ```
 *
 * @throws {@link ArgumentsError} with everything that is wrong with the arguments.
 */
export class ExternalDns extends pulumi.ComponentResource {
    /** The cluster with ExternalDNS in it. */
    readonly cluster: Cluster;
    /** What there is to watch; nothing where it is not installed here. */
    readonly telemetry: Telemetry;

    constructor(name: string, args: ExternalDnsArgs, opts?: pulumi.ComponentResourceOptions) {
        assertValid(`ExternalDns ${name}`, validateExternalDns(name, args));
        super("kubernetes-faas:index:ExternalDns", name, {}, inCluster(args.cluster, opts));

        const installs = (args.mode ?? AddonMode.Install) === AddonMode.Install;
        if (installs) {
            install(this, name, args);
        }
        this.cluster = clusterWith(args, Addon.ExternalDns);
        this.telemetry = installs
            ? externalDnsTelemetry(name, args.namespace ?? name)
            : { targets: [], alerts: [], dashboards: [] };
        this.registerOutputs({ cluster: this.cluster, telemetry: this.telemetry });
    }
}

/** What all of an installation's objects need. */
interface DnsPlace {
    parent: ExternalDns;
    name: string;
    args: ExternalDnsArgs;
    namespace: pulumi.Output<string>;
}

function install(parent: ExternalDns, name: string, args: ExternalDnsArgs): void {
    const { cluster, labels, placement, registry } = args;
    const own = new HardenedNamespace(
        `${name}-namespace`,
        { cluster, resourceName: args.namespace ?? name, labels, deletion: "delete" },
        { parent },
    );
    const place = { parent, name, args, namespace: own.name };
    const volume = azureVolume(place);
    new HardenedDeployment(
        `${name}-controller`,
        {
            cluster,
            namespace: own.name,
            app: "external-dns",
            instance: name,
            resourceName: "external-dns",
            labels,
            placement,
            registry,
            // Two would undo each other's work.
            updateStrategy: UpdateStrategy.Recreate,
            permissions: permissionsFor(sourcesOf(args)),
            network: { egress: egressOf(args), apiServer: true },
            volumes: volume,
            containers: [controller(args, volume), ...(args.webhook ? [webhookProvider(place, args.webhook)] : [])],
            ...identityMarks(args.identity),
        },
        { parent },
    );
}

function sourcesOf({ sources }: ExternalDnsArgs): readonly DnsSource[] {
    return sources ?? Object.values(DnsSource);
}

/** https://github.com/kubernetes-sigs/external-dns/blob/v0.22.0/charts/external-dns/templates/clusterrole.yaml */
function permissionsFor(sources: readonly DnsSource[]): Permission[] {
    const read = (apiGroup: string, resources: string[]): Permission => ({
        apiGroups: [apiGroup],
        resources,
        verbs: ["get", "list", "watch"],
        clusterWide: true,
    });
    return [
        ...(sources.includes(DnsSource.Ingress) ? [read("networking.k8s.io", ["ingresses"])] : []),
        ...(sources.includes(DnsSource.Service)
            ? [read("", ["services", "pods", "nodes"]), read("discovery.k8s.io", ["endpointslices"])]
            : []),
    ];
}

function controller(args: ExternalDnsArgs, volumes: readonly WorkloadVolume[]): WorkloadContainer {
    const probe = { http: { path: "/healthz", port: metricsPort } };
    return {
        name: "external-dns",
        image: image("external-dns"),
        args: argumentsOf(args),
        ports: [{ name: "metrics", port: metricsPort }],
        mounts: volumes.map(({ name }) => ({ volume: name, path: azurePath })),
        environmentFromResources: { GOMEMLIMIT: "limits.memory" },
        probes: { readiness: probe, liveness: { ...probe, initialDelaySeconds: 10 } },
    };
}

/** https://github.com/kubernetes-sigs/external-dns/blob/v0.21.0/docs/flags.md */
function argumentsOf(args: ExternalDnsArgs): pulumi.Input<string>[] {
    const each = (flag: string, values: readonly pulumi.Input<string>[] = []) =>
        values.map((value) => mapInput(value, (known) => `--${flag}=${known}`));
    return [
        ...each("provider", [args.provider!]),
        ...each("source", sourcesOf(args)),
        ...each("domain-filter", args.domains),
        ...each("zone-id-filter", args.zoneIds),
        ...each("policy", [args.policy ?? DnsPolicy.UpsertOnly]),
        ...each("ingress-class", args.ingressClasses),
        "--registry=txt",
        ...each("txt-owner-id", [args.ownerId ?? ownerOf(args.cluster)]),
        ...each("google-project", args.googleProject === undefined ? [] : [args.googleProject]),
        "--interval=1m",
        "--events",
        "--log-format=json",
    ];
}

/** An identifier may be long and tell more than a public TXT record should. */
function ownerOf({ clusterIdentifier }: Cluster): pulumi.Input<string> {
    return mapInput(
        clusterIdentifier,
        (known) => `kubernetes-faas-${createHash("sha256").update(known).digest("hex").slice(0, 16)}`,
    );
}

/** The settings hold no key: whose pods they are is told by the token that Azure's webhook mounts. */
function azureVolume({ parent, name, args, namespace }: DnsPlace): WorkloadVolume[] {
    if (!args.azure) {
        return [];
    }
    const { tenantId, subscriptionId, resourceGroup } = args.azure;
    const settings = rolledConfig(
        `${name}-azure`,
        {
            cluster: args.cluster,
            namespace,
            labels: objectLabels({ app: "external-dns", instance: name, labels: args.labels }),
            data: {
                "azure.json": pulumi.jsonStringify({
                    tenantId,
                    subscriptionId,
                    resourceGroup,
                    useWorkloadIdentityExtension: true,
                }),
            },
        },
        { parent },
    );
    return [{ name: "azure", configMap: { name: settings.metadata.name } }];
}

/** The provider's own program, which answers the controller on the pod's loopback. */
function webhookProvider(place: DnsPlace, { image: reference, ...webhook }: DnsWebhook): WorkloadContainer {
    const { parent, name, args, namespace } = place;
    const probe = { http: { path: "/healthz", port: webhookHealthPort } };
    const secrets = Object.entries(webhook.secretEnvironment ?? {});
    const secret =
        secrets.length > 0
            ? rolledSecret(
                  `${name}-webhook`,
                  {
                      cluster: args.cluster,
                      namespace,
                      labels: objectLabels({ app: "external-dns", instance: name, labels: args.labels }),
                      data: webhook.secretEnvironment,
                  },
                  { parent },
              )
            : undefined;
    return {
        name: "webhook",
        image: reference,
        ports: [{ name: "health", port: webhookHealthPort }],
        args: webhook.args,
        environment: webhook.environment,
        environmentFromSecrets: secret
            ? Object.fromEntries(secrets.map(([key]) => [key, { name: secret.metadata.name, key }]))
            : undefined,
        probes: { readiness: probe, liveness: { ...probe, initialDelaySeconds: 10 } },
    };
}

/** To the provider's API and to where the cloud gives out credentials. */
function egressOf({ provider, egress = [] }: ExternalDnsArgs): EgressRule[] {
    const api: EgressRule = { internet: true, ports: [{ port: 443 }] };
    const credentials =
        provider === DnsProvider.Aws || provider === DnsProvider.Google ? credentialsEgress(provider) : [];
    return [api, ...credentials, ...egress];
}
