import { FaasKind } from "../core/contracts";
import { type ApiRemoval, minorsBetween, type VersionNeedKey, VersionProvider, versionTable } from "../core/versions";
import { type OpenCluster, openCluster, type ClusterProbe, type ProbeArgs } from "./probe";
import type { ProbeAnswer } from "./probe-request";
import { type ApiUse, type NodeVersions, providerOfVersion } from "./versions";

/** What a cluster tells of itself that matters to an upgrade. */
export interface ClusterInspection extends ClusterProbe {
    /** Whose cluster it seems to be, by its version and its nodes' labels. */
    readonly provider: VersionProvider;
    readonly nodes: readonly NodeVersions[];
    /** API versions in use that a later version of Kubernetes no longer has. */
    readonly apis: readonly ApiUse[];
    /** What of this library is in it. */
    readonly uses: readonly VersionNeedKey[];
    /** What could not be looked at, and why, each as a sentence. */
    readonly unseen: readonly string[];
}

/**
 * Looks through a cluster before an upgrade: its nodes, the deprecated APIs that were asked for since the API server
 * started, those by which objects were written, and what of this library is there. Changes nothing. What its credentials
 * may not read is named in `unseen`.
 *
 * @throws {@link ArgumentsError} when there is no such kubeconfig or context.
 * @throws {@link ClusterProbeError} when the cluster can't be used at all.
 * @example
 * ```ts
 * const inspection = await inspectCluster({ context: "production" });
 * const findings = checkUpgrade({ ...inspection, from: inspection.version, to: "1.37" });
 * ```
 */
export async function inspectCluster(args: ProbeArgs = {}): Promise<ClusterInspection> {
    const cluster = await openCluster({ timeoutSeconds: 30, ...args });
    const view = new View(cluster);
    // Before objects are read: that must not count as a use of what it looks for.
    const requested = await requestedApis(view);
    const nodes = await view.list<NodeObject>("the nodes", "/api/v1/nodes", everything);
    const written = await writtenApis(view, cluster.probe.version);
    return {
        ...cluster.probe,
        provider: providerOf(cluster.probe.version, nodes),
        nodes: nodes.map(({ metadata, status }) => ({
            name: metadata.name,
            kubelet: status.nodeInfo.kubeletVersion,
            runtime: status.nodeInfo.containerRuntimeVersion,
        })),
        apis: [...requested, ...written],
        uses: await usesOf(view),
        unseen: view.unseen,
    };
}

interface NodeObject {
    metadata: { name: string; labels?: Record<string, string> };
    status: { nodeInfo: { kubeletVersion: string; containerRuntimeVersion: string } };
}

interface ObjectMetadata {
    metadata: {
        name: string;
        namespace?: string;
        labels?: Record<string, string>;
        managedFields?: { apiVersion?: string; manager?: string }[];
    };
}

interface ObjectList<Item> {
    items?: Item[];
    metadata?: { continue?: string };
}

const everything = "application/json";
const metadataOnly = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json";
const longest = 64 * 2 ** 20;

/** What is read of a cluster, and what could not be. */
class View {
    readonly unseen: string[] = [];

    constructor(private readonly cluster: OpenCluster) {}

    /** An answer that is there; notes what was refused. What does not exist is nothing to see. */
    async get(what: string, path: string, accept?: string): Promise<ProbeAnswer | undefined> {
        const answer = await this.cluster.ask({ method: "GET", path, accept, longest });
        if (answer.status === 200) {
            return answer;
        }
        if (answer.status !== 404) {
            this.unseen.push(`${what} (${path.split("?")[0]} answers ${answer.status})`);
        }
        return undefined;
    }

    /** All objects of a list, page by page. */
    async list<Item>(what: string, path: string, accept: string): Promise<Item[]> {
        const items: Item[] = [];
        let next: string | undefined = "";
        while (next !== undefined) {
            const page = `${path}${path.includes("?") ? "&" : "?"}limit=200${next && `&continue=${encodeURIComponent(next)}`}`;
            const answer = await this.get(what, page, accept);
            const list = answer?.body as ObjectList<Item> | undefined;
            items.push(...(list?.items ?? []));
            next = list?.metadata?.continue || undefined;
        }
        return items;
    }
}

/** What the API server counts of requests for deprecated APIs, as far as their end is known. */
async function requestedApis(view: View): Promise<ApiUse[]> {
    const answer = await view.get(
        "requests for deprecated APIs, in the API server's metrics",
        "/metrics",
        "text/plain",
    );
    const samples = answer?.text.matchAll(/^apiserver_requested_deprecated_apis\{([^}]*)\} 1$/gm) ?? [];
    return [...samples].flatMap(([, labels]) => {
        const label = (name: string): string => new RegExp(`\\b${name}="([^"]*)"`).exec(labels!)?.[1] ?? "";
        const removedIn = label("removed_release");
        const api = [label("group"), label("version")].filter((part) => part !== "").join("/");
        return removedIn === "" ? [] : [{ api, kind: label("resource"), removedIn, by: "a client of the API server" }];
    });
}

/** Objects that somebody last wrote by an API version which the cluster has and a later one has not. */
async function writtenApis(view: View, version: string): Promise<ApiUse[]> {
    const uses: ApiUse[] = [];
    for (const removal of versionTable.removals.apis) {
        if (minorsBetween(version, removal.removedIn) > 0) {
            uses.push(...(await writtenBy(view, removal)));
        }
    }
    return uses;
}

interface GroupVersions {
    versions: { groupVersion: string }[];
}

interface ServedResources {
    resources: { name: string; kind: string; verbs: string[] }[];
}

async function writtenBy(view: View, { api, kinds }: ApiRemoval): Promise<ApiUse[]> {
    const served = await view.get(`objects of ${api}`, `/apis/${api}`);
    const group = served && (await view.get(`objects of ${api}`, `/apis/${api.split("/")[0]}`));
    // Reading by the API version itself would be one more use of it.
    const other = (group?.body as GroupVersions | undefined)?.versions.find(({ groupVersion }) => groupVersion !== api);
    if (other === undefined) {
        return [];
    }
    const { groupVersion } = other;
    const resources = (await view.get(`objects of ${api}`, `/apis/${groupVersion}`))?.body as
        ServedResources | undefined;
    const wanted = (resources?.resources ?? []).filter(
        ({ name, kind, verbs }) => kinds.includes(kind) && !name.includes("/") && verbs.includes("list"),
    );
    const uses: ApiUse[] = [];
    for (const { name, kind } of wanted) {
        const objects = await view.list<ObjectMetadata>(
            `objects of ${api}`,
            `/apis/${groupVersion}/${name}`,
            metadataOnly,
        );
        uses.push(...objects.flatMap((object) => writers(object, api, kind)));
    }
    return uses;
}

function writers({ metadata }: ObjectMetadata, api: string, kind: string): ApiUse[] {
    const name = metadata.namespace === undefined ? metadata.name : `${metadata.namespace}/${metadata.name}`;
    return (metadata.managedFields ?? [])
        .filter(({ apiVersion }) => apiVersion === api)
        .map(({ manager }) => ({ api, kind, by: `${manager ?? "somebody"} in "${name}"` }));
}

/** The platforms whose parts are there, by the labels of their ServiceAccounts; and the library, if it made any. */
async function usesOf(view: View): Promise<VersionNeedKey[]> {
    const path = "/api/v1/serviceaccounts?labelSelector=app.kubernetes.io/managed-by%3Dkubernetes-faas";
    const accounts = await view.list<ObjectMetadata>("what this library made", path, metadataOnly);
    const named = new Set(
        accounts.flatMap(({ metadata: { labels = {} } }) => [
            labels["app.kubernetes.io/name"],
            labels["app.kubernetes.io/component"],
        ]),
    );
    const platforms = Object.values(FaasKind).filter((kind) => named.has(kind));
    return accounts.length > 0 ? ["library", ...platforms] : [];
}

/** The clouds, by the beginning of labels that they put on nodes. */
const nodeLabels: readonly [string, VersionProvider][] = [
    ["cloud.google.com/gke-", VersionProvider.Gke],
    ["eks.amazonaws.com/", VersionProvider.Eks],
    ["kubernetes.azure.com/", VersionProvider.Aks],
];

function providerOf(version: string, nodes: readonly NodeObject[]): VersionProvider {
    const labels = nodes.flatMap(({ metadata }) => Object.keys(metadata.labels ?? {}));
    const byLabel = nodeLabels.find(([prefix]) => labels.some((label) => label.startsWith(prefix)));
    return byLabel?.[1] ?? providerOfVersion(version);
}
