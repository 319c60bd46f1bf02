import { execFile } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { promisify } from "node:util";
import { reportToStandardError, type Sandbox } from "../sandbox";
import { findKubectl } from "../sandbox/tools/binaries";
import { type Contender, seconds } from "./harness";
import { settle, type StackObject, steps } from "./objects";

/** Runs kubectl against a sandbox. */
export type Kubectl = (...args: string[]) => Promise<string>;

/** kubectl of the sandbox's Kubernetes version. */
export async function kubectlFor({ kubeconfig, kubernetes }: Sandbox): Promise<Kubectl> {
    const [file, ...first] = await findKubectl(reportToStandardError, kubernetes);
    const env = { ...process.env, KUBECONFIG: kubeconfig };
    return async (...args) => {
        const { stdout } = await promisify(execFile)(file!, [...first, ...args], { env, maxBuffer: 64 * 1024 ** 2 });
        return stdout;
    };
}

/** Manifests on disk, a file for each step and one for all. */
interface Files {
    readonly steps: readonly string[];
    readonly all: string;
}

function writeFiles(objects: readonly StackObject[]): Files {
    const directory = fs.mkdtempSync(path.join(os.tmpdir(), "kubernetes-faas-bench-"));
    const write = (name: string, objects: readonly StackObject[]): string => {
        const items = objects.map(({ resourceType: _type, ...object }) => object);
        const file = path.join(directory, `${name}.json`);
        fs.writeFileSync(file, JSON.stringify({ apiVersion: "v1", kind: "List", items }), { mode: 0o600 });
        return file;
    };
    const files = steps(objects).map((step, index) => write(`${index}`, step));
    // What was made last goes first.
    return { steps: files, all: write("all", steps(objects).reverse().flat()) };
}

/** `kubectl apply --server-side` of objects, waiting for what the next step needs and for readiness at the end. */
export function kubectlContender(kubectl: Kubectl, objects: readonly StackObject[]): Contender {
    return {
        name: "kubectl apply",
        run: async () => {
            const files = writeFiles(objects);
            try {
                const up = await seconds(() => apply(kubectl, files, objects));
                const second = await seconds(() => kubectl("diff", "--server-side", "-f", files.all));
                await settle();
                const down = await seconds(() => kubectl("delete", "--wait", "-f", files.all));
                return { up, second, down };
            } finally {
                fs.rmSync(path.dirname(files.all), { recursive: true });
            }
        },
    };
}

async function apply(kubectl: Kubectl, files: Files, objects: readonly StackObject[]): Promise<void> {
    const [foundations, middle, last] = files.steps;
    const wait = async (condition: string, kind: string): Promise<void> => {
        const ofKind = objects.filter((object) => object.kind === kind);
        for (const namespace of new Set(ofKind.map(({ metadata }) => metadata.namespace))) {
            const place = namespace === undefined ? [] : ["--namespace", namespace];
            const there = ofKind.filter(({ metadata }) => metadata.namespace === namespace);
            const names = there.map(({ metadata }) => `${kind}/${metadata.name}`);
            await kubectl("wait", `--for=${condition}`, "--timeout=300s", ...place, ...names);
        }
    };
    await kubectl("apply", "--server-side", "-f", foundations!);
    await wait("condition=Established", "CustomResourceDefinition");
    await kubectl("apply", "--server-side", "-f", middle!);
    await wait("condition=Available", "Deployment");
    await wait("jsonpath={.status.phase}=Bound", "PersistentVolumeClaim");
    await kubectl("apply", "--server-side", "-f", last!);
}
