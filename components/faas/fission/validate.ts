import { ObjectStoreKind, type ObjectStoreConnection } from "../../core/contracts";
import { Deletion } from "../../core/deletion";
import type { Fault } from "../../core/errors";
import { validateLabels } from "../../core/labels";
import { checkName } from "../../core/names";
import { type EgressRule, validateNetworkRules } from "../../core/network";
import { validatePlacement } from "../../core/placement";
import { validateRegistry } from "../../core/registry";
import { Checks, QuantityKind } from "../../core/validation";
import { isKubernetesVersion, unmetNeed, versionTable } from "../../core/versions";
import { FunctionRuntime } from "../function";
import type { FissionArgs, FissionKafka, FissionStorage } from "./args";
import { functionNamespacesOf, namespaceOf } from "./namespaces";

/** Leaves room for what the names of the installation's objects add to its own. */
const longestName = 40;

/** What is wrong with the arguments of a `Fission`; empty when nothing is. */
export function validateFission(name: string, args: FissionArgs): Fault[] {
    const checks = new Checks();
    checks.dnsLabel("name", name, { maximum: longestName });
    if (typeof args.cluster.kubernetesVersion === "string") {
        checkKubernetes(checks, "cluster.kubernetesVersion", args.cluster.kubernetesVersion);
    }
    checkNamespaces(checks, name, args);
    checkEnvironments(checks, args);
    checkStorage(checks.at("storage"), args.storage ?? {});
    if (args.kafka) {
        checkKafka(checks.at("kafka"), args.kafka);
    }
    checks.list("callers", args.callers, (peer, nested) => checkName(nested, "namespace", peer.namespace, "Namespace"));
    checks.integer("drainSeconds", args.drainSeconds, { minimum: 0, maximum: 3600 });
    checks.integer("internalAuthGeneration", args.internalAuthGeneration, { minimum: 1 });
    checks.oneOf("deletion", args.deletion, Object.values(Deletion));
    checks.include(egressFaults("functionEgress", args.functionEgress));
    checks.include(egressFaults("kafka.egress", args.kafka?.egress));
    checks.include(validatePlacement("placement", args.placement));
    checks.include(validatePlacement("functionPlacement", args.functionPlacement));
    checks.include(validateRegistry("registry", args.registry));
    checks.include(validateLabels("labels", args.labels));
    return checks.faults;
}

/** The cluster's version, when it is one; a distribution's own addition counts for nothing. */
export function checkKubernetes(checks: Checks, path: string, version: string): void {
    const unmet = isKubernetesVersion(version) ? unmetNeed("fission", version) : undefined;
    if (unmet !== undefined) {
        checks.fault(
            path,
            `is ${version}, but ${versionTable.needs.fission.title} ${unmet}; upgrade the cluster first`,
        );
    }
}

function checkNamespaces(checks: Checks, name: string, args: FissionArgs): void {
    checkName(checks, "namespace", args.namespace, "Namespace");
    checks.nonEmpty("functionNamespaces", args.functionNamespaces);
    const own = namespaceOf(name, args);
    const namespaces = functionNamespacesOf(name, args);
    namespaces.forEach((namespace, index) => {
        const path = `functionNamespaces[${index}]`;
        checkName(checks, path, namespace, "Namespace");
        if (namespace === own) {
            checks.fault(path, `is "${namespace}", the namespace of Fission's own parts; give functions another`);
        }
        if (namespaces.indexOf(namespace) < index) {
            checks.fault(path, `is "${namespace}" a second time; name each namespace once`);
        }
    });
}

function checkEnvironments(checks: Checks, { environments }: FissionArgs): void {
    checks.knownKeys("environments", environments, Object.values(FunctionRuntime));
    for (const runtime of Object.values(FunctionRuntime)) {
        const nested = checks.at(`environments.${runtime}`);
        const { image, poolSize, resources } = environments?.[runtime] ?? {};
        nested.nonEmpty("image", image);
        nested.integer("poolSize", poolSize, { minimum: 1, maximum: 1000 });
        nested.quantity("resources.cpuRequest", resources?.cpuRequest, QuantityKind.Cpu);
        nested.quantity("resources.cpuLimit", resources?.cpuLimit, QuantityKind.Cpu);
        nested.quantity("resources.memoryRequest", resources?.memoryRequest, QuantityKind.Memory);
        nested.quantity("resources.memoryLimit", resources?.memoryLimit, QuantityKind.Memory);
    }
}

function checkStorage(checks: Checks, storage: FissionStorage): void {
    checks.quantity("size", storage.size, QuantityKind.Storage);
    checks.exclusive(["objectStore", "size"], storage);
    checks.exclusive(["objectStore", "storageClass"], storage);
    if (storage.objectStore) {
        checkObjectStore(checks.at("objectStore"), storage.objectStore);
    }
}

function checkObjectStore(checks: Checks, { kind, key, endpoint, network }: ObjectStoreConnection): void {
    if (kind === ObjectStoreKind.AzureBlob) {
        checks.fault("kind", 'is "azure-blob", which does not speak S3; use an S3-compatible store, or the volume');
    }
    if (key === undefined) {
        checks.fault("key", "is missing; Fission knows no workload identity, so give the store an access key");
    }
    // Without a scheme Fission would speak plain HTTP.
    checks.matches(
        "endpoint",
        endpoint,
        /^https?:\/\//,
        'give a URL with its scheme, such as "https://s3.example.com"',
    );
    if (network.pods === undefined && network.cidrs === undefined) {
        checks.fault(
            "network",
            "names neither pods nor cidrs, so that Fission could not reach the store; give one of them",
        );
    }
}

function checkKafka(checks: Checks, { brokers, egress, tls, version, ...kafka }: FissionKafka): void {
    checks.nonEmpty("brokers", brokers);
    checks.list("brokers", brokers, (broker, each) =>
        each.matches("", broker, /^[^\s,/]+:\d{1,5}$/, 'give host and port: "kafka-0.kafka.svc:9093"'),
    );
    checks.nonEmpty("egress", egress);
    checks.exclusive(
        ["tls", "insecureWithoutTls"],
        { tls, insecureWithoutTls: kafka.insecureWithoutTls || undefined },
        {
            required: true,
        },
    );
    for (const property of ["caCertificate", "clientCertificate", "clientKey"] as const) {
        checks.nonEmpty(`tls.${property}`, tls?.[property]);
    }
    checks.matches("version", version, /^\d+\.\d+\.\d+(\.\d+)?$/, 'give the whole version: "3.9.0"');
}

/** The rules are checked as part of network rules, and reported at the argument that holds them. */
function egressFaults(property: string, egress: EgressRule[] | undefined): Fault[] {
    return validateNetworkRules("", { egress }).map(({ propertyPath, reason }) => ({
        propertyPath: propertyPath.replace(/^egress/, property),
        reason,
    }));
}
