import { type Format, mended } from "./finding";

/** The longest DNS label, hence the longest name of a Service, Namespace or Pod's host. */
export const longestLabel = 63;
/** The longest DNS subdomain, hence the longest name of most Kubernetes objects. */
export const longestSubdomain = 253;

/** How a DNS label is further limited. */
export interface LabelLimits {
    /** The longest name allowed. @default 63 */
    maximum?: number;
    /** Whether it must begin with a letter, as Service names must (RFC 1035). @default false */
    letterFirst?: boolean;
}

const label = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const subdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const labelPart = /^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/;
const environmentVariable = /^[A-Za-z_][A-Za-z0-9_]*$/;

/**
 * Names of Kubernetes objects that are DNS labels (RFC 1123).
 * https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-label-names
 */
export function dnsLabelFormat(limits: LabelLimits = {}): Format {
    const maximum = limits.maximum ?? longestLabel;
    const rule =
        `use at most ${maximum} lower-case letters, digits and "-", ` +
        `${limits.letterFirst ? "beginning with a letter and" : "beginning and"} ending with a letter or digit`;
    const judge: Format = (value) => {
        const problem = labelProblem(value, maximum, limits.letterFirst ?? false);
        return problem === undefined ? undefined : { problem, rule };
    };
    return mended(judge, (value) => asLabel(value, maximum));
}

function labelProblem(value: string, maximum: number, letterFirst: boolean): string | undefined {
    if (value.length > maximum) {
        return `has ${value.length} characters`;
    }
    if (letterFirst && /^[0-9]/.test(value)) {
        return "begins with a digit";
    }
    return label.test(value) ? undefined : characterProblem(value, /[^-a-z0-9]/);
}

function characterProblem(value: string, foreign: RegExp): string {
    if (value === "") {
        return "is empty";
    }
    if (/[A-Z]/.test(value) && foreign.test("A")) {
        return "has upper-case letters";
    }
    return foreign.test(value)
        ? "has characters that are not allowed"
        : "begins or ends with a character that may not be there";
}

/** The nearest DNS label to a text, which may be empty. */
export function asLabel(value: string, maximum: number = longestLabel): string {
    return value
        .toLowerCase()
        .replace(/[^a-z0-9]+/g, "-")
        .slice(0, maximum)
        .replace(/^-+|-+$/g, "");
}

/**
 * Names of most Kubernetes objects: DNS subdomains (RFC 1123).
 * https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-subdomain-names
 */
export const dnsSubdomainFormat: Format = mended(
    (value) => {
        const tooLong = value.length > longestSubdomain;
        if (!tooLong && subdomain.test(value)) {
            return undefined;
        }
        return {
            problem: tooLong ? `has ${value.length} characters` : characterProblem(value, /[^-.a-z0-9]/),
            rule: `use at most ${longestSubdomain} lower-case letters, digits, "-" and ".", with a letter or digit at both ends of each part`,
        };
    },
    (value) =>
        value
            .split(".")
            .map((part) => asLabel(part, longestSubdomain))
            .filter((part) => part !== "")
            .join("."),
);

/**
 * Keys of labels and annotations: `name` or `prefix/name`.
 * https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set
 */
export const labelKeyFormat: Format = (value) => {
    const slash = value.lastIndexOf("/");
    const [prefix, name] = [slash < 0 ? undefined : value.slice(0, slash), value.slice(slash + 1)];
    if (name.length > longestLabel || !labelPart.test(name)) {
        return {
            problem: `has ${describePart("name", name)}`,
            rule: `use at most ${longestLabel} letters, digits, "-", "_" and ".", with a letter or digit at both ends`,
        };
    }
    if (prefix !== undefined && dnsSubdomainFormat(prefix)) {
        return {
            problem: `has ${describePart("prefix", prefix)} before the "/"`,
            rule: 'use a DNS name as the prefix, like "example.com/name"',
        };
    }
    return undefined;
};

function describePart(part: string, text: string): string {
    return text === "" ? `no ${part}` : `a ${part} that is too long or has characters that are not allowed`;
}

/** Values of labels, which may be empty. Same source as {@link labelKeyFormat}. */
export const labelValueFormat: Format = mended(
    (value) => {
        const tooLong = value.length > longestLabel;
        if (value === "" || (!tooLong && labelPart.test(value))) {
            return undefined;
        }
        return {
            problem: tooLong ? `has ${value.length} characters` : "has characters that are not allowed, or not there",
            rule: `use at most ${longestLabel} letters, digits, "-", "_" and ".", with a letter or digit at both ends`,
        };
    },
    (value) =>
        value
            .replace(/[^-A-Za-z0-9_.]+/g, "-")
            .slice(0, longestLabel)
            .replace(/^[-_.]+|[-_.]+$/g, "") || undefined,
);

/**
 * Names of environment variables that every shell and language can read (POSIX). Kubernetes allows more, but a process
 * can't always get at it.
 */
export const environmentNameFormat: Format = mended(
    (value) =>
        environmentVariable.test(value)
            ? undefined
            : {
                  problem: value === "" ? "is empty" : "is not a name that every shell can read",
                  rule: 'use letters, digits and "_", not beginning with a digit',
              },
    (value) => value.replace(/[^A-Za-z0-9_]+/g, "_").replace(/^(?=[0-9])/, "_"),
);

/**
 * Names of ports (RFC 6335, section 5.1), as containers and Services have them.
 * https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#ports
 */
export const portNameFormat: Format = (value) => {
    if (value.length <= 15 && label.test(value) && /[a-z]/.test(value) && !value.includes("--")) {
        return undefined;
    }
    return {
        problem: value.length > 15 ? `has ${value.length} characters` : "is not a port name",
        rule: 'use at most 15 lower-case letters, digits and single "-", with at least one letter',
    };
};
