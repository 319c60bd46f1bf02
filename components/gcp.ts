/**
 * What runs on Google Cloud. It has an entry point of its own, `kubernetes-faas/gcp`, so that only programs that use it load
 * `@pulumi/gcp`.
 */
import { requirePeers } from "./core/peer";

requirePeers("kubernetes-faas/gcp", "@pulumi/gcp");

export * from "./cluster/gke";
export {
    type ApiServerAccessArgs,
    type MaintenanceWindowArgs,
    type NodePoolArgs,
    type NodeTaint,
    Weekday,
} from "./cluster/managed";
