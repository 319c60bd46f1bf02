/**
 * `npm run render`: a stack's plain Kubernetes manifests, for scanners, GitOps and reviews. Needs no cluster, no state and
 * no credentials.
 */
import * as fs from "node:fs";
import { Command } from "commander";
import { ArgumentsError } from "../components";
import { formatManifests, type Manifest, manifests, type RecordedResource } from "../components/testing";
import { versions } from "../sandbox/tools/modules";
import { recordStack } from "./record-stack";

interface RenderOptions {
    stack: string;
    out?: string;
    kubernetesVersion: string;
}

/** The text of the file: what it is, and the manifests. */
async function render({ stack, kubernetesVersion }: RenderOptions): Promise<string> {
    const { resources } = await recordStack(stack, { kubernetesVersion });
    const objects = manifests(resources);
    const lines = [`Stack ${stack}: ${objects.length} objects.`, ...legend, ...leftOut(resources, objects)];
    return lines.map((line) => `# ${line}\n`).join("") + formatManifests(objects);
}

const legend = [
    'Secret values read "<secret>", and values that only a deployment knows "<unknown>".',
    "Generated certificates are stand-ins that name the resource that makes them.",
];

/** One line for what a deployment makes beside Kubernetes objects, when it makes anything. */
function leftOut(resources: readonly RecordedResource[], objects: readonly Manifest[]): string[] {
    const others = resources.filter(({ custom, type }) => custom && !/^(kubernetes|pulumi):/.test(type));
    const types = [...new Set(others.map(({ type }) => type.split(":").at(-1)!))].sort();
    return objects.length > 0 && types.length > 0
        ? [`Pulumi also makes what is in no cluster: ${types.join(", ")}.`]
        : [];
}

async function main(): Promise<void> {
    const options = new Command("npm run render --")
        .description("Prints the Kubernetes manifests that a stack would make. Needs no cluster and no credentials.")
        .requiredOption("--stack <name>", "the stack, of which there is a file stacks/Pulumi.<name>.yaml")
        .option("--out <file>", "a file to write instead of printing")
        .option(
            "--kubernetes-version <version>",
            "what the cluster runs, where the stack's file does not say",
            versions.kubernetes,
        )
        .parse()
        .opts<RenderOptions>();
    try {
        const text = await render(options);
        if (options.out === undefined) {
            process.stdout.write(text);
        } else {
            fs.writeFileSync(options.out, text);
        }
    } catch (error) {
        console.error(error instanceof ArgumentsError ? error.message : error);
        process.exitCode = 1;
    }
}

void main();
