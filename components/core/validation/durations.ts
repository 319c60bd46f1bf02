import { type Finding, type Format, mended } from "./finding";

/** Who reads the duration: Go programs (`1h30m`, fractions, no days) or Prometheus (`1d12h`, days, weeks, years). */
export const DurationDialect = { Go: "go", Prometheus: "prometheus" } as const;
export type DurationDialect = (typeof DurationDialect)[keyof typeof DurationDialect];

/** How a duration is limited, each itself a duration in the same dialect. */
export interface DurationLimits {
    minimum?: string;
    maximum?: string;
    /** @default `go` */
    dialect?: DurationDialect;
}

// https://pkg.go.dev/time#ParseDuration, without signs: no argument of ours may be negative.
const goSyntax = /^0$|^((\d+(\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h))+$/;
// https://prometheus.io/docs/prometheus/latest/configuration/configuration/ (<duration>)
const prometheusSyntax = /^0$|^(?=\d)(\d+y)?(\d+w)?(\d+d)?(\d+h)?(\d+m)?(\d+s)?(\d+ms)?$/;

const seconds: Record<string, number> = {
    ns: 1e-9,
    us: 1e-6,
    µs: 1e-6,
    μs: 1e-6,
    ms: 1e-3,
    s: 1,
    m: 60,
    h: 3600,
    d: 86_400,
    w: 604_800,
    y: 31_536_000,
};

const rules: Record<DurationDialect, string> = {
    go: 'give numbers with units (ms, s, m, h), like "30s" or "1h30m"',
    prometheus: 'give whole numbers with units (ms, s, m, h, d, w, y; largest first), like "30s" or "1d12h"',
};

/** The length of a duration in seconds, or `undefined` when the text is not one. */
export function durationSeconds(text: string, dialect: DurationDialect = DurationDialect.Go): number | undefined {
    const syntax = dialect === DurationDialect.Go ? goSyntax : prometheusSyntax;
    if (!syntax.test(text)) {
        return undefined;
    }
    const parts = text.matchAll(/([\d.]+)(ns|us|µs|μs|ms|s|m|h|d|w|y)/g);
    return [...parts].reduce((sum, [, digits, unit]) => sum + Number(digits) * seconds[unit!]!, 0);
}

/** Durations of one dialect, within limits. */
export function durationFormat(limits: DurationLimits = {}): Format {
    const dialect = limits.dialect ?? DurationDialect.Go;
    const judge: Format = (value) => {
        const length = durationSeconds(value, dialect);
        return length === undefined
            ? { problem: "is not a duration", rule: rules[dialect] }
            : limitFinding(length, limits, dialect);
    };
    return mended(judge, (value) => mend(value, dialect));
}

function limitFinding(length: number, limits: DurationLimits, dialect: DurationDialect): Finding | undefined {
    if (limits.minimum !== undefined && length < durationSeconds(limits.minimum, dialect)!) {
        return { problem: "is too short", rule: `give ${limits.minimum} or more` };
    }
    if (limits.maximum !== undefined && length > durationSeconds(limits.maximum, dialect)!) {
        return { problem: "is too long", rule: `give ${limits.maximum} or less` };
    }
    return undefined;
}

/** What was meant by `30`, `5 min` or, for Go, `2d`. */
function mend(value: string, dialect: DurationDialect): string | undefined {
    const match = /^\s*(\d+)\s*([a-z]*)\s*$/i.exec(value);
    if (!match) {
        return undefined;
    }
    const [, digits, unit = ""] = match;
    if (/^(d|days?)$/i.test(unit)) {
        return dialect === DurationDialect.Go ? `${Number(digits) * 24}h` : `${digits}d`;
    }
    if (/^(milli.*|ms)$/i.test(unit)) {
        return `${digits}ms`;
    }
    return /^([smh].*)?$/i.test(unit) ? `${digits}${(unit[0] ?? "s").toLowerCase()}` : undefined;
}
