/** Which versions of Kubernetes are supported, by whom and until when. */
export { checkVersionSupport, versionWarnings, warnOfOwnVersion, warnOfVersion } from "./check";
export {
    describeSupport,
    providerOfVersion,
    supportedMinors,
    supportOf,
    SupportState,
    type VersionSupport,
} from "./support";
export { VersionProvider } from "../../core/versions";
export {
    type ApiUse,
    checkUpgrade,
    type NodeVersions,
    type UpgradeFinding,
    type UpgradePlan,
    UpgradeSeverity,
} from "./upgrade";
