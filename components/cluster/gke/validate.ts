import type { Fault } from "../../core/errors";
import { Checks, isPlain } from "../../core/validation";
import {
    checkApiServerAccess,
    checkIpv4,
    checkMaintenanceWindow,
    checkUnrepeated,
    completeMaintenanceWindow,
} from "../managed";
import { checkKubernetesVersion } from "../version";
import { checkVersionSupport, VersionProvider } from "../versions";
import type { GkeApiServerAccessArgs, GkeClusterArgs } from "./args";
import { GkeCredentials, GkeLogComponent, GkeMetricComponent, GkeMode, GkeReleaseChannel } from "./choices";
import { managedByLabel, placeOf } from "./defaults";
import { checkNetwork } from "./validate-network";
import { checkGkeNodePools, checkOwnZone, checkZones, longestName } from "./validate-node-pools";

/** https://cloud.google.com/resource-manager/docs/creating-managing-projects; old ones may have a domain before a colon. */
const projectId = /^([a-z0-9.-]+:)?[a-z][-a-z0-9]{4,28}[a-z0-9]$/;
/** `europe-west3`, `northamerica-northeast1`. */
const regionName = /^[a-z]+-[a-z]+\d+$/;
const keyName = /^projects\/[^/]+\/locations\/[^/]+\/keyRings\/[^/]+\/cryptoKeys\/[^/]+$/;

/** What is wrong with the arguments of a {@link GkeCluster}; empty when nothing is. */
export function validateGkeCluster(name: string, args: GkeClusterArgs, today: Date = new Date()): Fault[] {
    const checks = new Checks();
    const { region } = placeOf(args);
    checkPlace(checks, name, args);
    checkVersion(checks, args, today);
    checks.oneOf("mode", args.mode, Object.values(GkeMode));
    checkAccess(checks.at("apiServer"), args.apiServer ?? {});
    checkNetwork(checks, args);
    checkZones(checks, "zones", args.zones, region);
    checkOwnZone(checks, args);
    checkGkeNodePools(checks, name, args, region);
    checkKeys(checks, args, region);
    checkOperations(checks, args);
    checkLabels(checks, args);
    return checks.faults;
}

function checkPlace(checks: Checks, name: string, args: GkeClusterArgs): void {
    const { project, region } = placeOf(args);
    checks.required("project", project, "the project's id, or \"gcp:project\" in the stack's configuration");
    checks.matches("project", project, projectId, "give the project's id, of 6 to 30 letters, digits and minus signs");
    checks.required("region", region, 'the region, or "gcp:region" in the stack\'s configuration');
    checks.format("region", region, (value) =>
        regionName.test(value)
            ? undefined
            : {
                  problem: "is not a region",
                  rule: 'give one like "europe-west3"',
                  suggestion: /^(.*\d)-[a-z]$/.exec(value)?.[1],
              },
    );
    checkZones(checks, "zone", args.zone === undefined ? undefined : [args.zone], region);
    // The component's name begins those of network, keys and pools also where the cluster has another one.
    for (const [path, value] of Object.entries({ name, clusterName: args.clusterName })) {
        checks.dnsLabel(path, value, { maximum: longestName, letterFirst: true });
    }
}

function checkVersion(checks: Checks, args: GkeClusterArgs, today: Date): void {
    checkKubernetesVersion(checks, args.kubernetesVersion);
    if (!args.allowUnsupportedVersion) {
        checkVersionSupport(checks, VersionProvider.Gke, args.kubernetesVersion, today);
    }
    checks.oneOf("releaseChannel", args.releaseChannel, Object.values(GkeReleaseChannel));
}

function checkAccess(checks: Checks, access: GkeApiServerAccessArgs): void {
    const listed = [...(access.allowFrom ?? []), ...(access.privateFrom ?? [])].length > 0;
    if (listed || access.allowFromAnywhere) {
        checkApiServerAccess(checks, access);
        for (const path of ["allowFrom", "privateFrom"] as const) {
            checks.list(path, access[path], (cidr, nested) => checkIpv4(nested, { path: "", cidr }));
        }
    } else if (!access.dnsEndpoint) {
        checks.fault(
            "",
            'leaves no way in: nobody could put anything into the cluster; give "dnsEndpoint: true" (whom IAM lets in), "allowFrom" (public addresses) or "privateFrom" (networks that reach the private endpoint)',
        );
    }
    if (access.dnsEndpointTokens && !access.dnsEndpoint) {
        checks.fault(
            "dnsEndpointTokens",
            'is true without a DNS endpoint; give "dnsEndpoint: true" too, or leave it out',
        );
    }
}

function checkKeys(checks: Checks, args: GkeClusterArgs, region: string | undefined): void {
    for (const path of ["secretsKey", "disksKey"] as const) {
        const key = args[path];
        checks.matches(
            path,
            key,
            keyName,
            'give the key\'s id, like "projects/P/locations/europe-west3/keyRings/R/cryptoKeys/K"',
        );
        const location = isPlain(key) && typeof key === "string" ? key.split("/")[3] : undefined;
        if (location !== undefined && region !== undefined && location !== region && keyName.test(key as string)) {
            checks.fault(path, `is in "${location}"; GKE takes keys of the cluster's region only, "${region}"`);
        }
    }
    checks.dnsSubdomain("storageClass", args.storageClass);
    checks.nonEmpty("nodeServiceAccount", args.nodeServiceAccount);
    checks.matches("nodeServiceAccount", args.nodeServiceAccount, /@/, "give the account's email");
    checks.list("imageProjects", args.imageProjects, (project, nested, index) => {
        nested.matches("", project, projectId, "give a project's id");
        checkUnrepeated(nested, args.imageProjects!, index);
    });
    checks.exclusive(["nodeServiceAccount", "imageProjects"], args);
}

/** https://cloud.google.com/kubernetes-engine/docs/concepts/maintenance-windows-and-exclusions */
const leastWindowHours = 4;
const leastMaintenanceHours = 48;
/** Each day of the week comes at least so often in the 32 days for which GKE counts the hours. */
const weeksCounted = 4;

function checkOperations(checks: Checks, args: GkeClusterArgs): void {
    checkMaintenanceWindow(checks.at("maintenanceWindow"), args.maintenanceWindow, { minimumHours: leastWindowHours });
    const { days, hours } = completeMaintenanceWindow(args.maintenanceWindow);
    const counted = new Set(days).size * hours * weeksCounted;
    if (hours >= leastWindowHours && counted < leastMaintenanceHours) {
        checks.fault(
            "maintenanceWindow",
            `gives GKE ${counted} hours in four weeks; it wants ${leastMaintenanceHours}: give more days or hours`,
        );
    }
    checkComponents(checks, "logs", args.logs, Object.values(GkeLogComponent));
    checkComponents(checks, "metrics", args.metrics, Object.values(GkeMetricComponent));
    checks.oneOf("credentials", args.credentials, Object.values(GkeCredentials));
    checks.matches(
        "securityGroup",
        args.securityGroup,
        /^gke-security-groups@.+\..+$/,
        "its name must be gke-security-groups@ and your domain",
    );
    if (args.mode === GkeMode.Autopilot && args.dnsCache === false) {
        checks.fault("dnsCache", "is false; Autopilot's nodes always have a DNS cache: leave it out");
    }
    if (args.mode === GkeMode.Autopilot && args.managedPrometheus === false) {
        checks.fault("managedPrometheus", "is false; Autopilot always has it: leave it out");
    }
}

function checkComponents(checks: Checks, path: string, given: string[] | undefined, known: string[]): void {
    checks.list(path, given, (component, nested) => nested.oneOf("", component, known));
    if (given !== undefined && !given.includes(GkeLogComponent.System)) {
        checks.fault(path, `lacks "${GkeLogComponent.System}", which GKE needs for its support; add it`);
    }
}

/** https://cloud.google.com/compute/docs/labeling-resources#requirements */
function checkLabels(checks: Checks, args: GkeClusterArgs): void {
    checks.map("labels", args.labels, (key, value, nested) => {
        nested.matches("", key, /^[a-z][-_a-z0-9]{0,62}$/, 'use lower-case letters, digits, "-" and "_", at most 63');
        nested.matches("", value, /^[-_a-z0-9]{0,63}$/, 'use lower-case letters, digits, "-" and "_", at most 63');
        if (key === managedByLabel) {
            nested.fault("", "is set by the library; choose another key");
        }
    });
}
