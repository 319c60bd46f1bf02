import type * as pulumi from "@pulumi/pulumi";
import type { Fault } from "../../core/errors";
import type { PodPeer, ServiceRef } from "../../core/contracts";
import type { FaasFunctionArgs } from "./args";

/** The arguments of a function with every default filled in. */
export interface ResolvedFunction extends FaasFunctionArgs {
    functionName: string;
    namespace: string;
    contract: NonNullable<FaasFunctionArgs["contract"]>;
    handler: string;
    timeoutSeconds: number;
    /** The port on which an image listens. */
    port: number;
    /** The source files by path; empty for an image. Read once, so that faults in the code are found before any resource. */
    files: SourceFile[];
}

/** A source file of a function. */
export interface SourceFile {
    /** Relative path with `/`. */
    path: string;
    content: Buffer;
}

/** What a platform makes of a function. */
export interface DeployedFunction {
    /** Where the function answers inside the cluster. */
    service: ServiceRef;
    /** The path under `service` that reaches the function. */
    path: string;
    /** The pods that the code runs in, which may be others than those behind `service`. */
    pods: PodPeer;
}

/** How one platform runs functions: the only code that differs between platforms. */
export interface FunctionDriver {
    /** What this platform cannot do with these arguments, beyond the features it lists. */
    validate(fn: ResolvedFunction): Fault[];
    /** Registers the platform's objects for the function. */
    deploy(name: string, fn: ResolvedFunction, parent: pulumi.ComponentResource): DeployedFunction;
    /**
     * What is wrong with one function more, for platforms that run a limited number.
     *
     * @param others how many functions this program has put on the same platform before
     */
    checkCount?(fn: ResolvedFunction, others: number): Fault[];
}
