import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { buildModule } from "../../../sandbox/tools/build";
import type { GoModule } from "../../../sandbox/tools/modules";
import { projectRoot } from "../../../sandbox/tools/paths";
import { eventually } from "../../support/eventually";

const kafkaModule: GoModule = {
    name: "kafka",
    directory: path.join(projectRoot, "test/sandbox/kafka"),
    package: ".",
    variables: {},
    minutes: "1",
    diskGiB: 1,
};

/** A Kafka broker as a process of this machine, which asks its clients for a certificate. */
export class KafkaBroker {
    private output = "";

    private constructor(
        private readonly process: ChildProcessWithoutNullStreams,
        private readonly folder: string,
    ) {
        process.stdout.on("data", (chunk: Buffer) => (this.output += chunk.toString()));
        process.stderr.on("data", (chunk: Buffer) => (this.output += chunk.toString()));
    }

    /** Starts a broker with these topics. */
    static async start(topics: readonly string[]): Promise<KafkaBroker> {
        const program = await buildModule(kafkaModule, (line) => console.error(`kafka: ${line}`));
        const folder = fs.mkdtempSync(path.join(os.tmpdir(), "kubernetes-faas-kafka-"));
        const list = topics.join();
        const broker = new KafkaBroker(
            spawn(program, ["-certificates", folder, "-topics", list, "-print", list]),
            folder,
        );
        await eventually(() => broker.address);
        return broker;
    }

    /** Where it listens, as `host:port`. */
    get address(): string {
        const port = /listening on (\d+)/.exec(this.output)?.[1];
        if (port === undefined) {
            throw new Error(`the broker does not listen: ${this.output}`);
        }
        return `127.0.0.1:${port}`;
    }

    /** What a client needs to be let in. */
    get tls(): { caCertificate: string; clientCertificate: string; clientKey: string } {
        const read = (name: string): string => fs.readFileSync(path.join(this.folder, name), "utf8");
        return { caCertificate: read("ca.crt"), clientCertificate: read("client.crt"), clientKey: read("client.key") };
    }

    /** Writes a record; the value is one line. */
    produce(topic: string, value: string): void {
        this.process.stdin.write(`${topic} ${value}\n`);
    }

    /** The values of a topic so far. */
    records(topic: string): string[] {
        const lines = this.output.split("\n").filter((line) => line.startsWith(`${topic} `));
        return lines.map((line) => line.slice(topic.length + 1));
    }

    /** Ends the process. */
    stop(): void {
        this.process.kill();
        fs.rmSync(this.folder, { recursive: true, force: true });
    }
}
