import * as pulumi from "@pulumi/pulumi";
import { FaasKind, type FaasPlatform } from "../../core/contracts";
import { generatedKey } from "../../core/credentials";
import { type DataFacts, dataInputs, guardData } from "../../core/data-guard";
import { Deletion } from "../../core/deletion";
import { assertValid } from "../../core/errors";
import { HardenedNamespace } from "../../core/namespace";
import { placementSpec } from "../../core/placement";
import { inCluster } from "../../core/provider";
import { checked } from "../../core/validation";
import type { HardenedDeployment } from "../../core/workload";
import { functionFeatures } from "../function/features";
import type { FissionArgs } from "./args";
import { createBuildermgr, createExecutor, createKubewatcher, createRouter, createTimer } from "./control-plane";
import { createEnvironments, drainSeconds, environmentImage, offeredEnvironments } from "./environments";
import { createAuthSecret, prepareFunctionNamespace } from "./function-namespace";
import { generation, type Installation, partPods } from "./installation";
import { createKafka } from "./kafka";
import { functionNamespacesOf, namespaceOf } from "./namespaces";
import type { FissionSettings } from "./settings";
import { createStorage, defaultStorageSize } from "./storage";
import { fissionTelemetry } from "./telemetry";
import { checkKubernetes, validateFission } from "./validate";
import { createWebhook, createWebhookCertificates } from "./webhook";

/**
 * Fission v1.27.0: functions in pods that are warm before the first call, and gone soon after the last.
 *
 * Its own parts and the functions are in namespaces that this component makes, all "restricted"; it has rights in these
 * namespaces only; its router is reached inside the cluster by those named in `callers`, and from outside by the ingress
 * routes of functions.
 *
 * It costs seven pods with 50 to 100 millicores and 128 MiB each, a warm pod per language and function namespace, and a
 * volume.
 *
 * @example
 * ```ts
 * const crds = new FissionCrds("fission-crds", { cluster });
 * const fission = new Fission("fission", { cluster, definitions: crds.definitions });
 * const hello = new FaasFunction("hello", { cluster, platform: fission.platform, runtime: "nodejs", code });
 * ```
 * @example For production: two copies of what can have them, archives in a bucket, functions that may call out.
 * ```ts
 * const fission = new Fission("fission", {
 *     cluster,
 *     definitions: crds.definitions,
 *     functionNamespaces: ["shop", "billing"],
 *     highAvailability: true,
 *     environments: { nodejs: { poolSize: 3, resources: { memoryLimit: "512Mi" } } },
 *     storage: { objectStore: bucket.connection },
 *     functionEgress: [{ internet: true, ports: [{ port: 443 }] }],
 * });
 * ```
 *
 * @throws {@link ArgumentsError} with everything that is wrong with the arguments.
 */
export class Fission extends pulumi.ComponentResource {
    /** The namespace of Fission's own parts. */
    readonly namespace: pulumi.Output<string>;
    /** What functions, ingresses and monitoring need to know of it. */
    readonly platform: FaasPlatform;

    constructor(name: string, args: FissionArgs, opts?: pulumi.ComponentResourceOptions) {
        assertValid(`Fission ${name}`, validateFission(name, args));
        super(
            "kubernetes-faas:index:Fission",
            name,
            dataInputs(dataFacts(name, args)),
            guardData(inCluster(args.cluster, opts)),
        );

        // First what takes longest: functions wait for the webhook, and the webhook for its certificate.
        const certificates = createWebhookCertificates(this, name, namespaceOf(name, args));
        const { installation, secrets } = prepareNamespaces(this, name, args);
        const webhook = createWebhook(installation, certificates);
        const router = createRouter(installation);
        const parts = [
            router,
            createExecutor(installation),
            createBuildermgr(installation),
            createStorage(installation),
            createTimer(installation),
            createKubewatcher(installation),
            ...(args.kafka ? [createKafka(installation, args.kafka)] : []),
        ];
        const writable = pulumi.all([webhook.configured, pulumi.all(secrets)]);
        const environments = createEnvironments(installation, writable);

        this.namespace = installation.namespace;
        this.platform = describePlatform(installation, router, settings(args, { parts, writable, environments }));
        this.registerOutputs({ namespace: this.namespace, platform: this.platform });
    }
}

/** What can't change without the archives being lost. */
function dataFacts(name: string, args: FissionArgs): DataFacts {
    const { size, storageClass, objectStore } = args.storage ?? {};
    return {
        fixed: {
            namespace: namespaceOf(name, args),
            "storage.storageClass": objectStore ? undefined : (storageClass ?? args.cluster.traits.storageClass),
            "storage.objectStore.bucket": objectStore?.bucket,
        },
        sizes: { "storage.size": objectStore ? undefined : (size ?? defaultStorageSize) },
    };
}

/** The namespaces with what must be in them before any pod starts. */
function prepareNamespaces(
    parent: Fission,
    name: string,
    args: FissionArgs,
): { installation: Installation; secrets: pulumi.Output<string>[] } {
    const namespaceName = namespaceOf(name, args);
    const functionNamespaces = functionNamespacesOf(name, args);
    const own = createNamespace(parent, `${name}-namespace`, namespaceName, args, ownDeletion(args));
    const others = functionNamespaces.map((each) =>
        createNamespace(parent, `${name}-namespace-${each}`, each, args, Deletion.Delete),
    );
    const version = checked(
        `Fission ${name}`,
        "cluster.kubernetesVersion",
        args.cluster.kubernetesVersion,
        checkKubernetes,
    );
    const namespace = pulumi
        .all([own.name, pulumi.all(others.map((each) => each.name)), version])
        .apply(([known]) => known);
    const definitions = pulumi.output(args.definitions);
    const keys = internalAuthKeys(parent, name, args);
    const base = { name, args, parent, namespaceName, namespace, definitions, functionNamespaces };
    const installation = { ...base, authSecret: createAuthSecret(base, `${name}-auth`, namespace, keys) };
    const secrets = functionNamespaces.map((each, index) =>
        prepareFunctionNamespace(installation, { name: each, namespace: others[index]!.name, keys }),
    );
    return { installation, secrets };
}

function createNamespace(
    parent: Fission,
    name: string,
    resourceName: string,
    args: FissionArgs,
    deletion: Deletion | undefined,
): HardenedNamespace {
    return new HardenedNamespace(
        name,
        { cluster: args.cluster, resourceName, labels: args.labels, deletion },
        { parent },
    );
}

/** The namespace has to stay as long as the volume in it. */
function ownDeletion({ storage, deletion }: FissionArgs): Deletion {
    return storage?.objectStore ? Deletion.Delete : (deletion ?? Deletion.Protect);
}

/** The key with which Fission's parts sign what they send each other, and the one before it. */
function internalAuthKeys(parent: Fission, name: string, args: FissionArgs): Record<string, pulumi.Output<string>> {
    const count = generation(args);
    const key = (number: number) => generatedKey(`${name}-internal-auth-${number}`, {}, { parent }).base64;
    return { secret: key(count), ...(count > 1 ? { oldSecret: key(count - 1) } : {}) };
}

/** What was made, for the settings. */
interface Made {
    parts: HardenedDeployment[];
    writable: pulumi.Output<unknown>;
    environments: ReturnType<typeof createEnvironments>;
}

function settings(args: FissionArgs, { parts, writable, environments }: Made): FissionSettings {
    const names = parts.map(({ workload }) => workload.metadata.name);
    const images = Object.fromEntries(
        offeredEnvironments(args).map(([runtime, environment]) => [
            `${runtime}Image`,
            environmentImage(args, runtime, environment),
        ]),
    );
    return {
        ready: pulumi.all([writable, pulumi.all(names)]).apply(() => "true"),
        functionPlacement: pulumi.jsonStringify(placementSpec(args.functionPlacement)),
        drainSeconds: `${drainSeconds(args)}`,
        ...(args.kafka ? { kafka: "true" } : {}),
        ...Object.fromEntries(
            Object.entries(environments).map(([runtime, environment]) => [`${runtime}Environment`, environment]),
        ),
        ...images,
    };
}

function describePlatform(
    installation: Installation,
    router: HardenedDeployment,
    settingsOf: FissionSettings,
): FaasPlatform {
    return {
        kind: FaasKind.Fission,
        gateway: router.service!,
        functionNamespaces: installation.functionNamespaces,
        features: [...functionFeatures[FaasKind.Fission]!],
        callers: [partPods(installation, "router"), partPods(installation, "executor")],
        settings: { ...settingsOf },
        telemetry: fissionTelemetry(installation),
    };
}
