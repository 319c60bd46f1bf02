/** What the managed clusters of all clouds have in common. */
export {
    type ApiServerAccessArgs,
    completeMaintenanceWindow,
    type MaintenanceWindow,
    type MaintenanceWindowArgs,
    type NodePoolArgs,
    type NodeTaint,
    Weekday,
} from "./args";
export { checkDisjoint, checkIpv4, checkPrefix, checkWithin, type NamedRange } from "./addresses";
export {
    checkApiServerAccess,
    checkMaintenanceWindow,
    checkNodePools,
    checkUnrepeated,
    type NodePoolLimits,
} from "./checks";
export { execKubeconfig, type ExecKubeconfigArgs, type ExecKubeconfigCommand } from "./kubeconfig";
export { after } from "./order";
