/**
 * What fragments in the documentation speak of without making it: the text around them says what it is. Nothing here
 * exists at run time.
 */
import type * as pulumi from "@pulumi/pulumi";
import type {
    Cluster,
    ClusterAccess,
    Connection,
    ExistingCluster,
    FaasFunctionArgs,
    FaasPlatform,
    Fission,
    FissionCrds,
    HardenedDeploymentArgs,
    HardenedNamespace,
    IngressGateway,
    ObjectStoreConnection,
    ServiceRef,
} from "../../../components";
import type { EksCluster } from "../../../components/aws";
import type { AksCluster } from "../../../components/azure";
import type { GkeCluster } from "../../../components/gcp";
import type { DataFacts } from "../../../components/core/data-guard";
import type { Checks } from "../../../components/core/validation";
import type { Sandbox } from "../../../sandbox";

// Contracts, and the components that make them.
export declare const cluster: Cluster;
export declare const platform: FaasPlatform;
export declare const gateway: IngressGateway;
export declare const executor: ServiceRef;
export declare const database: { connection: Connection };
export declare const bucket: { connection: ObjectStoreConnection };
export declare const minio: { connection: ObjectStoreConnection };
export declare const production: ExistingCluster;
export declare const aks: AksCluster;
export declare const eks: EksCluster;
export declare const gke: GkeCluster;
export declare const access: ClusterAccess;
export declare const crds: FissionCrds;
export declare const fission: Fission;
export declare const nodes: HardenedNamespace;
export declare const caCertificate: pulumi.Input<string>;
export declare const clientCertificate: pulumi.Input<string>;
export declare const clientKey: pulumi.Input<string>;

// What scripts and tests of this checkout work with.
export declare const sandbox: Sandbox;

// What a component's author or a test has at hand.
export declare const name: string;
export declare const args: HardenedDeploymentArgs & FaasFunctionArgs & { schedule: pulumi.Input<string> };
export declare const opts: pulumi.ComponentResourceOptions;
export declare const program: () => Promise<void>;
export declare const checks: Checks;
export declare const facts: DataFacts;
export declare const namespace: string;
export declare const text: string;
export declare const code: pulumi.asset.Asset;
