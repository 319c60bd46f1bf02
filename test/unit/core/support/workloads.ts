import type { Fault } from "../../../../components/core/errors";
import {
    validateHardenedDeployment,
    validateHardenedStatefulSet,
    type HardenedDeploymentArgs,
    type HardenedStatefulSetArgs,
    type WorkloadContainer,
} from "../../../../components/core/workload";
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

/** Arguments as another language or a configuration file may send them: not checked by the compiler. */
export type Loose<T> = { [Key in keyof T]?: unknown };

/** What is wrong with a Deployment that is given these arguments beside the least. */
export function deployment(args: Loose<HardenedDeploymentArgs>, name: string = "web"): Fault[] {
    return validateHardenedDeployment(name, { ...webArgs(), ...args } as HardenedDeploymentArgs);
}

/** What is wrong with a Deployment whose container is given these arguments beside the least. */
export function container(args: Loose<WorkloadContainer>): Fault[] {
    return deployment({ containers: [{ ...webContainer(), ...args }] });
}

/** What is wrong with a StatefulSet that is given these arguments beside the least. */
export function statefulSet(args: Loose<HardenedStatefulSetArgs>, name: string = "store"): Fault[] {
    return validateHardenedStatefulSet(name, { ...webArgs(), ...args } as HardenedStatefulSetArgs);
}

/** Faults as they stand in an error. */
export function lines(faults: readonly Fault[]): string[] {
    return faults.map(({ propertyPath, reason }) => `${propertyPath} ${reason}`);
}

/** The properties that have faults. */
export function paths(faults: readonly Fault[]): string[] {
    return faults.map(({ propertyPath }) => propertyPath);
}
