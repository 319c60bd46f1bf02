import assert from "node:assert/strict";
import { GkeCluster, type GkeClusterArgs, validateGkeCluster } from "../../../../components/gcp";
import { record, rejects } from "../../support/mocks";
import { least } from "./support";

const today = new Date("2026-11-22");
const pool = { machineType: "e2-standard-4", minNodes: 1, maxNodes: 3 };

/** The faults of arguments that are right but for these. */
async function faults(args: object, name = "prod"): Promise<string[]> {
    const validate = (): string[] =>
        validateGkeCluster(name, { ...least, ...args }, today).map(
            ({ propertyPath, reason }) => `${propertyPath} ${reason}`,
        );
    return (await record(validate)).result;
}

/** Asserts the only fault. */
async function fault(args: object, expected: string | RegExp, name?: string): Promise<void> {
    const found = await faults(args, name);
    assert.equal(found.length, 1, found.join("\n"));
    if (typeof expected === "string") {
        assert.equal(found[0], expected);
    } else {
        assert.match(found[0]!, expected);
    }
}

describe("what a GkeCluster refuses", () => {
    it("is nothing of what it needs at least", async () => assert.deepEqual(await faults({}), []));

    it("is a cluster without project, region, version or way in, all at once", async () => {
        await rejects(
            () => new GkeCluster("prod", { apiServer: {} } as GkeClusterArgs),
            new RegExp(
                [
                    "^GkeCluster prod: 4 arguments are wrong:",
                    "project is missing; give the project's id, or .*gcp:project.*",
                    "region is missing; give the region, or .*gcp:region.*",
                    "kubernetesVersion is missing; .*",
                    "apiServer leaves no way in: .*dnsEndpoint: true.*allowFrom.*privateFrom.*",
                ].join("\\n? *-? *"),
            ),
        );
    });

    it("is a zone for a region, with the region that was meant", async () => {
        assert.deepEqual(await faults({ region: "europe-west3-a" }), [
            'region is "europe-west3-a", which is not a region; give one like "europe-west3"; did you mean "europe-west3"?',
        ]);
    });

    it("is a zone outside of the region, of the cluster and of a pool", async () => {
        assert.deepEqual(
            await faults({
                zones: ["europe-west3-a", "europe-west4-a", "europe-west3"],
                nodePools: { general: { ...pool, zones: ["us-east1-b"] } },
            }),
            [
                'zones[1] is "europe-west4-a", which is not in the region "europe-west3"; give one like "europe-west3-a"',
                'zones[2] is "europe-west3", which is not a zone; give one like "europe-west3-a"',
                'nodePools.general.zones[0] is "us-east1-b", which is not in the region "europe-west3"; give one like "europe-west3-a"',
            ],
        );
    });

    it("is a zone of the control plane that the nodes' zones lack", async () => {
        await fault(
            { zone: "europe-west3-a", zones: ["europe-west3-b"] },
            'zones lack "europe-west3-a", the control plane\'s zone, where GKE has nodes in any case; add it',
        );
        assert.deepEqual(await faults({ zone: "europe-west3-a", zones: ["europe-west3-b", "europe-west3-a"] }), []);
        assert.deepEqual(await faults({ zone: "europe-west3-a" }), []);
    });

    it("are addresses of IPv6, of the cluster and of who reaches it", async () => {
        const six = (path: string, cidr: string): string =>
            `${path} is "${cidr}"; the cluster has IPv4 addresses only: give a block like "203.0.113.0/24"`;
        assert.deepEqual(
            await faults({
                network: { nodesCidr: "fd00::/20", controlPlaneCidr: "fc00::/28" },
                apiServer: { allowFrom: ["2001:db8::/32"], privateFrom: ["10.9.0.0/16", "fd01::/32"] },
            }),
            [
                six("apiServer.allowFrom[0]", "2001:db8::/32"),
                six("apiServer.privateFrom[1]", "fd01::/32"),
                six("network.nodesCidr", "fd00::/20"),
                six("network.controlPlaneCidr", "fc00::/28"),
            ],
        );
    });

    it("is a project of images, or a range of the API server's, that is named twice", async () => {
        await fault(
            { imageProjects: ["acme-a", "acme-b", "acme-a"] },
            'imageProjects[2] is "acme-a", which is in the list already; leave it out',
        );
        await fault(
            { apiServer: { allowFrom: ["203.0.113.0/24", "203.0.113.0/24"] } },
            'apiServer.allowFrom[1] is "203.0.113.0/24", which is in the list already; leave it out',
        );
    });

    it("are addresses that overlap, and a control plane without its /28", async () => {
        assert.deepEqual(
            await faults({ network: { servicesCidr: "10.64.0.0/20", controlPlaneCidr: "172.16.0.0/29" } }),
            [
                'network.controlPlaneCidr is "172.16.0.0/29", a /29; give a /28',
                'network.servicesCidr is "10.64.0.0/20", which overlaps "10.64.0.0/14" of podsCidr; give ranges that share no address',
            ],
        );
    });

    it("are ranges in which the pools don't find room, upgrades included", async () => {
        await fault(
            { network: { podsCidr: "10.64.0.0/22" }, nodePools: { general: { ...pool, maxNodes: 4 } } },
            'network.podsCidr is "10.64.0.0/22" with 1024 addresses; the node pools may grow to need 1280, upgrades included: give a wider range or lower "maxNodes"',
        );
        assert.deepEqual(
            await faults({
                network: { podsCidr: "10.64.0.0/22" },
                nodePools: { general: { ...pool, maxNodes: 4, maxPodsPerNode: 64 } },
            }),
            [],
        );
        await fault({ network: { nodesCidr: "10.10.0.0/29" } }, /^network.nodesCidr is .* 8 addresses; .* need 11,/);
    });

    it("is a network that is given and made at once", async () => {
        const existing = { network: "n", subnetwork: "s", podsRange: "p" };
        assert.deepEqual(await faults({ network: { existing, flowLogs: true } }), [
            "network.existing.servicesRange is missing; give a value",
            'network.flowLogs can\'t go together with "existing", whose subnetwork has it; leave it out',
        ]);
    });

    it("is a webhook's port that is open anyway, or none", async () => {
        assert.deepEqual(await faults({ network: { webhookPorts: [443, 70_000] } }), [
            "network.webhookPorts[0] is 443, which GKE opens by itself; leave it out",
            "network.webhookPorts[1] is 70000; give a whole number from 1 to 65535",
        ]);
    });

    it("is a version that GKE does not run any more, unless told to take it", async () => {
        await fault(
            { kubernetesVersion: "1.29" },
            /^kubernetesVersion is 1\.29, which .* does not run any more.*1\.36/,
        );
        assert.deepEqual(await faults({ kubernetesVersion: "1.29", allowUnsupportedVersion: true }), []);
        await fault({ kubernetesVersion: "latest" }, /^kubernetesVersion is "latest", which does not have/);
    });

    it("is an API server open to all by a list, and a list beside everybody", async () => {
        await fault(
            { apiServer: { allowFrom: ["0.0.0.0/0"] } },
            /^apiServer\.allowFrom\[0\] .*allowFromAnywhere: true/,
        );
        await fault(
            { apiServer: { allowFrom: ["203.0.113.0/24"], allowFromAnywhere: true } },
            /^apiServer\.allowFromAnywhere can't go together with "allowFrom"/,
        );
        await fault(
            { apiServer: { privateFrom: ["10.0.0.0/8"], dnsEndpointTokens: true } },
            /^apiServer\.dnsEndpointTokens is true without a DNS endpoint/,
        );
    });

    it("are node pools in Autopilot, and all else that belongs to nodes of one's own", async () => {
        const args = { nodePools: { general: pool }, zone: "europe-west3-a", zones: ["europe-west3-a"] };
        const found = await faults({ ...args, mode: "autopilot", dnsCache: false, managedPrometheus: false });
        assert.deepEqual(
            found.map((each) => each.split(" ")[0]),
            ["nodePools", "zone", "zones", "dnsCache", "managedPrometheus"],
        );
    });

    it("are spot pools alone, and pools alone on which GKE's own pods don't run", async () => {
        await fault({ nodePools: { cheap: { ...pool, spot: true } } }, /^nodePools has spot pools only/);
        await fault(
            { nodePools: { cheap: { ...pool, spot: true }, safe: { ...pool, sandbox: true } } },
            /^nodePools has only pools with taints/,
        );
        assert.deepEqual(await faults({ nodePools: { general: pool, cheap: { ...pool, spot: true } } }), []);
        const tainted = (effect: string): object => ({
            nodePools: { general: { ...pool, taints: [{ key: "team", effect }] } },
        });
        await fault(tainted("NoSchedule"), /^nodePools has only pools with taints/);
        await fault(tainted("NoExecute"), /^nodePools has only pools with taints/);
        assert.deepEqual(await faults(tainted("PreferNoSchedule")), []);
    });

    it("are names beyond Google's limits", async () => {
        await fault({}, /^name is ".*", which has 41 characters; use at most 40/, "c".repeat(41));
        await fault({ clusterName: "9lives" }, /^clusterName is "9lives", which begins with a digit/);
        await fault(
            { nodePools: { general: pool, ["p".repeat(28)]: pool } },
            /^nodePools\.p+ is "p+", .*at most 27 lower-case letters/,
        );
        assert.deepEqual(await faults({ nodePools: { ["p".repeat(27)]: pool } }), []);
    });

    it("is a component's name that leaves no room for its node pools' names, and says how long it may be", async () => {
        assert.deepEqual(await faults({}, "c".repeat(24)), []);
        await fault(
            {},
            /^name is "c+", which has 25 characters; use at most 24, .* have 40 at most, or give "nodePools" with shorter names/,
            "c".repeat(25),
        );
        await fault({ clusterName: "shop" }, /^name is "c+", which has 35 characters; use at most 24,/, "c".repeat(35));
        await fault(
            { nodePools: { general: pool, batch: pool } },
            /^name is "c+", which has 35 characters; use at most 30, .* have 40 at most$/,
            "c".repeat(35),
        );
        assert.deepEqual(await faults({ nodePools: { p: pool } }, "c".repeat(30)), []);
        await fault({ nodePools: { pp: pool } }, /^nodePools\.pp is "pp", .*at most 1 lower-case/, "c".repeat(30));
        assert.deepEqual(await faults({ mode: "autopilot" }, "c".repeat(40)), []);
    });

    it("is a component's name that begins no other name, also beside a cluster's own", async () => {
        await fault({ clusterName: "shop" }, /^name is "Shop_1", which has upper-case letters/, "Shop_1");
        const long = "c".repeat(41);
        await fault({ mode: "autopilot", clusterName: "shop" }, /^name is "c+", which has 41 characters/, long);
    });

    it("are keys that are none, or in another region", async () => {
        const key = "projects/p/locations/us-east1/keyRings/r/cryptoKeys/k";
        assert.deepEqual(await faults({ secretsKey: "k", disksKey: key }), [
            'secretsKey is "k", which does not have the right form; give the key\'s id, like "projects/P/locations/europe-west3/keyRings/R/cryptoKeys/K"',
            'disksKey is in "us-east1"; GKE takes keys of the cluster\'s region only, "europe-west3"',
        ]);
    });

    it("are maintenance windows that are too short or too rare for GKE", async () => {
        await fault({ maintenanceWindow: { hours: 3 } }, /^maintenanceWindow\.hours is 3; give a whole number from 4/);
        await fault(
            { maintenanceWindow: { days: ["Sunday"], hours: 8 } },
            "maintenanceWindow gives GKE 32 hours in four weeks; it wants 48: give more days or hours",
        );
        assert.deepEqual(await faults({ maintenanceWindow: { days: ["Sunday"], hours: 12 } }), []);
    });

    it("are words that GKE does not know, with the one that was meant", async () => {
        const found = await faults({
            mode: "autopilto",
            releaseChannel: "regular",
            credentials: "gclod",
            logs: ["SYSTEM_COMPONENTS", "API_SERVER"],
            metrics: ["POD"],
            securityGroup: "admins@example.com",
            labels: { Team: "platform", "managed-by": "me" },
        });
        assert.deepEqual(
            found.map((each) => `${each.split(" ")[0]} ${/did you mean (.*)\?/.exec(each)?.[1] ?? ""}`.trim()),
            [
                'releaseChannel "REGULAR"',
                'mode "autopilot"',
                'logs[1] "APISERVER"',
                "metrics",
                'credentials "gcloud"',
                "securityGroup",
                "labels.Team",
                'labels["managed-by"]',
            ],
        );
    });

    it("is an account together with what only its own one is told, and pools with wrong numbers", async () => {
        await fault(
            { nodeServiceAccount: "nodes@p.iam.gserviceaccount.com", imageProjects: ["acme-images"] },
            /^imageProjects can't go together with "nodeServiceAccount"/,
        );
        const found = await faults({
            nodePools: {
                general: { ...pool, minNodes: 4, diskType: "ssd", diskSizeGib: 5, maxPodsPerNode: 300, maxSurge: 0 },
            },
        });
        assert.deepEqual(
            found.map((each) => each.split(" ")[0]!.replace("nodePools.general.", "")),
            ["maxNodes", "diskSizeGib", "diskType", "maxPodsPerNode", "maxSurge"],
        );
    });
});
