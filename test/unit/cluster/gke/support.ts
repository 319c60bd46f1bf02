import { GkeCluster, type GkeClusterArgs } from "../../../../components/gcp";
import { type RecordedResource, record, type Recording } from "../../support/mocks";

export const types = {
    cluster: "gcp:container/cluster:Cluster",
    nodePool: "gcp:container/nodePool:NodePool",
    network: "gcp:compute/network:Network",
    subnetwork: "gcp:compute/subnetwork:Subnetwork",
    router: "gcp:compute/router:Router",
    nat: "gcp:compute/routerNat:RouterNat",
    firewall: "gcp:compute/firewall:Firewall",
    account: "gcp:serviceaccount/account:Account",
    role: "gcp:projects/iAMMember:IAMMember",
    agent: "gcp:projects/serviceIdentity:ServiceIdentity",
    keyRing: "gcp:kms/keyRing:KeyRing",
    key: "gcp:kms/cryptoKey:CryptoKey",
    grant: "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember",
    identity: "random:index/randomId:RandomId",
    storageClass: "kubernetes:storage.k8s.io/v1:StorageClass",
} as const;

/** The least that a cluster is told. */
export const least: GkeClusterArgs = {
    project: "acme-prod",
    region: "europe-west3",
    kubernetesVersion: "1.36",
    apiServer: { dnsEndpoint: true },
};

/** What Google Cloud answers beside the inputs. */
function answers({ type, name, inputs }: RecordedResource): Record<string, unknown> | undefined {
    switch (type) {
        case types.cluster:
            return {
                endpoint: "192.0.2.10",
                masterVersion: "1.36.3-gke.1001",
                masterAuth: { clusterCaCertificate: "Y2E=" },
                controlPlaneEndpointsConfig: {
                    ...inputs.controlPlaneEndpointsConfig,
                    dnsEndpointConfig: { endpoint: "gke-0a1b2c.europe-west3.gke.goog" },
                },
            };
        case types.network:
        case types.subnetwork:
            return { selfLink: `https://www.googleapis.com/compute/v1/${name}` };
        case types.account:
            return { email: `${inputs.accountId}@acme-prod.iam.gserviceaccount.com` };
        case types.agent:
            return { member: "serviceAccount:service-42@container-engine-robot.iam.gserviceaccount.com" };
        default:
            return undefined;
    }
}

interface ProgramOptions {
    preview?: boolean;
    config?: Record<string, string>;
}

/** A program under mocks, with a Google Cloud that answers. */
export function gkeProgram<T>(program: () => T, options: ProgramOptions = {}): Promise<Recording<T>> {
    return record(program, { ...options, outputs: answers });
}

/** A cluster under mocks, and everything that it registers. */
export function gkeCluster(
    args: Partial<GkeClusterArgs> = {},
    options: ProgramOptions = {},
): Promise<Recording<GkeCluster>> {
    return gkeProgram(() => new GkeCluster("prod", { ...least, ...args }), options);
}
