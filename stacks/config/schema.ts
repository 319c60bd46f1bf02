import { z } from "zod";
import { FunctionRuntime, HandlerContract, HttpMethod } from "../../components/faas/function";
import { Exposure } from "../../components/core/contracts";
import { Deletion } from "../../components/core/deletion";

/** What the components need to know about the cluster; see docs/cluster.md. */
const traits = z.strictObject({
    exposure: z.enum(Exposure).optional(),
    storageClass: z.string().optional(),
    networkPolicies: z.boolean().optional(),
    apiServer: z
        .strictObject({ cidrs: z.array(z.string()).optional(), ports: z.array(z.number()).optional() })
        .optional(),
    addons: z.array(z.string()).optional(),
});

/** The cluster that the stack lives in. */
const cluster = z.strictObject({
    /** `local`: Minikube, kind, k3d, Docker Desktop or the sandbox; `existing`: any other cluster. */
    kind: z.enum(["existing", "local"]),
    /** Path to a kubeconfig. */
    kubeconfig: z.string().optional(),
    /** The context in the kubeconfig. */
    context: z.string().optional(),
    /** The API server's version; without it the API server is asked. */
    kubernetesVersion: z.string().optional(),
    traits: traits.optional(),
});

/** The serverless platform. */
const faas = z.strictObject({
    platform: z.enum(["fission"]),
    namespace: z.string().optional(),
    functionNamespaces: z.array(z.string()).min(1).optional(),
    /** What happens to stored code when the stack is destroyed. */
    deletion: z.enum(Deletion).optional(),
    /** Size of the volume that keeps archives. */
    storageSize: z.string().optional(),
});

const route = z.strictObject({
    path: z.string(),
    methods: z.array(z.enum(HttpMethod)).optional(),
});

const schedule = z.strictObject({ cron: z.string(), name: z.string().optional() });

const scaling = z.strictObject({
    minimum: z.number().optional(),
    maximum: z.number().optional(),
    targetCpuPercent: z.number().optional(),
});

const resources = z.strictObject({
    cpuRequest: z.string().optional(),
    cpuLimit: z.string().optional(),
    memoryRequest: z.string().optional(),
    memoryLimit: z.string().optional(),
});

const secret = z.strictObject({ variable: z.string(), secretName: z.string(), key: z.string() });

/** A function; the properties are those of `FaasFunction`, with paths in place of assets. */
const fn = z.strictObject({
    namespace: z.string().optional(),
    runtime: z.enum(FunctionRuntime).optional(),
    contract: z.enum(HandlerContract).optional(),
    handler: z.string().optional(),
    /** Path of a source file or folder, from the project's root. */
    code: z.string().optional(),
    image: z.string().optional(),
    environment: z.record(z.string(), z.string()).optional(),
    secrets: z.array(secret).optional(),
    routes: z.array(route).optional(),
    schedules: z.array(schedule).optional(),
    scaling: scaling.optional(),
    resources: resources.optional(),
    timeoutSeconds: z.number().optional(),
});

/** All that a stack file may hold, below `kubernetes-faas:`. */
export const configurationSchema = z.strictObject({
    cluster,
    faas,
    functions: z.record(z.string(), fn).default({}),
});

/** The configuration of a stack, checked. */
export type Configuration = z.output<typeof configurationSchema>;

/** The configuration of one function. */
export type FunctionConfiguration = z.output<typeof fn>;
