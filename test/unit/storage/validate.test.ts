import assert from "node:assert/strict";
import { type MinIoArgs, validateMinIo } from "../../../components/storage";
import { fakeCluster } from "../../../components/testing";

const good: MinIoArgs = { cluster: fakeCluster(), namespace: "data", storage: { size: "10Gi" } };

/** The faults of arguments that differ from good ones. */
function faultsOf(changed: Partial<Record<keyof MinIoArgs, unknown>>, name = "store"): string[] {
    return validateMinIo(name, { ...good, ...changed } as MinIoArgs).map(
        ({ propertyPath, reason }) => `${propertyPath}: ${reason}`,
    );
}

describe("what an object store refuses", () => {
    const pool = { servers: 4, storage: { size: "10Gi" } };
    const buckets = { media: {} };
    const cases: [string, Partial<Record<keyof MinIoArgs, unknown>>, RegExp][] = [
        ["no namespace", { namespace: undefined }, /^namespace: is missing/],
        ["no storage", { storage: undefined }, /^storage: is missing; give \{ size: "100Gi" \}/],
        ["storage without a unit", { storage: { size: "10" } }, /^storage.size: is "10".*did you mean "10Gi"/],
        ["a volume that holds next to nothing", { storage: { size: "1Mi" } }, /^storage.size: .*1Gi or more/],
        ["two servers", { servers: 2 }, /^servers: is 2, of which none could be lost.*give 1, or 4 or more/],
        ["no server at all", { servers: 0 }, /^servers: is 0; give a whole number/],
        ["servers that make no even sets", { servers: 17 }, /^servers: is 17, and 17 drives.*give 18, for example/],
        [
            "several volumes of one server",
            { volumes: 2 },
            /^volumes: is 2, but one server has one volume; leave it out/,
        ],
        ["too many volumes", { servers: 4, volumes: 17 }, /^volumes: is 17/],
        ["a pool behind one server", { pools: [pool] }, /^pools: adds servers to a store of one.*mc mirror/],
        [
            "a pool of three",
            { servers: 4, pools: [{ ...pool, servers: 3 }] },
            /^pools\[0\].servers: is 3, of which none could be lost.*; give 4 or more/,
        ],
        [
            "a pool of one with several volumes",
            { servers: 4, pools: [{ ...pool, servers: 1, volumes: 4 }] },
            /^pools\[0\].servers: is 1, of which none could be lost/,
        ],
        [
            "a pool without storage",
            { servers: 4, pools: [{ servers: 4 }] },
            /^pools\[0\].storage: is missing; give \{ size/,
        ],
        ["an unknown deletion", { deletion: "retained" }, /^deletion: is "retained".*did you mean "retain"/],
        ["a bucket in capitals", { buckets: { Media: {} } }, /^buckets.Media: is "Media".*lower-case/],
        ["a bucket with a dot", { buckets: { "my.media": {} } }, /my\.media.*3 to 63 lower-case letters/],
        ["a day that is none", { buckets: { media: { lifecycle: { expireDays: 0 } } } }, /lifecycle.expireDays: is 0/],
        [
            "a prefix that never expires",
            { buckets: { media: { lifecycle: { prefix: "a/" } } } },
            /^buckets.media.lifecycle.prefix: says which objects expire, but not when/,
        ],
        [
            "a lock on no versions",
            { buckets: { media: { versioning: false, objectLock: { days: 3 } } } },
            /^buckets.media.objectLock: locks versions/,
        ],
        [
            "an unknown lock",
            { buckets: { media: { objectLock: { days: 3, mode: "governence" } } } },
            /^buckets.media.objectLock.mode: .*did you mean "governance"/,
        ],
        [
            "a lock without an end",
            { buckets: { media: { objectLock: {} } } },
            /^buckets.media.objectLock.days: is missing/,
        ],
        ["a quota without a unit", { buckets: { media: { quota: "5" } } }, /^buckets.media.quota: is "5"/],
        ["a user of a bucket's name", { buckets, users: { media: { reads: ["media"] } } }, /there as the bucket's own/],
        [
            "a user of the component's own",
            { buckets, users: { "kubernetes-faas-metrics": { reads: ["media"] } } },
            /the component keeps to itself/,
        ],
        ["a user's name that is too short", { buckets, users: { a: { reads: ["media"] } } }, /^users.a: is "a"/],
        ["a user who may do nothing", { users: { idle: {} } }, /^users.idle: may do nothing/],
        [
            "a right on no bucket",
            { buckets, users: { report: { reads: ["medai"] } } },
            /^users.report.reads\[0\]: .*did you mean "media"/,
        ],
        [
            "an action of the administration",
            { buckets, users: { boss: { statements: [{ actions: ["admin:*"], resources: ["media/*"] }] } } },
            /^users.boss.statements\[0\].actions\[0\]: is "admin:\*".*s3:GetObject/,
        ],
        ...[
            ["s3:*", "BypassGovernanceRetention"],
            ["s3:Put*", "PutBucketCors"],
            ["s3:Delete*", "DeleteBucket"],
            ["s3:DeleteObject*", "DeleteObjectVersion"],
            ["s3:PutObject*", "PutObjectLegalHold"],
        ].map(([action, refused]): [string, Partial<Record<keyof MinIoArgs, unknown>>, RegExp] => [
            `${action}, by which a user would administer buckets`,
            { buckets, users: { boss: { statements: [{ actions: [action], resources: ["media/*"] }] } } },
            new RegExp(`^users.boss.statements\\[0\\].actions\\[0\\]: .*takes in s3:${refused}, .*; name the actions`),
        ]),
        ...["s3:PutBucketPolicy", "s3:DeleteObjectVersion", "s3:BypassGovernanceRetention"].map(
            (action): [string, Partial<Record<keyof MinIoArgs, unknown>>, RegExp] => [
                `${action}, which is the administrator's`,
                {
                    buckets,
                    users: { boss: { statements: [{ actions: ["s3:GetObject", action], resources: ["media/*"] }] } },
                },
                new RegExp(`^users.boss.statements\\[0\\].actions\\[1\\]: is "${action}", which administers`),
            ],
        ),
        [
            "a statement about every bucket",
            { buckets, users: { boss: { statements: [{ actions: ["s3:GetObject"], resources: ["*"] }] } } },
            /^users.boss.statements\[0\].resources\[0\]: is "\*"/,
        ],
        [
            "a statement about nothing",
            { buckets, users: { boss: { statements: [{ actions: ["s3:GetObject"], resources: [] }] } } },
            /^users.boss.statements\[0\].resources: is empty/,
        ],
        ["a region with a blank", { region: "eu west" }, /^region: is "eu west"/],
        ["uploads that end at once", { incompleteUploadHours: 0 }, /^incompleteUploadHours: is 0/],
        ["an empty image", { image: "" }, /^image: is empty/],
        ["a label of the library's own", { labels: { "app.kubernetes.io/name": "x" } }, /^labels.*set by the library/],
        ["a name that leaves no room", { resourceName: "a".repeat(46) }, /^resourceName: .*at most 44/],
    ];

    for (const [what, args, expected] of cases) {
        it(`${what}`, () => {
            const faults = faultsOf(args);
            assert.equal(faults.length, 1, faults.join("\n"));
            assert.match(faults[0]!, expected);
        });
    }

    it("all of it at once, and nothing that is right", () => {
        assert.deepEqual(faultsOf({}), []);
        assert.deepEqual(faultsOf({ servers: 4, pools: [pool, { ...pool, volumes: 4 }] }), []);
        const statements = [
            { effect: "deny", actions: ["s3:*"], resources: ["media"] },
            { actions: ["s3:Get*", "s3:List*", "s3:PutObject", "s3:DeleteObject"], resources: ["media/*"] },
        ];
        const past = { versioning: false, lifecycle: { expireNoncurrentDays: 7 } };
        assert.deepEqual(faultsOf({ buckets: { past } }), []);
        assert.deepEqual(faultsOf({ buckets, users: { one: { statements } } }), []);
        assert.equal(faultsOf({ servers: 3, storage: {}, region: "" }).length, 3);
    });

    it("no number of servers that share their drives evenly", () => {
        const good = [4, 5, 6, 7, 8, 9, 10, 12, 14, 15, 16, 18, 20, 24, 32].filter(
            (servers) => faultsOf({ servers }).length > 0,
        );
        assert.deepEqual(good, []);
        const bad = [11, 13].filter((servers) => faultsOf({ servers }).length > 0);
        assert.deepEqual(bad, [], "sets go up to 16 drives");
        assert.deepEqual(
            [17, 19, 23, 29, 31].filter((servers) => faultsOf({ servers }).length === 0),
            [],
        );
    });
});
