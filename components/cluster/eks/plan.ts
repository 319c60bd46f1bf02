import { ipaddr } from "../../core/lazy-modules";
import { NatGateways, type EksVpcArgs } from "./args";

/** The VPC's addresses unless others are given. */
export const defaultVpcCidr = "10.0.0.0/16";
/** The addresses of Services unless others are given. */
export const defaultServiceCidr = "172.20.0.0/16";

/** Zones that there is room for. */
export const maximumZones = 6;

/** A private subnet is an eighth of the VPC; the last eighth is cut into eight public subnets. */
const privateBits = 3;
const publicBits = 6;
const publicOffset = (2 ** privateBits - 1) * 2 ** (publicBits - privateBits);

/** One zone's part of the VPC. */
export interface ZonePlan {
    readonly zone: string;
    /** The zone without its region: `a`. */
    readonly letter: string;
    readonly privateCidr: string;
    readonly publicCidr: string;
    /** The letter of the zone whose NAT gateway carries this one's egress. */
    readonly natLetter?: string;
}

/**
 * How a VPC is divided. A zone's subnets follow from its place in the list, so a zone that is added at the end moves no
 * other.
 */
export function planZones({ cidr = defaultVpcCidr, zones, natGateways }: EksVpcArgs): ZonePlan[] {
    const letters = zones.map((zone) => zone.slice(-1));
    return zones.map((zone, index) => ({
        zone,
        letter: letters[index]!,
        privateCidr: part(cidr, privateBits, index),
        publicCidr: part(cidr, publicBits, publicOffset + index),
        natLetter: natLetter(natGateways ?? NatGateways.PerZone, letters, index),
    }));
}

function natLetter(gateways: NatGateways, letters: readonly string[], index: number): string | undefined {
    return { [NatGateways.PerZone]: letters[index], [NatGateways.Single]: letters[0], [NatGateways.None]: undefined }[
        gateways
    ];
}

/** The part with this number of an IPv4 block that is cut into 2^bits of them. */
function part(cidr: string, bits: number, index: number): string {
    const [network, prefix] = ipaddr.IPv4.parseCIDR(cidr);
    const size = 2 ** (32 - prefix - bits);
    return `${plus(network, index * size)}/${prefix + bits}`;
}

/** The address at this place of an IPv4 block. */
export function addressOf(cidr: string, index: number): string {
    return plus(ipaddr.IPv4.parseCIDR(cidr)[0], index);
}

function plus(address: ReturnType<typeof ipaddr.IPv4.parse>, offset: number): string {
    const value = address.octets.reduce((sum, octet) => sum * 256 + octet, 0) + offset;
    return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join(".");
}
