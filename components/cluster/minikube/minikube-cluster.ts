import * as pulumi from "@pulumi/pulumi";
import { AccessLevel, type Cluster } from "../../core/contracts";
import { type DataFacts, dataInputs, guardData } from "../../core/data-guard";
import { assertValid } from "../../core/errors";
import { flavourTraits, LocalFlavour } from "../flavours";
import { completeTraits } from "../traits";
import { VersionProvider, warnOfVersion } from "../versions";
import { type MinikubeClusterArgs, MinikubeNetwork } from "./args";
import { commandPackage } from "./command-package";
import { minikubeCommands } from "./commands";
import { minikubeProfile } from "./profile";
import { validateMinikubeCluster } from "./validate";

/**
 * A Minikube profile that the stack makes, keeps and deletes, by the `minikube` command of the machine that runs Pulumi.
 * For a profile that is there, use a `LocalCluster`.
 *
 * A new `kubernetesVersion` upgrades the profile in place. Minikube can change nothing else on a profile that is there, so
 * any other change is refused at preview: it would need a new profile, without what is in this one.
 *
 * Needs the package `@pulumi/command`, and `/bin/sh`.
 *
 * @example
 * ```ts
 * const minikube = new MinikubeCluster("dev", { kubernetesVersion: "1.36.2", cpus: 4, memoryMib: 8192 });
 * const apps = new HardenedNamespace("apps", { cluster: minikube.cluster });
 * ```
 */
export class MinikubeCluster extends pulumi.ComponentResource {
    /** The cluster, for everything that lives in it. */
    readonly cluster: Cluster;

    /**
     * @throws {@link ArgumentsError} with everything that is wrong.
     * @throws RunError when the package `@pulumi/command` is not installed.
     */
    constructor(name: string, args: MinikubeClusterArgs, opts?: pulumi.ComponentResourceOptions) {
        assertValid(`MinikubeCluster ${name}`, validateMinikubeCluster(name, args));
        const { Command } = commandPackage();
        super("kubernetes-faas:index:MinikubeCluster", name, dataInputs(dataFacts(name, args)), guardData(opts));

        const profile = new Command(
            `${name}-profile`,
            { ...minikubeCommands(minikubeProfile(name, args)), interpreter: ["/bin/sh", "-c"] },
            { parent: this, protect: args.deletionProtection ?? false, deleteBeforeReplace: true },
        );
        const planned = describeMinikubeCluster(name, args);
        this.cluster = {
            ...planned,
            // The identifier of the command stays the same when it runs again, and is known only when it ran.
            kubeconfig: pulumi.secret(profile.id.apply(() => planned.kubeconfig)),
            clusterIdentifier: args.clusterIdentifier ?? pulumi.interpolate`${planned.context}-${profile.id}`,
        };
        warnOfVersion(this, VersionProvider.Upstream, args.kubernetesVersion);
        this.registerOutputs({ cluster: this.cluster });
    }
}

/** The contract of a {@link MinikubeCluster} that is going to be, with arguments that are right. Registers nothing. */
export function describeMinikubeCluster(name: string, args: MinikubeClusterArgs): Cluster {
    const { name: context, kubeconfig, network, kubernetesVersion } = minikubeProfile(name, args);
    const enforcing: readonly string[] = [MinikubeNetwork.Calico, MinikubeNetwork.Cilium];
    return {
        name,
        kubeconfig: pulumi.secret(kubeconfig),
        context,
        access: AccessLevel.Admin,
        clusterIdentifier: args.clusterIdentifier ?? context,
        kubernetesVersion,
        traits: completeTraits(args.traits, {
            ...flavourTraits(LocalFlavour.Minikube),
            networkPolicies: enforcing.includes(network),
        }),
    };
}

/** All that Minikube can't change on a profile. */
function dataFacts(name: string, args: MinikubeClusterArgs): DataFacts {
    const { name: profile, kubernetesVersion: _version, kubeconfig: _file, ...fixed } = minikubeProfile(name, args);
    return { fixed: { profile, ...fixed, driver: fixed.driver }, sizes: {} };
}
