import type * as pulumi from "@pulumi/pulumi";
import { ipaddr } from "../../core/lazy-modules";
import type { AksClusterArgs, AksLogsArgs, AksNetworkArgs, AksNodePoolArgs } from "./args";
import { AksEgress, AksLog } from "./enums";

/** The name of the pool of the cluster's own parts. */
export const systemPoolName = "system";

/** Where nothing is said of it: three zones, and room for one more node in two of them while AKS upgrades. */
const systemPool: AksNodePoolArgs = { machineType: "Standard_D4ds_v5", minNodes: 3, maxNodes: 5 };

/** The pool of the cluster's own parts, in full. */
export function systemPoolOf({ systemPool: given }: AksClusterArgs): AksNodePoolArgs {
    return given ?? systemPool;
}

/** The zones of a pool; none where the region has none. */
export function zonesOf(args: AksClusterArgs, pool: AksNodePoolArgs): pulumi.Input<string>[] | undefined {
    const zones = pool.zones ?? clusterZones(args);
    return zones.length > 0 ? zones : undefined;
}

/** The zones of the cluster. */
export function clusterZones({ zones }: AksClusterArgs): string[] {
    return zones ?? ["1", "2", "3"];
}

/** The cluster's addresses in full. Those of the network itself are known only where the component makes it. */
export interface AksAddresses {
    readonly cidr?: string;
    readonly nodesCidr?: string;
    readonly apiServerCidr?: string;
    readonly podCidr: string;
    readonly serviceCidr: string;
}

/** The addresses that are given, and what follows from them. */
export function addressesOf({ network = {} }: AksClusterArgs): AksAddresses {
    const { podCidr = "10.244.0.0/16", serviceCidr = "10.0.0.0/16" } = network;
    if (network.subnetId !== undefined) {
        return { nodesCidr: network.nodesCidr, apiServerCidr: network.apiServerCidr, podCidr, serviceCidr };
    }
    const { cidr = "10.224.0.0/16" } = network;
    const derived = isIpv4Cidr(cidr) ? subnetsOf(cidr) : undefined;
    return {
        cidr,
        nodesCidr: network.nodesCidr ?? derived?.nodes,
        apiServerCidr: network.apiServerCidr ?? derived?.apiServer,
        podCidr,
        serviceCidr,
    };
}

/** Whether a text is a block of IPv4 addresses, from which others can be derived. */
export function isIpv4Cidr(cidr: unknown): cidr is string {
    return typeof cidr === "string" && ipaddr.IPv4.isValidCIDR(cidr);
}

/** The first half for nodes, the last 16 addresses for the API server; the rest is free for databases and the like. */
function subnetsOf(cidr: string): { nodes: string; apiServer: string } {
    const [address, prefix] = ipaddr.IPv4.parseCIDR(cidr);
    const last = toNumber(ipaddr.IPv4.broadcastAddressFromCIDR(cidr).octets);
    return {
        nodes: `${address.toString()}/${Math.min(prefix + 1, 32)}`,
        apiServer: `${toAddress(last - 15)}/28`,
    };
}

/** The cluster's DNS server: the tenth address of the Services', the first being the API server's. */
export function dnsServiceIpOf(serviceCidr: string): string {
    return toAddress(toNumber(ipaddr.IPv4.networkAddressFromCIDR(serviceCidr).octets) + 10);
}

function toNumber(octets: number[]): number {
    return octets.reduce((sum, octet) => sum * 256 + octet, 0);
}

function toAddress(number: number): string {
    return [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join(".");
}

/** How the API server is reached. */
export interface AksApiServer {
    /** Whether it has no public endpoint. */
    readonly isPrivate: boolean;
    /** Whether it has an address in the cluster's network, which nodes use whatever else there is. */
    readonly inNetwork: boolean;
}

/** Private when only private networks are let in; in the network wherever there is a subnet for it. */
export function apiServerOf({ apiServer, network = {} }: AksClusterArgs): AksApiServer {
    const { allowFrom, allowFromAnywhere, privateFrom = [] } = apiServer;
    return {
        isPrivate: privateFrom.length > 0 && allowFrom === undefined && allowFromAnywhere !== true,
        inNetwork: network.subnetId === undefined || network.apiServerSubnetId !== undefined,
    };
}

/** How nodes reach the Internet. */
export function egressOf({ subnetId, egress }: AksNetworkArgs = {}): AksEgress {
    return egress ?? (subnetId === undefined ? AksEgress.NatGateway : AksEgress.LoadBalancer);
}

/** The logs that are collected. */
export function logCategoriesOf({ categories }: AksLogsArgs = {}): AksLog[] {
    return categories ?? Object.values(AksLog).filter((log) => log !== AksLog.Audit);
}

/** Whether Secrets are encrypted with a key in a Key Vault. */
export function encryptsSecrets({ encryptSecrets }: AksClusterArgs): boolean {
    return encryptSecrets ?? true;
}

/** Whether nobody may delete the cluster. */
export function isProtected({ deletionProtection }: AksClusterArgs): boolean {
    return deletionProtection ?? true;
}

/** The storage class that components use: the given one, else one of our own with the given keys, else AKS' fast one. */
export function storageClassOf(args: AksClusterArgs): pulumi.Input<string> {
    return (
        args.storageClass ?? (args.diskEncryptionSetId === undefined ? "managed-csi-premium" : encryptedStorageClass)
    );
}

/** The storage class whose volumes are encrypted with the keys of `diskEncryptionSetId`. */
export const encryptedStorageClass = "premium-encrypted";
