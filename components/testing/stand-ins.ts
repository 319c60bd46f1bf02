import type { RecordedResource } from "./recorded-resource";

/** What a provider would add to a resource's inputs. */
export interface StandInOutputs {
    id: string;
    state: Record<string, unknown>;
}

/** Outputs like those of the real plugins, the same at each run. */
export function standInOutputs(
    resource: RecordedResource,
    inputs: Record<string, unknown>,
    autoName: (resource: RecordedResource) => string = fixedName,
): StandInOutputs {
    const generated = generators[resource.type]?.(resource);
    if (generated) {
        return { id: `${resource.name}-id`, state: generated };
    }
    if (resource.type.startsWith("kubernetes:")) {
        return kubernetesObject(resource, inputs, autoName);
    }
    return { id: `${resource.name}-id`, state: {} };
}

/** Eight hexadecimal digits, as the real plugin appends. */
function fixedName({ name }: RecordedResource): string {
    return `${name}-0a1b2c3d`;
}

function kubernetesObject(
    resource: RecordedResource,
    inputs: Record<string, unknown>,
    autoName: (resource: RecordedResource) => string,
): StandInOutputs {
    const given = (resource.inputs.metadata ?? {}) as { name?: string; namespace?: string };
    const name = given.name ?? autoName(resource);
    const metadata = { ...(plainObject(inputs.metadata) ? inputs.metadata : given), name };
    return {
        id: given.namespace === undefined ? name : `${given.namespace}/${name}`,
        state: { metadata },
    };
}

function plainObject(value: unknown): value is Record<string, unknown> {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}

const generators: Record<string, (resource: RecordedResource) => Record<string, unknown>> = {
    "random:index/randomPassword:RandomPassword": ({ name, inputs }) => ({
        result: fill(`password-of-${name}-`, Number(inputs.length)),
        bcryptHash: `$2a$10$hash-of-${name}`,
    }),
    "random:index/randomBytes:RandomBytes": ({ name, inputs }) => {
        const bytes = Buffer.from(fill(`bytes-of-${name}-`, Number(inputs.length)));
        return { base64: bytes.toString("base64"), hex: bytes.toString("hex") };
    },
    "random:index/randomString:RandomString": ({ name, inputs }) => ({
        result: fill(`string-of-${name}-`, Number(inputs.length)),
    }),
    "random:index/randomId:RandomId": ({ inputs }) => {
        const bytes = Buffer.alloc(Number(inputs.byteLength), 0xab);
        return { hex: bytes.toString("hex"), b64Std: bytes.toString("base64"), b64Url: bytes.toString("base64url") };
    },
    "random:index/randomUuid:RandomUuid": () => ({ result: "6ba7b810-9dad-41d1-80b4-00c04fd430c8" }),
    "tls:index/privateKey:PrivateKey": ({ name }) => ({
        privateKeyPem: pem("PRIVATE KEY", name),
        privateKeyPemPkcs8: pem("PRIVATE KEY", `${name} as PKCS8`),
        privateKeyOpenssh: pem("OPENSSH PRIVATE KEY", name),
        publicKeyPem: pem("PUBLIC KEY", name),
        publicKeyOpenssh: `ssh-ed25519 ${name}`,
    }),
    "tls:index/selfSignedCert:SelfSignedCert": ({ name }) => ({ certPem: pem("CERTIFICATE", name) }),
    "tls:index/certRequest:CertRequest": ({ name }) => ({ certRequestPem: pem("CERTIFICATE REQUEST", name) }),
    "tls:index/locallySignedCert:LocallySignedCert": ({ name }) => ({ certPem: pem("CERTIFICATE", name) }),
};

function fill(text: string, length: number): string {
    return text.repeat(Math.ceil(length / text.length)).slice(0, length);
}

function pem(label: string, content: string): string {
    return `-----BEGIN ${label}-----\n${content}\n-----END ${label}-----\n`;
}
