import assert from "node:assert/strict";
import fc from "fast-check";
import { atLeast, minorOf } from "../../../components/core";

describe("Kubernetes versions", () => {
    for (const [version, minor] of [
        ["1.36", "1.36"],
        ["1.36.3", "1.36"],
        ["v1.36.3", "1.36"],
        ["v1.36.3-gke.1001000", "1.36"],
        ["1.30.4-eks-a737599", "1.30"],
        ["v1.37.0-rc.1+k3s1", "1.37"],
        ["v1.33.1+k3s1", "1.33"],
    ] as const) {
        it(`takes ${minor} from ${version}`, () => assert.equal(minorOf(version), minor));
    }

    for (const text of ["", "1", "latest", "1.36.x", "version 1.36", "1.36.3.4", "1.36+"]) {
        it(`refuses "${text}" and names a right one`, () => {
            assert.throws(
                () => minorOf(text),
                new RangeError(`"${text}" is not a Kubernetes version; give one like "1.36" or "1.36.3"`),
            );
        });
    }

    it("compares minors as numbers, not as text", () => {
        assert.equal(atLeast("1.10", "1.9"), true);
        assert.equal(atLeast("1.9.9", "1.10"), false);
    });

    it("lets a release candidate and a vendor's build count as the release", () => {
        assert.equal(atLeast("v1.37.0-rc.1", "1.37"), true);
        assert.equal(atLeast("v1.36.3-gke.1", "1.36.3"), true);
    });

    it("orders any two versions as their numbers are ordered", () => {
        const number = fc.integer({ min: 0, max: 200 });
        fc.assert(
            fc.property(number, number, number, number, (minor, patch, otherMinor, otherPatch) => {
                const expected = minor > otherMinor || (minor === otherMinor && patch >= otherPatch);
                assert.equal(atLeast(`v1.${minor}.${patch}`, `1.${otherMinor}.${otherPatch}`), expected);
            }),
        );
    });
});
