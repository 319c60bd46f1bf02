import { ipaddr } from "../../core/lazy-modules";
import { type Checks, isPlain } from "../../core/validation";

/** Where a range of addresses stands in the arguments. */
export interface NamedRange {
    /** The property that holds it, or that would hold it where a default is used. */
    path: string;
    /** A CIDR; what is no CIDR yet, or no CIDR at all, is passed over. */
    cidr: unknown;
}

interface Range {
    path: string;
    cidr: string;
    network: ReturnType<typeof ipaddr.parseCIDR>;
}

/** Notes every pair of ranges that share addresses: routes between them would be ambiguous. */
export function checkDisjoint(checks: Checks, ranges: readonly NamedRange[]): void {
    const parsed = ranges.flatMap(parse);
    parsed.forEach((range, index) => {
        for (const earlier of parsed.slice(0, index)) {
            if (overlap(range, earlier)) {
                checks.fault(
                    range.path,
                    `is "${range.cidr}", which overlaps "${earlier.cidr}" of ${earlier.path}; give ranges that share no address`,
                );
            }
        }
    });
}

/** Notes a range of IPv6, for what has IPv4 addresses only. */
export function checkIpv4(checks: Checks, { path, cidr }: NamedRange): void {
    const [range] = parse({ path, cidr });
    if (range?.network[0].kind() === "ipv6") {
        checks.fault(
            path,
            `is "${range.cidr}"; the cluster has IPv4 addresses only: give a block like "203.0.113.0/24"`,
        );
    }
}

/** Notes a range whose size the cloud does not take; both bounds are included. */
export function checkPrefix(
    checks: Checks,
    { path, cidr }: NamedRange,
    bounds: { widest: number; narrowest: number },
): void {
    const [range] = parse({ path, cidr });
    if (range === undefined) {
        return;
    }
    const prefix = range.network[1];
    if (prefix < bounds.widest || prefix > bounds.narrowest) {
        const wanted =
            bounds.widest === bounds.narrowest
                ? `a /${bounds.widest}`
                : `one between /${bounds.widest} and /${bounds.narrowest}`;
        checks.fault(path, `is "${range.cidr}", a /${prefix}; give ${wanted}`);
    }
}

/** Notes a range that does not lie within another one. */
export function checkWithin(checks: Checks, inner: NamedRange, outer: NamedRange): void {
    const [range] = parse(inner);
    const [around] = parse(outer);
    if (range && around && !(overlap(range, around) && range.network[1] >= around.network[1])) {
        checks.fault(range.path, `is "${range.cidr}", which is not within "${around.cidr}" of ${around.path}`);
    }
}

/** Ranges that can't be read are reported where their form is checked. */
function parse({ path, cidr }: NamedRange): Range[] {
    return isPlain(cidr) && typeof cidr === "string" && ipaddr.isValidCIDR(cidr)
        ? [{ path, cidr, network: ipaddr.parseCIDR(cidr) }]
        : [];
}

/** Two ranges share addresses when one of them holds the other's first. */
function overlap({ network: [a, aPrefix] }: Range, { network: [b, bPrefix] }: Range): boolean {
    if (a.kind() !== b.kind()) {
        return false;
    }
    const wider = Math.min(aPrefix, bPrefix);
    return a.match([b, wider] as never);
}
