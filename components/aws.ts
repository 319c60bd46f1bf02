/**
 * What runs on Amazon Web Services. It has an entry point of its own, `kubernetes-faas/aws`, so that only programs that use it
 * load `@pulumi/aws` and `@pulumi/eks`.
 */
import { requirePeers } from "./core/peer";

requirePeers("kubernetes-faas/aws", "@pulumi/aws", "@pulumi/eks");

export * from "./cluster/eks";
export { type ApiServerAccessArgs, type NodePoolArgs, type NodeTaint } from "./cluster/managed";
