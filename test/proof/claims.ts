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
    /** Which kind of it, where each has a row: the engine of a database. */
    variant?: string;
    /** Under Pulumi's mocks. */
    unit?: Proof;
    /** With the real engine against a real Kubernetes API server, simulated nodes, and the stand-in plugin. */
    apiServer?: Proof;
    /** With the real engine and a stand-in for the cloud's plugin, which reaches no cloud. */
    offline?: Proof;
    /** What it deploys, as a real process. */
    process?: ProcessProof;
    /** What nobody has run. */
    neverRun?: string;
}

const hardened = "hardened workloads on a real API server";
const data = "data and what becomes of it";
const contracts = "a platform stack and an application stack, by contracts alone";
const clouds = "the stacks that make their cluster, with stand-ins for their clouds";
const certManager = "cert-manager with its own webhook and controllers";
const addons = "external-dns and the metrics-server on a real API server";
const localStack = "the local stack, from its configuration";
const fissionPrograms = "Fission's own programs, started as its Deployments say";

/** A row for each exported component, and for each kind of one that runs another server. */
export const claims: Claim[] = [
    {
        component: "AksCluster",
        unit: "the control plane of an AksCluster has no local accounts: Entra ID says who somebody is",
        offline: `${clouds} aks-prod follows a new version of Kubernetes in place, and replaces nothing`,
        neverRun: "Azure itself",
    },
    {
        component: "AwsLoadBalancerController",
        unit: "passes the restricted profile as the account that EKS grants the role, and says that the cluster has it",
        apiServer:
            "the AWS Load Balancer Controller on a real API server is taken by admission beside the cluster's own parts, and asked for its kinds from then on",
        neverRun: "the controller itself, AWS",
    },
    {
        component: "AwsLoadBalancerControllerCrds",
        unit: "makes both definitions and protects them, or only names them where they exist",
        apiServer:
            "the AWS Load Balancer Controller on a real API server has its kinds, which take what it writes and refuse what it can't have written",
    },
    {
        component: "CertManager",
        unit: "installs a controller and a webhook that pass the restricted profile, and says that the cluster has it",
        apiServer: `${certManager} stays as it is in a second preview and a refreshing up`,
        process: {
            test: `${certManager} gives a route of an ingress with an issuer its certificate`,
            tested: "v1.21.2, its controllers in a program of our own",
            pinned: "v1.21.2",
        },
        neverRun: "ACME, for want of an authority to ask",
    },
    {
        component: "CertManagerCrds",
        unit: "makes the six definitions, each below 256 KiB, and protects them",
        apiServer: `${certManager} has definitions that name the fields of upstream's and hold to the same rules`,
    },
    {
        component: "ClusterAccess",
        unit: "ClusterAccess gives no cluster-wide right, no wildcard, and no right to give rights, on any platform",
        apiServer: `${contracts} come up one after the other, the application with credentials for its namespaces only`,
    },
    {
        component: "ClusterAutoscaler",
        unit: "finds this cluster's node groups by their tags, and lets nodes go that hold nothing but /tmp",
        apiServer:
            "the cluster autoscaler on a real API server may do what it needs, by the API server's own judgement, and nothing beyond",
        neverRun: "the autoscaler itself, AWS",
    },
    {
        component: "EksCluster",
        unit: "EksCluster's control plane is @pulumi/eks' with every decision made here",
        offline: `${clouds} eks-prod follows a new version of Kubernetes in place, and replaces nothing`,
        neverRun: "AWS itself, and the program of @pulumi/eks' remote components",
    },
    {
        component: "ExistingCluster",
        unit: "ExistingCluster is identified by its context, never by the server's address",
        apiServer:
            "a cluster that a stack lives in keeps its objects when its kubeconfig becomes another one with another address",
    },
    {
        component: "ExternalDns",
        unit: "touches the given domains only, deletes nothing, and knows its records by the cluster",
        apiServer: `${addons} stay as they are in a second preview and a refreshing up`,
        neverRun: "external-dns itself",
    },
    {
        component: "FaasFunction",
        unit: "FaasFunction hands the platform its sources, name and namespace",
        apiServer: `${localStack} changes the Package and the Function when the code changes, and the answer with them`,
        process: {
            test: "portable handler on the function server in nodejs hello",
            tested: "our function server on Node 22; on Fission the adapter on Express 5 in an emulation of node-env",
            pinned: "node 24.19.0; node-env 1.35",
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
        component: "FissionKafkaTrigger",
        unit: "FissionKafkaTrigger names topics, function and retries, and is Fission's own kind",
        apiServer: `${fissionPrograms} leave the stack as it is: a second preview and a refreshing up change nothing`,
        process: {
            test: `${fissionPrograms} send what comes in over Kafka to the router, signed, and say what became of it`,
            tested: "v1.27.0, with a broker in memory",
            pinned: "v1.27.0",
        },
        neverRun: "Apache Kafka itself",
    },
    {
        component: "Funktion",
        unit: "Funktion is a hardened namespace with records of its languages, and nothing that runs",
        apiServer:
            "Funktion on a real API server answers by what the API server holds: code, variables, secrets and files",
        process: {
            test: "contract of Funktion on the function server in nodejs",
            tested: "our function server on Node 22",
            pinned: "node 24.19.0",
        },
        neverRun: "upstream's operator, which no Kubernetes above 1.15 runs",
    },
    {
        component: "FunktionFlow",
        unit: "A flow of Funktion is a Deployment with a Service at port 80, a record, and a way to each step and in there",
        neverRun: "calls between real pods",
    },
    {
        component: "GkeCluster",
        unit: "GkeCluster is private, encrypted, audited and upgraded by itself without being told",
        offline: `${clouds} gke-prod follows a new version of Kubernetes in place, and replaces nothing`,
        neverRun: "Google Cloud itself",
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
        component: "KongIngress",
        unit: "KongIngress's configuration of protections asks for an API key in a header alone, hides it from the service, and has one consumer for each team",
        apiServer:
            "KongIngress on a real API server makes another configuration and rolls the pods when users and teams come and go, and keeps the others'",
        neverRun: "Kong itself; only what it hands to nginx, in Debian's nginx",
    },
    {
        component: "Kubeless",
        unit: "Kubeless is a hardened namespace with the account of its functions, and nothing that runs",
        apiServer:
            "Kubeless on a real API server answers by what the API server holds: code, variables, secrets and files",
        process: {
            test: "contract of Kubeless on the function server in nodejs",
            tested: "our function server on Node 22",
            pinned: "node 24.19.0",
        },
        neverRun: "upstream's controller, which no Kubernetes since 1.22 runs",
    },
    {
        component: "LocalCluster",
        unit: "LocalCluster of flavour minikube is in context minikube, whatever the current one is",
        apiServer: `${localStack} changes nothing when it is previewed again, and nothing after a refresh`,
        neverRun: "Minikube, kind, k3d, Docker Desktop",
    },
    {
        component: "MetricsServer",
        unit: "is known to the API server by a certificate, and knows the kubelets by the cluster's",
        apiServer: `${addons} are taken by admission and Pod Security, and the API server is told where the metrics are`,
        neverRun: "the metrics-server itself",
    },
    {
        component: "MinIo",
        unit: "MinIo gives the servers the administrator's key by Secrets that have to be there, never by a file",
        apiServer: "an object store on a real API server grows by a pool, which it then refuses to lose",
        process: {
            test: "MinIO as a process, with the script and the settings of the component gives the user of a bucket that bucket and no other",
            tested: "MinIO of 2026-02-12",
            pinned: "SILO of 2026-09-16",
        },
        neverRun: "the pinned images",
    },
    {
        component: "MinikubeCluster",
        unit: "MinikubeCluster is one command, named after it, that starts a profile with Calico, containerd and embedded certificates",
        offline: `${clouds} minikube follows a new version of Kubernetes in place, and replaces nothing`,
        neverRun: "Minikube itself: its commands ran with a stand-in for the program",
    },
    {
        component: "OpenFaas",
        unit: "OpenFaas makes its parts, the login, two namespaces and the rights in one of them, and nothing else",
        apiServer:
            "OpenFaaS on a real API server leaves the number of pods to the gateway, which writes it as faas-netes does",
        process: {
            test: "the scaling loop of OpenFaaS (real: Prometheus, Alertmanager, promtool, amtool; emulated: the gateway) tells the gateway, with its login",
            tested: "Debian's Prometheus and Alertmanager; NATS Streaming 0.25.6",
            pinned: "Prometheus v3.11.3, Alertmanager v0.32.1, NATS Streaming 0.25.6",
        },
        neverRun: "gateway, faas-netes, queue-worker and cron-connector, whose sources no package registry has",
    },
    {
        component: "PodIdentity",
        unit: "PodIdentity is a role that only this cluster hands out, to one service account, once it has its rights",
        neverRun: "AWS itself",
    },
    {
        component: "Route",
        unit: "Route is an Ingress that names its protections in order, and is not waited for",
        apiServer: "TraefikIngress on a real API server adds a route by two objects, and touches nothing else",
        process: {
            test: "Traefik lets in whom its protections say protects a path and what is below it, and no other path of the host",
            tested: "Traefik v3.7.12",
            pinned: "Traefik v3.7.13",
        },
    },
    {
        component: "StatefulDatabase",
        variant: "MariaDB",
        unit: "MariaDB and MySQL measure by a user with a certificate and few rights",
        apiServer: "databases of MariaDB and MySQL on a real API server rotate a password by running the Job again",
        process: {
            test: "MariaDB as a process, with the generated scripts and configuration makes a copy anew when its volume is gone, or when copying was ended half-way",
            tested: "Debian's MariaDB 11.8 and 10.11",
            pinned: "MariaDB 12.3.2",
        },
        neverRun: "the pinned images",
    },
    {
        component: "StatefulDatabase",
        variant: "MongoDB",
        unit: "a MongoDB database asks for logins and TLS by its own configuration, with the newest long-lived version by default",
        apiServer:
            "a MongoDB replica set on a real API server rolls to the next version one member after the other, each once the one before it has stayed ready, and then the Job runs",
        neverRun:
            "MongoDB itself, which no package of a registry brings: its scripts ran with stubs for the server and its shell, and a stand-in that speaks its protocol",
    },
    {
        component: "StatefulDatabase",
        variant: "MySQL",
        unit: "what MariaDB and MySQL are told of users keeps of a password for MySQL what others find in its tables",
        apiServer: "databases of MariaDB and MySQL on a real API server come up, and a second preview is empty",
        process: {
            test: "MySQL as a process, with the generated scripts and configuration makes a copy anew when its volume is gone, or when copying was ended half-way",
            tested: "Debian's MySQL 9.7",
            pinned: "MySQL 9.7.2",
        },
        neverRun: "the pinned images; MySQL 8.4, and so the way from it to 9.7",
    },
    {
        component: "StatefulDatabase",
        variant: "PostgreSQL",
        unit: "StatefulDatabase gives no container a password, in its environment or its command line",
        apiServer: "a PostgreSQL database on a real API server grows its volumes in place, and nothing else changes",
        process: {
            test: "another primary for PostgreSQL as processes goes on with a handover that was ended at any place",
            tested: "Debian's PostgreSQL 18 and 15",
            pinned: "PostgreSQL 18.6",
        },
        neverRun: "the pinned images",
    },
    {
        component: "StatefulDatabase",
        variant: "PostgreSQL with backups",
        unit: "backups of a database dump in the engine's image and upload in rclone's, never two at once",
        apiServer:
            "backups of a database on a real API server are restored by a Job that completes, and runs no more after it",
        process: {
            test: "backups of PostgreSQL, by the containers that the component renders, with the real rclone and MinIO carry everything into a new server, whose users own and read what was theirs",
            tested: "Debian's PostgreSQL 18 and 15, rclone 1.75 and 1.60, MinIO of 2026-02-12",
            pinned: "PostgreSQL 18.6, rclone 1.75.0, SILO of 2026-09-16",
        },
        neverRun: "the pinned images; stores of a cloud",
    },
    {
        component: "StatefulDatabase",
        variant: "Redis",
        unit: "a Redis database gives the Job hashes and no password, and each user its rights",
        apiServer: "a Redis database on a real API server takes a user away, and adds a copy, by the Job on all pods",
        process: {
            test: "Redis as a process, with the generated scripts and configuration lets no copy follow a primary that was made anew, though nobody could ask it",
            tested: "Debian's Redis 8.0 and 7.0",
            pinned: "Redis 8.10.1",
        },
        neverRun: "the pinned images",
    },
    {
        component: "TraefikIngress",
        unit: "TraefikIngress has the rights that Traefik needs to start at all, nodes among them, and writes nothing but statuses",
        apiServer:
            "TraefikIngress on a real API server changes the one Secret in place, and rolls no pod, when users come and go",
        process: {
            test: "Traefik lets in whom its protections say asks for a login: 401 without one or with a wrong one, 200 with the right one",
            tested: "v3.7.12",
            pinned: "v3.7.13",
        },
        neverRun: "a cloud's load balancer, ACME",
    },
];
