import type * as k8s from "@pulumi/kubernetes";
import { rolledConfig } from "../../core/config-objects";
import { image } from "../../core/images";
import { objectLabels } from "../../core/labels";
import {
    createPart,
    type Installation,
    loginMount,
    loginVolume,
    Part,
    partPods,
    partService,
    ports,
} from "./installation";
import {
    alertmanagerConfig,
    alertmanagerFile,
    prometheusConfig,
    prometheusFile,
    rulesFile,
    scalingRules,
} from "./scaling-config";

const dataPath = "/data";

/**
 * What gives functions more pods, and what the gateway counts calls with: without it `faas-cli list` fails, since the
 * gateway then reads an answer that it has not got (openfaas/faas 0.27.14 gateway/metrics/add_metrics.go).
 */
export function createScaling(installation: Installation): void {
    createPrometheus(installation);
    createAlertmanager(installation);
}

/** Its data is a day of counters, which nobody misses. It asks the API server for nothing. */
function createPrometheus(installation: Installation): void {
    const config = createConfig(installation, Part.Prometheus, {
        [prometheusFile]: prometheusConfig(installation),
        [rulesFile]: scalingRules(installation.args),
    });
    createPart(installation, Part.Prometheus, {
        containers: [
            {
                name: "prometheus",
                image: image("openfaas-prometheus"),
                args: [
                    `--config.file=/etc/openfaas/${prometheusFile}`,
                    `--storage.tsdb.path=${dataPath}`,
                    "--storage.tsdb.retention.time=1d",
                ],
                ports: [{ name: "http", port: ports.prometheus }],
                probes: {
                    readiness: { http: { path: "/-/ready" }, periodSeconds: 5 },
                    liveness: { http: { path: "/-/healthy" }, initialDelaySeconds: 30 },
                },
                resources: { requests: { cpu: "50m", memory: "128Mi" }, limits: { memory: "512Mi" } },
                mounts: [{ volume: "config", path: "/etc/openfaas" }, dataMount],
            },
        ],
        volumes: [configVolume(config), dataVolume("1Gi")],
        service: { ports: [{ name: "http" }] },
        network: {
            ingress: [{ pods: [partPods(installation, Part.Gateway)], ports: [{ port: ports.prometheus }] }],
            services: [
                partService(installation, Part.Gateway, ports.metrics),
                partService(installation, Part.Alertmanager, ports.alertmanager),
            ],
        },
    });
}

function createAlertmanager(installation: Installation): void {
    const config = createConfig(installation, Part.Alertmanager, {
        [alertmanagerFile]: alertmanagerConfig(installation),
    });
    createPart(installation, Part.Alertmanager, {
        containers: [
            {
                name: "alertmanager",
                image: image("openfaas-alertmanager"),
                args: [
                    `--config.file=/etc/openfaas/${alertmanagerFile}`,
                    `--storage.path=${dataPath}`,
                    // It has no others to agree with.
                    "--cluster.listen-address=",
                ],
                ports: [{ name: "http", port: ports.alertmanager }],
                probes: {
                    readiness: { http: { path: "/-/ready" }, periodSeconds: 5 },
                    liveness: { http: { path: "/-/healthy" }, initialDelaySeconds: 10 },
                },
                resources: { requests: { cpu: "10m", memory: "32Mi" }, limits: { memory: "128Mi" } },
                mounts: [{ volume: "config", path: "/etc/openfaas" }, dataMount, loginMount],
            },
        ],
        volumes: [configVolume(config), dataVolume("64Mi"), loginVolume(installation)],
        service: { ports: [{ name: "http" }] },
        network: {
            ingress: [{ pods: [partPods(installation, Part.Prometheus)], ports: [{ port: ports.alertmanager }] }],
            services: [partService(installation, Part.Gateway, ports.gateway)],
        },
    });
}

const dataMount = { volume: "data", path: dataPath };

function configVolume(config: k8s.core.v1.ConfigMap) {
    return { name: "config", configMap: { name: config.metadata.name } };
}

function dataVolume(sizeLimit: string) {
    return { name: "data", emptyDir: { sizeLimit } };
}

/** Both read their configuration at the start only, so a change has to roll them. */
function createConfig(
    { name, args, parent, namespace }: Installation,
    part: Part,
    data: Record<string, string>,
): k8s.core.v1.ConfigMap {
    const labels = objectLabels({ app: "openfaas", instance: name, component: part, labels: args.labels });
    return rolledConfig(`${name}-${part}-config`, { cluster: args.cluster, namespace, labels, data }, { parent });
}
