import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { toRecorded, type RecordedResource, type RegisterRequest } from "./recorded-resource";
import { standInOutputs } from "./stand-ins";

/** A function call (invoke or call) that a program made. */
export interface RecordedCall {
    token: string;
    inputs: Record<string, unknown>;
}

/** How to run a program under mocks. */
export interface RecordOptions {
    /** Whether the program sees a preview, where outputs that nobody states are unknown. @default false */
    preview?: boolean;
    /** @default `project` */
    project?: string;
    /** @default `stack` */
    stack?: string;
    /**
     * The stack's configuration by full key, such as `shop:replicas`; structured values as JSON.
     * @default what `pulumi.runtime.setAllConfig` has set
     */
    config?: Record<string, string>;
    /** The keys of `config` whose values are secret. @default none */
    secretConfigKeys?: string[];
    /**
     * The name of a Kubernetes object that the program gives none.
     * @default the logical name with eight hexadecimal digits, always the same
     */
    autoName?: (resource: RecordedResource) => string;
    /** Outputs of one resource beside its inputs; what it returns wins over the built-in stand-ins. */
    outputs?: (resource: RecordedResource) => Record<string, unknown> | undefined;
    /** State of a resource that the program reads instead of making it, by type, such as a StackReference. */
    read?: (type: string, name: string) => Record<string, unknown> | undefined;
    /** Answers of invokes. @default an empty object */
    call?: (call: RecordedCall) => Record<string, unknown>;
}

/** All that a program registered, and what it returned; see {@link record}. */
export class Recording<T> {
    constructor(
        /** In order of registration; the stack itself is left out. */
        readonly resources: readonly RecordedResource[],
        readonly calls: readonly RecordedCall[],
        /** Registered resource hooks by name; whether each runs at preview. */
        readonly hooks: ReadonlyMap<string, boolean>,
        readonly result: T,
    ) {}

    /** Every resource of a type token. */
    ofType(type: string): RecordedResource[] {
        return this.resources.filter((resource) => resource.type === type);
    }

    /** The only resource of a type, or with that logical name; fails with what there is instead. */
    only(type: string, name?: string): RecordedResource {
        const found = this.ofType(type).filter((resource) => name === undefined || resource.name === name);
        const wanted = name === undefined ? type : `${type} named ${name}`;
        assert.equal(
            found.length,
            1,
            `wanted one ${wanted}, found ${found.length} among\n${this.summary().join("\n")}`,
        );
        return found[0]!;
    }

    /** The direct children of the resource with this logical name. */
    childrenOf(name: string): RecordedResource[] {
        return this.resources.filter((resource) => resource.parent === name);
    }

    /** `type name` of every resource but providers, sorted: what exists, in a form that reads well in an assertion. */
    summary(): string[] {
        return this.resources
            .filter((resource) => !resource.type.startsWith("pulumi:providers:"))
            .map((resource) => `${resource.type} ${resource.name}`)
            .sort();
    }
}

/**
 * Runs a Pulumi program under mocks, inside a stack, and waits until everything is registered: a unit test of a program
 * needs no engine, no plugin and no cluster. Every resource answers with its inputs; Kubernetes objects get a name and an
 * id as the real plugin gives them, `random` and `tls` resources fixed stand-in values; what the SDK marks as secret is
 * secret.
 *
 * Pulumi's mocks belong to the process, so run one program at a time.
 *
 * @throws whatever the program throws.
 * @example
 * ```ts
 * const recording = await record(() => new HardenedDeployment("web", args));
 * const deployment = recording.only("kubernetes:apps/v1:Deployment");
 * assert.equal(deployment.inputs.spec.replicas, 2);
 * ```
 */
export async function record<T>(program: () => T | Promise<T>, options: RecordOptions = {}): Promise<Recording<T>> {
    const resources: RecordedResource[] = [];
    const calls: RecordedCall[] = [];
    const hooks = new Map<string, boolean>();
    let current: RecordedResource | undefined;

    await pulumi.runtime.setMocks(
        {
            newResource(args) {
                const resource = current;
                current = undefined;
                if (!resource) {
                    const inputs = args.inputs as Record<string, unknown>;
                    return { id: args.id, state: { ...inputs, ...options.read?.(args.type, args.name) } };
                }
                return answer(resource, args.inputs as Record<string, unknown>, options);
            },
            call(args) {
                const call = { token: args.token, inputs: args.inputs as Record<string, unknown> };
                calls.push(call);
                return options.call?.(call) ?? {};
            },
        },
        // Else the SDK keeps those of the program before.
        options.project ?? "project",
        options.stack ?? "stack",
        options.preview ?? false,
    );

    const monitor = pulumi.runtime.getMonitor() as unknown as Monitor;
    const register = monitor.registerResource.bind(monitor);
    monitor.registerResource = (request, callback) => {
        const resource = toRecorded(request);
        if (resource.type !== "pulumi:pulumi:Stack") {
            resources.push(resource);
            // The mock monitor calls newResource before its first await, so `current` is this request's.
            current = resource;
        }
        return register(request, callback);
    };
    monitor.registerResourceHook = (request, callback) => {
        hooks.set(request.getName(), request.getOnDryRun());
        callback(null, {});
    };

    const result = await withConfig(options, () => runInStack(program));
    return new Recording(resources, calls, hooks, result);
}

async function runInStack<T>(program: () => T | Promise<T>): Promise<T> {
    let result: T | undefined;
    try {
        await pulumi.runtime.runInPulumiStack(async () => {
            result = await program();
            return {};
        });
    } finally {
        await pulumi.runtime.disconnect();
    }
    return result as T;
}

/** Configuration belongs to the process too: afterwards it is what it was. */
async function withConfig<T>({ config, secretConfigKeys }: RecordOptions, run: () => Promise<T>): Promise<T> {
    if (!config) {
        return run();
    }
    const before = pulumi.runtime.allConfig();
    pulumi.runtime.setAllConfig(config, secretConfigKeys);
    try {
        return await run();
    } finally {
        pulumi.runtime.setAllConfig(before);
    }
}

/**
 * Asserts that a program under mocks fails with exactly this message, or with one that matches.
 *
 * @example
 * ```ts
 * await rejects(() => new FaasFunction("hello", args), "FaasFunction hello: timeoutSeconds is -1; give 1 or more");
 * ```
 */
export async function rejects(program: () => unknown, message: string | RegExp): Promise<void> {
    await assert.rejects(record(program), (error: unknown) => {
        assert.ok(error instanceof Error, `not an error: ${String(error)}`);
        if (typeof message === "string") {
            assert.equal(error.message, message);
        } else {
            assert.match(error.message, message);
        }
        return true;
    });
}

/** The value of an output, as a program would see it in `apply`; `undefined` when it is unknown. */
export function valueOf<T>(output: pulumi.Input<T>): Promise<T | undefined> {
    return (pulumi.output(output) as unknown as { promise(): Promise<T | undefined> }).promise();
}

/** The parts of the mock monitor and its requests that this file touches. */
interface Monitor {
    registerResource(request: RegisterRequest, callback: unknown): Promise<void>;
    registerResourceHook(request: HookRequest, callback: (error: null, response: object) => void): void;
}

interface HookRequest {
    getName(): string;
    getOnDryRun(): boolean;
}

function answer(
    resource: RecordedResource,
    inputs: Record<string, unknown>,
    options: RecordOptions,
): pulumi.runtime.MockResourceResult {
    const standIn = standInOutputs(resource, inputs, options.autoName);
    resource.id = resource.custom ? standIn.id : undefined;
    const state: Record<string, unknown> = { ...inputs, ...standIn.state, ...options.outputs?.(resource) };
    for (const key of resource.options.additionalSecretOutputs) {
        if (key in state) {
            state[key] = pulumi.secret(state[key]);
        }
    }
    return { id: resource.id, state };
}
