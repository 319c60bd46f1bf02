import type { Stack } from "@pulumi/pulumi/automation";
import {
    openStack,
    prepareFission,
    removeSandbox,
    runDestroy,
    runUp,
    type Sandbox,
    type StackRun,
    startSandbox,
} from "../sandbox";
import { readConfiguration } from "../stacks/config/read";
import { deployStack } from "../stacks/program";
import { asConfig, projectName, readStackFile } from "../stacks/stack-file";
import { type Contender, measure, type Measure, table } from "./harness";
import { type Kubectl, kubectlContender, kubectlFor } from "./kubectl";
import { objectsOf } from "./objects";
import { plainProgram, stackContender } from "./stacks";

const stackName = "local";

const measures: readonly Measure[] = [
    { key: "up", title: "Deployment until ready (s)", digits: 1 },
    { key: "second", title: "Second preview, or kubectl diff (s)", digits: 1 },
    { key: "down", title: "Destruction (s)", digits: 1 },
];

/**
 * Deploys the local stack in a sandbox of its own, beside the same objects by kubectl and by a program that is written by
 * hand.
 */
export async function benchDeployment(rounds: number, report: (line: string) => void): Promise<string> {
    await prepareFission(report);
    const name = `bench-${process.pid}`;
    const remove = (): Promise<void> => removeSandbox(name, report);
    process.once("SIGINT", () => void remove().finally(() => process.exit(130)));
    try {
        return await compare(await startSandbox({ name, report }), rounds, report);
    } finally {
        await remove();
    }
}

async function compare(sandbox: Sandbox, rounds: number, report: (line: string) => void): Promise<string> {
    const kubectl = await kubectlFor(sandbox);
    const stack = await openLocalStack(sandbox);
    report("once, not counted: the objects that the others deploy are those of this run");
    const run = await runUp(stack);
    const objects = await objectsOf(stack);
    await runDestroy(stack);

    const program = plainProgram(sandbox, objects);
    const plain = await openStack({ sandbox, project: "plain", stack: stackName, program });
    const contenders = [
        kubectlContender(kubectl, objects),
        stackContender("a program written by hand", plain),
        stackContender("kubernetes-faas", stack),
    ].map((contender) => leavingNothing(contender, kubectl));
    const results = await measure(contenders, rounds, report);
    const facts = describeRun(sandbox, run, objects.length, rounds);
    return [facts, ...measures.map((each) => table(each, results))].join("\n\n");
}

function openLocalStack(sandbox: Sandbox): Promise<Stack> {
    const { kubeconfig, context } = sandbox;
    const config = { ...readStackFile(stackName), [`${projectName}:cluster`]: { kind: "local", kubeconfig, context } };
    return openStack({
        sandbox,
        project: projectName,
        stack: stackName,
        program: () => deployStack(readConfiguration()),
        config: asConfig(config),
    });
}

/** The contender; every run begins with a cluster that holds nothing of the one before. */
function leavingNothing(contender: Contender, kubectl: Kubectl): Contender {
    return {
        name: contender.name,
        run: async () => {
            const sample = await contender.run();
            await assertGone(kubectl);
            return sample;
        },
    };
}

async function assertGone(kubectl: Kubectl): Promise<void> {
    const names = await kubectl("get", "namespaces,customresourcedefinitions", "--output", "name");
    const left = names.split("\n").filter((each) => each && !/\/(default|kube-[a-z-]+)$/.test(each));
    if (left.length > 0) {
        throw new Error(`a run left something behind: ${left.join(", ")}`);
    }
}

function describeRun({ kubernetes }: Sandbox, run: StackRun, objects: number, rounds: number): string {
    const standIn = run.events.some(({ diagnosticEvent }) =>
        diagnosticEvent?.message.includes("the sandbox's stand-in"),
    );
    const others = run.resources.filter(({ type }) => /^(random|tls):/.test(type)).length;
    return [
        `Deployment of the stack ${stackName}: ${objects} Kubernetes objects, ${rounds} rounds.`,
        `Kubernetes ${kubernetes}; nodes and pods are simulated and get ready at once.`,
        `Kubernetes plugin: ${standIn ? "the sandbox's stand-in, so compare with no figure of the official one" : "the official one"}.`,
        `kubernetes-faas makes ${others} keys, passwords and certificates besides; the others are given them.`,
    ].join("\n");
}
