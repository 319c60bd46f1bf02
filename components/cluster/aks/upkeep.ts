import * as authorization from "@pulumi/azure-native/authorization";
import * as containerservice from "@pulumi/azure-native/containerservice";
import * as monitor from "@pulumi/azure-native/monitor";
import * as operationalinsights from "@pulumi/azure-native/operationalinsights";
import type * as pulumi from "@pulumi/pulumi";
import { childOptions } from "../../core/deletion";
import { completeMaintenanceWindow } from "../managed";
import type { AksPlace } from "./place";
import { isProtected, logCategoriesOf } from "./settings";

/** When AKS upgrades the cluster, and when the nodes' images: by the names that AKS knows, on one day each. */
export function makeMaintenance(
    { parent, name, args, resourceGroupName }: AksPlace,
    cluster: containerservice.ManagedCluster,
): pulumi.Resource[] {
    const { days, startTime, hours } = completeMaintenanceWindow(args.maintenanceWindow);
    const schedules = [
        { suffix: "upgrades", configName: "aksManagedAutoUpgradeSchedule", dayOfWeek: days[0]! },
        { suffix: "node-images", configName: "aksManagedNodeOSUpgradeSchedule", dayOfWeek: days.at(-1)! },
    ];
    return schedules.map(
        ({ suffix, configName, dayOfWeek }) =>
            new containerservice.MaintenanceConfiguration(
                `${name}-${suffix}`,
                {
                    configName,
                    resourceGroupName,
                    resourceName: cluster.name,
                    maintenanceWindow: {
                        schedule: { weekly: { dayOfWeek, intervalWeeks: 1 } },
                        startTime,
                        durationHours: hours,
                        utcOffset: "+00:00",
                    },
                },
                childOptions(parent),
            ),
    );
}

/** The control plane's logs, into a workspace; nothing where they are off. */
export function makeLogs(place: AksPlace, cluster: containerservice.ManagedCluster): pulumi.Resource[] {
    const { parent, name, args } = place;
    if (args.logs?.enabled === false) {
        return [];
    }
    const setting = new monitor.DiagnosticSetting(
        `${name}-control-plane`,
        {
            name: "control-plane",
            resourceUri: cluster.id,
            workspaceId: args.logs?.workspaceId ?? makeWorkspace(place).id,
            // Tables of their own, which may be set to the cheaper "basic logs".
            logAnalyticsDestinationType: "Dedicated",
            logs: logCategoriesOf(args.logs).map((category) => ({ category, enabled: true })),
        },
        childOptions(parent),
    );
    return [setting];
}

function makeWorkspace({ parent, name, args, resourceGroupName }: AksPlace): operationalinsights.Workspace {
    return new operationalinsights.Workspace(
        name,
        {
            workspaceName: name,
            resourceGroupName,
            location: args.location,
            tags: args.tags,
            sku: { name: operationalinsights.WorkspaceSkuNameEnum.PerGB2018 },
            retentionInDays: args.logs?.retentionDays ?? 30,
            // Who reads or sends needs a role on the resource that the logs are of, not on the workspace.
            features: { enableLogAccessUsingOnlyResourcePermissions: true, disableLocalAuth: true },
        },
        childOptions(parent),
    );
}

/**
 * Keeps Azure from deleting the cluster and whatever belongs to it: pools, diagnostic settings, and role assignments on it,
 * which can be added under the lock but not removed (https://github.com/MicrosoftDocs/azure-docs/issues/110791,
 * https://github.com/hashicorp/terraform-provider-azurerm/issues/11770). It is the last to come and so the first to go: a program
 * that says `deletionProtection: false` removes it before anything else.
 */
export function makeLock(
    { parent, name, args }: AksPlace,
    cluster: containerservice.ManagedCluster,
    covered: pulumi.Resource[],
): void {
    if (!isProtected(args)) {
        return;
    }
    new authorization.ManagementLockByScope(
        `${name}-lock`,
        {
            lockName: `${name}-lock`,
            scope: cluster.id,
            level: authorization.LockLevel.CanNotDelete,
            notes: 'Set "deletionProtection: false" in the program that made the cluster, and run it, to remove this lock.',
        },
        childOptions(parent, { dependsOn: covered }),
    );
}
