import type * as pulumi from "@pulumi/pulumi";
import type { Checks } from "../core/validation";
import { isKubernetesVersion } from "../core/versions";

/** Notes what is wrong with an argument that gives the cluster's version. */
export function checkKubernetesVersion(checks: Checks, version: pulumi.Input<string>): void {
    checks.required("kubernetesVersion", version, 'the version that `kubectl version` calls "Server Version"');
    checks.format("kubernetesVersion", version, (text) =>
        isKubernetesVersion(text)
            ? undefined
            : { problem: "does not have the right form", rule: 'use a version like "1.36" or "1.36.3"' },
    );
}
