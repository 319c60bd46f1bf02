import * as fs from "node:fs";
import * as path from "node:path";
import type { Checks } from "../../core/validation";

/**
 * Notes that the AWS CLI is missing. @pulumi/eks looks for it when it makes a cluster, in previews too, and fails
 * without it after the network is made; the kubeconfig needs it as well.
 */
export function checkAwsCli(checks: Checks): void {
    if (!isOnPath("aws")) {
        checks.fault(
            "",
            "need the AWS CLI, and there is no `aws` on the PATH; install version 2.7 or later (https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html)",
        );
    }
}

function isOnPath(command: string): boolean {
    const directories = (process.env.PATH ?? "").split(path.delimiter).filter((directory) => directory !== "");
    const names = process.platform === "win32" ? [`${command}.exe`, `${command}.cmd`] : [command];
    return directories.some((directory) => names.some((name) => isExecutable(path.join(directory, name))));
}

function isExecutable(file: string): boolean {
    try {
        fs.accessSync(file, fs.constants.X_OK);
        return fs.statSync(file).isFile();
    } catch {
        return false;
    }
}
