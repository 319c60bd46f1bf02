import type { KubernetesObject } from "../client";
import { SandboxError } from "../tools/error";
import type { FoundFunction, ObjectReader } from "./find";
import type { PodFile } from "./pod-files";

/** A container as a process: what it runs, with which variables. */
export interface ContainerProcess {
    name: string;
    command: string[];
    variables: Record<string, string>;
    /** Where it runs in the pod. @default wherever the image says */
    directory?: string;
}

/** A function's pod as the API server holds it: all that a process needs to run in its place. */
export interface WorkloadFunction {
    name: string;
    /** What runs first, one after the other: the installation of dependencies. */
    preparations: ContainerProcess[];
    server: ContainerProcess;
    /** Files of ConfigMaps and Secrets by their paths in the pod, without the first `/`. */
    files: PodFile[];
    /** Where volumes are mounted in the pod. */
    mounts: string[];
    /** Volumes that begin empty, by where they are mounted: containers share what they write there. */
    scratch: ScratchMount[];
}

/** A folder of an empty volume at a path of the pod. */
export interface ScratchMount {
    mountPath: string;
    /** The volume, and a folder in it if only that is mounted. */
    folder: string;
}

interface PodSpec {
    initContainers?: Container[];
    containers: Container[];
    volumes?: Volume[];
}

interface Container {
    name: string;
    command?: string[];
    args?: string[];
    workingDir?: string;
    env?: Variable[];
    envFrom?: { prefix?: string; configMapRef?: Source; secretRef?: Source }[];
    volumeMounts?: Mount[];
}

interface Mount {
    name: string;
    mountPath: string;
    subPath?: string;
}

interface Source {
    name: string;
    optional?: boolean;
}

interface Variable {
    name: string;
    value?: string;
    valueFrom?: {
        secretKeyRef?: Source & { key: string };
        configMapKeyRef?: Source & { key: string };
        fieldRef?: { fieldPath: string };
    };
}

interface Items {
    optional?: boolean;
    items?: { key: string; path: string }[];
}

interface Volume {
    name: string;
    emptyDir?: object;
    configMap?: Items & { name: string };
    secret?: Items & { secretName: string };
    projected?: { sources?: { configMap?: Items & { name: string }; secret?: Items & { name: string } }[] };
}

/** Which collection of the API holds what a pod refers to. */
type Collection = "configmaps" | "secrets";

/**
 * Reads the Deployment of a function, and the ConfigMaps and Secrets that its pods are given.
 *
 * @throws SandboxError when the function is an image, or something that its pods need is missing, as they would wait then.
 */
export async function readWorkload(
    reader: ObjectReader,
    { name, namespace, object }: FoundFunction,
): Promise<WorkloadFunction> {
    const pod = (object.spec as { template: { spec: PodSpec } }).template.spec;
    const [container] = pod.containers;
    if (container?.command === undefined) {
        throw new SandboxError(
            `${name} is an image, and containers do not run in the sandbox; only code can be called`,
        );
    }
    const contents = contentReader(reader, name, namespace);
    const mounts = mountsOf([...(pod.initContainers ?? []), container]);
    const files = await Promise.all(mounts.map((mount) => mountedFiles(pod, mount, contents)));
    const known: Record<string, string> = { "metadata.namespace": namespace, "metadata.name": name };
    const described = (each: Container): Promise<ContainerProcess> => describe(each, contents, known);
    return {
        name,
        preparations: await Promise.all((pod.initContainers ?? []).map(described)),
        server: await described(container),
        files: files.flat(),
        mounts: mounts.map(({ mountPath }) => mountPath),
        scratch: mounts
            .filter((mount) => pod.volumes?.find((volume) => volume.name === mount.name)?.emptyDir)
            .map(({ name: volume, mountPath, subPath }) => ({ mountPath, folder: `${volume}/${subPath ?? ""}` })),
    };
}

/** The mounts of all containers. One file tree serves all of them, so what two share is there once. */
function mountsOf(containers: readonly Container[]): Mount[] {
    const mounts = containers.flatMap(({ volumeMounts }) => volumeMounts ?? []);
    return [...new Map(mounts.map((mount) => [mount.mountPath, mount])).values()];
}

/** What a ConfigMap or Secret holds, by key; undefined for one that is missing and may be. */
type ContentReader = (collection: Collection, source: Source) => Promise<Record<string, Buffer> | undefined>;

function contentReader(reader: ObjectReader, name: string, namespace: string): ContentReader {
    return async (collection, source) => {
        const object = await reader.get(`/api/v1/namespaces/${namespace}/${collection}/${source.name}`);
        if (object) {
            return contentOf(object);
        }
        if (source.optional) {
            return undefined;
        }
        throw new SandboxError(
            `${name} cannot run: its pods are given ${collection}/${source.name}, which is not in namespace ${namespace}`,
        );
    };
}

function contentOf({ kind, data, binaryData }: KubernetesObject): Record<string, Buffer> {
    const decode = (values: unknown, encoding: BufferEncoding): [string, Buffer][] =>
        Object.entries((values ?? {}) as Record<string, string>).map(([key, text]) => [
            key,
            Buffer.from(text, encoding),
        ]);
    return Object.fromEntries([
        ...decode(data, kind === "Secret" ? "base64" : "utf8"),
        ...decode(binaryData, "base64"),
    ]);
}

async function describe(
    container: Container,
    contents: ContentReader,
    known: Record<string, string>,
): Promise<ContainerProcess> {
    const variables: Record<string, string> = {};
    for (const { prefix = "", configMapRef, secretRef } of container.envFrom ?? []) {
        const content = configMapRef
            ? await contents("configmaps", configMapRef)
            : secretRef && (await contents("secrets", secretRef));
        for (const [key, value] of Object.entries(content ?? {})) {
            variables[prefix + key] = value.toString();
        }
    }
    for (const variable of container.env ?? []) {
        const value = await valueOf(variable, contents, known);
        if (value !== undefined) {
            variables[variable.name] = value;
        }
    }
    const words = [...(container.command ?? []), ...(container.args ?? [])];
    return {
        name: container.name,
        command: words.map((word) => expand(word, variables)),
        variables,
        directory: container.workingDir,
    };
}

async function valueOf(
    { name, value, valueFrom }: Variable,
    contents: ContentReader,
    known: Record<string, string>,
): Promise<string | undefined> {
    const { secretKeyRef, configMapKeyRef, fieldRef } = valueFrom ?? {};
    const source = secretKeyRef ?? configMapKeyRef;
    if (fieldRef) {
        return known[fieldRef.fieldPath];
    }
    if (!source) {
        return value;
    }
    const content = await contents(secretKeyRef ? "secrets" : "configmaps", source);
    const found = content?.[source.key];
    if (found === undefined && !source.optional) {
        throw new SandboxError(`the function cannot run: ${source.name} has no key "${source.key}" for ${name}`);
    }
    return found?.toString();
}

/** Kubernetes replaces `$(NAME)` in commands, and makes one `$` of two. */
function expand(word: string, variables: Readonly<Record<string, string>>): string {
    return word.replace(/\$(\$|\((\w+)\))/g, (all, one: string, name?: string) =>
        one === "$" ? "$" : (variables[name!] ?? all),
    );
}

/** The files of one mounted volume. */
async function mountedFiles(
    pod: PodSpec,
    { name, mountPath, subPath }: Mount,
    contents: ContentReader,
): Promise<PodFile[]> {
    const volume = pod.volumes?.find((each) => each.name === name);
    const files = await volumeFiles(volume, contents);
    const folder = mountPath.replace(/^\/|\/$/g, "");
    if (subPath === undefined) {
        return files.map(({ path, content }) => ({ path: `${folder}/${path}`, content }));
    }
    return files
        .filter(({ path }) => path === subPath || path.startsWith(`${subPath}/`))
        .map(({ path, content }) => ({ path: folder + path.slice(subPath.length), content }));
}

async function volumeFiles(volume: Volume | undefined, contents: ContentReader): Promise<PodFile[]> {
    const { configMap, secret, projected } = volume ?? {};
    const sources: [Collection, Items & Source][] = [];
    for (const source of [
        { configMap, secret: secret && { ...secret, name: secret.secretName } },
        ...(projected?.sources ?? []),
    ]) {
        if (source.configMap) {
            sources.push(["configmaps", source.configMap]);
        }
        if (source.secret) {
            sources.push(["secrets", source.secret]);
        }
    }
    const files = await Promise.all(
        sources.map(async ([collection, source]) => chosen((await contents(collection, source)) ?? {}, source)),
    );
    return files.flat();
}

/** The keys of a volume's source at the paths that it names; all of them under their own names unless it does. */
function chosen(content: Record<string, Buffer>, { items }: Items): PodFile[] {
    return items
        ? items.flatMap(({ key, path }) => (content[key] ? [{ path, content: content[key] }] : []))
        : Object.entries(content).map(([path, bytes]) => ({ path, content: bytes }));
}
