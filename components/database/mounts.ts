import type { VolumeMount } from "../core/workload";

/** Shows a container some files of a pod's volume and not the rest, at the place where they are in the whole. */
export function fileMounts(volume: string, folder: string, files: readonly string[]): VolumeMount[] {
    return files.map((file) => ({ volume, path: `${folder}/${file}`, subPath: file, readOnly: true }));
}

/** What measures a server logs in by a certificate of its own; the other keys of the volume open all. */
export const monitorFiles: readonly string[] = ["ca.crt", "monitor.crt", "monitor.key"];
