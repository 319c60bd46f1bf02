import { spawnSync } from "node:child_process";
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { stringify } from "yaml";
import { backupAlerts } from "../../../components/database/backup";
import { fakeObjectStore } from "../../../components/testing";
import { findPrometheusTools } from "../openfaas/tools";

const alerts = backupAlerts(
    { name: "orders", resourceName: "orders", namespace: "data" },
    { store: fakeObjectStore(), schedule: "0 3 * * *", restoreTest: { schedule: "0 6 * * 0" } },
);

/** What kube-state-metrics says of a CronJob, as promtool writes values. */
interface CronJobSeries {
    /** When it was made. */
    created?: string;
    succeeded?: string;
    scheduled?: string;
    active?: string;
}

const names = {
    created: "kube_cronjob_created",
    succeeded: "kube_cronjob_status_last_successful_time",
    scheduled: "kube_cronjob_status_last_schedule_time",
    active: "kube_cronjob_status_active",
};

describe("alerts on backups (real: promtool)", function () {
    this.timeout(5 * 60_000);
    let promtool: string;
    let folder: string;

    before(async function () {
        const found = await findPrometheusTools();
        if ("missing" in found) {
            console.log(`      skipped: ${found.missing}`);
            this.skip();
        }
        promtool = found.promtool;
        folder = fs.mkdtempSync(path.join(os.tmpdir(), "kubernetes-faas-backup-alerts-"));
    });
    after(() => {
        if (folder) {
            fs.rmSync(folder, { recursive: true });
        }
    });

    /** The alerts that fire after so many hours. */
    function firing(cronJob: string, values: CronJobSeries, hours: number): string[] {
        const rules = alerts.map(({ name, expression, for: wait, severity }) => ({
            alert: name,
            expr: expression,
            for: wait ?? "5m",
            labels: { severity },
        }));
        fs.writeFileSync(path.join(folder, "rules.yml"), stringify({ groups: [{ name: "backups", rules }] }));
        const series = Object.entries(values).map(([key, text]) => ({
            series: `${names[key as keyof CronJobSeries]}{namespace="data",cronjob="${cronJob}"}`,
            values: text as string,
        }));
        const test = {
            rule_files: ["rules.yml"],
            evaluation_interval: "5m",
            tests: [
                {
                    // After five minutes without a sample a series ends.
                    interval: "5m",
                    input_series: series,
                    // Nothing is expected, so that promtool says what there is.
                    alert_rule_test: alerts.map(({ name }) => ({
                        alertname: name,
                        eval_time: `${hours}h`,
                        exp_alerts: [],
                    })),
                },
            ],
        };
        fs.writeFileSync(path.join(folder, "test.yml"), stringify(test));
        const { status, stdout, stderr } = spawnSync(promtool, ["test", "rules", "test.yml"], {
            cwd: folder,
            encoding: "utf8",
        });
        const said = stdout + stderr;
        const fired = [...said.matchAll(/alertname:\s*(\w+)/g)].map(([, name]) => name!);
        assert.ok(status === 0 || fired.length > 0, said);
        return [...new Set(fired)].sort();
    }

    /** The same value for ten days, every five minutes. */
    const always = (value: number): string => `${value}x2880`;
    const hour = 3600;

    it("are silent as long as the last run succeeded and is not long ago", () => {
        const fine = { created: always(0), scheduled: always(27 * hour), succeeded: always(27 * hour + 60) };
        assert.deepEqual(firing("orders-backup", { ...fine, active: always(0) }, 50), []);
    });

    it("tell of a backup that is missing, also where there never was one", () => {
        const old = {
            created: always(0),
            scheduled: always(3 * hour),
            succeeded: always(3 * hour + 60),
            active: always(0),
        };
        assert.deepEqual(firing("orders-backup", old, 28), []);
        assert.deepEqual(firing("orders-backup", old, 30), ["DatabaseBackupMissing"]);
        assert.deepEqual(firing("orders-backup", { created: always(0) }, 25), []);
        assert.deepEqual(firing("orders-backup", { created: always(0) }, 27), ["DatabaseBackupMissing"]);
    });

    it("tell of a test that is missing after more than a week", () => {
        assert.deepEqual(firing("orders-restore-test", { created: always(0) }, 7 * 24 + 1), []);
        assert.deepEqual(firing("orders-restore-test", { created: always(0) }, 7 * 24 + 3), [
            "DatabaseRestoreTestMissing",
        ]);
    });

    it("tell of a last run that failed, once it has ended, and of nobody else's", () => {
        const failed = {
            created: always(0),
            scheduled: always(10 * hour),
            succeeded: always(2 * hour),
            active: always(0),
        };
        assert.deepEqual(firing("orders-backup", failed, 12), ["DatabaseBackupFailed"]);
        assert.deepEqual(firing("orders-restore-test", failed, 12), ["DatabaseRestoreTestFailed"]);
        assert.deepEqual(firing("orders-backup", { ...failed, active: always(1) }, 12), []);
        assert.deepEqual(firing("carts-backup", failed, 40), []);
    });
});
