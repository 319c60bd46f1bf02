import * as pulumi from "@pulumi/pulumi";
import { rolledSecret } from "../../core/config-objects";
import { objectLabels } from "../../core/labels";
import type { HardenedDeployment, WorkloadContainer, WorkloadVolume } from "../../core/workload";
import type { FissionKafka, FissionKafkaTls } from "./args";
import { createTriggerPart } from "./control-plane";
import { type Installation, metricsPort } from "./installation";
import { kafkaPermissions } from "./permissions";

/** The oldest protocol of Kafka 4's brokers: https://kafka.apache.org/40/documentation/compatibility.html */
const defaultVersion = "2.1.0";

const secretsPath = "/etc/fission/secrets";

/** Calls functions for records of Kafka topics, and answers into others. */
export function createKafka(installation: Installation, kafka: FissionKafka): HardenedDeployment {
    const tls = kafka.tls && mutualTls(installation, kafka.tls);
    return createTriggerPart(installation, "mqtrigger-kafka", {
        flag: "--mqt",
        permissions: kafkaPermissions,
        egress: kafka.egress,
        volumes: tls?.volumes,
        container: {
            ports: [{ name: "metrics", port: metricsPort }],
            mounts: tls?.mounts,
            environment: {
                MESSAGE_QUEUE_TYPE: "kafka",
                MESSAGE_QUEUE_URL: pulumi.all(kafka.brokers).apply((brokers) => brokers.join(",")),
                MESSAGE_QUEUE_KAFKA_VERSION: kafka.version ?? defaultVersion,
                ...tls?.environment,
            },
        },
    });
}

/** What makes the part read its certificate; the keys are those that its code looks for (pkg/mqtrigger, v1.27.0). */
function mutualTls(
    { name, parent, namespace, args }: Installation,
    { caCertificate, clientCertificate, clientKey }: FissionKafkaTls,
): Required<Pick<WorkloadContainer, "environment" | "mounts">> & { volumes: WorkloadVolume[] } {
    const secret = rolledSecret(
        `${name}-kafka`,
        {
            cluster: args.cluster,
            namespace,
            labels: objectLabels({
                app: "fission",
                instance: name,
                component: "mqtrigger-kafka",
                labels: args.labels,
            }),
            data: { caCert: caCertificate, userCert: clientCertificate, userKey: clientKey },
        },
        { parent },
    );
    return {
        environment: { TLS_ENABLED: "true", MESSAGE_QUEUE_SECRETS: secretsPath },
        mounts: [{ volume: "kafka", path: secretsPath }],
        volumes: [{ name: "kafka", secret: { name: secret.metadata.name } }],
    };
}
