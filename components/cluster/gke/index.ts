export type {
    GkeApiServerAccessArgs,
    GkeClusterArgs,
    GkeExistingNetworkArgs,
    GkeNetworkArgs,
    GkeNodePoolArgs,
} from "./args";
export {
    GkeCredentials,
    GkeDiskType,
    GkeEndpoint,
    GkeLogComponent,
    GkeMetricComponent,
    GkeMode,
    GkeReleaseChannel,
} from "./choices";
export { describeGkeCluster } from "./contract";
export { GkeCluster } from "./gke-cluster";
export { type GkeControlPlane, type GkeKubeconfigArgs, gkeKubeconfigFor } from "./kubeconfig";
export type { GkeNetwork } from "./network";
export { validateGkeCluster } from "./validate";
