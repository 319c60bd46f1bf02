import { ipaddr } from "../../core/lazy-modules";
import { type Checks, isPlain } from "../../core/validation";
import { checkDisjoint, checkIpv4, checkPrefix } from "../managed";
import type { GkeClusterArgs } from "./args";
import { defaultAddresses, defaultMaxPodsPerNode, nodePoolsOf } from "./defaults";

type AddressName = keyof typeof defaultAddresses;

/** What GKE takes for each range: https://cloud.google.com/kubernetes-engine/docs/concepts/alias-ips#cluster_sizing */
const prefixes: Record<AddressName, { widest: number; narrowest: number }> = {
    nodesCidr: { widest: 8, narrowest: 29 },
    podsCidr: { widest: 9, narrowest: 24 },
    servicesCidr: { widest: 16, narrowest: 27 },
    controlPlaneCidr: { widest: 28, narrowest: 28 },
};

/** The addresses of a subnetwork that Google keeps: the first two and the last two. */
const reservedAddresses = 4;
/** Ports that GKE opens by itself. */
const openPorts = [443, 10250];

/** Notes what is wrong with the cluster's addresses, and whether its node pools find room in them. */
export function checkNetwork(checks: Checks, args: GkeClusterArgs): void {
    const network = args.network ?? {};
    const at = checks.at("network");
    const names = Object.keys(defaultAddresses) as AddressName[];
    const given: AddressName[] = network.existing ? ["controlPlaneCidr"] : names;
    const ranges = given.map((name) => ({ path: name, cidr: network[name] ?? defaultAddresses[name] }));
    for (const range of ranges) {
        at.cidr(range.path, range.cidr);
        checkIpv4(at, range);
        checkPrefix(at, range, prefixes[range.path]);
    }
    checkDisjoint(at, ranges);
    at.list("webhookPorts", network.webhookPorts, (port, nested) => {
        nested.port("", port);
        if (openPorts.includes(port)) {
            nested.fault("", `is ${port}, which GKE opens by itself; leave it out`);
        }
    });
    if (network.existing) {
        checkExisting(at, args);
    } else {
        checkRoom(at, args);
    }
}

function checkExisting(checks: Checks, { network }: GkeClusterArgs): void {
    const existing = checks.at("existing");
    for (const key of ["network", "subnetwork", "podsRange", "servicesRange"] as const) {
        existing.required(key, network!.existing![key]);
        existing.nonEmpty(key, network!.existing![key]);
    }
    for (const own of ["nodesCidr", "podsCidr", "servicesCidr", "flowLogs"] as const) {
        if (network![own] !== undefined) {
            checks.fault(own, 'can\'t go together with "existing", whose subnetwork has it; leave it out');
        }
    }
}

/** A range that is full stops the autoscaler, and neither range can be widened by an edit here. */
function checkRoom(checks: Checks, args: GkeClusterArgs): void {
    const pools = Object.values(nodePoolsOf(args));
    const sum = (sizeOf: (maxPods: number) => number): number =>
        pools.reduce(
            (total, { maxNodes, maxSurge, maxPodsPerNode }) =>
                total + (number(maxNodes) + (maxSurge ?? 1)) * sizeOf(maxPodsPerNode ?? defaultMaxPodsPerNode),
            0,
        );
    const wanted: [AddressName, number][] = [
        ["nodesCidr", sum(() => 1) + reservedAddresses],
        ["podsCidr", sum(podAddresses)],
    ];
    for (const [name, needed] of wanted) {
        const cidr = args.network?.[name] ?? defaultAddresses[name];
        const size = sizeOf(cidr);
        if (size !== undefined && size < needed) {
            checks.fault(
                name,
                `is "${cidr}" with ${size} addresses; the node pools may grow to need ${needed}, upgrades included: give a wider range or lower "maxNodes"`,
            );
        }
    }
}

/** Twice as many as pods, rounded up to a power of two: https://cloud.google.com/kubernetes-engine/docs/how-to/flexible-pod-cidr */
function podAddresses(maxPods: number): number {
    return 2 ** Math.ceil(Math.log2(maxPods * 2));
}

function sizeOf(cidr: string): number | undefined {
    return ipaddr.IPv4.isValidCIDR(cidr) ? 2 ** (32 - ipaddr.IPv4.parseCIDR(cidr)[1]) : undefined;
}

/** What is not known yet takes no room. */
function number(value: unknown): number {
    return isPlain(value) && typeof value === "number" ? value : 0;
}
