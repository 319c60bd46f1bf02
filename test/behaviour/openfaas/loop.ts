import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as http from "node:http";
import type { AddressInfo } from "node:net";
import * as os from "node:os";
import * as path from "node:path";
import { freePort } from "../../../sandbox/tools/ports";
import type { Recording } from "../../unit/support/mocks";
import { containerOf, fileOf } from "../../unit/faas/openfaas-recording";
import type { PrometheusTools } from "./tools";

/** What Alertmanager posts to the gateway, as far as the gateway reads it. */
export interface ScalingCall {
    path: string;
    authorization: string | undefined;
    alerts: { status: string; labels: { alertname: string; function_name: string } }[];
}

/** The gateway's counters and its hook, and nothing else of it. */
export class FakeGateway {
    readonly calls: ScalingCall[] = [];
    private readonly started = Date.now();
    private readonly server = http.createServer((request, response) => void this.answer(request, response));

    /** @param rates calls per second by function and status: `{ "busy.openfaas-fn": { "200": 8 } }` */
    constructor(private readonly rates: Record<string, Record<string, number>>) {}

    /** Stops counting: from now on nobody calls any function. */
    rest(): void {
        this.rested ??= Date.now();
    }
    private rested: number | undefined;

    async listen(): Promise<string> {
        this.server.listen(0, "127.0.0.1");
        await once(this.server, "listening");
        return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    }

    close(): void {
        this.server.closeAllConnections();
        this.server.close();
    }

    private async answer(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
        if (request.url === "/metrics") {
            response.setHeader("content-type", "text/plain; version=0.0.4");
            response.end(this.metrics());
            return;
        }
        const chunks: Buffer[] = [];
        for await (const chunk of request) {
            chunks.push(chunk as Buffer);
        }
        const { alerts } = JSON.parse(Buffer.concat(chunks).toString()) as Pick<ScalingCall, "alerts">;
        this.calls.push({ path: request.url ?? "", authorization: request.headers.authorization, alerts });
        response.end();
    }

    private metrics(): string {
        const seconds = ((this.rested ?? Date.now()) - this.started) / 1000;
        return Object.entries(this.rates)
            .flatMap(([name, codes]) =>
                Object.entries(codes).map(
                    ([code, rate]) =>
                        `gateway_function_invocation_total{function_name="${name}",code="${code}"} ${Math.floor(rate * seconds)}\n`,
                ),
            )
            .join("");
    }
}

/** Prometheus and Alertmanager as processes, with what an `OpenFaas` gives them. */
export class ScalingLoop {
    private readonly folder = fs.mkdtempSync(path.join(os.tmpdir(), "kubernetes-faas-openfaas-"));
    private readonly processes: ChildProcess[] = [];

    constructor(
        private readonly tools: PrometheusTools,
        private readonly recording: Recording<unknown>,
    ) {}

    /** Starts both. Only addresses and folders are others than in the cluster. */
    async start(gateway: string, password: string): Promise<void> {
        const [prometheus, alertmanager] = [await freePort(), await freePort()];
        this.write("secrets/basic-auth-password", password);
        const here = (text: string) =>
            text
                .replaceAll("gateway.openfaas:8080", gateway)
                .replaceAll("gateway.openfaas:8082", gateway)
                .replaceAll("alertmanager.openfaas:9093", `127.0.0.1:${alertmanager}`)
                .replaceAll("/var/secrets/", `${this.folder}/secrets/`);
        for (const [part, file] of files) {
            this.write(`${part}/${file}`, here(fileOf(this.recording, part, file)));
        }
        this.run("alertmanager", alertmanager);
        this.run("prometheus", prometheus);
    }

    async stop(): Promise<void> {
        await Promise.all(
            this.processes.map(async (child) => {
                if (child.exitCode === null && child.kill("SIGKILL")) {
                    await once(child, "exit");
                }
            }),
        );
        fs.rmSync(this.folder, { recursive: true });
    }

    private write(file: string, content: string): void {
        const full = path.join(this.folder, file);
        fs.mkdirSync(path.dirname(full), { recursive: true });
        fs.writeFileSync(full, content);
    }

    private run(part: "alertmanager" | "prometheus", port: number): void {
        const given = containerOf(this.recording, part).args as string[];
        const args = given.map((arg) =>
            arg
                .replace("/etc/openfaas/", `${this.folder}/${part}/`)
                .replace(/=\/data$/, `=${this.folder}/${part}/data`),
        );
        const log = fs.openSync(path.join(this.folder, `${part}.log`), "a");
        const [command, ...before] = this.tools[part];
        const child = spawn(command!, [...before, ...args, `--web.listen-address=127.0.0.1:${port}`], {
            stdio: ["ignore", log, log],
        });
        fs.closeSync(log);
        this.processes.push(child);
    }

    /** What both have said so far, for messages. */
    logs(): string {
        return ["alertmanager", "prometheus"]
            .map((part) => fs.readFileSync(path.join(this.folder, `${part}.log`), "utf8"))
            .join("\n");
    }
}

const files = [
    ["prometheus", "prometheus.yml"],
    ["prometheus", "rules.yml"],
    ["alertmanager", "alertmanager.yml"],
] as const;
