import type { Fault } from "../../core/errors";
import { Checks } from "../../core/validation";
import { isKubernetesVersion, unmetNeed, versionTable } from "../../core/versions";
import { checkTraits } from "../traits";
import { checkVersionSupport, VersionProvider } from "../versions";
import { type MinikubeClusterArgs, MinikubeDriver, MinikubeNetwork, MinikubeRuntime } from "./args";

/** What is wrong with the arguments of a {@link MinikubeCluster}; empty when nothing is. */
export function validateMinikubeCluster(name: string, args: MinikubeClusterArgs): Fault[] {
    const checks = new Checks();
    checks.dnsLabel(args.profile === undefined ? "name" : "profile", args.profile ?? name, { maximum: 40 });
    checkVersion(checks, args.kubernetesVersion);
    checks.oneOf("driver", args.driver, Object.values(MinikubeDriver));
    checks.oneOf("network", args.network, Object.values(MinikubeNetwork));
    checks.oneOf("containerRuntime", args.containerRuntime, Object.values(MinikubeRuntime));
    // What kubeadm refuses to start with less of: minikube's cmd/minikube/cmd/start_flags.go.
    checks.integer("cpus", args.cpus, { minimum: 2, maximum: 256 });
    checks.integer("memoryMib", args.memoryMib, { minimum: 1800, maximum: 2 ** 20 });
    checks.integer("diskGib", args.diskGib, { minimum: 2, maximum: 65_536 });
    checks.integer("nodes", args.nodes, { minimum: 1, maximum: 100 });
    checks.matches(
        "kubeconfig",
        args.kubeconfig,
        /^(~\/|\/)[A-Za-z0-9._/-]+$/,
        'give an absolute path or one below "~/", of letters, digits, ".", "_" and "-"',
    );
    checks.nonEmpty("clusterIdentifier", args.clusterIdentifier);
    checkTraits(checks.at("traits"), args.traits);
    return checks.faults;
}

function checkVersion(checks: Checks, version: string): void {
    checks.required("kubernetesVersion", version, 'the whole version: "1.36.2"');
    checks.matches("kubernetesVersion", version, /^v?\d+\.\d+\.\d+$/, 'give the whole version: "1.36.2"');
    checkVersionSupport(checks, VersionProvider.Upstream, version);
    const unmet = isKubernetesVersion(version ?? "") ? unmetNeed("minikube", version) : undefined;
    if (unmet !== undefined) {
        checks.fault("kubernetesVersion", `is ${version}, but ${versionTable.needs.minikube.title} ${unmet}`);
    }
}
