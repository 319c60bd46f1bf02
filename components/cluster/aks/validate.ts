import type * as pulumi from "@pulumi/pulumi";
import type { Fault } from "../../core/errors";
import { Checks } from "../../core/validation";
import { versionTable } from "../../core/versions";
import {
    type ApiServerAccessArgs,
    checkApiServerAccess,
    checkDisjoint,
    checkMaintenanceWindow,
    checkPrefix,
    checkWithin,
    completeMaintenanceWindow,
    type NamedRange,
} from "../managed";
import { checkKubernetesVersion } from "../version";
import { checkVersionSupport, supportOf, SupportState, VersionProvider } from "../versions";
import type { AksClusterArgs, AksLogsArgs, AksNetworkArgs, AksSecretsKeyArgs } from "./args";
import {
    AksEgress,
    AksLog,
    AksLogin,
    AksNodeOs,
    AksNodeOsChannel,
    AksPrincipal,
    AksTier,
    AksUpgradeChannel,
} from "./enums";
import { shortName } from "./roles";
import { addressesOf, apiServerOf, encryptsSecrets, isIpv4Cidr } from "./settings";
import { checkPools } from "./validate-pools";

/** The ids of Entra ID. */
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** A region without the API server in the network (https://learn.microsoft.com/azure/aks/api-server-vnet-integration#availability). */
const withoutNetworkIntegration = "qatarcentral";

/** What is wrong with the arguments of an `AksCluster`; empty when nothing is. */
export function validateAksCluster(name: string, args: AksClusterArgs): Fault[] {
    const checks = new Checks();
    // It begins the names of the cluster's parts and is its DNS prefix, which ends at 54 characters.
    checks.dnsLabel("name", name, { maximum: 40, letterFirst: true });
    checkPlace(checks, args);
    checkVersion(checks, args);
    checkIdentities(checks, args);
    checkAccess(checks, args);
    checkNetwork(checks, args.network ?? {}, args);
    checkPools(checks, args);
    checkUpgrades(checks, args);
    checkSecretsKey(checks, args);
    checkLogs(checks.at("logs"), args.logs ?? {});
    checks.dnsSubdomain("storageClass", args.storageClass);
    checkResourceId(checks, "diskEncryptionSetId", args.diskEncryptionSetId, "Microsoft.Compute/diskEncryptionSets");
    return checks.faults;
}

function checkPlace(checks: Checks, { location, resourceGroupName, nodeOs }: AksClusterArgs): void {
    checks.required("location", location, 'a region, like "westeurope"');
    checks.matches("location", location, /^[a-z]+[a-z0-9]*$/, 'use the name without spaces, like "westeurope"');
    checks.matches(
        "resourceGroupName",
        resourceGroupName,
        /^[-\w.()]{0,89}[-\w()]$/,
        'use at most 90 letters, digits, "-", "_", "(", ")" and ".", the last not a "."',
    );
    checks.oneOf("nodeOs", nodeOs, Object.values(AksNodeOs));
}

function checkVersion(checks: Checks, args: AksClusterArgs): void {
    const { kubernetesVersion, allowUnsupportedVersion, tier, longTermSupport } = args;
    checkKubernetesVersion(checks, kubernetesVersion);
    checks.oneOf("tier", tier, Object.values(AksTier));
    if (longTermSupport && tier !== AksTier.Premium) {
        checks.fault("longTermSupport", `is true, which AKS has in the tier "Premium" only; give tier: "Premium"`);
    }
    const patch = /^v?(\d+\.\d+)\.\d+/.exec(String(kubernetesVersion));
    if (patch && args.upgradeChannel !== AksUpgradeChannel.None) {
        checks.fault(
            "kubernetesVersion",
            `is "${kubernetesVersion}", a patch version, which AKS leaves behind by itself with the channel "patch"; give "${patch[1]}", or upgradeChannel: "none"`,
        );
    }
    if (allowUnsupportedVersion) {
        return;
    }
    checkVersionSupport(checks, VersionProvider.Aks, kubernetesVersion);
    if (!longTermSupport && needsLongTermSupport(kubernetesVersion)) {
        checks.fault(
            "kubernetesVersion",
            `is ${kubernetesVersion}, which AKS has in long-term support only; use a newer version, or longTermSupport: true with tier: "Premium"`,
        );
    }
}

/** By the day of the table's review, so that time alone never makes a fault. */
function needsLongTermSupport(version: string): boolean {
    const { faults } = new Checks();
    checkKubernetesVersion(new Checks({ faults }), version);
    const reviewed = new Date(versionTable.reviewed);
    return faults.length === 0 && supportOf(VersionProvider.Aks, version, reviewed).state === SupportState.Extended;
}

function checkIdentities(checks: Checks, args: AksClusterArgs): void {
    const { adminGroups, administrators, registries, login, loginClientId } = args;
    checks.required("adminGroups", adminGroups, "the object ids of the administrators' groups in Entra ID");
    checks.nonEmpty("adminGroups", adminGroups);
    const rule = "give the object id, as `az ad group show --group NAME --query id` prints it";
    checks.list("adminGroups", adminGroups, (group, nested) => nested.matches("", group, uuid, rule));
    checks.list("administrators", administrators, ({ principalId, type }, nested) => {
        nested.required("principalId", principalId, "the object id of the identity in Entra ID");
        nested.matches("principalId", principalId, uuid, "give the object id in Entra ID");
        nested.oneOf("type", type, Object.values(AksPrincipal));
    });
    checks.list("registries", registries, (registry, nested) =>
        checkResourceId(nested, "", registry, "Microsoft.ContainerRegistry/registries"),
    );
    checkOnce(
        checks,
        (administrators ?? []).map(({ principalId }, index) => [`administrators[${index}].principalId`, principalId]),
    );
    checkOnce(
        checks,
        (registries ?? []).map((registry, index) => [`registries[${index}]`, registry]),
    );
    checks.oneOf("login", login, Object.values(AksLogin));
    checks.matches("loginClientId", loginClientId, uuid, "give the application id in Entra ID");
    if (login === AksLogin.ServicePrincipal && loginClientId === undefined) {
        checks.fault(
            "loginClientId",
            'is missing, and login is "spn"; give the application id of the service principal',
        );
    }
}

/** Notes what is in a list twice: Azure refuses the second of two identical roles. */
function checkOnce(checks: Checks, given: [path: string, id: pulumi.Input<string>][]): void {
    const seen = new Map<string, string>();
    for (const [path, id] of given) {
        if (typeof id !== "string") {
            continue;
        }
        const first = seen.get(shortName(id));
        if (first !== undefined) {
            checks.fault(path, `is "${id}", which ${first} is already, and Azure gives a role once; leave one out`);
        } else {
            seen.set(shortName(id), path);
        }
    }
}

function checkAccess(checks: Checks, args: AksClusterArgs): void {
    const { apiServer } = args;
    const access = checks.at("apiServer");
    checkApiServerAccess(access, apiServer);
    const { privateFrom, privateDnsZoneId, publicName } = apiServer ?? {};
    const open = opening(apiServer ?? {});
    if (open !== undefined && privateFrom !== undefined) {
        access.fault(
            "privateFrom",
            `can't go together with "${open}": on AKS an allow-list is for public API servers and a private one has no public endpoint; give only one of them`,
        );
    }
    for (const [path, given] of Object.entries({ privateDnsZoneId, publicName })) {
        if (open !== undefined && given) {
            access.fault(
                path,
                `is given, but the cluster is public ("${open}"); leave it out, or give "privateFrom" alone`,
            );
        }
    }
    checkPrivateZone(access, args);
    const { length } = apiServer?.allowFrom ?? [];
    // https://learn.microsoft.com/azure/aks/api-server-authorized-ip-ranges#limitations-and-considerations
    const most = apiServer && apiServerOf(args).inNetwork ? 2000 : 200;
    if (length > most) {
        access.fault("allowFrom", `has ${length} ranges; AKS takes ${most}: join neighbours into wider ones`);
    }
}

/** https://learn.microsoft.com/azure/aks/private-clusters#configuration-options-for-private-dns */
function checkPrivateZone(checks: Checks, args: AksClusterArgs): void {
    const id = args.apiServer?.privateDnsZoneId;
    checkResourceId(checks, "privateDnsZoneId", id, "Microsoft.Network/privateDnsZones");
    const zone = typeof id === "string" ? /\/privateDnsZones\/([^/]+)$/i.exec(id)?.[1] : undefined;
    if (zone === undefined) {
        return;
    }
    const { inNetwork } = apiServerOf(args);
    const kind = inNetwork ? "private" : "privatelink";
    const region = typeof args.location === "string" ? args.location : undefined;
    // The end differs in Azure's sovereign clouds.
    if (!new RegExp(`^([-a-z0-9]{1,32}\\.)?${kind}\\.${region ?? "[a-z0-9]+"}\\.`, "i").test(zone)) {
        checks.fault(
            "privateDnsZoneId",
            `names the zone "${zone}", but the API server is ${inNetwork ? "" : "not "}in the network; give one that is called "${kind}.${region ?? "REGION"}.azmk8s.io", or with one label before that`,
        );
    }
}

/** What makes the API server public. */
function opening({ allowFrom, allowFromAnywhere }: ApiServerAccessArgs): keyof ApiServerAccessArgs | undefined {
    return allowFrom !== undefined ? "allowFrom" : allowFromAnywhere ? "allowFromAnywhere" : undefined;
}

function checkNetwork(checks: Checks, network: AksNetworkArgs, args: AksClusterArgs): void {
    const nested = checks.at("network");
    checkRanges(nested, network, args);
    nested.oneOf("egress", network.egress, Object.values(AksEgress));
    nested.integer("egressAddresses", network.egressAddresses, { minimum: 1, maximum: 16 });
    nested.list("ingressFrom", network.ingressFrom, (cidr, each) => each.cidr("", cidr));
    if (network.ingressFromAnywhere && network.ingressFrom !== undefined) {
        nested.fault("ingressFromAnywhere", 'can\'t go together with "ingressFrom"; give only one of them');
    }
    for (const path of ["subnetId", "apiServerSubnetId"] as const) {
        checkResourceId(nested, path, network[path], "Microsoft.Network/virtualNetworks/NAME/subnets");
    }
    if (network.subnetId === undefined) {
        checkOwnNetwork(nested, network, args);
    } else {
        checkGivenNetwork(nested, network);
    }
}

function checkRanges(checks: Checks, network: AksNetworkArgs, args: AksClusterArgs): void {
    const addresses = addressesOf(args);
    for (const path of ["cidr", "nodesCidr", "apiServerCidr", "podCidr", "serviceCidr"] as const) {
        checks.cidr(path, network[path]);
        if (typeof network[path] === "string" && network[path].includes(":")) {
            checks.fault(path, `is "${network[path]}"; give IPv4 addresses, since the cluster has only those`);
        }
    }
    // What is not IPv4 has a fault already, and no size that could be judged here.
    const range = (path: keyof typeof addresses): NamedRange => ({
        path,
        cidr: isIpv4Cidr(addresses[path]) ? addresses[path] : undefined,
    });
    // A pod range of a /24 is one node's, and a Service range must be smaller than a /12
    // (https://learn.microsoft.com/azure/aks/concepts-network-azure-cni-overlay#ip-address-planning).
    checkPrefix(checks, range("podCidr"), { widest: 8, narrowest: 23 });
    checkPrefix(checks, range("serviceCidr"), { widest: 13, narrowest: 27 });
    checkPrefix(checks, range("apiServerCidr"), { widest: 8, narrowest: 28 });
    const outer = addresses.cidr === undefined ? (["nodesCidr", "apiServerCidr"] as const) : (["cidr"] as const);
    checkDisjoint(checks, [...outer, "podCidr" as const, "serviceCidr" as const].map(range));
    if (isIpv4Cidr(addresses.cidr)) {
        checkPrefix(checks, range("cidr"), { widest: 8, narrowest: 26 });
        checkWithin(checks, range("nodesCidr"), range("cidr"));
        checkWithin(checks, range("apiServerCidr"), range("cidr"));
        checkDisjoint(checks, [range("nodesCidr"), range("apiServerCidr")]);
    }
}

function checkOwnNetwork(checks: Checks, network: AksNetworkArgs, { location }: AksClusterArgs): void {
    if (network.apiServerSubnetId !== undefined) {
        checks.fault("apiServerSubnetId", 'is given without "subnetId"; give both, in one network, or neither');
    }
    if (network.egress === AksEgress.RouteTable) {
        checks.fault(
            "egress",
            'is "userDefinedRouting", whose routes a network of one\'s own has; give "subnetId" too',
        );
    }
    if (network.egress === AksEgress.LoadBalancer && network.egressAddresses !== undefined) {
        checks.fault("egressAddresses", 'is given, but egress is "loadBalancer"; leave it out, or use a NAT gateway');
    }
    if (location === withoutNetworkIntegration) {
        checks.fault(
            "subnetId",
            `is missing, and in ${withoutNetworkIntegration} AKS can't put the API server into a network; give the subnet of a network of your own`,
        );
    }
}

function checkGivenNetwork(checks: Checks, network: AksNetworkArgs): void {
    for (const path of ["cidr", "egressAddresses", "ingressFrom", "ingressFromAnywhere"] as const) {
        if (network[path] !== undefined) {
            checks.fault(
                path,
                'is given, but "subnetId" names a network that is there; leave it out, or leave out "subnetId"',
            );
        }
    }
}

function checkUpgrades(checks: Checks, { maintenanceWindow, upgradeChannel, nodeOsChannel }: AksClusterArgs): void {
    checks.oneOf("upgradeChannel", upgradeChannel, Object.values(AksUpgradeChannel));
    checks.oneOf("nodeOsChannel", nodeOsChannel, Object.values(AksNodeOsChannel));
    // https://learn.microsoft.com/azure/aks/planned-maintenance#create-a-maintenance-window
    checkMaintenanceWindow(checks.at("maintenanceWindow"), maintenanceWindow, { minimumHours: 4 });
    const { length } = completeMaintenanceWindow(maintenanceWindow).days;
    if (length > 2) {
        checks.fault(
            "maintenanceWindow.days",
            `has ${length} days; AKS takes one for the cluster and one for the nodes' images: give one or two`,
        );
    }
}

function checkSecretsKey(checks: Checks, args: AksClusterArgs): void {
    const { secretsKey } = args;
    if (secretsKey === undefined) {
        return;
    }
    const nested = checks.at("secretsKey");
    if (!encryptsSecrets(args)) {
        checks.fault("secretsKey", 'is given, but "encryptSecrets" is false; leave one of them out');
    }
    nested.required("keyId", secretsKey.keyId, "the key with its version");
    nested.matches(
        "keyId",
        secretsKey.keyId,
        /^https:\/\/[-a-z0-9]+\.vault\.[a-z.]+\/keys\/[-A-Za-z0-9]+\/[0-9a-f]{32}$/,
        "give it with its version, like https://VAULT.vault.azure.net/keys/KEY/VERSION, as `az keyvault key show --query key.kid` prints it",
    );
    nested.required("vaultId", secretsKey.vaultId, "the resource id of the vault");
    checkResourceId(nested, "vaultId", secretsKey.vaultId, "Microsoft.KeyVault/vaults");
    checkPrivateVault(nested, secretsKey, args);
}

function checkPrivateVault(checks: Checks, { privateVault }: AksSecretsKeyArgs, args: AksClusterArgs): void {
    if (privateVault && args.network?.subnetId !== undefined && args.network.apiServerSubnetId === undefined) {
        checks.fault(
            "privateVault",
            'is true, but the API server is not in the network, and reaches no private endpoint there; give "network.apiServerSubnetId"',
        );
    }
}

function checkLogs(checks: Checks, { enabled, workspaceId, retentionDays, categories }: AksLogsArgs): void {
    checkResourceId(checks, "workspaceId", workspaceId, "Microsoft.OperationalInsights/workspaces");
    checks.integer("retentionDays", retentionDays, { minimum: 30, maximum: 730 });
    checks.nonEmpty("categories", categories);
    checks.list("categories", categories, (category, nested) => nested.oneOf("", category, Object.values(AksLog)));
    for (const [path, given] of Object.entries({ workspaceId, retentionDays, categories })) {
        if (enabled === false && given !== undefined) {
            checks.fault(path, 'is given, but "enabled" is false; leave one of them out');
        }
    }
    if (workspaceId !== undefined && retentionDays !== undefined) {
        checks.fault(
            "retentionDays",
            'is given, but "workspaceId" names a workspace with a retention of its own; leave it out',
        );
    }
}

/** Notes a text that is no id of a resource of this type; `NAME` in the type stands for the name of a parent. */
export function checkResourceId(checks: Checks, path: string, id: AksResourceId, type: string): void {
    const pattern = type.replaceAll(".", "\\.").replace("/NAME/", "/[^/]+/");
    checks.matches(
        path,
        id,
        new RegExp(`^/subscriptions/[^/]+/resourceGroups/[^/]+/providers/${pattern}/[^/]+$`, "i"),
        `give a resource id, like /subscriptions/…/resourceGroups/…/providers/${type}/…`,
    );
}

type AksResourceId = AksClusterArgs["diskEncryptionSetId"];
