import type { ClusterArgs } from "@pulumi/gcp/container";
import type * as pulumi from "@pulumi/pulumi";
import { type MaintenanceWindow, Weekday } from "../managed";
import type { GkeApiServerAccessArgs } from "./args";
import { GkeMode } from "./choices";
import { workloadPool } from "./contract";
import { type GkeSettings, hasIpEndpoints, hasPublicEndpoint } from "./defaults";
import type { GkeNetwork } from "./network";
import { nodeScopes, shieldedInstance } from "./node-config";

/** What a cluster is made of besides its settings. */
export interface ClusterParts {
    readonly network: GkeNetwork;
    readonly nodeServiceAccount: pulumi.Input<string>;
    readonly secretsKey: pulumi.Input<string>;
}

/** The inputs of the cluster resource. Node pools are never among them: a change of one would replace the cluster. */
export function clusterInputs(settings: GkeSettings, parts: ClusterParts): ClusterArgs {
    return {
        ...identityInputs(settings, parts),
        ...accessInputs(settings),
        ...operationInputs(settings),
        ...(settings.mode === GkeMode.Autopilot ? autopilotInputs(settings, parts) : standardInputs(settings, parts)),
    };
}

/** What it is, where it is, and what guards it. */
function identityInputs(settings: GkeSettings, { network, secretsKey }: ClusterParts): ClusterArgs {
    return {
        project: settings.project,
        location: settings.location,
        name: settings.clusterName,
        minMasterVersion: settings.kubernetesVersion,
        network: network.network,
        subnetwork: network.subnetwork,
        networkingMode: "VPC_NATIVE",
        ipAllocationPolicy: {
            clusterSecondaryRangeName: network.podsRange,
            servicesSecondaryRangeName: network.servicesRange,
            stackType: "IPV4",
        },
        resourceLabels: settings.labels,
        deletionProtection: settings.deletionProtection,
        databaseEncryption: { state: "ENCRYPTED", keyName: secretsKey },
        // The client certificate could not be revoked, and its key would be in the state.
        masterAuth: { clientCertificateConfig: { issueClientCertificate: false } },
        enableLegacyAbac: false,
        // Load balancers and health checks still ask for /healthz, /livez and /readyz without a login.
        anonymousAuthenticationConfig: { mode: "LIMITED" },
        rbacBindingConfig: {
            enableInsecureBindingSystemAuthenticated: false,
            enableInsecureBindingSystemUnauthenticated: false,
        },
        securityPostureConfig: { mode: "BASIC", vulnerabilityMode: "VULNERABILITY_DISABLED" },
        ...(settings.binaryAuthorization && {
            binaryAuthorization: { evaluationMode: "PROJECT_SINGLETON_POLICY_ENFORCE" },
        }),
        ...(settings.securityGroup !== undefined && {
            authenticatorGroupsConfig: { securityGroup: settings.securityGroup },
        }),
    };
}

/** Who reaches the control plane and by which endpoint. */
function accessInputs(settings: GkeSettings): ClusterArgs {
    const { dnsEndpoint = false, dnsEndpointTokens = false } = settings.apiServer;
    const ipEndpoints = hasIpEndpoints(settings);
    return {
        privateClusterConfig: {
            enablePrivateNodes: true,
            enablePrivateEndpoint: !hasPublicEndpoint(settings),
            masterIpv4CidrBlock: settings.addresses.controlPlaneCidr,
            // VPNs and peerings need not end in the cluster's region; the allow-list decides who comes in.
            ...(ipEndpoints && { masterGlobalAccessConfig: { enabled: true } }),
        },
        controlPlaneEndpointsConfig: {
            dnsEndpointConfig: {
                allowExternalTraffic: dnsEndpoint,
                enableK8sTokensViaDns: dnsEndpointTokens,
                enableK8sCertsViaDns: false,
            },
            ipEndpointsConfig: { enabled: ipEndpoints },
        },
        // Without IP endpoints GKE keeps no list, and one that is given would differ at every preview.
        ...(ipEndpoints && {
            masterAuthorizedNetworksConfig: {
                cidrBlocks: allowList(settings.apiServer),
                // Else every virtual machine of Google Cloud with a public address would come in, whoever's it is.
                gcpPublicCidrsAccessEnabled: false,
                privateEndpointEnforcementEnabled: true,
            },
        }),
    };
}

/** Written out even when it holds everything: a list that is left out stays as it was in the cluster. */
function allowList(access: GkeApiServerAccessArgs): { cidrBlock: pulumi.Input<string>; displayName: string }[] {
    const { allowFromAnywhere = false, allowFrom = [], privateFrom = [] } = access;
    return [
        ...(allowFromAnywhere ? [{ cidrBlock: "0.0.0.0/0", displayName: "everywhere" }] : []),
        ...allowFrom.map((cidrBlock, index) => ({ cidrBlock, displayName: `allowFrom ${index + 1}` })),
        ...privateFrom.map((cidrBlock, index) => ({ cidrBlock, displayName: `privateFrom ${index + 1}` })),
    ];
}

/** Upgrades, logs and metrics. */
function operationInputs(settings: GkeSettings): ClusterArgs {
    return {
        releaseChannel: { channel: settings.releaseChannel },
        maintenancePolicy: { recurringWindow: recurringWindow(settings.window) },
        loggingConfig: { enableComponents: settings.logs },
        monitoringConfig: {
            enableComponents: settings.metrics,
            managedPrometheus: { enabled: settings.managedPrometheus },
            advancedDatapathObservabilityConfig: { enableMetrics: true, enableRelay: false },
        },
        costManagementConfig: { enabled: true },
        // Asks the machines' groups for no count that the autoscaler changes anyway.
        ignoreNodeCountChanges: true,
    };
}

/** A Monday; the date of a window's beginning only says from when on it holds. */
const firstMonday = Date.UTC(2024, 0, 1);
const dayMillis = 24 * 60 * 60 * 1000;

/** A window as GKE reads it: its first time, and the days on which it comes again (RFC 5545). */
export function recurringWindow({ days, startTime, hours }: MaintenanceWindow): {
    startTime: string;
    endTime: string;
    recurrence: string;
} {
    const order = Object.values(Weekday);
    const sorted = [...new Set(days)].sort((left, right) => order.indexOf(left) - order.indexOf(right));
    const [hour = 0, minute = 0] = startTime.split(":").map(Number);
    const start = firstMonday + order.indexOf(sorted[0]!) * dayMillis + (hour * 60 + minute) * 60 * 1000;
    return {
        startTime: instant(start),
        endTime: instant(start + hours * 60 * 60 * 1000),
        recurrence: `FREQ=WEEKLY;BYDAY=${sorted.map((day) => day.slice(0, 2).toUpperCase()).join(",")}`,
    };
}

/** RFC 3339 as GKE gives it back, without fractions of a second. */
function instant(millis: number): string {
    return new Date(millis).toISOString().replace(".000Z", "Z");
}

/** What only a cluster with node pools of one's own is told. */
function standardInputs(settings: GkeSettings, { nodeServiceAccount }: ClusterParts): ClusterArgs {
    return {
        // The provider refuses the control plane's own zone in this list, and adds it by itself.
        ...(settings.zones !== undefined && { nodeLocations: settings.zones.filter((each) => each !== settings.zone) }),
        // GKE makes no cluster without a pool. It lives for minutes, under the same rules as the others.
        removeDefaultNodePool: true,
        initialNodeCount: 1,
        nodeConfig: {
            serviceAccount: nodeServiceAccount,
            oauthScopes: nodeScopes,
            shieldedInstanceConfig: shieldedInstance,
            ...(settings.disksKey !== undefined && { bootDiskKmsKey: settings.disksKey }),
        },
        nodePoolDefaults: { nodeConfigDefaults: { insecureKubeletReadonlyPortEnabled: "FALSE" } },
        enableShieldedNodes: true,
        workloadIdentityConfig: { workloadPool: workloadPool(settings.project) },
        // Enforces NetworkPolicies, which the default data path ignores.
        datapathProvider: "ADVANCED_DATAPATH",
        enableIntranodeVisibility: true,
        enableL4IlbSubsetting: true,
        dnsConfig: { clusterDns: "KUBE_DNS" },
        addonsConfig: {
            dnsCacheConfig: { enabled: settings.dnsCache },
            gcePersistentDiskCsiDriverConfig: { enabled: true },
            horizontalPodAutoscaling: { disabled: false },
            httpLoadBalancing: { disabled: false },
        },
        // A Service could otherwise claim the traffic to any address (CVE-2020-8554).
        serviceExternalIpsConfig: { enabled: false },
    };
}

/** Google's own choices for Autopilot cover the rest: secure nodes, Workload Identity, Dataplane V2. */
function autopilotInputs(settings: GkeSettings, { nodeServiceAccount }: ClusterParts): ClusterArgs {
    return {
        enableAutopilot: true,
        clusterAutoscaling: {
            autoProvisioningDefaults: {
                serviceAccount: nodeServiceAccount,
                oauthScopes: nodeScopes,
                ...(settings.disksKey !== undefined && { bootDiskKmsKey: settings.disksKey }),
            },
        },
        nodePoolAutoConfig: { nodeKubeletConfig: { insecureKubeletReadonlyPortEnabled: "FALSE" } },
    };
}
