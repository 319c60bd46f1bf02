import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { mapInput } from "../inputs";
import type { VolumeMount, WorkloadContainer } from "./container-args";
import type {
    EmptyDirVolume,
    EphemeralVolume,
    ObjectVolume,
    ProjectedSecretsVolume,
    TokenVolume,
    WorkloadVolume,
} from "./volume-args";

type VolumeSpec = k8s.types.input.core.v1.Volume;
type VolumeMountSpec = k8s.types.input.core.v1.VolumeMount;

/** The sources of a volume, of which it has exactly one. */
export const volumeSources = [
    "configMap",
    "secret",
    "projectedSecrets",
    "emptyDir",
    "ephemeral",
    "claim",
    "token",
    "hostPath",
] as const;

const tmpPath = "/tmp";
const configMapMode = 0o444;
const secretMode = 0o440;
const tokenSeconds = 3600;

/** The volume that is a container's own `/tmp`. */
export function tmpVolumeName(container: WorkloadContainer): string {
    return `tmp-${container.name}`;
}

/** The pod's volumes: the given ones, and a `/tmp` for each container that mounts nothing there itself. */
export function renderVolumes(
    volumes: readonly WorkloadVolume[],
    containers: readonly WorkloadContainer[],
    tmpSize: pulumi.Input<string>,
): VolumeSpec[] {
    const temporary = containers
        .filter((container) => !hasOwnTmp(container))
        .map((container) => ({ name: tmpVolumeName(container), emptyDir: { sizeLimit: tmpSize } }));
    return [...volumes.map(renderVolume), ...temporary];
}

/** Where a container finds its volumes. */
export function renderMounts(container: WorkloadContainer, volumes: readonly WorkloadVolume[]): VolumeMountSpec[] {
    const mounts = (container.mounts ?? []).map((mount) => ({
        name: mount.volume,
        mountPath: mount.path,
        subPath: mount.subPath,
        readOnly: mount.readOnly ?? readOnlyByDefault(mount, volumes),
    }));
    return hasOwnTmp(container) ? mounts : [...mounts, { name: tmpVolumeName(container), mountPath: tmpPath }];
}

function hasOwnTmp(container: WorkloadContainer): boolean {
    return (container.mounts ?? []).some((mount) => mount.path === tmpPath);
}

/** A StatefulSet's claim is no volume of the pod and so is not found here: it is writable. */
function readOnlyByDefault(mount: VolumeMount, volumes: readonly WorkloadVolume[]): boolean | undefined {
    const volume = volumes.find((candidate) => candidate.name === mount.volume);
    const { configMap, secret, projectedSecrets, token, hostPath } = volume ?? {};
    return configMap || secret || projectedSecrets || token || hostPath ? true : undefined;
}

function renderVolume(volume: WorkloadVolume): VolumeSpec {
    const { name, configMap, secret, projectedSecrets, emptyDir, ephemeral, claim, token, hostPath } = volume;
    if (configMap) {
        return { name, configMap: { name: configMap.name, ...objectFiles(configMap, configMapMode) } };
    }
    if (secret) {
        return { name, secret: { secretName: secret.name, ...objectFiles(secret, secretMode) } };
    }
    if (projectedSecrets) {
        return { name, projected: secretSources(projectedSecrets) };
    }
    if (emptyDir) {
        return { name, emptyDir: { sizeLimit: emptyDir.sizeLimit, medium: medium(emptyDir) } };
    }
    if (ephemeral) {
        return { name, ephemeral: ephemeralSource(ephemeral) };
    }
    if (claim) {
        return { name, persistentVolumeClaim: { claimName: claim.name, readOnly: claim.readOnly } };
    }
    return token ? { name, projected: tokenSource(token) } : { name, hostPath };
}

function objectFiles(
    object: ObjectVolume,
    mode: number,
): Pick<k8s.types.input.core.v1.ConfigMapVolumeSource, "items" | "defaultMode" | "optional"> {
    return {
        items: object.files && Object.entries(object.files).map(([key, path]) => ({ key, path })),
        defaultMode: object.mode ?? mode,
        optional: object.optional,
    };
}

function secretSources({ names, mode }: ProjectedSecretsVolume): k8s.types.input.core.v1.ProjectedVolumeSource {
    return { defaultMode: mode ?? secretMode, sources: names.map((name) => ({ secret: { name } })) };
}

function ephemeralSource({ size, storageClass }: EphemeralVolume): k8s.types.input.core.v1.EphemeralVolumeSource {
    return {
        volumeClaimTemplate: {
            spec: {
                accessModes: ["ReadWriteOnce"],
                storageClassName: storageClass,
                resources: { requests: { storage: size } },
            },
        },
    };
}

function tokenSource(token: TokenVolume): k8s.types.input.core.v1.ProjectedVolumeSource {
    return {
        defaultMode: secretMode,
        sources: [
            {
                serviceAccountToken: {
                    audience: token.audience,
                    path: token.file ?? "token",
                    expirationSeconds: token.expirationSeconds ?? tokenSeconds,
                },
            },
        ],
    };
}

function medium(emptyDir: EmptyDirVolume): pulumi.Input<string> | undefined {
    return emptyDir.inMemory === undefined
        ? undefined
        : mapInput(emptyDir.inMemory, (inMemory) => (inMemory ? "Memory" : ""));
}
