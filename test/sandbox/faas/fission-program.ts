import * as pulumi from "@pulumi/pulumi";
import { ExistingCluster } from "../../../components/cluster";
import { FaasFunction, type FaasFunctionArgs } from "../../../components/faas/function";
import {
    Fission,
    type FissionArgs,
    FissionCrds,
    FissionKafkaTrigger,
    type FissionKafkaTriggerArgs,
} from "../../../components/faas/fission";
import type { Sandbox } from "../../../sandbox";

/** What a test varies from run to run. */
export interface FissionProgram {
    fission?: Partial<FissionArgs>;
    /** Functions by name; each has code that answers with its name unless it says otherwise. */
    functions?: Record<string, Partial<FaasFunctionArgs>>;
    /** Kafka triggers by name. */
    triggers?: Record<string, Pick<FissionKafkaTriggerArgs, "functionName" | "topic" | "errorTopic">>;
}

/** The definitions, a Fission and functions on it, on a sandbox. */
export function fissionProgram(sandbox: Sandbox, { fission, functions = {}, triggers = {} }: FissionProgram) {
    const { cluster } = new ExistingCluster("home", {
        kubeconfig: sandbox.kubeconfig,
        context: sandbox.context,
        kubernetesVersion: "1.36",
    });
    const { definitions } = new FissionCrds("fission-crds", { cluster, deletion: "delete" });
    const { platform } = new Fission("fission", { cluster, definitions, deletion: "delete", ...fission });
    for (const [name, args] of Object.entries(functions)) {
        const code = new pulumi.asset.StringAsset(`exports.handler = () => "${name}";`);
        new FaasFunction(name, { cluster, platform, runtime: "nodejs", code, ...args });
    }
    for (const [name, args] of Object.entries(triggers)) {
        new FissionKafkaTrigger(name, { cluster, platform, ...args });
    }
}
