import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { GkeDiskType, GkeLogComponent, GkeMetricComponent, GkeReleaseChannel } from "../../../../components/gcp";
import { gkeCluster, types } from "./support";

/** The SDK has texts for enumerations; which ones a property takes is said in its comment. */
const sdk = fs.readFileSync(
    path.join(path.dirname(require.resolve("@pulumi/gcp/package.json")), "types/input.d.ts"),
    "utf8",
);

/** The comment of a property of an interface of the SDK. */
function comment(type: string, property: string): string {
    const body = new RegExp(`interface ${type} \\{([^]*?)\\n {4}\\}`).exec(sdk)?.[1];
    const found = body && new RegExp(`/\\*\\*((?:(?!\\*/)[^])*)\\*/\\s*${property}\\??:`).exec(body)?.[1];
    assert.ok(found, `the SDK has no ${type}.${property}`);
    return found;
}

function assertNamed(type: string, property: string, values: readonly string[]): void {
    const text = comment(type, property);
    const missing = values.filter((value) => !new RegExp(`\\b${value}\\b`).test(text));
    assert.deepEqual(missing, [], `${type}.${property}: ${text}`);
}

describe("values of GkeCluster that the SDK takes as texts", () => {
    it("are those that the SDK names: of what users choose", () => {
        assertNamed("ClusterReleaseChannel", "channel", Object.values(GkeReleaseChannel));
        assertNamed("ClusterLoggingConfig", "enableComponents", Object.values(GkeLogComponent));
        assertNamed("ClusterMonitoringConfig", "enableComponents", Object.values(GkeMetricComponent));
        assertNamed("ClusterClusterAutoscalingAutoProvisioningDefaults", "diskType", Object.values(GkeDiskType));
    });

    it("are those that the SDK names: of what is always so", async () => {
        const cluster = (await gkeCluster({ binaryAuthorization: true })).only(types.cluster).inputs;
        assertNamed("ClusterAnonymousAuthenticationConfig", "mode", [cluster.anonymousAuthenticationConfig.mode]);
        assertNamed("ClusterSecurityPostureConfig", "mode", [cluster.securityPostureConfig.mode]);
        assertNamed("ClusterSecurityPostureConfig", "vulnerabilityMode", [
            cluster.securityPostureConfig.vulnerabilityMode,
        ]);
        assertNamed("ClusterDatabaseEncryption", "state", [cluster.databaseEncryption.state]);
        assertNamed("ClusterIpAllocationPolicy", "stackType", [cluster.ipAllocationPolicy.stackType]);
        assertNamed("ClusterDnsConfig", "clusterDns", [cluster.dnsConfig.clusterDns]);
        assertNamed("ClusterBinaryAuthorization", "evaluationMode", [cluster.binaryAuthorization.evaluationMode]);
        assertNamed("ClusterNodePoolAutoConfigNodeKubeletConfig", "insecureKubeletReadonlyPortEnabled", ["FALSE"]);
    });

    it("are those that the SDK names: of networks and node pools", async () => {
        const recording = await gkeCluster({
            nodePools: {
                general: { machineType: "e2-standard-4", minNodes: 1, maxNodes: 2 },
                spot: { machineType: "e2-standard-4", minNodes: 0, maxNodes: 2, spot: true, sandbox: true },
            },
        });
        for (const { inputs } of recording.ofType(types.nodePool)) {
            assertNamed("NodePoolAutoscaling", "locationPolicy", [inputs.autoscaling.locationPolicy]);
        }
        assertNamed("NodePoolNodeConfigSandboxConfig", "type", ["GVISOR"]);
        const { logConfig } = recording.only(types.subnetwork).inputs;
        assertNamed("SubnetworkLogConfig", "aggregationInterval", [logConfig.aggregationInterval]);
        assertNamed("SubnetworkLogConfig", "metadata", [logConfig.metadata]);
        assertNamed("RouterNatLogConfig", "filter", [recording.only(types.nat).inputs.logConfig.filter]);
    });
});
