import type { AlertRule } from "../core/contracts";

/** What tells a database's volumes from others. */
interface VolumeFacts {
    /** Name of the StatefulSet. */
    resourceName: string;
    /** Name of the volume's claim template. */
    claim: string;
    /** Where it is known while the program runs. */
    namespace?: string;
}

const day = 24 * 3600;

/**
 * Alerts on volumes that fill up, of any engine, by what the kubelet says of the claims' volumes
 * (https://kubernetes.io/docs/reference/instrumentation/metrics/, kubelet_volume_stats).
 */
export function volumeAlerts({ resourceName, claim, namespace }: VolumeFacts): AlertRule[] {
    const on = [
        `persistentvolumeclaim=~"${claim}-${resourceName}-[0-9]+"`,
        ...(namespace === undefined ? [] : [`namespace="${namespace}"`]),
    ].join(",");
    const free = `kubelet_volume_stats_available_bytes{${on}}`;
    const left = `${free} / kubelet_volume_stats_capacity_bytes{${on}}`;
    const which = "{{ $labels.namespace }}/{{ $labels.persistentvolumeclaim }}";
    return [
        {
            name: "DatabaseVolumeNearlyFull",
            expression: `${left} < 0.1`,
            severity: "critical",
            summary: `${which} has {{ $value | humanizePercentage }} of its space left.`,
            description: "A server without space stops. Give storage.size more: the volume grows in place.",
        },
        {
            // Half of it has to be in use: what fills a new volume, such as a restore, comes to an end.
            name: "DatabaseVolumeFullInADay",
            expression: `predict_linear(${free}[6h], ${day}) < 0 and ${left} < 0.5`,
            for: "1h",
            severity: "warning",
            summary: `${which} will be full within a day, if it fills as in the last hours.`,
            description: "Look at what grows, the data or a log that is kept for somebody; or give storage.size more.",
        },
        {
            name: "DatabaseVolumeInodesNearlyUsedUp",
            expression: `kubelet_volume_stats_inodes_free{${on}} / kubelet_volume_stats_inodes{${on}} < 0.1`,
            severity: "warning",
            summary: `${which} has {{ $value | humanizePercentage }} of its inodes left.`,
            description: "There are very many small files. A larger volume has more inodes with most file systems.",
        },
    ];
}
