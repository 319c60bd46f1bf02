import type { KubernetesObject } from "../client";
import { SandboxError } from "../tools/error";
import { findFunction, type FindOptions, type FoundFunction, type ObjectReader } from "./find";
import type { Kubectl } from "./kubectl";
import { type CallAnswer, type CallRequest, sendRequest } from "./request";

/** How to reach a function of a cluster. */
export interface ClusterCallOptions extends FindOptions {
    /** URL under which the function is published. @default its Service's address, else a port-forward */
    url?: string;
    /** A Secret with the keys `username` and `password`, as `namespace/name`: the login that the request carries. */
    loginSecret?: string;
}

/** What a function of a cluster answered, and how it was reached. */
export interface ClusterAnswer extends CallAnswer {
    /** `through http://192.0.2.1:80`. */
    via: string;
}

/** Where a function answers inside its cluster. */
interface FunctionService {
    service: KubernetesObject;
    port: number;
    /** The path that leads to the function. */
    path: string;
}

/**
 * Calls a function of a cluster: at the URL that is given, else at the load balancer of the Service that leads to it, else
 * through a port that kubectl forwards to the Service.
 *
 * @throws SandboxError when there is no such function, or it can't be reached.
 */
export async function callOnCluster(
    kubectl: Kubectl,
    name: string,
    request: CallRequest,
    options: ClusterCallOptions = {},
): Promise<ClusterAnswer> {
    const login = options.loginSecret === undefined ? {} : await loginHeaders(kubectl, options.loginSecret);
    const withLogin = { ...request, headers: { ...login, ...request.headers } };
    const send = async (url: string, via: string): Promise<ClusterAnswer> => ({
        ...(await sendRequest(url, withLogin)),
        log: "",
        via,
    });
    if (options.url !== undefined) {
        return send(options.url, `at ${options.url}`);
    }
    const fn = await findFunction(kubectl, name, options);
    const { service, port, path } = await functionService(kubectl, fn);
    const { namespace, name: serviceName } = service.metadata;
    const address = loadBalancerOf(service);
    if (address !== undefined) {
        return send(
            `http://${address}:${port}${path}`,
            `through ${address}, the address of ${namespace}/${serviceName}`,
        );
    }
    const forward = await kubectl.forward(namespace!, serviceName, port);
    try {
        return await send(
            `http://127.0.0.1:${forward.port}${path}`,
            `through a port that kubectl forwarded to Service ${namespace}/${serviceName}`,
        );
    } finally {
        await forward.stop();
    }
}

/** Fission's functions answer behind its router, all others behind a Service of their own, called like the function. */
async function functionService(reader: ObjectReader, fn: FoundFunction): Promise<FunctionService> {
    const { name, namespace, platform } = fn;
    if (platform !== "fission") {
        const service = await reader.get(`/api/v1/namespaces/${namespace}/services/${name}`);
        if (!service) {
            throw new SandboxError(`function ${name} has no Service ${namespace}/${name}`);
        }
        return { service, port: portOf(service), path: "" };
    }
    const service = await fissionRouter(reader, namespace);
    return { service, port: portOf(service), path: `/functions/${namespace}/${name}` };
}

/** The router of the Fission that the namespace belongs to: the one whose name its Environments carry. */
async function fissionRouter(reader: ObjectReader, namespace: string): Promise<KubernetesObject> {
    const labelled = (selector: string): string => `?labelSelector=${encodeURIComponent(selector)}`;
    const environments = await items(
        reader,
        `/apis/fission.io/v1/namespaces/${namespace}/environments${labelled("app.kubernetes.io/name=fission")}`,
    );
    const instance = environments[0]?.metadata.labels?.["app.kubernetes.io/instance"];
    const selector = [
        "app.kubernetes.io/name=fission",
        "app.kubernetes.io/component=router",
        ...(instance === undefined ? [] : [`app.kubernetes.io/instance=${instance}`]),
    ];
    const [router, ...others] = await items(reader, `/api/v1/services${labelled(selector.join(","))}`);
    if (!router || others.length > 0) {
        throw new SandboxError(
            `there ${router ? "are several Services" : "is no Service"} labelled ${selector.join(",")}, so the router ` +
                "of Fission is not known; say by --url where the function answers",
        );
    }
    return router;
}

async function items(reader: ObjectReader, path: string): Promise<KubernetesObject[]> {
    return ((await reader.get(path)) as { items?: KubernetesObject[] } | undefined)?.items ?? [];
}

interface ServiceFields {
    spec: { ports: { port: number }[] };
    status?: { loadBalancer?: { ingress?: { ip?: string; hostname?: string }[] } };
}

const portOf = (service: KubernetesObject): number => (service as unknown as ServiceFields).spec.ports[0]!.port;

function loadBalancerOf(service: KubernetesObject): string | undefined {
    const [first] = (service as unknown as ServiceFields).status?.loadBalancer?.ingress ?? [];
    return first?.hostname ?? first?.ip;
}

/** Reads a login where the stack keeps it, so that no password is typed. */
async function loginHeaders(reader: ObjectReader, secret: string): Promise<Record<string, string>> {
    const [namespace, name, ...rest] = secret.split("/");
    if (!namespace || !name || rest.length > 0) {
        throw new SandboxError(`--login-secret is "${secret}"; give a namespace and a name: "ingress/login"`);
    }
    const found = await reader.get(`/api/v1/namespaces/${namespace}/secrets/${name}`);
    const { username, password } = (found?.data ?? {}) as Record<string, string>;
    if (username === undefined || password === undefined) {
        throw new SandboxError(
            found ? `Secret ${secret} has no keys username and password` : `there is no Secret ${secret}`,
        );
    }
    const decode = (text: string): string => Buffer.from(text, "base64").toString();
    const token = Buffer.from(`${decode(username)}:${decode(password)}`).toString("base64");
    return { authorization: `Basic ${token}` };
}
