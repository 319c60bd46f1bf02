/**
 * What runs on Azure. It has an entry point of its own, `kubernetes-faas/azure`, so that only programs that use it load
 * `@pulumi/azure-native`.
 */
import { requirePeers } from "./core/peer";

requirePeers("kubernetes-faas/azure", "@pulumi/azure-native");

export * from "./cluster/aks";
export { type MaintenanceWindowArgs, type NodePoolArgs, type NodeTaint, Weekday } from "./cluster/managed";
