/**
 * `npm run check`: what to know before a cluster is upgraded to another version of Kubernetes. Looks through the cluster
 * and changes nothing. Ends with 0 when nothing blocks the upgrade, with 1 when something does, and with 2 when the
 * cluster can't be asked.
 */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { Command, Option } from "commander";
import { ArgumentsError, ClusterProbeError, inspectCluster, UpgradeSeverity, VersionProvider } from "../components";
import { isKubernetesVersion } from "../components/core/versions";
import { upgradeReport } from "./upgrade-report";

interface CheckOptions {
    to?: string;
    context?: string;
    kubeconfig?: string;
    provider?: VersionProvider;
}

/** The version of the kubectl on PATH; none when there is none. */
async function kubectlVersion(): Promise<string | undefined> {
    try {
        const { stdout } = await promisify(execFile)("kubectl", ["version", "--client", "-o", "json"], {
            timeout: 10_000,
        });
        const version = (JSON.parse(stdout) as { clientVersion?: { gitVersion?: string } }).clientVersion?.gitVersion;
        return version !== undefined && isKubernetesVersion(version) ? version : undefined;
    } catch {
        return undefined;
    }
}

async function check({ to, context, kubeconfig, provider }: CheckOptions): Promise<void> {
    if (to !== undefined && !isKubernetesVersion(to)) {
        throw new ArgumentsError("npm run check", [
            { propertyPath: "--to", reason: `is "${to}", which is no version of Kubernetes; give one like "1.37"` },
        ]);
    }
    const inspection = await inspectCluster({ context, kubeconfig });
    const { text, findings } = upgradeReport(
        { ...inspection, provider: provider ?? inspection.provider },
        { to, kubectl: await kubectlVersion() },
        new Date(),
    );
    console.log(text);
    process.exitCode = findings.some(({ severity }) => severity === UpgradeSeverity.Blocks) ? 1 : 0;
}

async function main(): Promise<void> {
    const options = new Command("npm run check --")
        .description(
            "Says what to know before a cluster is upgraded to another version of Kubernetes. Changes nothing.",
        )
        .option("--to <version>", "the version to upgrade to, such as 1.37 (default: the next minor version)")
        .option("--context <name>", "the context of the kubeconfig (default: the current one of a given kubeconfig)")
        .option("--kubeconfig <file>", "a kubeconfig (default: your own; then --context must be given)")
        .addOption(
            new Option("--provider <provider>", "whose support counts (default: as the cluster looks)").choices(
                Object.values(VersionProvider),
            ),
        )
        .parse()
        .opts<CheckOptions>();
    try {
        await check(options);
    } catch (error) {
        const isPlain = error instanceof ArgumentsError || error instanceof ClusterProbeError;
        console.error(isPlain ? error.message : error);
        process.exitCode = 2;
    }
}

void main();
