import { domainToASCII } from "node:url";
import { ipaddr } from "../lazy-modules";
import { type Finding, type Format, mended } from "./finding";
import { longestLabel, longestSubdomain } from "./names";

/** Which host names are taken. */
export interface HostNameRules {
    /** Whether the first label may be `*`. @default false */
    wildcard?: boolean;
}

/** Which URLs are taken. */
export interface UrlRules {
    /** @default `["https", "http"]` */
    schemes?: readonly string[];
}

/** Whether a host is a domain or below it. */
export function isHostWithin(host: string, domain: string): boolean {
    return host === domain || host.endsWith(`.${domain}`);
}

const cidrRule = 'give an address and a prefix length, like "10.0.0.0/8" or "fd00::/8"';

/** Blocks of addresses: `10.0.0.0/8`, `fd00::/8`; the bits behind the prefix are zero. */
export const cidrFormat: Format = (value) => {
    const [address = "", prefix, ...rest] = value.split("/");
    const isV4 = ipaddr.IPv4.isValidFourPartDecimal(address);
    const isV6 = ipaddr.IPv6.isValid(address) && !address.includes("%");
    if (rest.length > 0 || !(isV4 || isV6)) {
        return { problem: "does not begin with an IP address", rule: cidrRule };
    }
    const longest = isV4 ? 32 : 128;
    if (prefix === undefined) {
        return { problem: "has no prefix length", rule: cidrRule, suggestion: `${value}/${longest}` };
    }
    if (!/^(0|[1-9]\d{0,2})$/.test(prefix) || Number(prefix) > longest) {
        return { problem: `has a prefix length that is not a number from 0 to ${longest}`, rule: cidrRule };
    }
    return hostBitsFinding(address, prefix, isV4);
};

function hostBitsFinding(address: string, prefix: string, isV4: boolean): Finding | undefined {
    const family = isV4 ? ipaddr.IPv4 : ipaddr.IPv6;
    const network = family.networkAddressFromCIDR(`${address}/${prefix}`).toString();
    if (family.parse(address).toString() === network) {
        return undefined;
    }
    return {
        problem: "has bits set behind its prefix",
        rule: "give the first address of the block",
        suggestion: `${network}/${prefix}`,
    };
}

/**
 * Names of hosts, in lower case and in ASCII, as an Ingress takes them
 * (https://kubernetes.io/docs/reference/kubernetes-api/service-resources/ingress-v1/#IngressSpec). Not addresses.
 */
export function hostNameFormat(rules: HostNameRules = {}): Format {
    const rule =
        'give a host name alone, like "api.example.com"' + (rules.wildcard ? ' or "*.example.com"' : " (no wildcard)");
    const judge: Format = (value) => {
        const problem = hostNameProblem(value, rules.wildcard ?? false);
        return problem === undefined ? undefined : { problem, rule };
    };
    return mended(judge, bareHost);
}

function hostNameProblem(value: string, wildcard: boolean): string | undefined {
    if (ipaddr.isValid(value)) {
        return "is an IP address";
    }
    if (value.length > longestSubdomain) {
        return `has ${value.length} characters`;
    }
    if (!wildcard && value.startsWith("*.")) {
        return "has a wildcard";
    }
    const name = wildcard ? value.replace(/^\*\./, "") : value;
    if (name.split(".").some((label) => label.length > longestLabel)) {
        return `has a part of more than ${longestLabel} characters`;
    }
    const isName = name.split(".").every((label) => /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(label));
    return isName ? undefined : "is not a host name";
}

/** The host name in a URL, in upper case, with a port, a final dot or letters beyond ASCII. */
function bareHost(value: string): string | undefined {
    const host = value
        .trim()
        .replace(/^[a-z][-+.a-z0-9]*:\/\//i, "")
        .replace(/[/?#].*$/s, "")
        .replace(/:\d+$/, "")
        .replace(/\.$/, "");
    const wildcard = host.startsWith("*.");
    const name = domainToASCII(wildcard ? host.slice(2) : host);
    return name === "" ? undefined : `${wildcard ? "*." : ""}${name}`;
}

/** Absolute URLs of the given schemes, without a login in them. */
export function urlFormat(rules: UrlRules = {}): Format {
    const schemes = rules.schemes ?? ["https", "http"];
    const rule = `give a whole URL, like "${schemes[0]}://example.com/path"`;
    const judge: Format = (value) => {
        if (!URL.canParse(value)) {
            return { problem: "is not a whole URL", rule };
        }
        const url = new URL(value);
        if (!schemes.includes(url.protocol.slice(0, -1))) {
            return { problem: `has a scheme other than ${schemes.join(" and ")}`, rule };
        }
        if (url.hostname === "" || /\s/.test(value)) {
            return { problem: "has no host, or spaces in it", rule };
        }
        return url.username || url.password
            ? { problem: "holds a user name or password", rule: "give those in arguments of their own" }
            : undefined;
    };
    return mended(judge, (value) => (URL.canParse(value) ? undefined : `${schemes[0]}://${value}`));
}

/** Whether a text meant as a URL holds a login, so that it must not be shown. */
export function holdsLogin(value: string): boolean {
    return /^([a-z][-+.a-z0-9]*:\/\/)?[^/?#]*@/i.test(value);
}

const pathRule = 'give a path that begins with "/", like "/api"';

/** Paths of URLs, as routes and probes have them: absolute, normalised, no query. */
export const urlPathFormat: Format = mended(
    (value) => {
        const problem = urlPathProblem(value);
        return problem === undefined ? undefined : { problem, rule: pathRule };
    },
    (value) => `/${value}`.replace(/\/{2,}/g, "/"),
);

function urlPathProblem(value: string): string | undefined {
    if (!value.startsWith("/")) {
        return 'does not begin with "/"';
    }
    if (/[?#]/.test(value)) {
        return "holds a query or fragment";
    }
    if (/\s|[\p{Cc}"<>\\^`{|}]/u.test(value)) {
        return "has characters that a path must not hold unescaped";
    }
    return /\/\/|\/\.\.?(\/|$)/.test(value) ? 'has empty parts, "." or ".." in it' : undefined;
}

/**
 * Paths in a container where a volume can be mounted: absolute and without ":"
 * (https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#volumes-1), not the root.
 */
export const mountPathFormat: Format = (value) => {
    const rule = 'give a directory in the container, like "/var/lib/data"';
    if (!value.startsWith("/")) {
        return { problem: 'does not begin with "/"', rule };
    }
    if (/^\/+$/.test(value)) {
        return { problem: "is the root of the file system", rule };
    }
    return /:|\/\.\.?(\/|$)|\p{Cc}/u.test(value) ? { problem: 'has ":", "." or ".." in it', rule } : undefined;
};
