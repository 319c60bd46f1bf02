import { type Checks, QuantityKind, quantityValue } from "../validation";
import type { Probe, ResourceAmounts, Resources, WorkloadContainer } from "./container-args";
import { environmentSources } from "./environment";

/** What a container is checked against. */
export interface ContainerSurroundings {
    /** Names of the volumes and claims that it may mount. */
    volumes: readonly string[];
    /** Whether it runs on and on, so that somebody has to ask for its state. */
    longRunning: boolean;
}

/** Leaves room for the name of the container's own `/tmp` volume. */
const longestContainerName = 63 - "tmp-".length;

/** Everything about one container that can be judged without the others. */
export function checkContainer(
    checks: Checks,
    container: WorkloadContainer,
    surroundings: ContainerSurroundings,
): void {
    checks.required("name", container.name);
    checks.dnsLabel("name", container.name, { maximum: longestContainerName });
    checks.required("image", container.image);
    checkImage(checks, container);
    checkEnvironment(checks, container);
    checks.list("ports", container.ports, (port, nested) => {
        nested.portName("name", port.name);
        nested.port("port", port.port);
        nested.oneOf("protocol", port.protocol, ["TCP", "UDP", "SCTP"]);
    });
    checkProbes(checks, container, surroundings.longRunning);
    checkResources(checks.at("resources"), container.resources ?? {});
    checkMounts(checks, container, surroundings.volumes);
    if (container.lifecycle) {
        checks.at("lifecycle").exclusive(["preStopCommand", "preStopSleepSeconds"], container.lifecycle);
        checks.integer("lifecycle.preStopSleepSeconds", container.lifecycle.preStopSleepSeconds, { minimum: 1 });
    }
}

/** What moves by itself is not what was reviewed. */
function checkImage(checks: Checks, { image }: WorkloadContainer): void {
    checks.format("image", image, (reference) => {
        if (reference.trim() === "") {
            return { problem: "is empty", rule: "give an image with a tag or digest" };
        }
        const name = reference.slice(reference.lastIndexOf("/") + 1);
        if (name.includes("@")) {
            return undefined;
        }
        const rule = "give a tag that stays the same, such as a version, or a digest";
        if (!name.includes(":")) {
            return { problem: "has no tag, which means latest", rule };
        }
        return name.endsWith(":latest") ? { problem: "moves with every release", rule } : undefined;
    });
}

function checkEnvironment(checks: Checks, container: WorkloadContainer): void {
    const seen = new Map<string, string>();
    for (const source of environmentSources) {
        for (const variable of Object.keys(container[source] ?? {})) {
            checks.environmentName(`${source}.${variable}`, variable);
            const other = seen.get(variable);
            if (other !== undefined) {
                checks.fault(`${source}.${variable}`, `is also in \`${other}\`; give each variable once`);
            }
            seen.set(variable, source);
        }
    }
}

function checkProbes(checks: Checks, container: WorkloadContainer, longRunning: boolean): void {
    const { probes, withoutProbes } = container;
    const asked = probes?.readiness !== undefined || probes?.liveness !== undefined;
    if (withoutProbes !== undefined) {
        checks.nonEmpty("withoutProbes", withoutProbes);
        if (probes) {
            checks.fault("withoutProbes", "can't go together with `probes`; leave one of them out");
        }
    } else if (longRunning && !asked) {
        checks.fault(
            "probes",
            "has neither readiness nor liveness, so a container that hangs keeps its traffic; " +
                "give one of them, or say in `withoutProbes` why nobody can ask",
        );
    }
    for (const kind of ["startup", "readiness", "liveness"] as const) {
        const probe = probes?.[kind];
        if (probe) {
            checkProbe(checks.at(`probes.${kind}`), probe, (container.ports ?? []).length > 0);
        }
    }
}

function checkProbe(checks: Checks, probe: Probe, hasPorts: boolean): void {
    checks.exclusive(["http", "tcp", "command"], probe, { required: true });
    checks.path("http.path", probe.http?.path);
    checks.port("http.port", probe.http?.port);
    checks.oneOf("http.scheme", probe.http?.scheme, ["HTTP", "HTTPS"]);
    checks.port("tcp.port", probe.tcp?.port);
    for (const kind of ["http", "tcp"] as const) {
        if (probe[kind] && probe[kind].port === undefined && !hasPorts) {
            checks.fault(`${kind}.port`, "is missing, and the container has no port to take instead; give one");
        }
    }
    checks.integer("initialDelaySeconds", probe.initialDelaySeconds, { minimum: 0 });
    checks.integer("periodSeconds", probe.periodSeconds, { minimum: 1 });
    checks.integer("timeoutSeconds", probe.timeoutSeconds, { minimum: 1 });
    checks.integer("failureThreshold", probe.failureThreshold, { minimum: 1 });
}

const resourceKinds = [
    ["cpu", QuantityKind.Cpu],
    ["memory", QuantityKind.Memory],
    ["ephemeralStorage", QuantityKind.Storage],
] as const;

function checkResources(checks: Checks, resources: Resources): void {
    for (const [amount, kind] of resourceKinds) {
        checks.quantity(`requests.${amount}`, resources.requests?.[amount], kind);
        checks.quantity(`limits.${amount}`, resources.limits?.[amount], kind);
        checkOrder(checks, amount, resources);
    }
}

function checkOrder(checks: Checks, amount: keyof ResourceAmounts, { requests, limits }: Resources): void {
    const lower = requests?.[amount];
    const upper = limits?.[amount];
    if (typeof lower !== "string" || typeof upper !== "string") {
        return;
    }
    const [least, most] = [quantityValue(lower), quantityValue(upper)];
    if (least !== undefined && most !== undefined && least > most) {
        checks.fault(`requests.${amount}`, `is "${lower}", more than the limit "${upper}"; request at most the limit`);
    }
}

function checkMounts(checks: Checks, container: WorkloadContainer, volumes: readonly string[]): void {
    const paths = new Set<string>();
    checks.list("mounts", container.mounts, (mount, nested) => {
        nested.mountPath("path", mount.path);
        if (paths.has(mount.path)) {
            nested.fault("path", `is "${mount.path}", where another volume is mounted; give each its own`);
        }
        paths.add(mount.path);
        if (volumes.length === 0) {
            nested.fault("volume", `is "${mount.volume}", but the pod has no volumes; add it to \`volumes\``);
        } else {
            nested.oneOf("volume", mount.volume, volumes);
        }
    });
}
