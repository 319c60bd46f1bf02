import * as pulumi from "@pulumi/pulumi";
import { ExistingCluster } from "../../../components/cluster";
import { FaasFunction, type FaasFunctionArgs } from "../../../components/faas/function";
import { OpenFaas, type OpenFaasArgs } from "../../../components/faas/openfaas";
import type { Sandbox } from "../../../sandbox";

/** What a test varies from run to run. */
export interface OpenFaasProgram {
    openfaas?: Partial<OpenFaasArgs>;
    /** Functions by name; each has code that answers with its name unless it says otherwise. */
    functions?: Record<string, Partial<FaasFunctionArgs>>;
}

/** An OpenFaaS and functions on it, on a sandbox. */
export function openFaasProgram(sandbox: Sandbox, { openfaas, functions = {} }: OpenFaasProgram) {
    const { cluster } = new ExistingCluster("home", {
        kubeconfig: sandbox.kubeconfig,
        context: sandbox.context,
        kubernetesVersion: "1.36",
    });
    const { platform } = new OpenFaas("openfaas", { cluster, acceptCommunityEula: true, ...openfaas });
    for (const [name, args] of Object.entries(functions)) {
        const code = new pulumi.asset.StringAsset(`exports.handler = () => "${name}";`);
        const source = args.image === undefined ? { runtime: "nodejs" as const, code } : {};
        new FaasFunction(name, { cluster, platform, ...source, ...args });
    }
}
