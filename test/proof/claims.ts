/** A test by which a claim stands: part of its full title, and of no other's meaning. */
export type Proof = string;

/** A run against a real upstream server. */
export interface ProcessProof {
    test: Proof;
    /** The version that the test ran. */
    tested: string;
    /** The version that the component deploys. */
    pinned: string;
}

/** What was run of one component. What is not claimed was not run. */
export interface Claim {
    component: string;
    /** Under Pulumi's mocks. */
    unit?: Proof;
    /** With the real engine against a real Kubernetes API server, simulated nodes, and the stand-in plugin. */
    apiServer?: Proof;
    /** What it deploys, as a real process. */
    process?: ProcessProof;
    /** What nobody has run. */
    neverRun?: string;
}

const hardened = "hardened workloads on a real API server";
const data = "data and what becomes of it";
const contracts = "a platform stack and an application stack, by contracts alone";
const localStack = "the local stack, from its configuration";
const fissionPrograms = "Fission's own programs, started as its Deployments say";

/** One row for each exported component. */
export const claims: Claim[] = [
    {
        component: "ClusterAccess",
        unit: "ClusterAccess gives no cluster-wide right, no wildcard, and no right to give rights, on any platform",
        apiServer: `${contracts} come up one after the other, the application with credentials for its namespaces only`,
    },
    {
        component: "ExistingCluster",
        unit: "ExistingCluster is identified by its context, never by the server's address",
        apiServer:
            "a cluster that a stack lives in keeps its objects when its kubeconfig becomes another one with another address",
    },
    {
        component: "FaasFunction",
        unit: "FaasFunction hands the platform its sources, name and namespace",
        apiServer: `${localStack} changes the Package and the Function when the code changes, and the answer with them`,
        process: {
            test: "portable handler on Fission's node-env",
            tested: "the adapter on Express 5 in an emulation of node-env",
            pinned: "node-env 1.35",
        },
        neverRun: "a function in a real pod",
    },
    {
        component: "Fission",
        unit: "Fission makes its parts, each with its account, its network rules and its rights in each namespace",
        apiServer: `${localStack} comes up, with Fission's own webhook admitting what it makes, and the function answers`,
        process: {
            test: `${fissionPrograms} run on with the arguments, variables and rights that they are given`,
            tested: "v1.27.0",
            pinned: "v1.27.0",
        },
        neverRun: "the fetcher and the environments in real pods; archives in a bucket",
    },
    {
        component: "FissionCrds",
        unit: "FissionCrds makes the eight definitions, named as upstream's, each below 256 KiB",
        apiServer:
            "Fission's definitions on a real API server are established, structural and below the limit of a client-side apply",
    },
    {
        component: "HardenedCronJob",
        unit: "HardenedCronJob runs restricted pods by its schedule, in UTC, never two at once",
        apiServer: `${hardened} start in a namespace that enforces "restricted", with a token only where one is used`,
    },
    {
        component: "HardenedDaemonSet",
        unit: "HardenedDaemonSet runs a restricted pod on every node, without replicas, budget or spread",
        apiServer: `${hardened} are made anew when the strategy changes, which Kubernetes refuses in place`,
    },
    {
        component: "HardenedDeployment",
        unit: "HardenedDeployment renders a Deployment that is restricted, limited, probed and spread, without a token",
        apiServer: `${hardened} roll with a rolled object, whose old version goes; a hot one changes in place`,
    },
    {
        component: "HardenedJob",
        unit: "HardenedJob runs a restricted pod once, is waited for, and never deletes itself",
        apiServer: `${hardened} start in a namespace that enforces "restricted", with a token only where one is used`,
    },
    {
        component: "HardenedNamespace",
        unit: 'HardenedNamespace enforces "restricted" at its latest version, and warns and audits by it too',
        apiServer: `${hardened} start in a namespace that enforces "restricted", with a token only where one is used`,
        neverRun: "a network plugin that enforces the policies",
    },
    {
        component: "HardenedStatefulSet",
        unit: "HardenedStatefulSet names the claims as the StatefulSet's controller does, so that it takes them",
        apiServer: `${data} lets the StatefulSet take the claims, grow them in place and keep its pods`,
    },
    {
        component: "LocalCluster",
        unit: "LocalCluster of flavour minikube is in context minikube, whatever the current one is",
        apiServer: `${localStack} changes nothing when it is previewed again, and nothing after a refresh`,
        neverRun: "Minikube, kind, k3d, Docker Desktop",
    },
    {
        component: "Route",
        unit: "Route is an Ingress that names its protections in order, and is not waited for",
        apiServer: `${contracts} come up one after the other, the application with credentials for its namespaces only`,
        neverRun: "an ingress controller that reads it",
    },
];
