import * as pulumi from "@pulumi/pulumi";
import { rolledSecret } from "../../core/config-objects";
import { type ObjectStoreKey, type PodPeer, Scheme } from "../../core/contracts";
import { generatedPassword } from "../../core/credentials";
import { childOptions } from "../../core/deletion";
import { image } from "../../core/images";
import { type Labels, objectLabels, selectorLabels } from "../../core/labels";
import { HardenedStatefulSet, PodManagement, type Probes, type WorkloadContainer } from "../../core/workload";
import { completeResources } from "../../core/workload/resources";
import type { MinIoArgs } from "./args";
import type { Certificates } from "./certificates";
import type { MinIoPlan, PlannedPool } from "./plan";

/** The application, for labels. */
export const app = "minio";

/** Port of the API; there is no other one, since the console is closed. */
export const port = 9000;

/** What the parts of a store are made with. */
export interface Site {
    parent: pulumi.Resource;
    /** The logical name. */
    name: string;
    args: MinIoArgs;
    plan: MinIoPlan;
    labels: Labels;
}

/** A store's servers. */
export interface Server {
    workloads: HardenedStatefulSet[];
    /** Name of the Service that leads to them. */
    host: pulumi.Output<string>;
    /** The pods behind that name: those of the first pool, each of which answers for the whole store. */
    pods: PodPeer;
    /** The administrator's key. */
    rootKey: { id: pulumi.Output<string>; secret: pulumi.Output<string> } & ObjectStoreKey;
    certificatesName: pulumi.Output<string>;
}

const certificatesFolder = "/certificates";

const defaultResources = {
    requests: { cpu: "250m", memory: "512Mi" },
    limits: { cpu: "2", memory: "2Gi" },
};

const defaultIncompleteUploadHours = 24;

/** Seconds that a pod of several stays up before the next one may end: as long as it takes a server to find the others. */
const settlingSeconds = 15;

/** What the parts of a store have in common. */
export function siteOf(parent: pulumi.Resource, name: string, args: MinIoArgs, plan: MinIoPlan): Site {
    return { parent, name, args, plan, labels: objectLabels({ app, instance: name, labels: args.labels }) };
}

/** The pods of a pool. */
export function podsOf({ args, name }: Pick<Site, "args" | "name">, component: string): PodPeer {
    return { namespace: args.namespace, podSelector: selectorLabels({ app, instance: name, component }) };
}

/** The servers of every pool, and the Service in front of them. */
export function createServer(site: Site, certificates: Certificates): Server {
    const { args, name, parent, plan } = site;
    const rootKey = createRootKey(site);
    const login = rolledSecret(
        `${name}-root`,
        {
            cluster: args.cluster,
            namespace: args.namespace,
            labels: site.labels,
            data: { user: rootKey.id, password: rootKey.secret },
        },
        { parent },
    );
    const secrets = { login: login.metadata.name, certificates: certificates.secretName };
    return {
        workloads: plan.pools.map((pool, index) => createPool(site, pool, index, secrets)),
        host: pulumi.interpolate`${plan.resourceName}.${args.namespace}.svc`,
        pods: podsOf(site, plan.pools[0]!.component),
        rootKey,
        certificatesName: certificates.secretName,
    };
}

/** Both parts are random: there is no name to guess, and none that a user of the store could have too. */
function createRootKey({ name, args, parent }: Site): Server["rootKey"] {
    return {
        id: generatedPassword(`${name}-root-user`, { length: 20 }, { parent }).password,
        secret: generatedPassword(`${name}-root`, { length: 40, rotation: args.rotation }, { parent }).password,
    };
}

/** Names of the Secrets that the pods read. */
interface SecretNames {
    login: pulumi.Output<string>;
    certificates: pulumi.Output<string>;
}

function createPool(site: Site, pool: PlannedPool, index: number, secrets: SecretNames): HardenedStatefulSet {
    const { args, name, parent, plan } = site;
    const ports = [{ port }];
    const servers = plan.pools.map(({ component }) => podsOf(site, component));
    const clients = [podsOf(site, "access"), ...(args.callers ?? [])];
    const isAlone = pool.servers === 1;
    return new HardenedStatefulSet(
        index === 0 ? name : `${name}-pool-${index}`,
        {
            cluster: args.cluster,
            namespace: args.namespace,
            app,
            instance: name,
            component: pool.component,
            resourceName: pool.resourceName,
            labels: args.labels,
            placement: args.placement,
            registry: args.registry,
            replicas: pool.servers,
            claims: volumesOf(pool).map(({ claim }) => ({ name: claim, ...pool.storage })),
            deletion: args.deletion,
            // A server waits for the others by itself, and none is up before most are.
            podManagement: PodManagement.Parallel,
            containers: [serverContainer(site, pool, secrets)],
            volumes: [
                {
                    name: "certificates",
                    secret: {
                        name: secrets.certificates,
                        files: { "public.crt": "public.crt", "private.key": "private.key", "ca.crt": "CAs/ca.crt" },
                    },
                },
            ],
            terminationGracePeriodSeconds: 60,
            service: index === 0 ? { ports: [{ name: "https", scheme: Scheme.Https }] } : undefined,
            network: {
                ingress: [{ pods: isAlone ? clients : [...servers, ...clients], ports }],
                egress: isAlone ? undefined : [{ pods: servers, ports }],
            },
        },
        childOptions(parent),
    );
}

/** The volumes of a server: the claim, and where it is mounted. */
function volumesOf({ volumes }: PlannedPool): { claim: string; path: string }[] {
    return Array.from({ length: volumes }, (_, index) => ({ claim: `data-${index}`, path: `/data/${index}` }));
}

function serverContainer({ args, plan }: Site, pool: PlannedPool, { login }: SecretNames): WorkloadContainer {
    return {
        name: app,
        image: args.image ?? image("silo"),
        args: ["server", "--address", `:${port}`, "--certs-dir", certificatesFolder, ...drives(args, plan)],
        // From keys that have to be there, or the pod does not start. By a file that is missing the server would begin with
        // minioadmin/minioadmin and say nothing (minio/minio@7aac2a2 cmd/common-main.go, `readFromSecret`).
        environmentFromSecrets: {
            MINIO_ROOT_USER: { name: login, key: "user" },
            MINIO_ROOT_PASSWORD: { name: login, key: "password" },
        },
        environment: {
            HOME: "/tmp",
            ...serverSettings(args, plan),
        },
        ports: [{ name: "https", port }],
        probes: probes(pool),
        resources: completeResources(args.resources, defaultResources),
        mounts: [
            { volume: "certificates", path: certificatesFolder },
            ...volumesOf(pool).map(({ claim, path }) => ({ volume: claim, path })),
        ],
    };
}

/** Variables of every server, which have to be the same for all: a server waits for others that differ. */
export function serverSettings(
    { incompleteUploadHours = defaultIncompleteUploadHours }: Pick<MinIoArgs, "incompleteUploadHours">,
    { region }: Pick<MinIoPlan, "region">,
): Record<string, string> {
    return {
        MINIO_API_STALE_UPLOADS_EXPIRY: `${incompleteUploadHours}h`,
        MINIO_BROWSER: "off",
        MINIO_CALLHOME_ENABLE: "off",
        MINIO_PROMETHEUS_AUTH_TYPE: "jwt",
        MINIO_SITE_REGION: region,
        MINIO_UPDATE: "off",
    };
}

/** What the server is told of its drives. Each argument is a pool; the server expands `{0...3}`. */
function drives({ namespace }: MinIoArgs, { pools }: MinIoPlan): pulumi.Input<string>[] {
    return pools.map(({ resourceName, servers, volumes }) => {
        const volume = volumes === 1 ? "/data/0" : `/data/{0...${volumes - 1}}`;
        const pods = `${resourceName}-{0...${servers - 1}}.${resourceName}-headless`;
        return servers === 1 ? volume : pulumi.interpolate`https://${pods}.${namespace}.svc:${port}${volume}`;
    });
}

/**
 * Ready is a server that answers, even one that still waits for others: a server whose image or settings are new waits for
 * others of its kind, and were it not ready, the next one would never be replaced.
 */
function probes({ servers }: PlannedPool): Probes {
    const http = (path: string) => ({ path: `/minio/health/${path}`, scheme: "HTTPS" });
    return {
        startup: { http: http("live"), periodSeconds: 5, timeoutSeconds: 5, failureThreshold: 60 },
        readiness: {
            http: http("ready"),
            initialDelaySeconds: servers > 1 ? settlingSeconds : undefined,
            timeoutSeconds: 5,
        },
        liveness: { http: http("live"), periodSeconds: 20, timeoutSeconds: 10, failureThreshold: 6 },
    };
}
