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
export { atLeast, minorOf } from "./version";
export {
    checkVersionSupport,
    describeSupport,
    type ExtendedSupport,
    type MinorSupport,
    type ProviderVersions,
    supportedMinors,
    supportOf,
    SupportState,
    VersionProvider,
    type VersionSupport,
    type VersionTable,
    versionTable,
    versionWarnings,
    warnOfVersion,
} from "./versions";
