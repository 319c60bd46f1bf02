import * as pulumi from "@pulumi/pulumi";
import { Addon, AddonMode } from "../../../core/addons";
import type { Cluster, Telemetry } from "../../../core/contracts";
import { defaultDeletion } from "../../../core/deletion";
import { assertValid } from "../../../core/errors";
import { HardenedNamespace } from "../../../core/namespace";
import { inCluster } from "../../../core/provider";
import { clusterWith } from "../mode";
import type { CertManagerArgs, ClusterIssuerReference } from "./args";
import { type CertManagerInstallation, createCaInjector, createController } from "./installation";
import { createIssuer } from "./issuers";
import { certManagerTelemetry } from "./telemetry";
import { validateCertManager } from "./validate";
import { createWebhook } from "./webhook";

/**
 * cert-manager v1.21.2: certificates that are issued, put into Secrets and renewed without anybody's doing.
 *
 * What takes its `cluster` may ask for certificates by an issuer: that of a `TraefikIngress`, for example. Its own parts
 * are in a namespace that this component makes, "restricted". It reads and writes Secrets in every namespace, since a
 * certificate may be asked for anywhere: who runs pods in its namespace has the whole cluster.
 *
 * When it leaves the program, certificates and their Secrets stay, and are renewed by nobody.
 *
 * @example
 * ```ts
 * const crds = new CertManagerCrds("cert-manager-crds", { cluster });
 * const certManager = new CertManager("cert-manager", {
 *     cluster,
 *     definitions: crds.definitions,
 *     identity: { awsRoleArn: "arn:aws:iam::111122223333:role/dns" },
 *     issuers: {
 *         letsencrypt: {
 *             acme: { email: "ops@example.com", dns: [{ route53: { region: "eu-central-1" } }] },
 *         },
 *     },
 * });
 * const ingress = new TraefikIngress("ingress", {
 *     cluster: certManager.cluster,
 *     certificates: { issuer: certManager.issuers.letsencrypt! },
 * });
 * ```
 *
 * @throws {@link ArgumentsError} with everything that is wrong with the arguments.
 */
export class CertManager extends pulumi.ComponentResource {
    /** The cluster with cert-manager in it: what takes this one may use it. */
    readonly cluster: Cluster;
    /** The issuers by their names, for the ingress components' `certificates.issuer`. */
    readonly issuers: Record<string, ClusterIssuerReference>;
    /** What there is to watch; nothing where it is not installed here. */
    readonly telemetry: Telemetry;

    constructor(name: string, args: CertManagerArgs, opts?: pulumi.ComponentResourceOptions) {
        assertValid(`CertManager ${name}`, validateCertManager(name, args));
        super("kubernetes-faas:index:CertManager", name, {}, inCluster(args.cluster, opts));

        const namespaceName = args.namespace ?? name;
        const installation = (args.mode ?? AddonMode.Install) === AddonMode.Install;
        const installed = installation ? install(this, name, namespaceName, args) : undefined;
        const place = {
            parent: this,
            name,
            args,
            namespace: installed?.namespace ?? namespaceName,
            writable: installed?.writable ?? pulumi.output(args.definitions),
        };

        this.cluster = clusterWith(args, Addon.CertManager);
        this.issuers = Object.fromEntries(
            Object.entries(args.issuers ?? {}).map(([issuer, each]) => [issuer, createIssuer(place, issuer, each)]),
        );
        this.telemetry = installation
            ? certManagerTelemetry({ name, namespaceName, args })
            : { targets: [], alerts: [], dashboards: [] };
        this.registerOutputs({ cluster: this.cluster, issuers: this.issuers, telemetry: this.telemetry });
    }
}

/** What issuers wait for. */
interface Installed {
    namespace: pulumi.Output<string>;
    writable: pulumi.Output<unknown>;
}

function install(parent: CertManager, name: string, namespaceName: string, args: CertManagerArgs): Installed {
    const { cluster, labels } = args;
    const own = new HardenedNamespace(
        `${name}-namespace`,
        { cluster, resourceName: namespaceName, labels, deletion: args.deletion ?? defaultDeletion },
        { parent },
    );
    const installation: CertManagerInstallation = {
        name,
        args,
        parent,
        namespaceName,
        namespace: own.name,
        definitions: pulumi.output(args.definitions!),
    };
    const writable = createWebhook(installation);
    createController(installation);
    if (args.caInjector) {
        createCaInjector(installation);
    }
    return { namespace: own.name, writable };
}
