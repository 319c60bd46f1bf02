/** Who looks after the nodes. */
export const GkeMode = {
    /** Node pools of one's own. */
    Standard: "standard",
    /** Google does: nodes come and go with the pods, which pay for what they request. No privileged pods. */
    Autopilot: "autopilot",
} as const;
export type GkeMode = (typeof GkeMode)[keyof typeof GkeMode];

/** How soon after a release of Kubernetes GKE upgrades by itself. */
export const GkeReleaseChannel = {
    Rapid: "RAPID",
    Regular: "REGULAR",
    Stable: "STABLE",
    /** Keeps a minor version for up to 24 months, for an extra price past its standard support. */
    Extended: "EXTENDED",
} as const;
export type GkeReleaseChannel = (typeof GkeReleaseChannel)[keyof typeof GkeReleaseChannel];

/** What can be logged. */
export const GkeLogComponent = {
    /** Nodes and GKE's own pods; always logged. */
    System: "SYSTEM_COMPONENTS",
    /** What containers print. */
    Workloads: "WORKLOADS",
    ApiServer: "APISERVER",
    ControllerManager: "CONTROLLER_MANAGER",
    Scheduler: "SCHEDULER",
} as const;
export type GkeLogComponent = (typeof GkeLogComponent)[keyof typeof GkeLogComponent];

/** What can be measured. */
export const GkeMetricComponent = {
    /** Nodes and GKE's own pods; always measured. */
    System: "SYSTEM_COMPONENTS",
    ApiServer: "APISERVER",
    Scheduler: "SCHEDULER",
    ControllerManager: "CONTROLLER_MANAGER",
    Storage: "STORAGE",
    HorizontalPodAutoscaler: "HPA",
    Pod: "POD",
    DaemonSet: "DAEMONSET",
    Deployment: "DEPLOYMENT",
    StatefulSet: "STATEFULSET",
    Kubelet: "KUBELET",
    CAdvisor: "CADVISOR",
} as const;
export type GkeMetricComponent = (typeof GkeMetricComponent)[keyof typeof GkeMetricComponent];

/** Disks of nodes. */
export const GkeDiskType = {
    Balanced: "pd-balanced",
    Ssd: "pd-ssd",
    Standard: "pd-standard",
    /** The only kind that the newest machine series take, such as C4 and N4. */
    HyperdiskBalanced: "hyperdisk-balanced",
} as const;
export type GkeDiskType = (typeof GkeDiskType)[keyof typeof GkeDiskType];

/** Whose identity `gke-gcloud-auth-plugin` shows to the cluster. */
export const GkeCredentials = {
    /** The account that gcloud is logged in with. */
    Gcloud: "gcloud",
    /** Application default credentials, for machines without gcloud: a key file, workload identity federation, a machine's account. */
    ApplicationDefault: "application-default",
} as const;
export type GkeCredentials = (typeof GkeCredentials)[keyof typeof GkeCredentials];

/** An endpoint of a control plane. */
export const GkeEndpoint = {
    /** The DNS endpoint, with a certificate that every machine trusts. */
    Dns: "dns",
    /** The address: the public one where the API server has a public endpoint, else the private one. */
    Ip: "ip",
} as const;
export type GkeEndpoint = (typeof GkeEndpoint)[keyof typeof GkeEndpoint];
