import assert from "node:assert/strict";
import { PodSecurityLevel } from "../../../components/core/pod-security";
import {
    podSecurityLevelOf,
    podSecurityViolations,
    type PlainPodSpec,
} from "../../../components/core/pod-security-rules";

type Container = PlainPodSpec["containers"][number];

/** A pod that meets "restricted" and nothing more. */
function restrictedPod(container: Partial<Container> = {}, pod: Partial<PlainPodSpec> = {}): PlainPodSpec {
    return {
        securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
        containers: [
            {
                name: "c",
                securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
                ...container,
            },
        ],
        ...pod,
    };
}

function withContext(context: NonNullable<Container["securityContext"]>): PlainPodSpec {
    return restrictedPod({
        securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] }, ...context },
    });
}

/** A pod that breaks one control, where it does and with which value. */
interface Case {
    control: string;
    path: string;
    value: string;
    pod: PlainPodSpec;
}

const context = "containers[0].securityContext";

const baselineCases: Case[] = [
    {
        control: "HostProcess",
        path: `${context}.windowsOptions.hostProcess`,
        value: "true",
        pod: withContext({ windowsOptions: { hostProcess: true } }),
    },
    { control: "Host Namespaces", path: "hostNetwork", value: "true", pod: restrictedPod({}, { hostNetwork: true }) },
    { control: "Host Namespaces", path: "hostPID", value: "true", pod: restrictedPod({}, { hostPID: true }) },
    { control: "Host Namespaces", path: "hostIPC", value: "true", pod: restrictedPod({}, { hostIPC: true }) },
    {
        control: "Privileged Containers",
        path: `${context}.privileged`,
        value: "true",
        pod: withContext({ privileged: true }),
    },
    {
        control: "Capabilities",
        path: `${context}.capabilities.add[0]`,
        value: '"NET_RAW"',
        pod: withContext({ capabilities: { drop: ["ALL"], add: ["NET_RAW"] } }),
    },
    {
        control: "HostPath Volumes",
        path: "volumes[0].hostPath",
        value: '{"path":"/"}',
        pod: restrictedPod({}, { volumes: [{ name: "v", hostPath: { path: "/" } }] }),
    },
    {
        control: "Host Ports",
        path: "containers[0].ports[1].hostPort",
        value: "80",
        pod: restrictedPod({ ports: [{ hostPort: 0 }, { hostPort: 80 }] }),
    },
    {
        control: "Host Probes / Lifecycle Hooks",
        path: "containers[0].livenessProbe.httpGet.host",
        value: '"10.0.0.1"',
        pod: restrictedPod({ livenessProbe: { httpGet: { host: "10.0.0.1" } } }),
    },
    {
        control: "Host Probes / Lifecycle Hooks",
        path: "containers[0].lifecycle.preStop.tcpSocket.host",
        value: '"10.0.0.1"',
        pod: restrictedPod({ lifecycle: { preStop: { tcpSocket: { host: "10.0.0.1" } } } }),
    },
    {
        control: "AppArmor",
        path: `${context}.appArmorProfile.type`,
        value: '"Unconfined"',
        pod: withContext({ appArmorProfile: { type: "Unconfined" } }),
    },
    {
        control: "SELinux",
        path: `${context}.seLinuxOptions.type`,
        value: '"spc_t"',
        pod: withContext({ seLinuxOptions: { type: "spc_t" } }),
    },
    {
        control: "SELinux",
        path: `${context}.seLinuxOptions.user`,
        value: '"root"',
        pod: withContext({ seLinuxOptions: { user: "root" } }),
    },
    {
        control: "/proc Mount Type",
        path: `${context}.procMount`,
        value: '"Unmasked"',
        pod: withContext({ procMount: "Unmasked" }),
    },
    {
        control: "Seccomp",
        path: `${context}.seccompProfile.type`,
        value: '"Unconfined"',
        pod: withContext({ seccompProfile: { type: "Unconfined" } }),
    },
    {
        control: "Sysctls",
        path: "securityContext.sysctls[0].name",
        value: '"kernel.msgmax"',
        pod: restrictedPod(
            {},
            {
                securityContext: {
                    runAsNonRoot: true,
                    seccompProfile: { type: "RuntimeDefault" },
                    sysctls: [{ name: "kernel.msgmax" }],
                },
            },
        ),
    },
];

const restrictedCases: Case[] = [
    {
        control: "Volume Types",
        path: "volumes[0].nfs",
        value: '{"server":"s"}',
        pod: restrictedPod({}, { volumes: [{ name: "v", nfs: { server: "s" } }] }),
    },
    {
        control: "Privilege Escalation",
        path: `${context}.allowPrivilegeEscalation`,
        value: "nothing",
        pod: restrictedPod({ securityContext: { capabilities: { drop: ["ALL"] } } }),
    },
    {
        control: "Privilege Escalation",
        path: `${context}.allowPrivilegeEscalation`,
        value: "true",
        pod: withContext({ allowPrivilegeEscalation: true }),
    },
    {
        control: "Running as Non-root",
        path: `${context}.runAsNonRoot`,
        value: "nothing",
        pod: restrictedPod({}, { securityContext: { seccompProfile: { type: "RuntimeDefault" } } }),
    },
    {
        control: "Running as Non-root",
        path: `${context}.runAsNonRoot`,
        value: "false",
        pod: withContext({ runAsNonRoot: false }),
    },
    {
        control: "Running as Non-root user",
        path: `${context}.runAsUser`,
        value: "0",
        pod: withContext({ runAsUser: 0 }),
    },
    {
        control: "Running as Non-root user",
        path: "securityContext.runAsUser",
        value: "0",
        pod: restrictedPod(
            {},
            { securityContext: { runAsNonRoot: true, runAsUser: 0, seccompProfile: { type: "RuntimeDefault" } } },
        ),
    },
    {
        control: "Seccomp",
        path: `${context}.seccompProfile.type`,
        value: "nothing",
        pod: restrictedPod({}, { securityContext: { runAsNonRoot: true } }),
    },
    {
        control: "Capabilities",
        path: `${context}.capabilities.drop`,
        value: "nothing",
        pod: restrictedPod({ securityContext: { allowPrivilegeEscalation: false } }),
    },
    {
        control: "Capabilities",
        path: `${context}.capabilities.add[0]`,
        value: '"CHOWN"',
        pod: withContext({ capabilities: { drop: ["ALL"], add: ["CHOWN"] } }),
    },
];

describe("the Pod Security Standards' rules", () => {
    it("find nothing wrong with a pod that meets every restricted control", () => {
        assert.deepEqual(podSecurityViolations(restrictedPod()), []);
        assert.equal(podSecurityLevelOf(restrictedPod()), PodSecurityLevel.Restricted);
    });

    it("allow what the standards allow beyond the minimum", () => {
        const pod = restrictedPod(
            {
                ports: [{ hostPort: 0 }],
                readinessProbe: { httpGet: {} },
                securityContext: {
                    allowPrivilegeEscalation: false,
                    capabilities: { drop: ["ALL"], add: ["NET_BIND_SERVICE"] },
                    seLinuxOptions: { type: "container_t" },
                    appArmorProfile: { type: "RuntimeDefault" },
                    procMount: "Default",
                    seccompProfile: { type: "Localhost" },
                },
            },
            {
                hostNetwork: false,
                volumes: [
                    { name: "a", emptyDir: {} },
                    { name: "b", projected: {} },
                    { name: "c", csi: {} },
                ],
                securityContext: {
                    runAsNonRoot: true,
                    runAsUser: 10001,
                    seccompProfile: { type: "RuntimeDefault" },
                    sysctls: [{ name: "net.ipv4.ip_unprivileged_port_start" }],
                },
            },
        );
        assert.deepEqual(podSecurityViolations(pod), []);
    });

    for (const { control, path, value, pod } of baselineCases) {
        it(`forbid in baseline: ${control} at ${path} being ${value}`, () => {
            const found = podSecurityViolations(pod, PodSecurityLevel.Baseline);
            assert.deepEqual(found, [{ level: PodSecurityLevel.Baseline, control, propertyPath: path, value }]);
            assert.equal(podSecurityLevelOf(pod), PodSecurityLevel.Privileged);
        });
    }

    for (const { control, path, value, pod } of restrictedCases) {
        it(`forbid in restricted, but not in baseline: ${control} at ${path} being ${value}`, () => {
            const found = podSecurityViolations(pod);
            assert.deepEqual(found, [{ level: PodSecurityLevel.Restricted, control, propertyPath: path, value }]);
            assert.equal(podSecurityLevelOf(pod), PodSecurityLevel.Baseline);
        });
    }

    it("hold for init containers and ephemeral containers too", () => {
        const bad: Container = { name: "b", securityContext: { privileged: true } };
        for (const list of ["initContainers", "ephemeralContainers"] as const) {
            const found = podSecurityViolations(restrictedPod({}, { [list]: [bad] }), PodSecurityLevel.Baseline);
            assert.deepEqual(
                found.map(({ propertyPath }) => propertyPath),
                [`${list}[0].securityContext.privileged`],
            );
        }
    });

    it("let every container answer for itself where the pod says nothing", () => {
        const pod = restrictedPod(
            {
                securityContext: {
                    allowPrivilegeEscalation: false,
                    capabilities: { drop: ["ALL"] },
                    runAsNonRoot: true,
                    seccompProfile: { type: "RuntimeDefault" },
                },
            },
            { securityContext: {} },
        );
        assert.deepEqual(podSecurityViolations(pod), []);
    });

    it("forbid nothing in privileged", () => {
        const pod = restrictedPod({ securityContext: { privileged: true } }, { hostNetwork: true });
        assert.deepEqual(podSecurityViolations(pod, PodSecurityLevel.Privileged), []);
    });
});
