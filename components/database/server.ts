import * as pulumi from "@pulumi/pulumi";
import { rolledConfig } from "../core/config-objects";
import type { PodPeer } from "../core/contracts";
import { childOptions } from "../core/deletion";
import * as k8s from "../core/kubernetes";
import { type Labels, objectLabels, selectorLabels } from "../core/labels";
import { HardenedStatefulSet, PodManagement } from "../core/workload";
import { completeResources } from "../core/workload/resources";
import type { StatefulDatabaseArgs } from "./args";
import type { ServerAddress } from "./engine";
import type { DatabasePlan } from "./plan";

/** What the parts of a database are made with. */
export interface Site {
    parent: pulumi.Resource;
    /** The logical name. */
    name: string;
    args: StatefulDatabaseArgs;
    plan: DatabasePlan;
    labels: Labels;
    readServiceName: string;
    /** The pods of the server. */
    pods: PodPeer;
    /** The pods of the Job that makes databases and users. */
    accessPods: PodPeer;
    /** The pods that dump the databases. */
    backupPods: PodPeer;
    /** The pods that look whether a backup can be restored. */
    restoreTestPods: PodPeer;
    /** The pods that fill the databases from a backup. */
    restorePods: PodPeer;
}

/** A server's objects, and where it is reached. */
export interface Server {
    workload: HardenedStatefulSet;
    address: ServerAddress;
    /** Host behind which all pods are. */
    anyHost: pulumi.Output<string>;
    /** The scrape job of its metrics. */
    job: string;
}

/** Name of the volume's claim template. */
export const claim = "data";

const defaultResources = {
    requests: { cpu: "100m", memory: "256Mi" },
    limits: { cpu: "2", memory: "512Mi" },
};

/** How long `up` waits for a StatefulSet where nothing is said, in seconds. */
const usualWait = 600;

/** How long a pod takes from its image to the end of a usual recovery, in seconds. */
const startSeconds = 120;

/** What the parts of a database have in common. */
export function siteOf(parent: pulumi.Resource, name: string, args: StatefulDatabaseArgs, plan: DatabasePlan): Site {
    const app = plan.engine.engine;
    const peer = (component: string): PodPeer => ({
        namespace: args.namespace,
        podSelector: selectorLabels({ app, instance: name, component }),
    });
    return {
        parent,
        name,
        args,
        plan,
        labels: objectLabels({ app, instance: name, labels: args.labels }),
        readServiceName: `${plan.resourceName}-read`,
        pods: peer("server"),
        accessPods: peer("access"),
        backupPods: peer("backup"),
        restoreTestPods: peer("restore-test"),
        restorePods: peer("restore"),
    };
}

/** The pods of a server, and the Services in front of them. */
export function createServer(site: Site, certificatesName: pulumi.Input<string>): Server {
    const { args, name, plan } = site;
    const workload = createPods(site, certificatesName);
    const primary = createPrimaryService(site, workload);
    const primaryHost = hostOf(primary.metadata.name, args.namespace);
    return {
        workload,
        address: { version: plan.version, host: primaryHost, podHosts: podHosts(site) },
        anyHost: workload.service ? hostOf(workload.service.service, args.namespace) : primaryHost,
        job: `${plan.engine.engine}-${name}`,
    };
}

const hostOf = (service: pulumi.Input<string>, namespace: pulumi.Input<string>): pulumi.Output<string> =>
    pulumi.interpolate`${service}.${namespace}.svc`;

/** Hosts of the pods, by their ordinals. */
function podHosts({ args, plan: { replicas, resourceName } }: Site): pulumi.Output<string>[] {
    return Array.from({ length: replicas }, (_, ordinal) =>
        hostOf(`${resourceName}-${ordinal}.${resourceName}-headless`, args.namespace),
    );
}

function createPods(site: Site, certificatesName: pulumi.Input<string>): HardenedStatefulSet {
    const { args, name, plan, parent } = site;
    const { engine, replicas, resourceName } = plan;
    const resources = completeResources(args.resources, defaultResources);
    const place = {
        name: resourceName,
        namespace: args.namespace,
        version: plan.version,
        replicas,
        primary: plan.primary,
        synchronousCopies: plan.synchronousCopies,
        podHosts: podHosts(site),
        memory: resources.limits.memory!,
        settings: args.settings ?? {},
        claim,
        adopted: args.storage.adopt,
    };
    const config = rolledConfig(
        `${name}-config`,
        { cluster: args.cluster, namespace: args.namespace, labels: site.labels, data: engine.files(place) },
        { parent },
    );
    const { initContainers, containers, volumes } = engine.pods(place);
    const [server, ...others] = containers;
    const ports = [{ port: engine.port }];
    return new HardenedStatefulSet(
        name,
        {
            cluster: args.cluster,
            namespace: args.namespace,
            app: engine.engine,
            instance: name,
            component: "server",
            resourceName,
            labels: args.labels,
            placement: args.placement,
            registry: args.registry,
            replicas,
            minReadySeconds: engine.minReadySeconds,
            annotations: longerWait(plan),
            claims: [{ name: claim, ...args.storage }],
            deletion: args.deletion,
            // A copy waits for the primary by itself.
            podManagement: PodManagement.Parallel,
            initContainers,
            containers: [{ ...server!, resources }, ...others],
            volumes: [
                { name: "config", configMap: { name: config.metadata.name } },
                { name: "certificates", secret: { name: certificatesName } },
                ...volumes,
            ],
            runAsUser: engine.uid,
            runAsGroup: engine.uid,
            fsGroup: engine.uid,
            terminationGracePeriodSeconds: engine.gracePeriodSeconds,
            service:
                replicas > 1
                    ? { name: site.readServiceName, ports: [{ name: server!.ports![0]!.name, scheme: "tcp" }] }
                    : undefined,
            network: {
                ingress: [{ pods: clientsOf(site), ports }],
                // Before its first start a pod looks for others that hold its data, even where none is planned: an answer that
                // there is none comes at once, and that the question may not be asked only after many seconds.
                dns: true,
                // A member of a set that elects looks itself up, too.
                egress: replicas > 1 || engine.electsPrimary ? [{ pods: [site.pods], ports }] : undefined,
            },
        },
        childOptions(parent),
    );
}

/** Has `up` wait for a roll of many pods, which comes to each of them in turn. */
function longerWait({ engine, replicas }: DatabasePlan): Record<string, string> | undefined {
    const seconds = replicas * (engine.gracePeriodSeconds + startSeconds + (engine.minReadySeconds ?? 0));
    return seconds > usualWait ? { "pulumi.com/timeoutSeconds": `${seconds}` } : undefined;
}

function clientsOf({ args, pods, accessPods, backupPods, restorePods }: Site): PodPeer[] {
    const carriers = [...(args.backup ? [backupPods] : []), ...(args.restore ? [restorePods] : [])];
    return [pods, accessPods, ...carriers, ...(args.callers ?? [])];
}

/** Leads to the one pod that takes writes, where the pods don't elect it. */
function createPrimaryService(
    { args, labels, name, parent, plan, pods }: Site,
    workload: HardenedStatefulSet,
): k8s.core.v1.Service {
    const { engine, primary, resourceName } = plan;
    return new k8s.core.v1.Service(
        `${name}-primary`,
        {
            metadata: {
                name: resourceName,
                namespace: args.namespace,
                labels,
                // The pods behind it are waited for.
                annotations: { "pulumi.com/skipAwait": "true" },
            },
            spec: {
                type: "ClusterIP",
                selector: pulumi.output(pods.podSelector).apply((selector) => ({
                    ...selector,
                    ...(engine.electsPrimary
                        ? {}
                        : { "statefulset.kubernetes.io/pod-name": `${resourceName}-${primary}` }),
                })),
                ports: [{ name: engine.engine, port: engine.port, targetPort: engine.port }],
            },
        },
        // Leads to another pod once that takes the writes.
        childOptions(parent, engine.handsOver ? { dependsOn: workload } : {}),
    );
}
