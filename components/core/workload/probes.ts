import type * as k8s from "@pulumi/kubernetes";
import type { ContainerPort, Probe, Probes, WorkloadContainer } from "./container-args";

type ProbeSpec = k8s.types.input.core.v1.Probe;

/** The probes of a container as Kubernetes writes them. */
export interface ProbeSpecs {
    startupProbe?: ProbeSpec;
    readinessProbe?: ProbeSpec;
    livenessProbe?: ProbeSpec;
}

const defaultTimeoutSeconds = 2;
/** Five minutes with the period of ten seconds: a slow start is no failure. */
const startupFailureThreshold = 30;

/** Renders a container's probes; those that are not given stay away. */
export function renderProbes(container: WorkloadContainer): ProbeSpecs {
    const probes: Probes = container.probes ?? {};
    const render = (probe: Probe): ProbeSpec => renderProbe(probe, container.ports);
    return {
        ...(probes.startup
            ? { startupProbe: render({ failureThreshold: startupFailureThreshold, ...probes.startup }) }
            : {}),
        ...(probes.readiness ? { readinessProbe: render(probes.readiness) } : {}),
        ...(probes.liveness ? { livenessProbe: render(probes.liveness) } : {}),
    };
}

function renderProbe(probe: Probe, ports: readonly ContainerPort[] = []): ProbeSpec {
    return {
        ...action(probe, ports),
        initialDelaySeconds: probe.initialDelaySeconds,
        periodSeconds: probe.periodSeconds,
        timeoutSeconds: probe.timeoutSeconds ?? defaultTimeoutSeconds,
        failureThreshold: probe.failureThreshold,
    };
}

/** Validation has made sure that there is exactly one action, and a port where one is left out. */
function action(probe: Probe, ports: readonly ContainerPort[]): ProbeSpec {
    if (probe.http) {
        const { path, port, scheme, headers } = probe.http;
        return {
            httpGet: {
                path,
                port: port ?? ports[0]!.port,
                scheme,
                httpHeaders: headers && Object.entries(headers).map(([name, value]) => ({ name, value })),
            },
        };
    }
    if (probe.tcp) {
        return { tcpSocket: { port: probe.tcp.port ?? ports[0]!.port } };
    }
    return { exec: { command: probe.command } };
}
