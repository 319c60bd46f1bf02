export { ClusterAccess, type ClusterAccessArgs, validateClusterAccess } from "./cluster-access";
export {
    ExistingCluster,
    type ExistingClusterArgs,
    describeExistingCluster,
    validateExistingCluster,
} from "./existing-cluster";
export { flavourOfContext, LocalFlavour } from "./flavours";
export { LocalCluster, type LocalClusterArgs, describeLocalCluster, validateLocalCluster } from "./local-cluster";
export { type ClusterProbe, type ProbeArgs, probeCluster } from "./probe";
export { ClusterProbeError, ProbeFailure } from "./probe-error";
export type { ApiServerTraitsArgs, ClusterTraitsArgs } from "./traits";
export {
    checkVersionSupport,
    describeSupport,
    supportedMinors,
    supportOf,
    SupportState,
    type VersionSupport,
    versionWarnings,
    warnOfVersion,
} from "./versions";
