import * as pulumi from "@pulumi/pulumi";

/**
 * The package that runs commands, which only programs with a Minikube cluster of their own need.
 *
 * @throws RunError when it is not installed.
 */
export function commandPackage(): typeof import("@pulumi/command/local") {
    try {
        // eslint-disable-next-line @typescript-eslint/no-require-imports -- an import at the top is loaded with the file
        return require("@pulumi/command/local") as typeof import("@pulumi/command/local");
    } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "MODULE_NOT_FOUND") {
            throw error;
        }
        throw new pulumi.RunError(
            'A MinikubeCluster runs minikube by the package "@pulumi/command", which is not installed: npm install @pulumi/command',
        );
    }
}
