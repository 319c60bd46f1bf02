import { PodSecurityLevel } from "./pod-security";

/** A control of the Pod Security Standards that a pod does not meet. */
export interface PodSecurityViolation {
    /** The level that forbids it. */
    level: PodSecurityLevel;
    /** The control's name in the standards. */
    control: string;
    /** The field, from the pod's specification on. */
    propertyPath: string;
    /** What is there, as JSON. */
    value: string;
}

/**
 * A pod's specification as plain values, as far as the standards look at it. Any `PodSpec` fits whose Outputs are
 * resolved.
 */
export interface PlainPodSpec {
    hostNetwork?: boolean;
    hostPID?: boolean;
    hostIPC?: boolean;
    securityContext?: PlainSecurityContext;
    volumes?: object[];
    containers: PlainContainer[];
    initContainers?: PlainContainer[];
    ephemeralContainers?: PlainContainer[];
}

interface PlainContainer {
    name: string;
    ports?: { hostPort?: number }[];
    securityContext?: PlainSecurityContext;
    startupProbe?: PlainAction;
    readinessProbe?: PlainAction;
    livenessProbe?: PlainAction;
    lifecycle?: { postStart?: PlainAction; preStop?: PlainAction };
}

interface PlainAction {
    httpGet?: { host?: string };
    tcpSocket?: { host?: string };
}

interface PlainSecurityContext {
    privileged?: boolean;
    allowPrivilegeEscalation?: boolean;
    runAsNonRoot?: boolean;
    runAsUser?: number;
    procMount?: string;
    capabilities?: { add?: string[]; drop?: string[] };
    seccompProfile?: { type?: string };
    appArmorProfile?: { type?: string };
    seLinuxOptions?: { type?: string; user?: string; role?: string };
    windowsOptions?: { hostProcess?: boolean };
    sysctls?: { name: string }[];
}

type Report = (control: string, propertyPath: string, value: unknown) => void;

/**
 * What of a pod the Pod Security Standards forbid, by the rules of
 * https://kubernetes.io/docs/concepts/security/pod-security-standards/ (read for Kubernetes 1.36, Linux pods, without
 * the relaxations for user namespaces). Independent of how the library renders its pods, so that it can prove it.
 *
 * @param level the level that the pod must meet. @default restricted
 */
export function podSecurityViolations(
    pod: PlainPodSpec,
    level: PodSecurityLevel = PodSecurityLevel.Restricted,
): PodSecurityViolation[] {
    const violations: PodSecurityViolation[] = [];
    const reporter =
        (reported: PodSecurityLevel): Report =>
        (control, propertyPath, value) =>
            violations.push({ level: reported, control, propertyPath, value: JSON.stringify(value) ?? "nothing" });
    if (level !== PodSecurityLevel.Privileged) {
        checkBaseline(pod, reporter(PodSecurityLevel.Baseline));
    }
    if (level === PodSecurityLevel.Restricted) {
        checkRestricted(pod, reporter(PodSecurityLevel.Restricted));
    }
    return violations;
}

/** The strictest level that a pod meets. */
export function podSecurityLevelOf(pod: PlainPodSpec): PodSecurityLevel {
    const levels = [PodSecurityLevel.Restricted, PodSecurityLevel.Baseline];
    return levels.find((level) => podSecurityViolations(pod, level).length === 0) ?? PodSecurityLevel.Privileged;
}

/** A security context, of the pod or of one container, and where it is. */
interface Placed<T> {
    path: string;
    value: T;
}

function containersOf(pod: PlainPodSpec): Placed<PlainContainer>[] {
    return (["initContainers", "containers", "ephemeralContainers"] as const).flatMap((list) =>
        (pod[list] ?? []).map((value, index) => ({ path: `${list}[${index}]`, value })),
    );
}

function contextsOf(pod: PlainPodSpec): Placed<PlainSecurityContext>[] {
    return [
        { path: "securityContext", value: pod.securityContext ?? {} },
        ...containersOf(pod).map(({ path, value }) => ({
            path: `${path}.securityContext`,
            value: value.securityContext ?? {},
        })),
    ];
}

/** Reports a value that is none of those allowed; what is not set is allowed. */
function only(report: Report, control: string, path: string, value: unknown, allowed: readonly unknown[]): void {
    if (value !== undefined && !allowed.includes(value)) {
        report(control, path, value);
    }
}

const baselineCapabilities = [
    "AUDIT_WRITE",
    "CHOWN",
    "DAC_OVERRIDE",
    "FOWNER",
    "FSETID",
    "KILL",
    "MKNOD",
    "NET_BIND_SERVICE",
    "SETFCAP",
    "SETGID",
    "SETPCAP",
    "SETUID",
    "SYS_CHROOT",
];

const safeSysctls = [
    "kernel.shm_rmid_forced",
    "net.ipv4.ip_local_port_range",
    "net.ipv4.ip_local_reserved_ports",
    "net.ipv4.ip_unprivileged_port_start",
    "net.ipv4.ping_group_range",
    "net.ipv4.tcp_fin_timeout",
    "net.ipv4.tcp_keepalive_intvl",
    "net.ipv4.tcp_keepalive_probes",
    "net.ipv4.tcp_keepalive_time",
    "net.ipv4.tcp_syncookies",
];

const seLinuxTypes = ["", "container_t", "container_init_t", "container_kvm_t", "container_engine_t"];

function checkBaseline(pod: PlainPodSpec, report: Report): void {
    for (const key of ["hostNetwork", "hostPID", "hostIPC"] as const) {
        only(report, "Host Namespaces", key, pod[key], [false]);
    }
    (pod.volumes ?? []).forEach((volume, index) => {
        if ("hostPath" in volume && volume.hostPath !== undefined) {
            report("HostPath Volumes", `volumes[${index}].hostPath`, volume.hostPath);
        }
    });
    (pod.securityContext?.sysctls ?? []).forEach(({ name }, index) => {
        only(report, "Sysctls", `securityContext.sysctls[${index}].name`, name, safeSysctls);
    });
    contextsOf(pod).forEach(({ path, value }) => checkBaselineContext(path, value, report));
    containersOf(pod).forEach(({ path, value }) => {
        (value.ports ?? []).forEach(({ hostPort }, index) => {
            only(report, "Host Ports", `${path}.ports[${index}].hostPort`, hostPort, [0]);
        });
        checkHosts(path, value, report);
    });
}

function checkBaselineContext(path: string, context: PlainSecurityContext, report: Report): void {
    only(report, "HostProcess", `${path}.windowsOptions.hostProcess`, context.windowsOptions?.hostProcess, [false]);
    only(report, "Privileged Containers", `${path}.privileged`, context.privileged, [false]);
    (context.capabilities?.add ?? []).forEach((capability, index) => {
        only(report, "Capabilities", `${path}.capabilities.add[${index}]`, capability, baselineCapabilities);
    });
    only(report, "AppArmor", `${path}.appArmorProfile.type`, context.appArmorProfile?.type, [
        "RuntimeDefault",
        "Localhost",
    ]);
    only(report, "SELinux", `${path}.seLinuxOptions.type`, context.seLinuxOptions?.type, seLinuxTypes);
    only(report, "SELinux", `${path}.seLinuxOptions.user`, context.seLinuxOptions?.user, [""]);
    only(report, "SELinux", `${path}.seLinuxOptions.role`, context.seLinuxOptions?.role, [""]);
    only(report, "/proc Mount Type", `${path}.procMount`, context.procMount, ["Default"]);
    only(report, "Seccomp", `${path}.seccompProfile.type`, context.seccompProfile?.type, [
        "RuntimeDefault",
        "Localhost",
    ]);
}

/** A probe or hook with a host of its own makes the kubelet send requests anywhere. */
function checkHosts(path: string, container: PlainContainer, report: Report): void {
    const actions: Record<string, PlainAction | undefined> = {
        startupProbe: container.startupProbe,
        readinessProbe: container.readinessProbe,
        livenessProbe: container.livenessProbe,
        "lifecycle.postStart": container.lifecycle?.postStart,
        "lifecycle.preStop": container.lifecycle?.preStop,
    };
    for (const [key, action] of Object.entries(actions)) {
        only(report, "Host Probes / Lifecycle Hooks", `${path}.${key}.httpGet.host`, action?.httpGet?.host, [""]);
        only(report, "Host Probes / Lifecycle Hooks", `${path}.${key}.tcpSocket.host`, action?.tcpSocket?.host, [""]);
    }
}

const restrictedVolumes = [
    "configMap",
    "csi",
    "downwardAPI",
    "emptyDir",
    "ephemeral",
    "persistentVolumeClaim",
    "projected",
    "secret",
];

function checkRestricted(pod: PlainPodSpec, report: Report): void {
    (pod.volumes ?? []).forEach((volume, index) => {
        for (const [source, value] of Object.entries(volume)) {
            if (source !== "name" && value !== undefined && !restrictedVolumes.includes(source)) {
                report("Volume Types", `volumes[${index}].${source}`, value);
            }
        }
    });
    contextsOf(pod).forEach(({ path, value }) => {
        if (value.runAsUser === 0) {
            report("Running as Non-root user", `${path}.runAsUser`, 0);
        }
    });
    containersOf(pod).forEach(({ path, value }) => {
        checkRestrictedContainer(
            `${path}.securityContext`,
            value.securityContext ?? {},
            pod.securityContext ?? {},
            report,
        );
    });
}

function checkRestrictedContainer(
    path: string,
    context: PlainSecurityContext,
    pod: PlainSecurityContext,
    report: Report,
): void {
    if (context.allowPrivilegeEscalation !== false) {
        report("Privilege Escalation", `${path}.allowPrivilegeEscalation`, context.allowPrivilegeEscalation);
    }
    const runAsNonRoot = context.runAsNonRoot ?? pod.runAsNonRoot;
    if (runAsNonRoot !== true) {
        report("Running as Non-root", `${path}.runAsNonRoot`, runAsNonRoot);
    }
    if ((context.seccompProfile?.type ?? pod.seccompProfile?.type) === undefined) {
        report("Seccomp", `${path}.seccompProfile.type`, undefined);
    }
    if (!(context.capabilities?.drop ?? []).includes("ALL")) {
        report("Capabilities", `${path}.capabilities.drop`, context.capabilities?.drop);
    }
    (context.capabilities?.add ?? []).forEach((capability, index) => {
        only(report, "Capabilities", `${path}.capabilities.add[${index}]`, capability, ["NET_BIND_SERVICE"]);
    });
}
