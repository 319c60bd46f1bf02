import * as pulumi from "@pulumi/pulumi";
import type { VolumeMount, WorkloadContainer } from "../core/workload";
import type { ServerPlace } from "./engine";
import type { ServerFolders } from "./mounts";

/** What an engine's `prepare.sh` runs in. */
interface Preparation {
    image: pulumi.Input<string>;
    folders: ServerFolders;
    /** Beside POD_NAME, POD_HOST (a pod's host, `%s` is its ordinal), SETTINGS, CERTIFICATES and RUN. */
    environment: Record<string, pulumi.Input<string>>;
    mounts: VolumeMount[];
    /** The script starts a server like the one that comes after. */
    startsServer: boolean;
}

/** The init container that readies a pod's data by the engine's `prepare.sh`. */
export function prepareContainer(
    place: ServerPlace,
    { image, folders, environment, mounts, startsServer }: Preparation,
): WorkloadContainer {
    return {
        name: "prepare",
        image,
        command: ["sh", `${folders.settings}/prepare.sh`],
        environment: {
            POD_HOST: pulumi.interpolate`${place.name}-%s.${place.name}-headless.${place.namespace}.svc`,
            SETTINGS: folders.settings,
            CERTIFICATES: folders.certificates,
            RUN: folders.run,
            ...environment,
        },
        environmentFromFields: { POD_NAME: "metadata.name" },
        resources: startsServer ? { limits: { cpu: "2", memory: place.memory } } : undefined,
        mounts,
    };
}
