import {
    ClusterAccess,
    type DatabaseEngine,
    ExistingCluster,
    type FaasKind,
    HardenedNamespace,
    type IngressKind,
    type ObjectStoreKind,
    sharePlatform,
} from "kubernetes-faas";
import { fakeConnection, fakeGateway, fakeObjectStore, fakePlatform } from "kubernetes-faas/testing";

/** One of each kind: what the platform's owner chooses by configuration. */
export interface PlatformKinds {
    faas: FaasKind;
    ingress: IngressKind;
    database: DatabaseEngine;
    store: ObjectStoreKind;
}

/** A platform team's program: a real cluster, everything else a fake of its contract, shared as one stack output. */
export function platformProgram(kubeconfig: string, context: string, kinds: PlatformKinds) {
    return (): Promise<Record<string, unknown>> => {
        const { cluster } = new ExistingCluster("platform", { kubeconfig, context, kubernetesVersion: "1.36.3" });
        const namespaces = ["functions", "fission", "data"].map(
            (namespace) => new HardenedNamespace(namespace, { cluster }),
        );
        const access = new ClusterAccess(
            "applications",
            { cluster, namespaces: ["functions"], networkPolicyNamespaces: ["data"] },
            { dependsOn: namespaces },
        );
        return Promise.resolve({
            platform: sharePlatform({
                cluster: access.cluster,
                faas: fakePlatform({ kind: kinds.faas }),
                gateway: fakeGateway({ kind: kinds.ingress }),
                connections: { orders: fakeConnection({ engine: kinds.database }) },
                stores: { media: fakeObjectStore({ kind: kinds.store }) },
            }),
        });
    };
}
