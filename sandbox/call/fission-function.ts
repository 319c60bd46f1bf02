import { unzipSync } from "fflate";
import type { KubernetesObject } from "../client";
import { SandboxError } from "../tools/error";
import type { FoundFunction, ObjectReader } from "./find";
import type { PodFile } from "./pod-files";

/** A function of Fission as the API server holds it: all that its pod would be given. */
export interface FissionFunction {
    name: string;
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
 * Reads everything that belongs to a function of Fission.
 *
 * @throws SandboxError when it is an image, or something of it is missing.
 */
export async function readFissionFunction(
    reader: ObjectReader,
    { name, namespace, object }: FoundFunction,
): Promise<FissionFunction> {
    const spec = object.spec as FunctionSpec;
    if (!spec.package?.packageref) {
        throw new SandboxError(
            `${name} is an image, and containers do not run in the sandbox; only code can be called`,
        );
    }
    const inNamespace = async (resource: string, wanted: string): Promise<KubernetesObject> => {
        const known = await reader.get(`${api}/namespaces/${namespace}/${resource}/${wanted}`);
        if (!known) {
            throw new SandboxError(`${name} cannot run: ${resource}/${wanted} is not in namespace ${namespace}`);
        }
        return known;
    };
    const [packed, environment] = await Promise.all([
        inNamespace("packages", spec.package.packageref.name),
        inNamespace("environments", spec.environment.name),
    ]);
    return {
        name,
        image: (environment.spec as EnvironmentSpec).runtime.image,
        entry: spec.package.functionName,
        code: unpack((packed.spec as PackageSpec).deployment.literal),
        secrets: (await Promise.all((spec.secrets ?? []).map((secret) => readSecret(reader, secret)))).flat(),
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

/** The files of a zip in base64; folders have no content. */
function unpack(literal: string): PodFile[] {
    return Object.entries(unzipSync(Buffer.from(literal, "base64")))
        .filter(([path]) => !path.endsWith("/"))
        .map(([path, content]) => ({ path, content }));
}

async function readSecret(reader: ObjectReader, { namespace, name }: SecretReference): Promise<PodFile[]> {
    const secret = await reader.get(`/api/v1/namespaces/${namespace}/secrets/${name}`);
    const data = (secret?.data ?? {}) as Record<string, string>;
    return Object.entries(data).map(([key, value]) => ({
        path: `${namespace}/${name}/${key}`,
        content: Buffer.from(value, "base64"),
    }));
}
