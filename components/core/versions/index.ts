/** What is known of Kubernetes versions: one reviewed table, and what is read from it everywhere. */
export { unmetNeed } from "./needs";
export {
    type ApiRemoval,
    type ExtendedSupport,
    type MinorSupport,
    type PlatformChange,
    type ProviderVersions,
    type RemovedApis,
    type VersionNeed,
    type VersionNeedKey,
    VersionProvider,
    type VersionSkew,
    type VersionTable,
    versionTable,
} from "./table";
export { atLeast, isKubernetesVersion, minorOf, minorsBetween } from "./version";
