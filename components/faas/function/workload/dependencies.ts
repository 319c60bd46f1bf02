import type * as pulumi from "@pulumi/pulumi";
import { mapInput } from "../../../core/inputs";
import { quantityValue } from "../../../core/validation";
import type { VolumeMount, WorkloadContainer, WorkloadVolume } from "../../../core/workload";
import { FunctionRuntime } from "../args";
import type { ResolvedFunction } from "../driver";

const volumeName = "dependencies";
const configurationVolume = "dependencies-configuration";

/** Where the init container installs. */
const installDirectory = "/install";
const configurationDirectory = "/configuration";

/** Folders of the volume. */
const folders: Readonly<Record<FunctionRuntime, string>> = {
    [FunctionRuntime.Nodejs]: "node_modules",
    [FunctionRuntime.Python]: "packages",
};

const defaultSize = "512Mi";

/** What installs a function's dependencies, and where the function finds them. */
export interface DependencyParts {
    initContainers: WorkloadContainer[];
    volumes: WorkloadVolume[];
    /** The function's own mounts. */
    mounts: VolumeMount[];
}

/** How a language's packages are installed. */
interface Installer {
    /** Run by `sh -e`; the volume is the working directory. */
    script: string;
    /** The variable that names the registry. */
    registryVariable: string;
    /** The variable that names the configuration file. */
    configurationVariable: string;
    environment: Record<string, string>;
}

/** What the installation of dependencies starts from. */
export interface DependencyArgs {
    /** The language's image. */
    image: pulumi.Input<string>;
    /** The mount of the code. */
    code: VolumeMount;
    /** The function's plain variables, which may name a proxy. */
    variables: Record<string, pulumi.Input<string>>;
}

/**
 * An init container that installs what the code declares into a volume of the pod's own.
 *
 * Nothing but downloading and unpacking is done: no install script of npm, no build of pip, both of which would run
 * whatever a package says.
 */
export function dependencyParts(fn: ResolvedFunction, { image, code, variables }: DependencyArgs): DependencyParts {
    const { dependencies, runtime } = fn;
    if (dependencies === undefined) {
        return { initContainers: [], volumes: [], mounts: [] };
    }
    const folder = folders[runtime!];
    const installer = installers[runtime!](code.path, fn);
    const { configuration, registryUrl, size = defaultSize } = dependencies;
    const configured = configuration && {
        volume: {
            name: configurationVolume,
            secret: { name: configuration.secretName, files: { [configuration.key]: "file" } },
        },
        mount: { volume: configurationVolume, path: configurationDirectory },
        environment: { [installer.configurationVariable]: `${configurationDirectory}/file` },
    };
    return {
        initContainers: [
            {
                name: volumeName,
                image,
                command: ["sh", "-e", "-c", installer.script],
                workingDirectory: installDirectory,
                environment: {
                    ...variables,
                    HOME: "/tmp",
                    ...installer.environment,
                    ...(registryUrl === undefined ? {} : { [installer.registryVariable]: registryUrl }),
                    ...configured?.environment,
                },
                resources: { limits: { cpu: "1", memory: "512Mi", ephemeralStorage: mapInput(size, withRoom) } },
                mounts: [
                    { volume: volumeName, path: installDirectory },
                    code,
                    ...(configured ? [configured.mount] : []),
                ],
            },
        ],
        volumes: [{ name: volumeName, emptyDir: { sizeLimit: size } }, ...(configured ? [configured.volume] : [])],
        mounts: [{ volume: volumeName, path: `/function/${folder}`, subPath: folder, readOnly: true }],
    };
}

/** The pod's limit for all that it writes: the packages, and as much as other pods may have. */
function withRoom(size: string): string {
    const mebibyte = 2 ** 20;
    return `${Math.ceil((quantityValue(size) ?? 0) / mebibyte) + 1024}Mi`;
}

/** Both package managers keep what they need meanwhile on the volume: `/tmp` is small. */
const installers: Readonly<Record<FunctionRuntime, (code: string, fn: ResolvedFunction) => Installer>> = {
    [FunctionRuntime.Nodejs]: (code, { files }) => {
        const locked = files.some(({ path }) => path === "package-lock.json");
        const install = locked ? "npm ci" : "npm install --no-package-lock";
        return {
            script: [
                `cp ${code}/package.json ${locked ? `${code}/package-lock.json ` : ""}.`,
                `${install} --omit=dev --ignore-scripts --no-audit --no-fund --no-update-notifier`,
                // There is none when nothing is needed, and what is mounted has to be there.
                "mkdir -p node_modules",
                "rm -rf .npm",
            ].join("\n"),
            registryVariable: "npm_config_registry",
            configurationVariable: "NPM_CONFIG_USERCONFIG",
            environment: { npm_config_cache: `${installDirectory}/.npm` },
        };
    },
    [FunctionRuntime.Python]: (code) => ({
        script: [
            "mkdir -p packages .tmp",
            `pip install --target packages --requirement ${code}/requirements.txt --only-binary :all: ` +
                "--no-cache-dir --no-compile --disable-pip-version-check",
            "rm -rf .tmp",
        ].join("\n"),
        registryVariable: "PIP_INDEX_URL",
        configurationVariable: "PIP_CONFIG_FILE",
        environment: { TMPDIR: `${installDirectory}/.tmp` },
    }),
};
