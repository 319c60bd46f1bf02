import type * as k8s from "@pulumi/kubernetes";
import { mirrored, type Registry } from "../registry";
import type { Lifecycle, WorkloadContainer } from "./container-args";
import { renderEnvironment, renderEnvironmentSecrets } from "./environment";
import { mapInput } from "../inputs";
import { renderProbes } from "./probes";
import { renderResources } from "./resources";
import type { WorkloadVolume } from "./volume-args";
import { renderMounts } from "./volumes";
import type { WeakenedSecurity } from "./workload-args";

type ContainerSpec = k8s.types.input.core.v1.Container;

/** What a container is rendered with besides its own arguments. */
export interface ContainerContext {
    /** The component, for messages: `HardenedDeployment web`. */
    subject: string;
    /** The container's property path. */
    path: string;
    volumes: readonly WorkloadVolume[];
    weakenedSecurity?: WeakenedSecurity;
    registry?: Registry;
}

/** A container of a hardened pod. */
export function renderContainer(container: WorkloadContainer, context: ContainerContext): ContainerSpec {
    return {
        name: container.name,
        image: mirrored(container.image, context.registry),
        imagePullPolicy: "IfNotPresent",
        command: container.command,
        args: container.args,
        workingDir: container.workingDirectory,
        env: renderEnvironment(context.subject, context.path, container),
        envFrom: renderEnvironmentSecrets(container),
        ports: container.ports?.map(({ name, port, protocol }) => ({ name, containerPort: port, protocol })),
        ...renderProbes(container),
        resources: renderResources(container.resources),
        lifecycle: container.lifecycle && renderLifecycle(container.lifecycle),
        securityContext: securityContext(container, context.weakenedSecurity ?? { reason: "" }),
        volumeMounts: renderMounts(container, context.volumes),
    };
}

function renderLifecycle(lifecycle: Lifecycle): k8s.types.input.core.v1.Lifecycle {
    const { postStartCommand, preStopCommand, preStopSleepSeconds } = lifecycle;
    return {
        ...(postStartCommand ? { postStart: { exec: { command: postStartCommand } } } : {}),
        ...(preStopCommand ? { preStop: { exec: { command: preStopCommand } } } : {}),
        ...(preStopSleepSeconds !== undefined ? { preStop: { sleep: { seconds: preStopSleepSeconds } } } : {}),
    };
}

function securityContext(
    container: WorkloadContainer,
    weakened: WeakenedSecurity,
): k8s.types.input.core.v1.SecurityContext {
    const privileged = weakened.privileged ?? false;
    return {
        // A privileged container can always gain privileges; the API server refuses to be told otherwise.
        allowPrivilegeEscalation: privileged || (weakened.allowPrivilegeEscalation ?? false),
        capabilities: { drop: ["ALL"], ...(weakened.addCapabilities ? { add: weakened.addCapabilities } : {}) },
        ...(privileged ? { privileged } : {}),
        readOnlyRootFilesystem: mapInput(container.writableRootFilesystem ?? false, (writable) => !writable),
        runAsNonRoot: !weakened.runAsRoot,
        runAsUser: container.runAsUser,
        runAsGroup: container.runAsGroup,
    };
}
