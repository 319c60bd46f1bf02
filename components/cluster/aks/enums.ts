/** What an hour of the control plane costs and promises (https://learn.microsoft.com/azure/aks/free-standard-pricing-tiers). */
export const AksTier = {
    /** No charge and no promise of availability. For what may be gone for a while. */
    Free: "Free",
    /** A financially backed promise: 99.95 % with zones, 99.9 % without. */
    Standard: "Standard",
    /** As `Standard`, and long-term support may be had. */
    Premium: "Premium",
} as const;
export type AksTier = (typeof AksTier)[keyof typeof AksTier];

/**
 * Which Kubernetes versions AKS installs by itself. Its channels `stable` and `rapid` are left out: they move the minor
 * version too, and the version in the program would be behind the cluster's.
 */
export const AksUpgradeChannel = {
    /** The patches of the minor version that the program names. */
    Patch: "patch",
    /** None: patches come when `kubernetesVersion` changes. */
    None: "none",
} as const;
export type AksUpgradeChannel = (typeof AksUpgradeChannel)[keyof typeof AksUpgradeChannel];

/** How the nodes' operating system is kept up to date. */
export const AksNodeOsChannel = {
    /** A new image every week; nodes are made anew one after the other. */
    NodeImage: "NodeImage",
    /** Security patches alone, most of them without a restart. Their images cost a little storage. */
    SecurityPatch: "SecurityPatch",
    /** Nobody patches the nodes. */
    None: "None",
} as const;
export type AksNodeOsChannel = (typeof AksNodeOsChannel)[keyof typeof AksNodeOsChannel];

/** The operating system of nodes. */
export const AksNodeOs = {
    /** Microsoft's small distribution for container hosts; AKS picks the generation that fits the Kubernetes version. */
    AzureLinux: "AzureLinux",
    Ubuntu: "Ubuntu",
} as const;
export type AksNodeOs = (typeof AksNodeOs)[keyof typeof AksNodeOs];

/** Where a node's operating system lies. */
export const AksOsDisk = {
    /** On the machine itself: faster, and free. The type of machine must have room for it. */
    Ephemeral: "Ephemeral",
    /** On a disk of its own, which outlives a move of the machine and is paid for. */
    Managed: "Managed",
} as const;
export type AksOsDisk = (typeof AksOsDisk)[keyof typeof AksOsDisk];

/** How nodes reach the Internet. It can't be changed later. */
export const AksEgress = {
    /** A NAT gateway with addresses that stay: what others allow-list. The default where the component makes the network. */
    NatGateway: "userAssignedNATGateway",
    /** The cluster's load balancer. Free, and its ports run out sooner. The default in a given subnet. */
    LoadBalancer: "loadBalancer",
    /** The subnet's route table, as to a firewall. Only in a given subnet. */
    RouteTable: "userDefinedRouting",
} as const;
export type AksEgress = (typeof AksEgress)[keyof typeof AksEgress];

/** Whose credentials `kubelogin` takes (https://azure.github.io/kubelogin/concepts/login-modes.html). */
export const AksLogin = {
    /** Whoever is logged in with `az login`: people, and pipelines with the Azure login action. */
    AzureCli: "azurecli",
    /** The managed identity of the machine. */
    ManagedIdentity: "msi",
    /** A service principal; its secret or certificate comes from the environment. */
    ServicePrincipal: "spn",
    /** A federated token, as pods and GitHub's workflows have it; found by the environment. */
    WorkloadIdentity: "workloadidentity",
} as const;
export type AksLogin = (typeof AksLogin)[keyof typeof AksLogin];

/** What kind of identity is meant, in Entra ID. */
export const AksPrincipal = {
    Group: "Group",
    /** An application or a managed identity. */
    ServicePrincipal: "ServicePrincipal",
    User: "User",
} as const;
export type AksPrincipal = (typeof AksPrincipal)[keyof typeof AksPrincipal];

/** The logs of the control plane (https://learn.microsoft.com/azure/aks/monitor-aks-reference#resource-logs). */
export const AksLog = {
    ApiServer: "kube-apiserver",
    /** Every request, reading ones too: by far the most there is to pay for. */
    Audit: "kube-audit",
    /** Every request that changes something. */
    AuditAdmin: "kube-audit-admin",
    Autoscaler: "cluster-autoscaler",
    CloudController: "cloud-controller-manager",
    ControllerManager: "kube-controller-manager",
    /** Who logged in by Entra ID. */
    Guard: "guard",
    Scheduler: "kube-scheduler",
} as const;
export type AksLog = (typeof AksLog)[keyof typeof AksLog];
