/**
 * A throw-away Kubernetes control plane on this machine, and Pulumi stacks on it.
 *
 * ```ts
 * const sandbox = await startSandbox({ name: "example" });
 * const stack = await openStack({ sandbox, project: "shop", stack: "test", program: async () => { ... } });
 * await runUp(stack);
 * await removeSandbox("example");
 * ```
 */
export { prepareFission } from "./activation";
export { type CallAnswer, callFunction, type CallRequest } from "./call/call";
export { ApiError, type KubernetesObject, SandboxClient } from "./client";
export { openStack, type StackOptions, type StackPlace } from "./engine";
export {
    type ResourceRun,
    resourcesInState,
    type ResourceState,
    runDestroy,
    type RunOptions,
    runPreview,
    runRefresh,
    runUp,
    type StackRun,
    StackRunError,
} from "./runs";
export { routeService, type ServiceAddress } from "./routes";
export {
    type ComponentProcess,
    listSandboxes,
    removeSandbox,
    reportToStandardError,
    type Sandbox,
    type SandboxStatus,
    sandboxStatus,
    type StartOptions,
    startSandbox,
    stopSandbox,
} from "./sandbox";
export { SandboxError } from "./tools/error";
export { type Reporter } from "./tools/cache";
