import { Firewall, Network, Router, RouterNat, Subnetwork } from "@pulumi/gcp/compute";
import type * as pulumi from "@pulumi/pulumi";
import { childOptions } from "../../core/deletion";
import type { GkeSettings } from "./defaults";

/** Where a cluster's nodes are, for what wants to be near them: a private database, a peering. */
export interface GkeNetwork {
    /** Self link of the VPC network, or what was given for it. */
    network: pulumi.Input<string>;
    /** Self link of the subnetwork, or what was given for it. */
    subnetwork: pulumi.Input<string>;
    /** Name of the secondary range for pods. */
    podsRange: pulumi.Input<string>;
    /** Name of the secondary range for Services. */
    servicesRange: pulumi.Input<string>;
}

/** A network, and what pods need of it to reach the outside: it must be there before nodes and outlast them. */
export interface ReadyNetwork extends GkeNetwork {
    readonly egress: pulumi.Resource[];
}

const podsRange = "pods";
const servicesRange = "services";

/** The network that is given, or one of the cluster's own. */
export function readyNetwork(parent: pulumi.Resource, name: string, settings: GkeSettings): ReadyNetwork {
    const existing = settings.network?.existing;
    return existing ? { ...existing, egress: [] } : createNetwork(parent, name, settings);
}

/** Without a rule that lets anybody in: a VPC denies what comes from outside unless a firewall rule allows it. */
function createNetwork(parent: pulumi.Resource, name: string, settings: GkeSettings): ReadyNetwork {
    const { project, clusterName } = settings;
    const network = new Network(
        name,
        {
            project,
            autoCreateSubnetworks: false,
            routingMode: "REGIONAL",
            description: `Nodes and pods of the cluster ${clusterName}`,
        },
        childOptions(parent),
    );
    const subnetwork = createSubnetwork(parent, name, settings, network);
    return {
        network: network.selfLink,
        subnetwork: subnetwork.selfLink,
        podsRange,
        servicesRange,
        egress: [createEgress(parent, name, settings, network, subnetwork)],
    };
}

function createSubnetwork(
    parent: pulumi.Resource,
    name: string,
    { project, region, addresses, network: { flowLogs = true } = {} }: GkeSettings,
    network: Network,
): Subnetwork {
    return new Subnetwork(
        name,
        {
            project,
            region,
            network: network.id,
            ipCidrRange: addresses.nodesCidr,
            secondaryIpRanges: [
                { rangeName: podsRange, ipCidrRange: addresses.podsCidr },
                { rangeName: servicesRange, ipCidrRange: addresses.servicesCidr },
            ],
            // Nodes have no public addresses; images and logs go this way and not through the paid NAT.
            privateIpGoogleAccess: true,
            ...(flowLogs && {
                logConfig: {
                    aggregationInterval: "INTERVAL_1_MIN",
                    flowSampling: 0.5,
                    metadata: "INCLUDE_ALL_METADATA",
                },
            }),
        },
        childOptions(parent),
    );
}

/** The only way out of nodes without public addresses, and no way in. */
function createEgress(
    parent: pulumi.Resource,
    name: string,
    { project, region }: GkeSettings,
    network: Network,
    subnetwork: Subnetwork,
): RouterNat {
    const router = new Router(name, { project, region, network: network.id }, childOptions(parent));
    return new RouterNat(
        name,
        {
            project,
            region,
            router: router.name,
            natIpAllocateOption: "AUTO_ONLY",
            sourceSubnetworkIpRangesToNat: "LIST_OF_SUBNETWORKS",
            subnetworks: [{ name: subnetwork.id, sourceIpRangesToNats: ["ALL_IP_RANGES"] }],
            // The 64 ports that a node gets otherwise are few for a hundred pods that call the same address.
            enableDynamicPortAllocation: true,
            enableEndpointIndependentMapping: false,
            logConfig: { enable: true, filter: "ERRORS_ONLY" },
        },
        childOptions(parent),
    );
}

/** Lets the control plane, and nobody else, reach webhooks on the nodes that run as `nodeServiceAccount`. */
export function openWebhooks(
    parent: pulumi.Resource,
    name: string,
    settings: GkeSettings,
    network: pulumi.Input<string>,
    nodeServiceAccount: pulumi.Input<string>,
): pulumi.Resource[] {
    const { webhookPorts, addresses, clusterName } = settings;
    if (webhookPorts.length === 0) {
        return [];
    }
    const firewall = new Firewall(
        `${name}-webhooks`,
        {
            project: settings.network?.existing?.project ?? settings.project,
            network,
            description: `Admission webhooks and aggregated APIs of the cluster ${clusterName}`,
            direction: "INGRESS",
            sourceRanges: [addresses.controlPlaneCidr],
            targetServiceAccounts: [nodeServiceAccount],
            allows: [{ protocol: "tcp", ports: webhookPorts.map(String) }],
        },
        childOptions(parent),
    );
    return [firewall];
}
