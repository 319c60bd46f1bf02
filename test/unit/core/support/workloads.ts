import type { HardenedDeploymentArgs } from "../../../../components/core/workload";
import type { WorkloadContainer } from "../../../../components/core/workload";
import { testCluster } from "../../support/cluster";

/** A container that listens and can be asked, and leaves everything else to the defaults. */
export function webContainer(overrides: Partial<WorkloadContainer> = {}): WorkloadContainer {
    return {
        name: "web",
        image: "registry.example.com/web:1.4.2",
        ports: [{ name: "http", port: 8080 }],
        probes: { readiness: { http: { path: "/ready" } } },
        ...overrides,
    };
}

/** The least that a Deployment needs. */
export function webArgs(container: Partial<WorkloadContainer> = {}): HardenedDeploymentArgs {
    return { cluster: testCluster(), namespace: "apps", app: "web", containers: [webContainer(container)] };
}
