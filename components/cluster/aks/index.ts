export { AksCluster, describeAksCluster } from "./aks-cluster";
export type {
    AksAdministratorArgs,
    AksApiServerAccessArgs,
    AksClusterArgs,
    AksLogsArgs,
    AksNetworkArgs,
    AksNodePoolArgs,
    AksSecretsKeyArgs,
} from "./args";
export {
    AksEgress,
    AksLog,
    AksLogin,
    AksNodeOs,
    AksNodeOsChannel,
    AksOsDisk,
    AksPrincipal,
    AksTier,
    AksUpgradeChannel,
} from "./enums";
export { type AksControlPlane, type AksKubeconfigArgs, aksKubeconfigFor } from "./kubeconfig";
export { validateAksCluster } from "./validate";
