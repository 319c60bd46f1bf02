import assert from "node:assert/strict";
import fc from "fast-check";
import {
    Checks,
    type QuantityKind,
    durationSeconds,
    quantityValue,
    suggest,
} from "../../../components/core/validation";
import { editDistance } from "../../../components/core/validation/suggest";
import { fuzzRuns } from "../../support/effort";

/** Every check of a text, by name. */
const textChecks: Record<string, (checks: Checks, value: string) => void> = {
    cidr: (checks, value) => checks.cidr("p", value),
    cpu: (checks, value) => checks.quantity("p", value, "cpu"),
    cron: (checks, value) => checks.cron("p", value),
    dnsLabel: (checks, value) => checks.dnsLabel("p", value),
    dnsSubdomain: (checks, value) => checks.dnsSubdomain("p", value),
    environmentName: (checks, value) => checks.environmentName("p", value),
    goDuration: (checks, value) => checks.duration("p", value),
    hostName: (checks, value) => checks.hostName("p", value, { wildcard: true }),
    labelKey: (checks, value) => checks.labelKey("p", value),
    labelValue: (checks, value) => checks.labelValue("p", value),
    memory: (checks, value) => checks.quantity("p", value, "memory"),
    mountPath: (checks, value) => checks.mountPath("p", value),
    oneOf: (checks, value) => checks.oneOf("p", value, ["nodejs", "python"]),
    path: (checks, value) => checks.path("p", value),
    portName: (checks, value) => checks.portName("p", value),
    prometheusDuration: (checks, value) => checks.duration("p", value, { dialect: "prometheus" }),
    serviceName: (checks, value) => checks.dnsLabel("p", value, { letterFirst: true, maximum: 20 }),
    storage: (checks, value) => checks.quantity("p", value, "storage"),
    url: (checks, value) => checks.url("p", value),
};

function reasons(check: (checks: Checks) => void): string[] {
    const checks = new Checks();
    check(checks);
    return checks.faults.map((fault) => fault.reason);
}

function accepts(name: string, value: string): boolean {
    return reasons((checks) => textChecks[name]!(checks, value)).length === 0;
}

/** Texts near the forms that the checks look for, so that both answers occur. */
const texts = fc.oneof(
    fc.string({ maxLength: 70, unit: fc.constantFrom(..."abzAZ019-._/:@ *,%+") }),
    fc.string({ maxLength: 12 }),
    fc
        .tuple(fc.nat(200), fc.constantFrom("", "m", "Mi", " GB", "gb", "k", "min", "d", "h", "days", "u"))
        .map((parts) => parts.join("")),
    fc
        .array(fc.constantFrom("*", "1", "7", "0-7", "MON", "*/5", "61", "L"), { minLength: 4, maxLength: 6 })
        .map((fields) => fields.join(" ")),
    fc.tuple(fc.ipV4(), fc.constantFrom("", "/8", "/24", "/32", "/33")).map((parts) => parts.join("")),
    fc.tuple(fc.ipV6(), fc.constantFrom("", "/8", "/64", "/128", "/129")).map((parts) => parts.join("")),
    fc.webUrl(),
);

describe("every check of a text", () => {
    for (const name of Object.keys(textChecks)) {
        it(`${name}: what it suggests is itself accepted`, () => {
            fc.assert(
                fc.property(texts, (value) => {
                    for (const reason of reasons((checks) => textChecks[name]!(checks, value))) {
                        const suggestion = /did you mean ("(?:[^"\\]|\\.)*")\?$/.exec(reason)?.[1];
                        if (suggestion !== undefined) {
                            const text = JSON.parse(suggestion) as string;
                            assert.ok(accepts(name, text), `${JSON.stringify(value)} -> ${suggestion}`);
                        }
                    }
                }),
                { numRuns: fuzzRuns(400) },
            );
        });

        it(`${name}: says nothing of a secret value`, () => {
            const marked = texts.map((text) => `${text}Zq9xW4`);
            fc.assert(
                fc.property(marked, (value) => {
                    for (const reason of reasons((checks) => textChecks[name]!(checks.secret, value))) {
                        assert.ok(!reason.toLowerCase().includes("zq9xw4"), reason);
                    }
                }),
                { numRuns: fuzzRuns(200) },
            );
        });
    }
});

describe("DNS names", () => {
    const lower = "abcdefghijklmnopqrstuvwxyz0123456789";
    /** RFC 1123 in plain words, letter by letter. */
    const isLabel = (text: string): boolean =>
        text.length >= 1 &&
        text.length <= 63 &&
        [...text].every((letter) => lower.includes(letter) || letter === "-") &&
        !text.startsWith("-") &&
        !text.endsWith("-");

    it("are labels exactly when RFC 1123 says so", () => {
        const near = fc.string({ maxLength: 66, unit: fc.constantFrom("a", "9", "-", "Z", ".", "é") });
        fc.assert(
            fc.property(near, (text) => assert.equal(accepts("dnsLabel", text), isLabel(text))),
            { numRuns: fuzzRuns(1000) },
        );
    });

    it("are subdomains exactly when they are labels of any length, joined by dots", () => {
        const near = fc.string({ maxLength: 12, unit: fc.constantFrom("a", "9", "-", ".", "Z") });
        fc.assert(
            fc.property(near, (text) => assert.equal(accepts("dnsSubdomain", text), text.split(".").every(isLabel))),
            { numRuns: fuzzRuns(1000) },
        );
        assert.equal(accepts("dnsSubdomain", "a".repeat(253)), true);
        assert.equal(accepts("dnsSubdomain", "a".repeat(254)), false);
    });
});

describe("quantities", () => {
    const powers: Record<string, bigint> = { "": 0n, k: 3n, M: 6n, G: 9n, T: 12n };
    const binary: Record<string, bigint> = { Ki: 10n, Mi: 20n, Gi: 30n, Ti: 40n };

    it("have the value that whole-number arithmetic gives", () => {
        const units = fc.constantFrom(...Object.keys(powers), ...Object.keys(binary));
        fc.assert(
            fc.property(fc.nat(8000), units, (count, unit) => {
                const factor = unit in binary ? 2n ** binary[unit]! : 10n ** powers[unit]!;
                assert.equal(quantityValue(`${count}${unit}`), Number(BigInt(count) * factor));
            }),
        );
    });

    it("are taken for processor time exactly when they are whole thousandths of a core", () => {
        fc.assert(
            fc.property(fc.integer({ min: 1, max: 1_000_000 }), (micros) => {
                const text = `${Math.floor(micros / 1e6)}.${String(micros % 1e6).padStart(6, "0")}`;
                assert.equal(accepts("cpu", text), micros % 1000 === 0, text);
                assert.equal(accepts("cpu", `${micros}u`), micros % 1000 === 0, `${micros}u`);
            }),
        );
    });

    it("lie within limits exactly when their values do", () => {
        const sizes = fc.integer({ min: 1, max: 64 });
        fc.assert(
            fc.property(sizes, sizes, fc.constantFrom<QuantityKind>("memory", "storage"), (size, least, kind) => {
                const found = reasons((checks) =>
                    checks.quantity("p", `${size * 1024}Mi`, kind, { minimum: `${least}Gi` }),
                );
                assert.equal(found.length === 0, size >= least);
            }),
        );
    });
});

describe("durations", () => {
    it("are the sum of their parts", () => {
        fc.assert(
            fc.property(fc.nat(99), fc.nat(59), fc.nat(59), (hours, minutes, seconds) => {
                const expected = (hours * 60 + minutes) * 60 + seconds;
                assert.equal(durationSeconds(`${hours}h${minutes}m${seconds}s`), expected);
                assert.equal(durationSeconds(`${hours}h${minutes}m${seconds}s`, "prometheus"), expected);
            }),
        );
    });
});

describe("blocks of addresses", () => {
    it("are accepted exactly when no bit behind the prefix is set, else mended by clearing those", () => {
        fc.assert(
            fc.property(fc.nat(0xffff_ffff), fc.integer({ min: 0, max: 32 }), (bits, prefix) => {
                const mask = prefix === 0 ? 0 : (0xffff_ffff << (32 - prefix)) >>> 0;
                const masked = (bits & mask) >>> 0;
                const found = reasons((checks) => checks.cidr("p", `${dotted(bits)}/${prefix}`));
                if (masked === bits) {
                    assert.deepEqual(found, []);
                } else {
                    assert.match(found[0]!, new RegExp(`did you mean "${dotted(masked)}/${prefix}"\\?$`));
                }
            }),
        );
    });

    function dotted(bits: number): string {
        return [24, 16, 8, 0].map((shift) => (bits >>> shift) & 255).join(".");
    }
});

describe("schedules", () => {
    /** Lowest and highest number of each field as robfig/cron has them; days that every month has. */
    const bounds: [number, number][] = [
        [0, 59],
        [0, 23],
        [1, 28],
        [1, 12],
        [0, 6],
    ];
    const field = ([low, high]: [number, number]): fc.Arbitrary<string> =>
        fc.oneof(
            fc.constantFrom("*", "?", "*/2"),
            fc.integer({ min: low, max: high }).map(String),
            fc
                .tuple(fc.integer({ min: low, max: high }), fc.integer({ min: low, max: high }))
                .map(([one, other]) => `${Math.min(one, other)}-${Math.max(one, other)}`),
        );
    const schedule = fc.tuple(...bounds.map(field));

    it("of numbers within their fields' bounds are accepted", () => {
        fc.assert(fc.property(schedule, (fields) => assert.ok(accepts("cron", fields.join(" ")), fields.join(" "))));
    });

    it("with one number outside of its field's bounds are refused", () => {
        const outside = fc
            .nat(4)
            .chain((index) =>
                fc.tuple(fc.constant(index), fc.integer({ min: (index === 2 ? 31 : bounds[index]![1]) + 1, max: 99 })),
            );
        fc.assert(
            fc.property(schedule, outside, (fields, [index, number]) => {
                const wrong = fields.map((text, each) => (each === index ? String(number) : text)).join(" ");
                assert.ok(!accepts("cron", wrong), wrong);
            }),
        );
    });
});

describe("suggestions", () => {
    const words = ["postgresql", "mongodb", "mariadb", "redis", "openwhisk", "kubeless"];

    it("find the word that one slip was made in", () => {
        const slips = fc.constantFrom(...words).chain((word) =>
            fc.tuple(fc.constant(word), fc.nat(word.length - 2), fc.nat(3)).map(([whole, at, kind]) => {
                const [before, letter, next, rest] = [
                    whole.slice(0, at),
                    whole[at]!,
                    whole[at + 1]!,
                    whole.slice(at + 2),
                ];
                const slipped = [
                    before + next + rest,
                    before + next + letter + rest,
                    `${before}x${next}${rest}`,
                    `${before}${letter}x${next}${rest}`,
                ];
                return [whole, slipped[kind]!] as const;
            }),
        );
        fc.assert(fc.property(slips, ([word, slipped]) => assert.equal(suggest(slipped, words), word, slipped)));
    });

    it("are silent when nothing is near", () => {
        for (const far of ["", "x", "cassandra", "zzzzzzzz"]) {
            assert.equal(suggest(far, words), undefined, far);
        }
    });

    it("measure a distance that is zero for equals only, the same both ways, and at most the longer length", () => {
        const short = fc.string({ maxLength: 6, unit: fc.constantFrom("a", "b", "c") });
        fc.assert(
            fc.property(short, short, (left, right) => {
                const distance = editDistance(left, right);
                assert.equal(distance === 0, left === right);
                assert.equal(distance, editDistance(right, left));
                assert.ok(distance <= Math.max(left.length, right.length));
                assert.ok(distance >= Math.abs(left.length - right.length));
            }),
        );
    });
});
