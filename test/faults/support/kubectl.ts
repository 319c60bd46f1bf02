import { spawnSync } from "node:child_process";
import { reportToStandardError, type Sandbox } from "../../../sandbox";
import { findKubectl } from "../../../sandbox/tools/binaries";

/** Runs kubectl against a sandbox, as somebody beside Pulumi would, and returns what it prints. */
export async function kubectl({ kubeconfig }: Sandbox, args: string[]): Promise<string> {
    const [file, ...first] = await findKubectl(reportToStandardError);
    const { status, stdout, stderr } = spawnSync(file!, [...first, ...args], {
        encoding: "utf8",
        env: { ...process.env, KUBECONFIG: kubeconfig },
    });
    if (status !== 0) {
        throw new Error(`kubectl ${args.join(" ")}: ${stderr}`);
    }
    return stdout;
}
