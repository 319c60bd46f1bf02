import type { OutputMap } from "@pulumi/pulumi/automation";
import { callFunction, SandboxError, type StackPlace, type StackRun } from "../sandbox";

/** Where the stack was deployed. */
export interface Place extends StackPlace {
    readonly context?: string;
    /** Whether the nodes are simulated, so that no container runs. */
    readonly simulated: boolean;
}

/** The stack's outputs, as the program gives them. */
interface Outputs {
    platform: string;
    gateway: { namespace: string; service: string; port: number };
    functions: Record<string, { path: string; urls: string[] }>;
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

/** What is there now, whether it answers, and what to do next. */
export async function summarise(place: Place, outputs: OutputMap, run: StackRun): Promise<string> {
    const { platform, gateway, functions } = Object.fromEntries(
        Object.entries(outputs).map(([name, { value }]) => [name, value as unknown]),
    ) as unknown as Outputs;
    return [
        "",
        run.changed.length === 0 ? "Nothing changed." : "Deployed.",
        `  cluster    ${describePlace(place)}`,
        `  platform   ${platform}; functions are called through Service ${gateway.namespace}/${gateway.service}`,
        ...(await Promise.all(Object.entries(functions).map(([name, fn]) => describeFunction(place, name, fn)))),
        "",
        ...nextSteps(place, gateway, functions),
    ].join("\n");
}

function describePlace({ context, simulated }: Place): string {
    return simulated
        ? `${context}: a real Kubernetes API server; its nodes and pods are simulated`
        : (context ?? "the kubeconfig's current context");
}

async function describeFunction(place: Place, name: string, { path, urls }: { path: string; urls: string[] }) {
    const addresses = urls.length > 0 ? urls.join(", ") : `${path} at the gateway`;
    const answer = place.simulated ? `\n             ${await answerOf(place, name)}` : "";
    return `  function   ${name}: ${addresses}${answer}`;
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

function nextSteps(place: Place, gateway: Outputs["gateway"], functions: Outputs["functions"]): string[] {
    const [name] = Object.keys(functions);
    const look = place.simulated ? "npm run sandbox -- kubectl" : "kubectl";
    const call = place.simulated
        ? `npm run sandbox -- call ${name ?? "NAME"}`
        : `kubectl -n ${gateway.namespace} port-forward svc/${gateway.service} 8888:${gateway.port}, then curl http://localhost:8888${name ? functions[name]!.path : "/"}`;
    return [
        "Next",
        `  look around          ${look} get all -A`,
        `  call a function      ${call}`,
        "  change something     edit stacks/Pulumi.local.yaml or examples/hello/hello.js, then npm start again",
        `  remove everything    ${place.simulated ? "npm run sandbox -- down" : "npm start -- --destroy with the same options"}`,
    ];
}
