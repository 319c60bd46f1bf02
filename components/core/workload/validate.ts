import { checkPermissions } from "../rbac";
import { validateNetworkRules } from "../network/rules";
import { validatePlacement } from "../placement";
import { checkName, nameLimits, type NamedKind, type NameLimit } from "../names";
import { validateRegistry } from "../registry";
import { type Checks, isPlain, QuantityKind } from "../validation";
import { isKubernetesVersion, unmetNeed } from "../versions";
import type { WorkloadContainer } from "./container-args";
import { checkContainer } from "./validate-container";
import type { WorkloadVolume } from "./volume-args";
import { volumeSources } from "./volumes";
import type { WeakenedSecurity, WorkloadArgs } from "./workload-args";

/** What a kind of workload is checked with. */
export interface WorkloadSurroundings {
    kind: NamedKind;
    /** Whether its pods run on and on. @default true */
    longRunning?: boolean;
    /** Names of claims that its containers may mount beside the volumes. */
    claims?: readonly string[];
    /** Whether a Service gets the workload's name too. @default false */
    namesService?: boolean;
}

/** Everything that all kinds of workloads have in common. */
export function checkWorkload(
    checks: Checks,
    name: string,
    args: WorkloadArgs,
    surroundings: WorkloadSurroundings,
): void {
    const nameArgument = args.resourceName === undefined ? "name" : "resourceName";
    checks.dnsLabel(nameArgument, args.resourceName ?? name, nameLimit(surroundings));
    checks.required("namespace", args.namespace);
    checkName(checks, "namespace", args.namespace, "Namespace");
    checks.required("app", args.app, 'the name of the application, such as "fission"');
    checks.labelValue("app", args.app);
    checks.labelValue("component", args.component);
    checks.labelValue("instance", args.instance ?? name);
    for (const labels of ["labels", "podLabels"] as const) {
        checks.map(labels, args[labels], (key, value, entry) => {
            entry.labelKey("", key);
            entry.labelValue("", value);
        });
    }
    checks.include(validatePlacement("placement", args.placement));
    checks.include(validateRegistry("registry", args.registry));
    checkContainers(checks, args, surroundings);
    checkSleep(checks, args);
    checks.list("volumes", args.volumes, (volume, nested) => checkVolume(nested, volume, args));
    checks.quantity("tmpSize", args.tmpSize, QuantityKind.Storage);
    checkPermissions(checks, "permissions", args.permissions);
    checks.include(validateNetworkRules("network", args.network));
    checkIdentity(checks, args);
    checkSecurity(checks, args);
    checks.integer("terminationGracePeriodSeconds", args.terminationGracePeriodSeconds, { minimum: 0 });
}

/** A Service's name has to begin with a letter as well. */
function nameLimit({ kind, namesService }: WorkloadSurroundings): NameLimit {
    return { maximum: nameLimits[kind].maximum, letterFirst: namesService };
}

function checkContainers(checks: Checks, args: WorkloadArgs, surroundings: WorkloadSurroundings): void {
    checks.required("containers", args.containers);
    checks.nonEmpty("containers", args.containers);
    const volumes = [...(args.volumes ?? []).map(({ name }) => name), ...(surroundings.claims ?? [])];
    checkUnique(checks, "volumes", volumes);
    const all = [...(args.initContainers ?? []), ...(args.containers ?? [])];
    checkUnique(
        checks,
        "containers",
        all.map(({ name }) => name),
    );
    checkUnique(
        checks,
        "containers",
        all.flatMap(({ ports }) => ports ?? []).map(({ name }) => name),
        "port name",
    );
    const check = (longRunning: boolean) => (container: WorkloadContainer, nested: Checks) =>
        checkContainer(nested, container, { volumes, longRunning });
    checks.list("initContainers", args.initContainers, check(false));
    checks.list("containers", args.containers, check(surroundings.longRunning ?? true));
}

function checkSleep(checks: Checks, args: WorkloadArgs): void {
    const version = args.cluster.kubernetesVersion;
    const isKnown = typeof version === "string" && isKubernetesVersion(version);
    const unmet = isKnown ? unmetNeed("preStopSleep", version) : undefined;
    if (unmet === undefined) {
        return;
    }
    checks.list("containers", args.containers, ({ lifecycle }, nested) => {
        if (lifecycle?.preStopSleepSeconds !== undefined) {
            nested.fault(
                "lifecycle.preStopSleepSeconds",
                `${unmet}, and the cluster has ${version as string}; ` +
                    "give a preStopCommand that waits, or upgrade the cluster",
            );
        }
    });
}

function checkUnique(checks: Checks, path: string, names: readonly string[], what: string = "name"): void {
    const twice = new Set(names.filter((name, index) => names.indexOf(name) !== index));
    for (const name of twice) {
        checks.fault(path, `has the ${what} "${name}" more than once; give each its own`);
    }
}

function checkVolume(checks: Checks, volume: WorkloadVolume, args: WorkloadArgs): void {
    checks.dnsLabel("name", volume.name);
    checks.exclusive(volumeSources, volume, { required: true });
    checks.quantity("emptyDir.sizeLimit", volume.emptyDir?.sizeLimit, QuantityKind.Storage);
    checks.quantity("ephemeral.size", volume.ephemeral?.size, QuantityKind.Storage);
    checks.dnsSubdomain("ephemeral.storageClass", volume.ephemeral?.storageClass);
    checks.integer("token.expirationSeconds", volume.token?.expirationSeconds, { minimum: 600 });
    checks.nonEmpty("projectedSecrets.names", volume.projectedSecrets?.names);
    for (const source of ["configMap", "secret", "projectedSecrets"] as const) {
        checks.integer(`${source}.mode`, volume[source]?.mode, { minimum: 0, maximum: 0o777 });
    }
    if (volume.hostPath && !args.weakenedSecurity?.hostPaths) {
        checks.fault(
            "hostPath",
            "opens the node's file system to the pod; use another kind of volume, " +
                "or set weakenedSecurity: { reason, hostPaths: true }",
        );
    }
}

function checkIdentity(checks: Checks, args: WorkloadArgs): void {
    if (args.identity?.existingServiceAccount === undefined) {
        return;
    }
    if ((args.permissions ?? []).length > 0) {
        checks.fault(
            "permissions",
            "can't go together with identity.existingServiceAccount; give the permissions where that one is made",
        );
    }
    if (args.identity.annotations !== undefined) {
        checks.fault(
            "identity.annotations",
            "can't go together with identity.existingServiceAccount; annotate it where it is made",
        );
    }
}

const weakenings: readonly (keyof WeakenedSecurity)[] = [
    "runAsRoot",
    "privileged",
    "allowPrivilegeEscalation",
    "addCapabilities",
    "seccompUnconfined",
    "hostNetwork",
    "hostPid",
    "hostPaths",
];

function checkSecurity(checks: Checks, args: WorkloadArgs): void {
    const weakened = args.weakenedSecurity;
    if (weakened) {
        checks.required("weakenedSecurity.reason", weakened.reason, "the reason why the pods can't do without");
        checks.nonEmpty("weakenedSecurity.reason", weakened.reason);
        if (!weakenings.some((key) => weakened[key])) {
            checks.fault("weakenedSecurity", `weakens nothing; leave it out, or set one of ${weakenings.join(", ")}`);
        }
        if (args.bindLowPorts && weakened.hostNetwork) {
            checks.fault(
                "bindLowPorts",
                "can't go together with weakenedSecurity.hostNetwork: the kubelet sets no network options of the node; " +
                    "listen on a port from 1024 on",
            );
        }
    }
    checkUser(checks, "runAsUser", args.runAsUser, weakened);
    checkUser(checks, "runAsGroup", args.runAsGroup, weakened);
    checks.integer("fsGroup", args.fsGroup, { minimum: 0 });
    for (const list of ["initContainers", "containers"] as const) {
        checks.list(list, args[list], (container, nested) => {
            checkUser(nested, "runAsUser", container.runAsUser, weakened);
            checkUser(nested, "runAsGroup", container.runAsGroup, weakened);
        });
    }
}

function checkUser(checks: Checks, path: string, id: unknown, weakened: WeakenedSecurity | undefined): void {
    if (!isPlain(id)) {
        return;
    }
    checks.integer(path, id as number, { minimum: 0 });
    if (id === 0 && !weakened?.runAsRoot) {
        checks.fault(path, "is 0, which is root; give another, or set weakenedSecurity: { reason, runAsRoot: true }");
    }
}
