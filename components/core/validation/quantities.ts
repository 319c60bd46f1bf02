import { type Finding, type Format, mended } from "./finding";

/** What a quantity measures. */
export const QuantityKind = { Cpu: "cpu", Memory: "memory", Storage: "storage" } as const;
export type QuantityKind = (typeof QuantityKind)[keyof typeof QuantityKind];

/** How a quantity is limited, each itself a quantity: `"1Gi"`. */
export interface QuantityLimits {
    minimum?: string;
    maximum?: string;
}

// https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
const syntax = /^([+-]?(?:\d+(?:\.\d*)?|\.\d+))(Ki|Mi|Gi|Ti|Pi|Ei|n|u|m|k|M|G|T|P|E|[eE][+-]?\d+)?$/;

const multipliers: Record<string, number> = {
    n: 1e-9,
    u: 1e-6,
    m: 1e-3,
    k: 1e3,
    M: 1e6,
    G: 1e9,
    T: 1e12,
    P: 1e15,
    E: 1e18,
    Ki: 2 ** 10,
    Mi: 2 ** 20,
    Gi: 2 ** 30,
    Ti: 2 ** 40,
    Pi: 2 ** 50,
    Ei: 2 ** 60,
};

const examples: Record<QuantityKind, string> = {
    cpu: 'give cores or thousandths of one, like "0.5", "2" or "250m"',
    memory: 'give bytes with a unit, like "256Mi" or "1Gi"',
    storage: 'give bytes with a unit, like "10Gi"',
};

/** Below this a number of bytes without a unit is taken for a forgotten unit. */
const plausibleBytes = 2 ** 20;

/**
 * The value of a Kubernetes quantity in its base unit (bytes, cores), or `undefined` when the text is not one. Exact up
 * to 2^53; beyond that, and for decimal fractions, as near as a double gets.
 *
 * @example quantityValue("1.5Gi") // 1610612736
 */
export function quantityValue(text: string): number | undefined {
    const match = syntax.exec(text);
    if (!match) {
        return undefined;
    }
    const [, digits, suffix = ""] = match;
    const multiplier = multipliers[suffix];
    if (multiplier === undefined && suffix !== "") {
        return Number(`${digits}${suffix}`);
    }
    return multiplier !== undefined && multiplier < 1
        ? Number(digits) / Math.round(1 / multiplier)
        : Number(digits) * (multiplier ?? 1);
}

/** Kubernetes quantities that make sense as a request, limit or size. */
export function quantityFormat(kind: QuantityKind, limits: QuantityLimits = {}): Format {
    const rule = examples[kind];
    const judge: Format = (value) => {
        const amount = quantityValue(value);
        if (amount === undefined) {
            return { problem: "is not a Kubernetes quantity", rule };
        }
        if (amount <= 0) {
            return { problem: "is not more than zero", rule };
        }
        return kindFinding(kind, value, amount) ?? limitFinding(amount, limits);
    };
    return mended(judge, (value) => mendUnit(value, kind));
}

function kindFinding(kind: QuantityKind, value: string, amount: number): Finding | undefined {
    return kind === QuantityKind.Cpu ? cpuFinding(value, amount) : bytesFinding(kind, value, amount);
}

function cpuFinding(value: string, amount: number): Finding | undefined {
    const rule = examples.cpu;
    if (/[MGTPEK]i?$/.test(value)) {
        return { problem: "is a unit of bytes, not of processor time", rule };
    }
    // A finer CPU quantity is refused by the API server.
    return Number.isInteger(roundOff(amount * 1000))
        ? undefined
        : { problem: "is finer than a thousandth of a core", rule };
}

function roundOff(value: number): number {
    return Number(value.toPrecision(12));
}

function bytesFinding(kind: QuantityKind, value: string, amount: number): Finding | undefined {
    if (/[mun]$/.test(value)) {
        return { problem: "is a fraction of a byte", rule: examples[kind] };
    }
    if (/^[+]?[\d.]+$/.test(value) && amount < plausibleBytes) {
        return { problem: "has no unit, so it means bytes", rule: examples[kind] };
    }
    return undefined;
}

function limitFinding(amount: number, { minimum, maximum }: QuantityLimits): Finding | undefined {
    if (minimum !== undefined && amount < quantityValue(minimum)!) {
        return { problem: "is too small", rule: `give ${minimum} or more` };
    }
    if (maximum !== undefined && amount > quantityValue(maximum)!) {
        return { problem: "is too large", rule: `give ${maximum} or less` };
    }
    return undefined;
}

/** What was meant by `10`, `10GB`, `512mb` or, for memory, `128m`; for processor time, by `0.0005`. */
function mendUnit(value: string, kind: QuantityKind): string | undefined {
    if (kind === QuantityKind.Cpu && /^[\d.]+[num]?$/.test(value)) {
        return `${Math.ceil((quantityValue(value) ?? 0) * 1000)}m`;
    }
    const match = /^\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*$/i.exec(value);
    if (!match) {
        return undefined;
    }
    const [, digits, unit = ""] = match;
    if (kind === QuantityKind.Cpu) {
        return /^(m|milli.*)$/i.test(unit) ? `${digits}m` : /^(c|cores?|v?cpus?)$/i.test(unit) ? digits : undefined;
    }
    if (unit === "") {
        return `${digits}${kind === QuantityKind.Storage ? "Gi" : "Mi"}`;
    }
    return /^[kmgtpe](i?b?|ibytes?|bytes?)$/i.test(unit) ? `${digits}${unit[0]!.toUpperCase()}i` : undefined;
}
