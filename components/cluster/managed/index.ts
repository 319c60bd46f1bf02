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
export { checkDisjoint, checkPrefix, checkWithin, type NamedRange } from "./addresses";
export { checkApiServerAccess, checkMaintenanceWindow, checkNodePools, type NodePoolLimits } from "./checks";
export { execKubeconfig, type ExecKubeconfigArgs, type ExecKubeconfigCommand } from "./kubeconfig";
