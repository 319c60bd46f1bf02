import assert from "node:assert/strict";
import fc from "fast-check";
import { checkName, type NamedKind, nameLimits, physicalName } from "../../../components/core/names";
import { Checks } from "../../../components/core/validation";
import { fuzzRuns } from "../../support/effort";

const kinds = Object.keys(nameLimits) as NamedKind[];
const anyKind = fc.constantFrom(...kinds);
const anyParts = fc.array(
    fc.oneof(fc.string({ maxLength: 40 }), fc.string({ maxLength: 40, unit: fc.constantFrom(..."abz09-") })),
    { minLength: 1, maxLength: 4 },
);

function accepted(name: string, kind: NamedKind): boolean {
    const checks = new Checks();
    checkName(checks, "name", name, kind);
    return checks.faults.length === 0;
}

describe("a physical name", () => {
    it("is the joined parts when those fit", () => {
        assert.equal(physicalName(["shop", "db", "backup"], nameLimits.CronJob), "shop-db-backup");
    });

    it("is cut and ends in a hash of the parts when it is too long", () => {
        const name = physicalName(["a".repeat(40), "nightly-backup"], nameLimits.CronJob);

        assert.equal(name, `${"a".repeat(40)}-ni-4e6a5735`);
        assert.equal(name.length, 52);
    });

    it("is cleaned and ends in a hash when it is no DNS label", () => {
        assert.match(physicalName(["My_Shop"], nameLimits.Deployment), /^my-shop-[0-9a-f]{8}$/);
        assert.match(physicalName(["2nd"], nameLimits.Service), /^nd-[0-9a-f]{8}$/);
        assert.match(physicalName(["22"], nameLimits.Service), /^n-[0-9a-f]{8}$/);
        assert.match(physicalName([""], nameLimits.Deployment), /^[0-9a-f]{8}$/);
    });

    it("is right for its kind, whatever the parts", () => {
        fc.assert(
            fc.property(anyParts, anyKind, (parts, kind) => {
                const name = physicalName(parts, nameLimits[kind]);
                assert.ok(accepted(name, kind), name);
                assert.ok(name.length <= nameLimits[kind].maximum);
            }),
            { numRuns: fuzzRuns(1000) },
        );
    });

    it("is the same for the same parts, and itself when made again", () => {
        fc.assert(
            fc.property(anyParts, anyKind, (parts, kind) => {
                const name = physicalName(parts, nameLimits[kind]);
                assert.equal(physicalName([...parts], nameLimits[kind]), name);
                assert.equal(physicalName([name], nameLimits[kind]), name);
            }),
        );
    });

    it("tells different parts apart, but for those that join to the same valid name", () => {
        fc.assert(
            fc.property(anyParts, anyParts, anyKind, (left, right, kind) => {
                fc.pre(JSON.stringify(left) !== JSON.stringify(right));
                const [one, other] = [left, right].map((parts) => physicalName(parts, nameLimits[kind]));
                const joinedAlike = left.join("-") === right.join("-") && accepted(left.join("-"), kind);
                assert.equal(one === other, joinedAlike);
            }),
            { numRuns: fuzzRuns(1000) },
        );
    });
});

describe("a name that the user gives", () => {
    it("is taken up to the longest of its kind, and refused beyond it", () => {
        for (const kind of kinds) {
            const { maximum } = nameLimits[kind];
            assert.ok(accepted("a".repeat(maximum), kind), kind);
            assert.ok(!accepted("a".repeat(maximum + 1), kind), kind);
        }
    });

    it("leaves room for what the component appends", () => {
        const checks = new Checks();
        checkName(checks, "serviceName", "a".repeat(55), "Service", "-headless");

        assert.match(
            checks.faults[0]!.reason,
            /^is "a{55}", which has 55 characters; use at most 54 lower-case letters/,
        );
    });
});
