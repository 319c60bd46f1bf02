import * as network from "@pulumi/azure-native/network";
import * as pulumi from "@pulumi/pulumi";
import { childOptions } from "../../core/deletion";
import type { AksPlace } from "./place";
import { addressesOf, apiServerOf, clusterZones, egressOf } from "./settings";
import { AksEgress } from "./enums";

/** What the cluster needs of its network. */
export interface AksNetwork {
    /** The virtual network of all subnets. */
    readonly networkId: pulumi.Input<string>;
    readonly nodeSubnetId: pulumi.Input<string>;
    /** None: the API server is not in the network. */
    readonly apiServerSubnetId?: pulumi.Input<string>;
    /** Addresses from which the nodes reach the Internet; empty where somebody else gives them. */
    readonly egressAddresses: pulumi.Output<string>[];
}

/** The given subnets, or a network with subnets of its own. */
export function makeNetwork(place: AksPlace): AksNetwork {
    const { subnetId, apiServerSubnetId } = place.args.network ?? {};
    return subnetId === undefined
        ? makeOwnNetwork(place)
        : { networkId: networkOf(subnetId), nodeSubnetId: subnetId, apiServerSubnetId, egressAddresses: [] };
}

function networkOf(subnetId: pulumi.Input<string>): pulumi.Output<string> {
    return pulumi.output(subnetId).apply((id) => id.replace(/\/subnets\/[^/]+$/i, ""));
}

function makeOwnNetwork(place: AksPlace): AksNetwork {
    const { parent, name, args, resourceGroupName } = place;
    const { location, tags } = args;
    const { cidr, nodesCidr, apiServerCidr } = addressesOf(args);
    const virtualNetwork = new network.VirtualNetwork(
        name,
        {
            virtualNetworkName: name,
            resourceGroupName,
            location,
            tags,
            addressSpace: { addressPrefixes: [cidr!] },
        },
        childOptions(parent),
    );
    const gateway = egressOf(args.network) === AksEgress.NatGateway ? makeNatGateway(place) : undefined;
    const nodes = new network.Subnet(
        `${name}-nodes`,
        {
            subnetName: "nodes",
            resourceGroupName,
            virtualNetworkName: virtualNetwork.name,
            addressPrefix: nodesCidr,
            // Azure's own way out for machines that have none is from addresses that nobody knows.
            defaultOutboundAccess: false,
            natGateway: gateway && { id: gateway.id },
            networkSecurityGroup: { id: makeNodeSecurityGroup(place).id },
        },
        childOptions(parent),
    );
    const apiServer = new network.Subnet(
        `${name}-api-server`,
        {
            subnetName: "api-server",
            resourceGroupName,
            virtualNetworkName: virtualNetwork.name,
            addressPrefix: apiServerCidr,
            defaultOutboundAccess: false,
            delegations: [{ name: "aks", serviceName: "Microsoft.ContainerService/managedClusters" }],
            networkSecurityGroup: apiServerOf(args).isPrivate
                ? { id: makeApiServerSecurityGroup(place).id }
                : undefined,
        },
        // Azure changes one subnet of a network at a time.
        childOptions(parent, { dependsOn: nodes }),
    );
    return {
        networkId: virtualNetwork.id,
        nodeSubnetId: nodes.id,
        apiServerSubnetId: apiServer.id,
        egressAddresses: gateway?.addresses ?? [],
    };
}

interface NatGateway {
    readonly id: pulumi.Output<string>;
    readonly addresses: pulumi.Output<string>[];
}

function makeNatGateway({ parent, name, args, resourceGroupName }: AksPlace): NatGateway {
    const { location, tags } = args;
    const zones = clusterZones(args);
    const count = args.network?.egressAddresses ?? 1;
    const addresses = Array.from({ length: count }, (_, index) => {
        const addressName = `${name}-egress-${index + 1}`;
        return new network.PublicIPAddress(
            addressName,
            {
                publicIpAddressName: addressName,
                resourceGroupName,
                location,
                tags,
                sku: { name: network.PublicIPAddressSkuName.Standard },
                publicIPAllocationMethod: network.IPAllocationMethod.Static,
                zones: zones.length > 0 ? zones : undefined,
            },
            childOptions(parent),
        );
    });
    const gateway = new network.NatGateway(
        `${name}-egress`,
        {
            natGatewayName: `${name}-egress`,
            resourceGroupName,
            location,
            tags,
            sku: { name: network.NatGatewaySkuName.Standard },
            publicIpAddresses: addresses.map(({ id }) => ({ id })),
        },
        childOptions(parent),
    );
    return { id: gateway.id, addresses: addresses.map(({ ipAddress }) => ipAddress.apply((address) => address!)) };
}

type Rule = Parameters<typeof securityGroup>[2][number];

/**
 * Around the nodes. Azure's own rules let in the network itself and the load balancers' probes, and nobody else. AKS opens
 * what a Service says in a group of its own; traffic has to pass both.
 */
function makeNodeSecurityGroup(place: AksPlace): network.NetworkSecurityGroup {
    const { ingressFrom = [], ingressFromAnywhere } = place.args.network ?? {};
    const sources = ingressFromAnywhere ? ["Internet"] : ingressFrom;
    const ingress: Rule = {
        name: "ingress",
        description: "Public load balancers of the cluster",
        from: sources,
        ports: ["80", "443"],
    };
    return securityGroup(place, "nodes", sources.length > 0 ? [ingress] : []);
}

/**
 * Around a private API server: nodes, the balancer before it, and the networks that were named. What it needs:
 * https://learn.microsoft.com/azure/aks/api-server-vnet-integration#network-security-group-nsg-security-rules
 */
function makeApiServerSecurityGroup(place: AksPlace): network.NetworkSecurityGroup {
    const { nodesCidr, apiServerCidr } = addressesOf(place.args);
    return securityGroup(place, "api-server", [
        { name: "nodes", description: "Nodes", from: [nodesCidr!], ports: ["443", "4443"] },
        { name: "api-server", description: "The API server's own parts", from: [apiServerCidr!], ports: ["0-65535"] },
        { name: "balancer", description: "Its load balancer", from: ["AzureLoadBalancer"], ports: ["0-65535"] },
        {
            name: "private",
            description: "The declared private networks",
            from: place.args.apiServer.privateFrom!,
            ports: ["443"],
        },
        { name: "others", description: "Nobody else", from: ["*"], ports: ["0-65535"], access: "Deny" },
    ]);
}

/** A security group of inbound rules, the first that fits decides. What Azure calls a tag is written like an address. */
function securityGroup(
    { parent, name, args, resourceGroupName }: AksPlace,
    suffix: string,
    rules: {
        name: string;
        description: string;
        from: pulumi.Input<string>[];
        ports: string[];
        access?: network.SecurityRuleAccess;
    }[],
): network.NetworkSecurityGroup {
    const { location, tags } = args;
    return new network.NetworkSecurityGroup(
        `${name}-${suffix}`,
        {
            networkSecurityGroupName: `${name}-${suffix}`,
            resourceGroupName,
            location,
            tags,
            securityRules: rules.map(({ from, ports, access, ...rule }, index) => ({
                ...rule,
                priority: 100 * (index + 1),
                direction: network.SecurityRuleDirection.Inbound,
                access: access ?? network.SecurityRuleAccess.Allow,
                protocol:
                    access === network.SecurityRuleAccess.Deny
                        ? network.SecurityRuleProtocol.Asterisk
                        : network.SecurityRuleProtocol.Tcp,
                sourcePortRange: "*",
                destinationAddressPrefix: "*",
                destinationPortRanges: ports,
                ...(from.length === 1 ? { sourceAddressPrefix: from[0] } : { sourceAddressPrefixes: from }),
            })),
        },
        childOptions(parent),
    );
}
