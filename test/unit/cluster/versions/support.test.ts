import assert from "node:assert/strict";
import fc from "fast-check";
import { Checks } from "../../../../components/core/validation";
import {
    checkVersionSupport,
    describeSupport,
    supportedMinors,
    supportOf,
    versionWarnings,
} from "../../../../components/cluster/versions";
import { VersionProvider, versionTable } from "../../../../components/core";

const providers = Object.values(VersionProvider);
const reviewed = new Date(versionTable.reviewed);
const day = (text: string): Date => new Date(text);

function faults(provider: VersionProvider, version: string, today: Date): string[] {
    const checks = new Checks();
    checkVersionSupport(checks, provider, version, today);
    return checks.faults.map(({ propertyPath, reason }) => `${propertyPath} ${reason}`);
}

describe("the support of a Kubernetes version", () => {
    for (const [provider, version, today, state] of [
        ["upstream", "1.36.3", "2026-11-22", "standard"],
        ["upstream", "1.35", "2027-02-28", "standard"],
        ["upstream", "1.35", "2027-03-01", "ended"],
        ["eks", "1.34", "2026-12-02", "standard"],
        ["eks", "1.34", "2026-12-03", "extended"],
        ["eks", "1.31.2-eks-1a2b", "2026-11-27", "ended"],
        ["aks", "1.33", "2026-11-22", "extended"],
        ["gke", "v1.34.9-gke.1655001", "2026-11-22", "extended"],
        ["eks", "1.37", "2026-11-22", "unknown"],
        ["aks", "1.37", "2026-11-22", "unknown"],
        ["gke", "1.20", "2026-11-22", "ended"],
    ] as const) {
        it(`of ${version} on ${provider} is ${state} on ${today}`, () =>
            assert.equal(supportOf(provider, version, day(today)).state, state));
    }

    it("is described with the dates of both ends, an estimated one as such", () => {
        const today = day("2026-11-22");
        assert.equal(
            describeSupport("eks", "1.36", today),
            "Kubernetes 1.36 is in standard support on EKS until 2027-08-02, in extended support until 2028-08-02.",
        );
        assert.equal(
            describeSupport("gke", "1.34", today),
            "Kubernetes 1.34 left standard support on GKE on 2026-10-01; it is in extended support until about 2027-09-30.",
        );
        assert.equal(describeSupport("upstream", "1.34", today), "Kubernetes 1.34 is out of support since 2026-10-27.");
        assert.equal(
            describeSupport("aks", "1.37", today),
            "Kubernetes 1.37 is newer than what was known on AKS on 2026-11-22; it was planned for 2026-10-31.",
        );
    });

    it("leaves the newest first, and nothing that has ended or is only planned", () => {
        const minors = supportedMinors("eks", day("2026-11-27")).map(({ minor }) => minor);
        assert.deepEqual(minors, ["1.36", "1.35", "1.34", "1.33", "1.32"]);
        assert.deepEqual(
            supportedMinors("aks", day("2026-11-22")).map(({ minor }) => minor),
            ["1.36", "1.35", "1.34", "1.33", "1.32", "1.31"],
        );
    });
});

describe("the check of a cluster's version", () => {
    it("refuses what the cloud does not run any more, and names what it runs and until when", () => {
        assert.deepEqual(faults("eks", "1.30", day("2026-11-22")), [
            "kubernetesVersion is 1.30, which EKS does not run any more: its support ended on 2026-07-23; " +
                "use 1.36 (until 2027-08-02), 1.35 (until 2027-03-27), 1.34 (until 2026-12-02), " +
                "1.33 (extended support until 2027-07-29), 1.32 (extended support until 2027-03-23) " +
                "or 1.31 (extended support until 2026-11-26), or set allowUnsupportedVersion: true",
        ]);
        assert.match(
            faults("aks", "1.24.3", day("2026-11-22"))[0]!,
            /^kubernetesVersion is 1\.24\.3, which AKS does not/,
        );
    });

    it("takes a version in extended support, and one of which only an estimate says that it ended", () => {
        assert.deepEqual(faults("eks", "1.32", day("2026-11-22")), []);
        assert.deepEqual(faults("gke", "1.31", day("2026-11-22")), []);
    });

    it("takes a version newer than the table, and refuses one that can't be out yet", () => {
        assert.deepEqual(faults("eks", "1.38", day("2026-11-22")), []);
        assert.match(
            faults("eks", "1.63", day("2026-11-22"))[0]!,
            /^kubernetesVersion is 1\.63, which is not out yet; use 1\.36/,
        );
        assert.deepEqual(faults("eks", "1.63", day("2036-11-22")), []);
    });

    it("never refuses an old version of a cluster that people run themselves", () =>
        assert.deepEqual(faults("upstream", "1.19", day("2026-11-22")), []));

    it("leaves what is no version, or not known yet, to others", () => {
        assert.deepEqual(faults("eks", "latest", reviewed), []);
        const checks = new Checks();
        checkVersionSupport(checks, "eks", undefined, reviewed);
        checkVersionSupport(checks, "eks", Promise.resolve("1.1"), reviewed);
        assert.deepEqual(checks.faults, []);
    });

    it("refuses on no later day what it takes on the day of the review", () => {
        fc.assert(
            fc.property(
                fc.constantFrom(...providers),
                fc.integer({ min: 10, max: 90 }),
                fc.integer({ min: 0, max: 4000 }),
                (provider, minor, days) => {
                    const later = new Date(reviewed.getTime() + days * 86_400_000);
                    if (faults(provider, `1.${minor}`, reviewed).length === 0) {
                        assert.deepEqual(faults(provider, `1.${minor}`, later), []);
                    }
                },
            ),
        );
    });
});

describe("the warnings of a cluster's version", () => {
    const warnings = (provider: VersionProvider, version: string, today: string): string[] =>
        versionWarnings(provider, version, day(today));

    it("begin 60 days before the end of standard support, and not before", () => {
        assert.deepEqual(warnings("upstream", "1.35", "2026-12-29"), []);
        assert.deepEqual(warnings("upstream", "1.35", "2026-12-30"), [
            "Kubernetes 1.35 is in standard support until 2027-02-28. Upgrade to 1.37 (until further notice) or 1.36 (until 2027-06-28).",
        ]);
    });

    it("say past the end what staying needs", () =>
        assert.deepEqual(warnings("aks", "1.34", "2026-12-01"), [
            "Kubernetes 1.34 left standard support on AKS on 2026-11-30; it is in long-term support until 2027-11-30. " +
                "Upgrade to 1.36 (until 2027-06-30) or 1.35 (until 2027-03-31)" +
                "; staying needs the Premium tier with the support plan AKSLongTermSupport.",
        ]));

    it("come for a version that has ended and for one newer than the table, with where to look", () => {
        assert.deepEqual(warnings("upstream", "1.34", "2026-11-22"), [
            "Kubernetes 1.34 is out of support since 2026-10-27. Upgrade to 1.37 (until further notice), 1.36 (until 2027-06-28) or 1.35 (until 2027-02-28).",
        ]);
        assert.deepEqual(warnings("eks", "1.37", "2026-11-22"), [
            "Kubernetes 1.37 is newer than what was known on EKS on 2026-11-22. Whether it can be had, this tells: aws eks describe-cluster-versions",
        ]);
    });
});

describe("the table of Kubernetes versions", () => {
    const rows = providers.flatMap((provider) =>
        Object.entries(versionTable.providers[provider].minors).map(([minor, support]) => ({
            provider,
            minor,
            support,
        })),
    );

    it("has dates that exist, in their order, and an end for whatever is neither planned nor the newest", () => {
        for (const { provider, minor, support } of rows) {
            const dates = [support.available, support.standardEnd, support.extendedEnd].filter(
                (date) => date !== undefined,
            );
            const real = dates.every((date) => new Date(date).toISOString().startsWith(date));
            const ordered = dates.every((date, index) => index === 0 || dates[index - 1]! < date);
            const isNewest = minor === Object.keys(versionTable.providers[provider].minors)[0];
            const complete = isNewest || support.standardEnd !== undefined;
            assert.deepEqual([real, ordered, complete], [true, true, true], `${provider} ${minor}`);
        }
    });

    it("has an extended end only where the provider's extended support is described", () => {
        const undescribed = rows.filter(
            ({ provider, support }) => support.extendedEnd && !versionTable.providers[provider].extended,
        );
        assert.deepEqual(undescribed, []);
    });

    it("skips no minor version between the oldest and the newest of a provider", () => {
        for (const provider of providers) {
            const minors = Object.keys(versionTable.providers[provider].minors).map((minor) =>
                Number(minor.split(".")[1]),
            );
            const [oldest, newest] = [Math.min(...minors), Math.max(...minors)];
            assert.equal(minors.length, newest - oldest + 1, provider);
        }
    });
});
