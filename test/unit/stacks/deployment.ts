import assert from "node:assert/strict";
import { record, type Recording } from "../../../components/testing";
import { readConfiguration } from "../../../stacks/config/read";
import { deployStack } from "../../../stacks/program";
import { projectName } from "../../../stacks/stack-file";

/** A kubeconfig that leads nowhere. */
export const kubeconfig = JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": "home",
    clusters: [{ name: "home", cluster: { server: "https://192.0.2.1" } }],
    contexts: [{ name: "home", context: { cluster: "home", user: "home" } }],
    users: [{ name: "home", user: { token: "stand-in" } }],
});

/** The configuration of a function that answers. */
export const hello = { runtime: "nodejs", handler: "hello.handler", code: "examples/hello/hello.js" };

/** Runs the program on a cluster that leads nowhere, with the rest of a configuration and its secret values. */
export function deploy(
    configuration: Record<string, object>,
    secrets: Record<string, string> = {},
): Promise<Recording<Record<string, unknown>>> {
    const cluster = { kind: "existing", context: "home", kubeconfig, kubernetesVersion: "1.36.3" };
    const plain = Object.entries({ cluster, ...configuration }).map(
        ([key, value]) => [key, JSON.stringify(value)] as const,
    );
    return record(() => deployStack(readConfiguration()), {
        project: projectName,
        config: Object.fromEntries(
            [...plain, ...Object.entries(secrets)].map(([key, value]) => [`${projectName}:${key}`, value]),
        ),
        secretConfigKeys: Object.keys(secrets).map((key) => `${projectName}:${key}`),
    });
}

/** The faults of a stack that is refused, each as a line. */
export async function refusal(
    configuration: Record<string, object>,
    secrets: Record<string, string> = {},
): Promise<string[]> {
    const error = await deploy(configuration, secrets).then(
        () => assert.fail("nothing was refused"),
        (reason: unknown) => reason as Error & { errors: { propertyPath: string; reason: string }[] },
    );
    assert.equal(error.name, "ArgumentsError", error.stack);
    return error.errors.map(({ propertyPath, reason }) => `${propertyPath} ${reason}`);
}
