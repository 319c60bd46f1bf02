export {
    AutoModeNodePool,
    type EksAccessArgs,
    type EksAutoModeArgs,
    type EksClusterArgs,
    EksController,
    type EksExistingVpcArgs,
    type EksKubeconfigArgs,
    type EksLogsArgs,
    EksLogType,
    type EksNodePoolArgs,
    EksNodeSystem,
    type EksStorageClassArgs,
    type EksVpcArgs,
    FlowLogs,
    NatGateways,
    VolumeReclaim,
} from "./args";
export { describeEksCluster } from "./contract";
export { EksCluster } from "./eks-cluster";
export { PodIdentity, type PodIdentityArgs, type PodIdentityCluster, validatePodIdentity } from "./pod-identity";
export { validateEksCluster } from "./validate";
