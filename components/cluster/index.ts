export * from "./addons";
export { ClusterAccess, type ClusterAccessArgs, validateClusterAccess } from "./cluster-access";
export {
    ExistingCluster,
    type ExistingClusterArgs,
    describeExistingCluster,
    validateExistingCluster,
} from "./existing-cluster";
export { type ClusterInspection, inspectCluster } from "./inspect";
export { flavourOfContext, LocalFlavour } from "./flavours";
export { LocalCluster, type LocalClusterArgs, describeLocalCluster, validateLocalCluster } from "./local-cluster";
export {
    describeMinikubeCluster,
    MinikubeCluster,
    type MinikubeClusterArgs,
    MinikubeDriver,
    MinikubeNetwork,
    MinikubeRuntime,
    validateMinikubeCluster,
} from "./minikube";
export { type ClusterProbe, type ProbeArgs, probeCluster } from "./probe";
export { ClusterProbeError, ProbeFailure } from "./probe-error";
export type { ApiServerTraitsArgs, ClusterTraitsArgs } from "./traits";
export {
    type ApiUse,
    checkUpgrade,
    describeSupport,
    type NodeVersions,
    supportedMinors,
    supportOf,
    SupportState,
    type UpgradeFinding,
    type UpgradePlan,
    UpgradeSeverity,
    type VersionSupport,
    versionWarnings,
    warnOfVersion,
} from "./versions";
