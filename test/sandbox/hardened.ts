import * as fs from "node:fs";
import { AccessLevel, type Cluster } from "../../components/core/contracts";
import type { WorkloadContainer } from "../../components/core/workload";
import { fakeTraits } from "../../components/testing";
import type { SandboxContext } from "./support";

/** The sandbox as a component takes it. */
export function sandboxCluster({ sandbox }: SandboxContext): Cluster {
    return {
        name: "sandbox",
        kubeconfig: fs.readFileSync(sandbox.kubeconfig, "utf8"),
        access: AccessLevel.Admin,
        clusterIdentifier: sandbox.name,
        kubernetesVersion: "1.36.3",
        traits: fakeTraits(),
    };
}

/** A container for simulated nodes, where no image is pulled and no probe is made. */
export function simulatedContainer(overrides: Partial<WorkloadContainer> = {}): WorkloadContainer {
    return {
        name: "main",
        image: "registry.example.com/main:1.0.0",
        ports: [{ name: "http", port: 8080 }],
        probes: { readiness: { http: { path: "/ready" } } },
        ...overrides,
    };
}
