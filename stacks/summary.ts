import type { OutputMap } from "@pulumi/pulumi/automation";
import { callFunction, SandboxError, type StackPlace, type StackRun } from "../sandbox";
import { type GatewayAddress, type NextStep, type PlatformName, platformStack } from "./platforms";

/** Where the stack was deployed. */
export interface Place extends StackPlace {
    readonly context?: string;
    /** Whether the nodes are simulated, so that no container runs. */
    readonly simulated: boolean;
}

/** The stack's outputs, as the program gives them. */
interface Outputs {
    platform: PlatformName;
    gateway: GatewayAddress;
    /** Whether the gateway asks for a login; its password is secret, and stays so. */
    credentials?: unknown;
    functions: Record<string, FunctionOutputs>;
    databases?: Record<string, { engine: string; host: string; port: number }>;
    storage?: { kind: string; endpoint: string; buckets: string[] };
    ingress?: IngressOutputs;
    /** By protection and user; secret, and never printed. */
    passwords?: Record<string, Record<string, string>>;
}

interface IngressOutputs {
    controller: string;
    namespace: string;
    urls: Record<string, string>;
    /** The authority that clients are to trust, where it is the stack's own. */
    caCertificate?: string;
}

interface FunctionOutputs {
    service: GatewayAddress;
    path: string;
    urls: string[];
}

/** One line: what a run did or would do. */
export function describeRun(run: StackRun): string {
    const counts = new Map<string, number>();
    for (const { operation } of run.changed) {
        counts.set(operation, (counts.get(operation) ?? 0) + 1);
    }
    const parts = [...counts].map(([operation, count]) => `${count} to ${operation}`);
    return parts.length === 0 ? `No change to ${run.resources.length} resources.` : `${parts.join(", ")}.`;
}

/** The values of a stack's outputs, secret ones among them. */
export function valuesOf(outputs: OutputMap): Record<string, unknown> {
    return Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, value as unknown]));
}

/** What is there now, whether it answers, and what to do next. */
export async function summarise(place: Place, outputs: OutputMap, run: StackRun): Promise<string> {
    const known = valuesOf(outputs) as unknown as Outputs;
    const { platform, functions } = known;
    return [
        "",
        run.changed.length === 0 ? "Nothing changed." : "Deployed.",
        `  cluster    ${describePlace(place)}`,
        `  platform   ${platform}; ${describeGateway(known)}`,
        ...describeIngress(place, known),
        ...describeData(place, known),
        ...(await Promise.all(Object.entries(functions).map(([name, fn]) => describeFunction(place, name, fn)))),
        "",
        ...nextSteps(place, known),
    ].join("\n");
}

function describePlace({ context, simulated }: Place): string {
    return simulated
        ? `${context}: a real Kubernetes API server; its nodes and pods are simulated`
        : (context ?? "the kubeconfig's current context");
}

function describeGateway({ gateway, credentials }: Outputs): string {
    if (gateway.service === "") {
        return "it has no gateway, each function has a Service of its own";
    }
    const login = credentials === undefined ? "" : ", which asks for a login for everything else";
    return `functions are called through Service ${gateway.namespace}/${gateway.service}${login}`;
}

function describeIngress({ simulated }: Place, { ingress, passwords = {} }: Outputs): string[] {
    if (!ingress) {
        return [];
    }
    const { controller, namespace, urls } = ingress;
    const users = Object.entries(passwords).map(([name, known]) => `${Object.keys(known).join(", ")} (${name})`);
    const asked = simulated ? "; its pods are simulated, so https URLs do not answer here" : "";
    return [
        `  ingress    ${controller}: Service ${namespace}/${controller}${asked}`,
        ...(users.length > 0 ? [`  users      ${users.join("; ")}`] : []),
        ...Object.entries(urls).map(([name, url]) => `  route      ${name}: ${url}`),
    ];
}

function describeData({ simulated }: Place, { databases = {}, storage }: Outputs): string[] {
    const asked = simulated ? "; its pods are simulated, so nothing answers there" : "";
    return [
        ...Object.entries(databases).map(
            ([name, { engine, host, port }]) => `  database   ${name}: ${engine} at ${host}:${port}${asked}`,
        ),
        ...(storage
            ? [`  storage    ${storage.kind} at ${storage.endpoint}: ${storage.buckets.join(", ")}${asked}`]
            : []),
    ];
}

async function describeFunction(place: Place, name: string, { service, path, urls }: FunctionOutputs) {
    const { namespace, service: host, port } = service;
    const inCluster = `http://${host}.${namespace}.svc.cluster.local${port === 80 ? "" : `:${port}`}${path}`;
    const answer = place.simulated ? `\n             ${await answerOf(place, name)}` : "";
    return `  function   ${name}: ${[...urls, inCluster].join(", ")}${answer}`;
}

/** What the function really answers, as a process, since no pod of the sandbox runs. */
async function answerOf({ kubeconfig }: Place, name: string): Promise<string> {
    try {
        const { status, body } = await callFunction({ kubeconfig: kubeconfig! }, name);
        return `run as a process with the code in the cluster, it answers ${status} ${JSON.stringify(body)}`;
    } catch (error) {
        if (error instanceof SandboxError) {
            return `not called: ${error.message}`;
        }
        throw error;
    }
}

function nextSteps(place: Place, outputs: Outputs): string[] {
    const { platform, gateway, functions } = outputs;
    const { simulated, context, kubeconfig } = place;
    const [name = "NAME"] = Object.keys(functions);
    // The sandbox is what commands work with by themselves; elsewhere they are told.
    const where = simulated ? "" : `${option("--kubeconfig", kubeconfig)}${option("--context", context)}`;
    // Without npm's own lines, so that the output can be piped.
    const kubectl = simulated ? "npm run -s sandbox -- kubectl" : `kubectl${where}`;
    const platformSteps = platformStack(platform).nextSteps?.(gateway, kubectl) ?? [];
    const steps: NextStep[] = [
        { what: "look around", command: `${kubectl} get all -A` },
        { what: "call a function", command: `npm run call --${where} ${name}` },
        ...[...ingressSteps(outputs, kubectl, where), ...platformSteps].filter(
            ({ needsPods }) => !(simulated && needsPods),
        ),
        { what: "change something", command: "edit a function, then npm start with the same options again" },
        { what: "write a function", command: "npm run call -- --watch examples/hello/hello.js" },
        {
            what: "remove everything",
            command: simulated ? "npm run sandbox -- down" : "npm start -- --destroy with the same options",
        },
    ];
    const width = Math.max(...steps.map(({ what }) => what.length));
    return ["Next", ...steps.map(({ what, command }) => `  ${what.padEnd(width)}   ${command}`)];
}

/** How to log in at the ingress. Without npm's own lines, a value alone is printed. */
function ingressSteps({ ingress, passwords = {}, functions }: Outputs, kubectl: string, where: string): NextStep[] {
    if (!ingress) {
        return [];
    }
    const show = `npm -s start --${where} --show`;
    const logins = Object.entries(passwords).flatMap(([protection, users]) =>
        Object.keys(users).map((user) => ({ user, path: `${protection}.${user}` })),
    );
    const steps = logins.map(({ user, path }) => ({
        what: `password of ${user}`,
        command: `${show} passwords.${path}`,
    }));
    const [url] = Object.values(functions).flatMap(({ urls }) => urls);
    return url === undefined ? steps : [...steps, ...callSteps(ingress, url, { show, kubectl, user: logins[0]?.user })];
}

/** How to call a URL of the ingress from this machine, where its nodes are not reached. */
function callSteps(
    { controller, namespace, caCertificate }: IngressOutputs,
    url: string,
    { show, kubectl, user }: { show: string; kubectl: string; user: string | undefined },
): NextStep[] {
    const { port } = new URL(url);
    const trust = caCertificate === undefined ? "" : ` --cacert <(${show} ingress.caCertificate)`;
    const login = user === undefined ? "" : ` --user ${user}`;
    const forward = `${kubectl} -n ${namespace} port-forward svc/${controller} ${port || 443}:443`;
    return [
        { what: "reach the ingress", command: forward, needsPods: true },
        { what: "call through it", command: `curl${trust}${login} ${url}`, needsPods: true },
    ];
}

const option = (name: string, value: string | undefined): string => (value === undefined ? "" : ` ${name} ${value}`);
