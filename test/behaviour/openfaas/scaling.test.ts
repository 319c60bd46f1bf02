import { spawnSync } from "node:child_process";
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { stringify } from "yaml";
import type { OpenFaas, OpenFaasArgs } from "../../../components/faas/openfaas";
import { fileOf, recordOpenFaas } from "../../unit/faas/openfaas-recording";
import type { Recording } from "../../unit/support/mocks";
import { FakeGateway, ScalingLoop } from "./loop";
import { findPrometheusTools, type PrometheusTools, startFault } from "./tools";

/** How a tool ended. */
interface Said {
    status: number | null;
    answer: string;
    /** Everything, for messages. */
    said: string;
}

const alertname = "APIHighInvocationRate";

/** A series of promtool's: a counter that grows by so many a second, looked at every five seconds, and then rests. */
const counter = (name: string, code: string, perSecond: number, looks = 24) => ({
    series: `gateway_function_invocation_total{function_name="${name}",code="${code}"}`,
    values: `0+${perSecond * 5}x${looks} ${perSecond * 5 * looks}x24`,
});

describe("the scaling loop of OpenFaaS (real: Prometheus, Alertmanager, promtool, amtool; emulated: the gateway)", function () {
    this.timeout(5 * 60_000);
    let tools: PrometheusTools;
    let folder: string;

    before(async function () {
        const found = await findPrometheusTools();
        if ("missing" in found) {
            console.log(`      skipped: ${found.missing}`);
            this.skip();
        }
        tools = found;
        folder = fs.mkdtempSync(path.join(os.tmpdir(), "kubernetes-faas-openfaas-"));
    });
    after(() => {
        if (folder) {
            fs.rmSync(folder, { recursive: true });
        }
    });

    /** Writes files beside each other and runs a tool on the first. */
    function check(tool: string, args: string[], files: Record<string, string>): Said {
        for (const [file, content] of Object.entries(files)) {
            fs.writeFileSync(path.join(folder, file), content);
        }
        const { status, stdout, stderr } = spawnSync(tool, [...args, Object.keys(files)[0]!], {
            cwd: folder,
            encoding: "utf8",
        });
        return { status, answer: stdout, said: stdout + stderr };
    }

    /** What promtool says of series and what is to fire at times. */
    async function testRules(args: Partial<OpenFaasArgs>, tests: object[]): Promise<Said> {
        const rules = fileOf(await recordOpenFaas(args), "prometheus", "rules.yml");
        return check(tools.promtool, ["test", "rules"], {
            "test.yml": stringify({ rule_files: ["rules.yml"], evaluation_interval: "5s", tests }),
            "rules.yml": rules,
        });
    }

    it("is configured as Prometheus and Alertmanager understand it", async () => {
        const recording = await recordOpenFaas();

        const prometheus = check(tools.promtool, ["check", "config"], {
            "prometheus.yml": fileOf(recording, "prometheus", "prometheus.yml"),
            "rules.yml": fileOf(recording, "prometheus", "rules.yml"),
        });
        assert.equal(prometheus.status, 0, prometheus.said);
        assert.match(prometheus.said, /1 rules found/);
        const alertmanager = check(tools.amtool, ["check-config"], {
            "alertmanager.yml": fileOf(recording, "alertmanager", "alertmanager.yml"),
        });
        assert.equal(alertmanager.status, 0, alertmanager.said);
        assert.match(alertmanager.said, /1 receivers/);
    });

    it("sends every alert, whatever its labels, to the gateway", async () => {
        const { answer } = check(tools.amtool, ["config", "routes", "test", "--config.file"], {
            "alertmanager.yml": fileOf(await recordOpenFaas(), "alertmanager", "alertmanager.yml"),
        });
        assert.equal(answer.trim(), "gateway");
    });

    const busy = (name: string) => ({
        exp_labels: { service: "gateway", severity: "major", function_name: name },
        exp_annotations: { summary: `${name} gets more pods` },
    });

    it("fires above five calls a second that succeed, whatever their status, and not at five or for failures", async () => {
        const { status, said } = await testRules({}, [
            {
                interval: "5s",
                input_series: [
                    counter("busy.fn", "200", 6),
                    counter("silent.fn", "204", 6),
                    counter("mixed.fn", "200", 4),
                    counter("mixed.fn", "302", 2),
                    counter("usual.fn", "200", 5),
                    counter("broken.fn", "500", 50),
                    counter("absent.fn", "404", 50),
                ],
                alert_rule_test: [
                    { eval_time: "60s", alertname, exp_alerts: [busy("busy.fn"), busy("mixed.fn"), busy("silent.fn")] },
                    // The last call was at two minutes.
                    { eval_time: "145s", alertname, exp_alerts: [] },
                ],
            },
        ]);
        assert.equal(status, 0, said);
    });

    it("goes on firing through looks that came late", async () => {
        const late = { ...counter("busy.fn", "200", 6), values: "0 30 60 90 _ 150 180 _ 240 270 300 330 360" };
        const { status, said } = await testRules({}, [
            {
                interval: "5s",
                input_series: [late],
                alert_rule_test: ["25s", "30s", "40s", "45s"].map((time) => ({
                    eval_time: time,
                    alertname,
                    exp_alerts: [busy("busy.fn")],
                })),
            },
        ]);
        assert.equal(status, 0, said);
    });

    it("fires at the load that is asked for", async () => {
        const at = (exp_alerts: object[]) => [
            {
                interval: "5s",
                input_series: [counter("busy.fn", "200", 15), counter("busier.fn", "200", 25)],
                alert_rule_test: [{ eval_time: "60s", alertname, exp_alerts }],
            },
        ];
        const right = await testRules({ scaleUpCallsPerSecond: 20 }, at([busy("busier.fn")]));
        assert.equal(right.status, 0, right.said);
        // The test itself can fail.
        const wrong = await testRules({ scaleUpCallsPerSecond: 20 }, at([busy("busy.fn")]));
        assert.notEqual(wrong.status, 0);
    });

    it("is watched by alerts that fire when they should, and not before", async () => {
        const { alerts } = (await recordOpenFaas()).result.platform.telemetry;
        const rules = alerts.map(({ name, expression, severity, for: during }) => ({
            alert: name,
            expr: expression,
            for: during ?? "5m",
            labels: { severity },
        }));
        const gateway = 'job="openfaas-gateway"';
        const calls = (name: string, code: string, values: string) => ({
            series: `gateway_function_invocation_total{${gateway},function_name="${name}",code="${code}"}`,
            values,
        });
        const pods = (name: string, values: string) => ({
            series: `gateway_service_count{${gateway},function_name="${name}"}`,
            values,
        });
        const job = "openfaas-portable-functions-in-openfaas-fn";
        const served = (what: string, name: string, values: string) => ({
            series: `function_${what}_total{job="${job}",function="${name}"}`,
            values,
        });
        const fires = (name: string, eval_time: string, ...labels: object[]) => ({
            eval_time,
            alertname: name,
            exp_alerts: labels.map((exp_labels) => ({ exp_labels })),
        });
        const { status, said } = check(tools.promtool, ["test", "rules"], {
            "test.yml": stringify({
                rule_files: ["alerts.yml"],
                tests: [
                    {
                        interval: "1m",
                        input_series: [
                            { series: `up{${gateway}}`, values: "1x10 0x20" },
                            calls("bad.fn", "200", "0+90x60"),
                            calls("bad.fn", "500", "0+10x60"),
                            calls("good.fn", "200", "0+100x60"),
                            calls("good.fn", "500", "0+1x60"),
                            served("calls", "bad", "0+100x60"),
                            served("failures", "bad", "0+10x60"),
                            served("calls", "good", "0+100x60"),
                            served("failures", "good", "0+1x60"),
                            served("refused", "busy", "0+1x60"),
                            pods("wide.fn", "5x60"),
                            ...Array.from({ length: 14 }, (_, index) => pods(`f${index}.fn`, "1x60")),
                            pods("sixteenth.fn", "_x30 1x30"),
                        ],
                        alert_rule_test: [
                            fires("OpenFaasGatewayDown", "10m"),
                            fires("OpenFaasGatewayDown", "20m", { severity: "critical", job: "openfaas-gateway" }),
                            fires("OpenFaasCallErrors", "30m", { severity: "warning", function_name: "bad.fn" }),
                            fires("OpenFaasFunctionAtMost", "10m"),
                            fires("OpenFaasFunctionAtMost", "20m", { severity: "warning", function_name: "wide.fn" }),
                            fires("OpenFaasTooManyFunctions", "30m"),
                            fires("OpenFaasTooManyFunctions", "40m", { severity: "critical" }),
                            fires("OpenFaasFunctionErrors", "30m", { severity: "warning", function: "bad", job }),
                            fires("OpenFaasFunctionBusy", "30m", { severity: "warning", function: "busy", job }),
                        ],
                    },
                ],
            }),
            "alerts.yml": stringify({ groups: [{ name: "openfaas", rules }] }),
        });
        assert.equal(status, 0, said);
    });

    it("tells the gateway, with its login, of a function with many calls, and again when they are over", async function () {
        const fault = startFault(tools.alertmanager);
        if (fault) {
            console.log(`      skipped: Alertmanager does not start: ${fault}`);
            this.skip();
        }
        const recording: Recording<OpenFaas> = await recordOpenFaas();
        const password = "a password of 24 letters";
        const gateway = new FakeGateway({ "busy.openfaas-fn": { "200": 20 }, "quiet.openfaas-fn": { "200": 1 } });
        const loop = new ScalingLoop(tools, recording);
        try {
            await loop.start(await gateway.listen(), password);
            const firing = await calledWith("firing");
            assert.equal(firing.path, "/system/alert");
            assert.equal(firing.authorization, `Basic ${Buffer.from(`admin:${password}`).toString("base64")}`);
            assert.equal(firing.alerts[0]!.labels.alertname, alertname);

            gateway.rest();
            await calledWith("resolved");
            assert.deepEqual(
                [...new Set(gateway.calls.flatMap(({ alerts }) => alerts).map(({ labels }) => labels.function_name))],
                ["busy.openfaas-fn"],
            );
        } finally {
            gateway.close();
            await loop.stop();
        }

        async function calledWith(state: string) {
            const deadline = Date.now() + 100_000;
            for (;;) {
                const call = gateway.calls.find(({ alerts }) => alerts.some(({ status }) => status === state));
                if (call) {
                    return call;
                }
                assert.ok(Date.now() < deadline, `nobody was told that the alert is ${state}:\n${loop.logs()}`);
                await sleep(200);
            }
        }
    });
});
