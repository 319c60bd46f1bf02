import { type Release } from "./download";
import { kubernetesPrograms, versions } from "./modules";

const architectures: Readonly<Record<string, string>> = { x64: "amd64", arm64: "arm64" };
const architecture = architectures[process.arch];

/**
 * The official control plane of this machine; undefined where its parts are not published, as for macOS.
 *
 * @param release of Kubernetes, as in `1.35.4`
 */
export function controlPlaneReleases(release: string): Release[] | undefined {
    if (process.platform !== "linux" || !architecture) {
        return undefined;
    }
    const kubernetes = (name: string): Release => {
        const url = `https://dl.k8s.io/v${release}/bin/linux/${architecture}/${name}`;
        return { name, url, checksums: `${url}.sha256` };
    };
    const etcd = `https://github.com/etcd-io/etcd/releases/download/v${versions.etcd}`;
    const archive = `etcd-v${versions.etcd}-linux-${architecture}`;
    return [
        ...kubernetesPrograms.map(kubernetes),
        { name: "etcd", url: `${etcd}/${archive}.tar.gz`, checksums: `${etcd}/SHA256SUMS`, member: `${archive}/etcd` },
        {
            name: "kwok",
            url: `https://github.com/kubernetes-sigs/kwok/releases/download/v${versions.kwok}/kwok-linux-${architecture}`,
        },
    ];
}

/** The official Pulumi command line of this machine. */
export function pulumiReleases(): Release[] | undefined {
    if (!["linux", "darwin"].includes(process.platform) || !architecture) {
        return undefined;
    }
    const base = `https://github.com/pulumi/pulumi/releases/download/v${versions.pulumi}`;
    return [
        {
            name: "pulumi",
            url: `${base}/pulumi-v${versions.pulumi}-${process.platform}-${process.arch}.tar.gz`,
            checksums: `${base}/pulumi-${versions.pulumi}-checksums.txt`,
            member: "pulumi/pulumi",
        },
    ];
}
