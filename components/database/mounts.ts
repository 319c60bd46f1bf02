import type { VolumeMount } from "../core/workload";
import type { ServerPlace } from "./engine";

/** Where the containers of an engine's pods have what they need. */
export interface ServerFolders {
    /** The engine's `files`. */
    settings: string;
    certificates: string;
    /** The pod's own, which is empty when it starts. */
    run: string;
}

/** The volumes that the containers of every engine see, with the pod's claim at `volume`. */
export function serverMounts(place: ServerPlace, volume: string, folders: ServerFolders): VolumeMount[] {
    return [
        { volume: place.claim, path: volume },
        { volume: "config", path: folders.settings },
        { volume: "certificates", path: folders.certificates },
        { volume: "run", path: folders.run },
    ];
}

/** Shows a container some files of a pod's volume and not the rest, at the place where they are in the whole. */
export function fileMounts(volume: string, folder: string, files: readonly string[]): VolumeMount[] {
    return files.map((file) => ({ volume, path: `${folder}/${file}`, subPath: file, readOnly: true }));
}

/** What measures a server logs in by a certificate of its own; the other keys of the volume open all. */
export const monitorFiles: readonly string[] = ["ca.crt", "monitor.crt", "monitor.key"];
