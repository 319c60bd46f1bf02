import assert from "node:assert/strict";
import { recordAks, resourceId } from "./support";

describe("maintenance of an AksCluster", () => {
    const configuration = "azure-native:containerservice:MaintenanceConfiguration";

    it("upgrades the cluster on Saturdays and the nodes' images on Sundays, at night", async () => {
        const recording = await recordAks();
        const schedules = recording
            .ofType(configuration)
            .map(({ inputs }) => [inputs.configName, inputs.maintenanceWindow]);
        const window = (dayOfWeek: string): object => ({
            schedule: { weekly: { dayOfWeek, intervalWeeks: 1 } },
            startTime: "02:00",
            durationHours: 6,
            utcOffset: "+00:00",
        });
        assert.deepEqual(schedules, [
            ["aksManagedAutoUpgradeSchedule", window("Saturday")],
            ["aksManagedNodeOSUpgradeSchedule", window("Sunday")],
        ]);
    });

    it("does both on the one day that is given, from when and for as long as is said", async () => {
        const recording = await recordAks({ maintenanceWindow: { days: ["Tuesday"], startTime: "22:30", hours: 4 } });
        for (const { inputs } of recording.ofType(configuration)) {
            const { schedule, startTime, durationHours } = inputs.maintenanceWindow;
            assert.deepEqual([schedule.weekly.dayOfWeek, startTime, durationHours], ["Tuesday", "22:30", 4]);
        }
    });
});

describe("the control plane's logs of an AksCluster", () => {
    const setting = "azure-native:monitor:DiagnosticSetting";

    it("go into a workspace of its own: all but the expensive record of who read what", async () => {
        const recording = await recordAks();
        const { inputs } = recording.only(setting);
        assert.equal(inputs.resourceUri, "prod-id");
        assert.equal(inputs.workspaceId, "prod-id");
        assert.equal(inputs.logAnalyticsDestinationType, "Dedicated");
        assert.deepEqual(
            inputs.logs.map(({ category }: { category: string }) => category),
            [
                "kube-apiserver",
                "kube-audit-admin",
                "cluster-autoscaler",
                "cloud-controller-manager",
                "kube-controller-manager",
                "guard",
                "kube-scheduler",
            ],
        );
        assert.ok(inputs.logs.every(({ enabled }: { enabled: boolean }) => enabled));
        const { inputs: workspace } = recording.only("azure-native:operationalinsights:Workspace");
        assert.equal(workspace.retentionInDays, 30);
        assert.deepEqual(workspace.sku, { name: "PerGB2018" });
        assert.equal(workspace.features.disableLocalAuth, true);
    });

    it("go where and into what they are told, and as many as are asked for", async () => {
        const workspaceId = resourceId("Microsoft.OperationalInsights/workspaces", "corp");
        const given = await recordAks({ logs: { workspaceId, categories: ["kube-audit"] } });
        assert.deepEqual(given.ofType("azure-native:operationalinsights:Workspace"), []);
        assert.equal(given.only(setting).inputs.workspaceId, workspaceId);
        assert.deepEqual(given.only(setting).inputs.logs, [{ category: "kube-audit", enabled: true }]);
        const kept = await recordAks({ logs: { retentionDays: 90 } });
        assert.equal(kept.only("azure-native:operationalinsights:Workspace").inputs.retentionInDays, 90);
    });

    it("are not kept when that is said", async () => {
        const recording = await recordAks({ logs: { enabled: false } });
        assert.deepEqual(recording.ofType(setting), []);
        assert.deepEqual(recording.ofType("azure-native:operationalinsights:Workspace"), []);
    });
});
