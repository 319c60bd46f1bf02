import assert from "node:assert/strict";
import { networkFromObjects, reachable, type RenderedObject } from "../../../components/core/network";
import {
    FissionKafkaTrigger,
    type FissionArgs,
    type FissionKafka,
    planFission,
    validateFission,
    validateFissionKafkaTrigger,
} from "../../../components/faas/fission";
import { fakePlatform } from "../../../components/testing";
import { testCluster } from "../support/cluster";
import { record } from "../support/mocks";
import { containerOf, definitions, deploymentType, environmentOf, recordFission } from "./fission-recording";

const part = "mqtrigger-kafka";
const egress = [{ pods: [{ namespace: "kafka", podSelector: { app: "kafka" } }], ports: [{ port: 9093 }] }];
const tls = { caCertificate: "CA", clientCertificate: "CERTIFICATE", clientKey: "KEY" };
const kafka: FissionKafka = { brokers: ["kafka-0.kafka:9093", "kafka-1.kafka:9093"], egress, tls };

describe("Fission with Kafka", () => {
    it("has a part that reads topics with its own certificate, and signs what it sends the router", async () => {
        const recording = await recordFission({ kafka });

        assert.deepEqual(containerOf(recording, part).args, ["--mqt", "--routerUrl", "http://router.fission"]);
        const environment = environmentOf(recording, part);
        const picked = Object.entries(environment).filter(([name]) => /^(MESSAGE|TLS|ROUTER|LEADER)/.test(name));
        assert.deepEqual(Object.fromEntries(picked), {
            MESSAGE_QUEUE_TYPE: "kafka",
            MESSAGE_QUEUE_URL: "kafka-0.kafka:9093,kafka-1.kafka:9093",
            MESSAGE_QUEUE_KAFKA_VERSION: "2.1.0",
            MESSAGE_QUEUE_SECRETS: "/etc/fission/secrets",
            TLS_ENABLED: "true",
            ROUTER_INTERNAL_URL: "http://router-internal.fission:8889",
            LEADER_ELECTION_ENABLED: "true",
        });
        assert.ok("FISSION_INTERNAL_AUTH_SECRET" in environment);
        const secret = recording.only("kubernetes:core/v1:Secret", "fission-kafka");
        assert.deepEqual(secret.inputs.stringData, { caCert: "CA", userCert: "CERTIFICATE", userKey: "KEY" });
        assert.ok(secret.secretPaths.includes("stringData"));
    });

    it("speaks without TLS only when told so", async () => {
        const recording = await recordFission({ kafka: { ...kafka, tls: undefined, insecureWithoutTls: true } });

        assert.equal("TLS_ENABLED" in environmentOf(recording, part), false);
        assert.equal(recording.summary().includes("kubernetes:core/v1:Secret fission-kafka"), false);
    });

    it("has no such part, and no way to it, unless asked for", async () => {
        const recording = await recordFission();

        assert.equal(
            recording.ofType(deploymentType).some(({ name }) => name.includes("kafka")),
            false,
        );
        assert.equal("kafka" in recording.result.platform.settings!, false);
    });

    it("reaches the brokers and the router's internal port, and nobody reaches it", async () => {
        const recording = await recordFission({ kafka });
        const objects = recording.resources
            .filter(({ type }) => type.startsWith("kubernetes:"))
            .map(({ type, inputs }): RenderedObject => ({ kind: type.split(":").at(-1)!, ...inputs }));
        const model = networkFromObjects(objects);
        const endpoint = (name: string) => model.endpoints.find((each) => each.name === name)!;
        const pod = (namespace: string, app: string) => ({
            name: app,
            namespace,
            address: "10.1.1.1",
            labels: { app },
            ports: [{ port: 9093 }],
        });
        const reaches = (from: string, to: Parameters<typeof reachable>[2], port: number) =>
            reachable(model, endpoint(from), to, { port }).allowed;

        assert.equal(reaches(part, pod("kafka", "kafka"), 9093), true);
        assert.equal(reaches(part, pod("elsewhere", "kafka"), 9093), false);
        assert.equal(reaches(part, endpoint("router"), 8889), true);
        assert.equal(reaches(part, endpoint("router"), 8888), false);
        assert.equal(reaches("timer", endpoint(part), 8080), false);
    });

    it("is watched", async () => {
        const { targets } = (await recordFission({ kafka })).result.platform.telemetry;

        assert.ok(targets.some(({ name }) => name === "fission-mqtrigger-kafka"));
    });

    const refused: { what: string; kafka: Partial<FissionKafka>; because: string }[] = [
        {
            what: "neither TLS nor its absence",
            kafka: { tls: undefined },
            because: 'kafka.tls is missing; give one of "tls" and "insecureWithoutTls"',
        },
        {
            what: "both",
            kafka: { insecureWithoutTls: true },
            because:
                'kafka.insecureWithoutTls can\'t go together with "tls"; give only one of "tls" and "insecureWithoutTls"',
        },
        {
            what: "a broker without a port",
            kafka: { brokers: ["kafka-0.kafka"] },
            because:
                'kafka.brokers[0] is "kafka-0.kafka", which does not have the right form; give host and port: "kafka-0.kafka.svc:9093"',
        },
        {
            what: "no way to the brokers",
            kafka: { egress: [] },
            because: "kafka.egress is empty; give at least one entry",
        },
        {
            what: "an egress to nobody",
            kafka: { egress: [{ ports: [{ port: 9093 }] }] },
            because: "kafka.egress[0] names nobody; give pods or cidrs, or internet: true",
        },
        {
            what: "a version that is none",
            kafka: { version: "3.9" },
            because: 'kafka.version is "3.9", which does not have the right form; give the whole version: "3.9.0"',
        },
    ];
    for (const { what, kafka: changes, because } of refused) {
        it(`is refused with ${what}`, () => {
            const args: FissionArgs = { cluster: testCluster(), definitions, kafka: { ...kafka, ...changes } };
            const faults = validateFission("fission", args);
            assert.deepEqual(
                faults.map(({ propertyPath, reason }) => `${propertyPath} ${reason}`),
                [because],
            );
        });
    }
});

describe("FissionKafkaTrigger", () => {
    const cluster = testCluster();
    const platform = planFission("fission", { cluster, definitions, kafka });
    const args = { cluster, platform, functionName: "hello", topic: "orders" };

    it("names topics, function and retries, and is Fission's own kind", async () => {
        const recording = await record(
            () =>
                new FissionKafkaTrigger("orders", {
                    ...args,
                    responseTopic: "answers",
                    errorTopic: "failures",
                    maxRetries: 3,
                }),
        );

        const { metadata, spec } = recording.only("kubernetes:fission.io/v1:MessageQueueTrigger", "orders").inputs;
        assert.deepEqual([metadata.name, metadata.namespace], ["orders", "fission-functions"]);
        assert.deepEqual(spec, {
            messageQueueType: "kafka",
            mqtkind: "fission",
            functionref: { type: "name", name: "hello" },
            topic: "orders",
            respTopic: "answers",
            errorTopic: "failures",
            maxRetries: 3,
            contentType: "application/json",
        });
    });

    it("says all that is wrong with it", () => {
        const faults = validateFissionKafkaTrigger("orders", {
            ...args,
            platform: planFission("fission", { cluster, definitions }),
            namespace: "elsewhere",
            topic: "a",
            maxRetries: -1,
        });
        assert.deepEqual(
            faults.map(({ propertyPath }) => propertyPath),
            ["namespace", "platform", "topic", "maxRetries"],
        );
        assert.equal(faults[1]!.reason, "is a Fission that reads no Kafka; give the Fission component `kafka`");
    });

    it("is refused on another platform", () => {
        const [fault] = validateFissionKafkaTrigger("orders", {
            ...args,
            platform: fakePlatform({ kind: "kubeless" }),
        });
        assert.equal(fault!.reason, "is kubeless, which reads no queue; use a Fission with `kafka`");
    });
});
