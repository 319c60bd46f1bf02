import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import {
    checkApiServerAccess,
    checkDisjoint,
    checkIpv4,
    checkMaintenanceWindow,
    checkNodePools,
    checkPrefix,
    checkWithin,
    type NodePoolArgs,
    type NodePoolLimits,
} from "../../../../components/cluster/managed";
import { TaintEffect } from "../../../../components/core/placement";
import { Checks } from "../../../../components/core/validation";

/** What a check notes, one line a fault. */
function faultsOf(check: (checks: Checks) => void): string[] {
    const checks = new Checks();
    check(checks);
    return checks.faults.map(({ propertyPath, reason }) => `${propertyPath}: ${reason}`);
}

const limits: NodePoolLimits = {
    name: { pattern: /^[a-z][a-z0-9-]*$/, rule: "use lower-case letters" },
    maximumNodes: 100,
    minimumDiskGib: 20,
};

describe("what managed clusters have in common", () => {
    it("notes every pair of ranges that overlap, by both properties", () => {
        const faults = faultsOf((checks) => {
            checkDisjoint(checks, [
                { path: "network.nodes", cidr: "10.0.0.0/20" },
                { path: "network.pods", cidr: "10.0.8.0/21" },
                { path: "network.services", cidr: "10.1.0.0/16" },
                { path: "network.other", cidr: "10.1.2.0/24" },
                { path: "network.six", cidr: "fd00::/48" },
            ]);
        });
        assert.deepEqual(faults, [
            'network.pods: is "10.0.8.0/21", which overlaps "10.0.0.0/20" of network.nodes; give ranges that share no address',
            'network.other: is "10.1.2.0/24", which overlaps "10.1.0.0/16" of network.services; give ranges that share no address',
        ]);
    });

    it("passes over ranges that only the deployment knows, and texts that are no ranges", () => {
        assert.deepEqual(
            faultsOf((checks) => {
                checkDisjoint(checks, [
                    { path: "a", cidr: Promise.resolve("10.0.0.0/8") },
                    { path: "b", cidr: "ten" },
                    { path: "c", cidr: "10.0.0.0/8" },
                ]);
            }),
            [],
        );
    });

    it("notes a range of a size that the cloud does not take", () => {
        const range = { path: "controlPlane", cidr: "172.16.0.0/29" };
        assert.deepEqual(
            faultsOf((checks) => {
                checkPrefix(checks, range, { widest: 28, narrowest: 28 });
            }),
            ['controlPlane: is "172.16.0.0/29", a /29; give a /28'],
        );
        assert.deepEqual(
            faultsOf((checks) => {
                checkPrefix(checks, range, { widest: 16, narrowest: 29 });
            }),
            [],
        );
    });

    it("notes a range that is not within another, or is the wider one", () => {
        const vpc = { path: "vpc", cidr: "10.0.0.0/16" };
        const check = (cidr: string): string[] =>
            faultsOf((checks) => {
                checkWithin(checks, { path: "subnet", cidr }, vpc);
            });
        assert.deepEqual(check("10.0.3.0/24"), []);
        assert.deepEqual(check("10.1.0.0/24"), ['subnet: is "10.1.0.0/24", which is not within "10.0.0.0/16" of vpc']);
        assert.deepEqual(check("10.0.0.0/8"), ['subnet: is "10.0.0.0/8", which is not within "10.0.0.0/16" of vpc']);
    });

    it("wants a way in to the API server, and no open one without the argument that says so", () => {
        const check = (access: Parameters<typeof checkApiServerAccess>[1]): string[] =>
            faultsOf((checks) => {
                checkApiServerAccess(checks.at("apiServer"), access);
            });
        assert.match(check({})[0]!, /^apiServer: leaves no way in/);
        assert.match(check({ allowFrom: [] })[0]!, /^apiServer: leaves no way in/);
        assert.match(check({ allowFrom: ["0.0.0.0/0"] })[0]!, /allowFrom\[0\]: .*allowFromAnywhere: true/);
        assert.match(check({ allowFrom: ["10.0.0.1"] })[0]!, /^apiServer.allowFrom\[0\]: is "10.0.0.1"/);
        assert.match(check({ allowFrom: ["192.0.2.0/24"], allowFromAnywhere: true })[0]!, /can't go together/);
        assert.deepEqual(check({ allowFromAnywhere: true }), []);
        assert.deepEqual(check({ allowFrom: ["192.0.2.0/24"] }), []);
        assert.deepEqual(check({ privateFrom: ["10.9.0.0/16"] }), []);
    });

    it("notes a range that a list of the API server's names twice, and no range that only the deployment knows", () => {
        const check = (access: Parameters<typeof checkApiServerAccess>[1]): string[] =>
            faultsOf((checks) => {
                checkApiServerAccess(checks.at("apiServer"), access);
            });
        const [range, other] = ["192.0.2.0/24", "198.51.100.0/24"] as const;
        assert.deepEqual(check({ allowFrom: [range, other, range], privateFrom: [other, other] }), [
            `apiServer.allowFrom[2]: is "${range}", which is in the list already; leave it out`,
            `apiServer.privateFrom[1]: is "${other}", which is in the list already; leave it out`,
        ]);
        const later = pulumi.output(range);
        assert.deepEqual(check({ allowFrom: [range, later, later], privateFrom: [range] }), []);
    });

    it("notes a range of IPv6 for what has IPv4 only", () => {
        const check = (cidr: unknown): string[] =>
            faultsOf((checks) => {
                checkIpv4(checks, { path: "nodes", cidr });
            });
        assert.match(check("fd00::/48")[0]!, /^nodes: is "fd00::\/48"; the cluster has IPv4 addresses only/);
        for (const passed of ["10.0.0.0/8", undefined, "ten", pulumi.output("fd00::/48")]) {
            assert.deepEqual(check(passed), []);
        }
    });

    it("notes all that is wrong with node pools together", () => {
        const pools: Record<string, NodePoolArgs> = {
            Main: { machineType: " ", minNodes: 3, maxNodes: 2, diskSizeGib: 5 },
            spare: {
                machineType: "m",
                minNodes: 0,
                maxNodes: 101,
                zones: [],
                taints: [{ key: "-", effect: "Never" as TaintEffect }],
            },
        };
        const faults = faultsOf((checks) => {
            checkNodePools(checks, "nodePools", pools, limits);
        });
        assert.deepEqual(
            faults.map((fault) => fault.split(":")[0]),
            [
                "nodePools.Main",
                "nodePools.Main.machineType",
                "nodePools.Main.maxNodes",
                "nodePools.Main.diskSizeGib",
                "nodePools.spare.maxNodes",
                "nodePools.spare.zones",
                "nodePools.spare.taints[0].key",
                "nodePools.spare.taints[0].effect",
            ],
        );
    });

    it("refuses pools that are all spot, and none at all", () => {
        const spot: NodePoolArgs = { machineType: "m", minNodes: 1, maxNodes: 2, spot: true };
        const check = (pools: Record<string, NodePoolArgs>): string[] =>
            faultsOf((checks) => {
                checkNodePools(checks, "nodePools", pools, limits);
            });
        assert.match(check({ cheap: spot })[0]!, /has spot pools only/);
        assert.deepEqual(check({ cheap: spot, main: { ...spot, spot: false } }), []);
        assert.match(check({})[0]!, /is empty/);
    });

    it("notes a maintenance window that is none", () => {
        const faults = faultsOf((checks) => {
            checkMaintenanceWindow(checks, { days: [], startTime: "25:00", hours: 3 }, { minimumHours: 4 });
        });
        assert.deepEqual(
            faults.map((fault) => fault.split(":")[0]),
            ["days", "startTime", "hours"],
        );
        assert.deepEqual(
            faultsOf((checks) => {
                checkMaintenanceWindow(checks, undefined, { minimumHours: 4 });
            }),
            [],
        );
    });
});
