import { unzipSync } from "fflate";
import { type KubernetesObject, type SandboxClient } from "../client";
import { SandboxError } from "../tools/error";

/** A file that an environment finds in the function's pod. */
export interface PodFile {
    /** Relative to its folder. */
    path: string;
    content: Uint8Array;
}

/** A function of Fission as the API server holds it: all that its pod would be given. */
export interface DeployedFunction {
    name: string;
    namespace: string;
    /** Image of the environment, which tells the language. */
    image: string;
    /** What of the code is called. */
    entry: string;
    /** The code, unpacked. */
    code: PodFile[];
    /** Secrets as files: `<namespace>/<secret>/<key>`. */
    secrets: PodFile[];
}

const api = "/apis/fission.io/v1";

/**
 * Reads a function and everything that belongs to it.
 *
 * @throws SandboxError when there is no such function, naming those that there are, or when it is an image.
 */
export async function readDeployedFunction(client: SandboxClient, name: string): Promise<DeployedFunction> {
    const found = await findFunction(client, name);
    const namespace = found.metadata.namespace!;
    const spec = found.spec as FunctionSpec;
    if (!spec.package?.packageref) {
        throw new SandboxError(
            `${name} is an image, and containers do not run in the sandbox; only code can be called`,
        );
    }
    const inNamespace = (resource: string, object: string): Promise<KubernetesObject> =>
        client.request("GET", `${api}/namespaces/${namespace}/${resource}/${object}`);
    const [packed, environment] = await Promise.all([
        inNamespace("packages", spec.package.packageref.name),
        inNamespace("environments", spec.environment.name),
    ]);
    return {
        name,
        namespace,
        image: (environment.spec as EnvironmentSpec).runtime.image,
        entry: spec.package.functionName,
        code: unpack((packed.spec as PackageSpec).deployment.literal),
        secrets: (await Promise.all((spec.secrets ?? []).map((secret) => readSecret(client, secret)))).flat(),
    };
}

interface FunctionSpec {
    package?: { packageref?: { name: string }; functionName: string };
    environment: { name: string };
    secrets?: SecretReference[];
}

interface SecretReference {
    namespace: string;
    name: string;
}

interface EnvironmentSpec {
    runtime: { image: string };
}

interface PackageSpec {
    deployment: { literal: string };
}

async function findFunction(client: SandboxClient, name: string): Promise<KubernetesObject> {
    const functions = (await client.get(`${api}/functions`)) as { items?: KubernetesObject[] } | undefined;
    const all = functions?.items ?? [];
    const found = all.find(({ metadata }) => metadata.name === name);
    if (!found) {
        const names = all.map(({ metadata }) => metadata.name).sort();
        const others = names.length > 0 ? `there are ${names.join(", ")}` : "there is none; `npm start` deploys one";
        throw new SandboxError(`there is no function "${name}" in the sandbox; ${others}`);
    }
    return found;
}

/** The files of a zip in base64; folders have no content. */
function unpack(literal: string): PodFile[] {
    return Object.entries(unzipSync(Buffer.from(literal, "base64")))
        .filter(([path]) => !path.endsWith("/"))
        .map(([path, content]) => ({ path, content }));
}

async function readSecret(client: SandboxClient, { namespace, name }: SecretReference): Promise<PodFile[]> {
    const secret = await client.get(`/api/v1/namespaces/${namespace}/secrets/${name}`);
    const data = (secret?.data ?? {}) as Record<string, string>;
    return Object.entries(data).map(([key, value]) => ({
        path: `${namespace}/${name}/${key}`,
        content: Buffer.from(value, "base64"),
    }));
}
