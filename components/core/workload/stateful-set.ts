import * as pulumi from "@pulumi/pulumi";
import type { PodPeer, ServiceRef } from "../contracts";
import { dataInputs, guardData, type DataFacts } from "../data-guard";
import { childOptions, Deletion } from "../deletion";
import { assertValid, type Fault } from "../errors";
import * as k8s from "../kubernetes";
import { inCluster } from "../provider";
import { Checks } from "../validation";
import { createAvailability } from "./availability";
import { checkClaim, claimFacts, claimSpec, createClaim, type ClaimTemplate } from "./claims";
import { createFoundations, type Foundations } from "./foundations";
import { podTemplate, topologySpread } from "./pod";
import { createHeadlessService, createService } from "./service";
import { checkWorkload } from "./validate";
import { checkReplicas, checkService } from "./validate-replicated";
import { PodReplacement, type ReplicatedWorkloadArgs } from "./workload-args";
import { workloadMetadata, workloadNames, type WorkloadNames } from "./workload-names";

/** In which order the pods of a StatefulSet start and end. */
export const PodManagement = {
    /** One after the other, each once the one before it is ready. */
    OrderedReady: "OrderedReady",
    /** All at once. */
    Parallel: "Parallel",
} as const;
export type PodManagement = (typeof PodManagement)[keyof typeof PodManagement];

/** Arguments of a {@link HardenedStatefulSet}. */
export interface HardenedStatefulSetArgs extends ReplicatedWorkloadArgs {
    /** Volumes of each pod's own. Taking one out gives its data to `deletion`. */
    claims?: ClaimTemplate[];
    /** What becomes of the claims and their data, also of those of pods that are scaled away. @default `protect` */
    deletion?: Deletion;
    /** For how many pods there are claims: more than `replicas` keeps the data of those scaled away. @default `replicas` */
    claimedReplicas?: number;
    /** A change makes the StatefulSet anew; the claims stay. @default `OrderedReady` */
    podManagement?: PodManagement;
    /** A change makes the StatefulSet anew, since Kubernetes refuses it in place. @default `RollingUpdate` */
    podReplacement?: PodReplacement;
}

/**
 * A StatefulSet that passes the "restricted" Pod Security profile: pods with names and volumes of their own, behind a
 * headless Service (`NAME-headless`) that gives each of them a DNS name and, as asked, a Service for clients.
 *
 * The volumes' claims are resources of their own, by the names that the StatefulSet expects (`CLAIM-NAME-0` and so on).
 * So they show up in a preview, grow in place, survive when the StatefulSet has to be made anew, and `deletion` holds
 * for them and nothing else. A size that shrinks, and a change that would replace a claim, are refused at preview.
 *
 * @example
 * ```ts
 * const store = new HardenedStatefulSet("store", {
 *     cluster,
 *     namespace: "data",
 *     app: "store",
 *     replicas: 3,
 *     claims: [{ name: "data", size: "10Gi" }],
 *     deletion: Deletion.Retain,
 *     containers: [
 *         {
 *             name: "store",
 *             image: "registry.example.com/store:2.1.0",
 *             ports: [{ name: "store", port: 7000 }],
 *             probes: { readiness: { tcp: {} } },
 *             mounts: [{ volume: "data", path: "/var/lib/store" }],
 *         },
 *     ],
 *     service: {},
 * });
 * ```
 *
 * @throws {@link ArgumentsError} with everything that is wrong with the arguments.
 */
export class HardenedStatefulSet extends pulumi.ComponentResource {
    readonly workload: k8s.apps.v1.StatefulSet;
    /** Name of the pods' ServiceAccount. */
    readonly serviceAccountName: pulumi.Output<string>;
    /** The pods, for the network rules of others. */
    readonly pods: PodPeer;
    /** Name of the headless Service: pod 0 is `NAME-0.THIS.NAMESPACE.svc`. */
    readonly headlessServiceName: pulumi.Output<string>;
    /** The first port of the Service; none without `service`. */
    readonly service?: ServiceRef;
    /** Every port of the Service, in the order of `service.ports`. */
    readonly servicePorts: ServiceRef[];
    /** Every claim, by template and then by pod. */
    readonly claims: k8s.core.v1.PersistentVolumeClaim[];

    constructor(name: string, args: HardenedStatefulSetArgs, opts?: pulumi.ComponentResourceOptions) {
        assertValid(`HardenedStatefulSet ${name}`, validateHardenedStatefulSet(name, args));
        super(
            "kubernetes-faas:index:HardenedStatefulSet",
            name,
            dataInputs(dataFacts(name, args)),
            guardData(inCluster(args.cluster, opts)),
        );

        const names = workloadNames("HardenedStatefulSet", name, args);
        const foundations = createFoundations(this, names, args);
        const headless = createHeadlessService(this, names, args);
        this.claims = createClaims(this, names, args);
        this.workload = createStatefulSet(this, names, args, { ...foundations, headless, claims: this.claims });
        createAvailability(this, names, args);
        this.servicePorts = createService(this, names, args);

        this.serviceAccountName = foundations.serviceAccountName;
        this.headlessServiceName = headless.metadata.name;
        this.pods = { namespace: args.namespace, podSelector: names.selector };
        this.service = this.servicePorts[0];
        this.registerOutputs({
            workload: this.workload,
            serviceAccountName: this.serviceAccountName,
            headlessServiceName: this.headlessServiceName,
            pods: this.pods,
            service: this.service,
            servicePorts: this.servicePorts,
            claims: this.claims,
        });
    }
}

/** What is wrong with the arguments of a {@link HardenedStatefulSet}; empty when nothing is. */
export function validateHardenedStatefulSet(name: string, args: HardenedStatefulSetArgs): Fault[] {
    const checks = new Checks();
    checkWorkload(checks, name, args, {
        kind: "StatefulSet",
        // The headless one.
        namesService: true,
        claims: (args.claims ?? []).map((claim) => claim.name),
    });
    checkReplicas(checks, args);
    checkService(checks, args);
    checks.list("claims", args.claims, (claim, nested) => checkClaim(nested, claim));
    checks.oneOf("deletion", args.deletion, Object.values(Deletion));
    checks.oneOf("podManagement", args.podManagement, Object.values(PodManagement));
    checks.oneOf("podReplacement", args.podReplacement, Object.values(PodReplacement));
    checks.integer("claimedReplicas", args.claimedReplicas, { minimum: args.replicas ?? 1 });
    if (args.scaledElsewhere && (args.claims ?? []).length > 0) {
        checks.fault(
            "scaledElsewhere",
            "can't go together with claims, of which there is one for each pod; give `replicas`",
        );
    }
    return checks.faults;
}

function dataFacts(name: string, args: HardenedStatefulSetArgs): DataFacts {
    const claims = args.claims ?? [];
    if (claims.length === 0) {
        return { fixed: {}, sizes: {} };
    }
    const facts = claimFacts("claims", claims, args.cluster);
    return {
        sizes: facts.sizes,
        fixed: { namespace: args.namespace, resourceName: args.resourceName ?? name, ...facts.fixed },
    };
}

/** One claim for each pod, named as the StatefulSet's controller would name it, so that it takes it. */
function createClaims(
    parent: pulumi.Resource,
    names: WorkloadNames,
    args: HardenedStatefulSetArgs,
): k8s.core.v1.PersistentVolumeClaim[] {
    const ordinals = Array.from({ length: args.claimedReplicas ?? args.replicas ?? 1 }, (_, ordinal) => ordinal);
    return (args.claims ?? []).flatMap((claim) =>
        ordinals.map((ordinal) =>
            createClaim(
                parent,
                `${names.name}-${claim.name}-${ordinal}`,
                `${claim.name}-${names.resourceName}-${ordinal}`,
                claim,
                { cluster: args.cluster, namespace: args.namespace, labels: names.labels, deletion: args.deletion },
            ),
        ),
    );
}

/** What a StatefulSet stands on. */
interface StatefulFoundations extends Foundations {
    headless: k8s.core.v1.Service;
    claims: k8s.core.v1.PersistentVolumeClaim[];
}

function createStatefulSet(
    parent: pulumi.Resource,
    names: WorkloadNames,
    args: HardenedStatefulSetArgs,
    foundations: StatefulFoundations,
): k8s.apps.v1.StatefulSet {
    return new k8s.apps.v1.StatefulSet(
        names.name,
        {
            metadata: workloadMetadata(names, args),
            spec: {
                ...(args.scaledElsewhere ? {} : { replicas: args.replicas ?? 1 }),
                serviceName: foundations.headless.metadata.name,
                podManagementPolicy: args.podManagement ?? PodManagement.OrderedReady,
                updateStrategy: { type: args.podReplacement ?? PodReplacement.RollingUpdate },
                minReadySeconds: args.minReadySeconds,
                revisionHistoryLimit: 3,
                selector: { matchLabels: names.selector },
                template: podTemplate(args, {
                    names,
                    serviceAccountName: foundations.serviceAccountName,
                    topologySpread: topologySpread(names, args.topologySpread),
                }),
                volumeClaimTemplates: (args.claims ?? []).map((claim) => ({
                    metadata: { name: claim.name },
                    spec: claimSpec(claim, args.cluster),
                })),
            },
        },
        childOptions(parent, {
            dependsOn: [...foundations.needed, ...foundations.claims],
            // The claims grow by themselves; a template never changes, and a new one would make the set anew.
            ignoreChanges: ["spec.volumeClaimTemplates[*].spec.resources.requests.storage"],
            // Kubernetes keeps the defaulted rollingUpdate and then refuses it beside OnDelete.
            replaceOnChanges: ["spec.updateStrategy.type"],
            deleteBeforeReplace: true,
        }),
    );
}
