import type { Cluster } from "../../../components";
import { fakeCluster } from "../../../components/testing";

/** What the credentials of every program under scrutiny hold, so that a leak can be found. */
export const clusterToken = "stand-in-token";

/** A cluster whose kubeconfig holds a token, which nobody marked as secret yet. */
export function clusterWithToken(): Cluster {
    const kubeconfig = {
        apiVersion: "v1",
        kind: "Config",
        "current-context": "cluster",
        clusters: [{ name: "cluster", cluster: { server: "https://127.0.0.1:1" } }],
        contexts: [{ name: "cluster", context: { cluster: "cluster", user: "cluster" } }],
        users: [{ name: "cluster", user: { token: clusterToken } }],
    };
    return fakeCluster({ kubeconfig: JSON.stringify(kubeconfig) });
}
