export { Addon, AddonMode, hasAddon, withAddon } from "./addons";
export * from "./config-objects";
export { allowFrom, type AllowFromArgs, bind, type BindArgs, type BindingPlace } from "./connections";
export { bindObjectStore, type BindObjectStoreArgs } from "./connections";
export * from "./contracts";
export * from "./credentials";
export { type DefinitionsArgs, DefinitionsMode } from "./custom-definition";
export { Deletion } from "./deletion";
export * from "./errors";
export { image, type ImageFacts, type ImageKey, images, type MirroredImage, mirrorList } from "./images";
export { type LabelFacts, type Labels, objectLabels, selectorLabels } from "./labels";
export * from "./namespace";
export * from "./network";
export { Architecture, type Placement, type PodToleration, TaintEffect, TolerationOperator } from "./placement";
export * from "./platform-reference";
export * from "./pod-security";
export {
    type PlainPodSpec,
    podSecurityLevelOf,
    type PodSecurityViolation,
    podSecurityViolations,
} from "./pod-security-rules";
export { clusterProvider, inCluster } from "./provider";
export type { Permission } from "./rbac";
export type { Registry } from "./registry";
export { Route, type RouteArgs, validateRoute } from "./route";
export * from "./workload";
export {
    type ApiRemoval,
    atLeast,
    type ExtendedSupport,
    minorOf,
    type MinorSupport,
    type PlatformChange,
    type ProviderVersions,
    type RemovedApis,
    unmetNeed,
    type VersionNeed,
    type VersionNeedKey,
    VersionProvider,
    type VersionSkew,
    type VersionTable,
    versionTable,
} from "./versions";
