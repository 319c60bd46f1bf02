import { type EngineEvent, type OpType, type PropertyDiff, type Stack } from "@pulumi/pulumi/automation";

/** What a run did, or would do, to one resource. */
export interface ResourceRun {
    readonly urn: string;
    /** Type token, such as `kubernetes:apps/v1:Deployment`. */
    readonly type: string;
    /** Name in the program. */
    readonly name: string;
    /**
     * `replace` stands for all the steps of a replacement; a refresh counts as what it found, `update` or `delete`, and
     * is `refresh` when that was nothing.
     */
    readonly operation: OpType;
    /** Steps in the order in which the engine took them; `delete-replaced` before `create-replacement` deletes first. */
    readonly steps: readonly OpType[];
    /** Properties that made a replacement necessary. */
    readonly replaceKeys: readonly string[];
    /** Changed properties by path. */
    readonly detailedDiff: Readonly<Record<string, PropertyDiff>>;
}

/** What a run of the engine did. */
export interface StackRun {
    readonly resources: readonly ResourceRun[];
    /** The resources whose operation is none of `same`, `read` and `refresh`. */
    readonly changed: readonly ResourceRun[];
    /** Warnings and errors, without colours. */
    readonly diagnostics: readonly string[];
    /** Wall-clock seconds. */
    readonly seconds: number;
    readonly events: readonly EngineEvent[];
}

/** A run that failed: the message is what the engine and its plugins reported; the run tells how far it came. */
export class StackRunError extends Error {
    override readonly name = "StackRunError";
    constructor(
        message: string,
        readonly run: StackRun,
        options: ErrorOptions,
    ) {
        super(message, options);
    }
}

/** What an up or refresh run may be told. */
export interface RunOptions {
    /** Refresh first, as `up --refresh` does. */
    readonly refresh?: boolean;
    /** URNs of the only resources to look at. @default all */
    readonly targets?: readonly string[];
    /** Takes the engine's output as it comes. */
    readonly onOutput?: (text: string) => void;
    /** Ends the run as Ctrl-C would. */
    readonly signal?: AbortSignal;
}

type Runner = (options: {
    color: "never";
    onEvent: (event: EngineEvent) => void;
    onOutput?: (text: string) => void;
    refresh?: boolean;
    target?: string[];
    signal?: AbortSignal;
}) => Promise<unknown>;

/** Previews the stack's program. */
export const runPreview = (stack: Stack, options?: RunOptions): Promise<StackRun> =>
    run((each) => stack.preview(each), options);

/** Updates the stack without a preview. */
export const runUp = (stack: Stack, options?: RunOptions): Promise<StackRun> => run((each) => stack.up(each), options);

/** Reads every resource back into the state. */
export const runRefresh = (stack: Stack, options?: RunOptions): Promise<StackRun> =>
    run((each) => stack.refresh(each), options);

/** Destroys every resource of the stack. */
export const runDestroy = (stack: Stack, options?: RunOptions): Promise<StackRun> =>
    run((each) => stack.destroy(each), options);

/** A resource in the state of a stack. */
export interface ResourceState {
    readonly urn: string;
    readonly type: string;
    readonly id?: string;
    readonly custom: boolean;
    readonly protect?: boolean;
    readonly retainOnDelete?: boolean;
    readonly deletedWith?: string;
    readonly inputs?: Readonly<Record<string, unknown>>;
    readonly outputs?: Readonly<Record<string, unknown>>;
    readonly dependencies?: readonly string[];
    readonly parent?: string;
    readonly provider?: string;
}

/** The resources in the stack's state, secrets in clear: a test about secrets reads the file of the state. */
export async function resourcesInState(stack: Stack): Promise<ResourceState[]> {
    const deployment = (await stack.exportStack()).deployment as { resources?: ResourceState[] };
    return deployment.resources ?? [];
}

async function run(runner: Runner, { targets, ...options }: RunOptions = {}): Promise<StackRun> {
    const events: EngineEvent[] = [];
    const began = Date.now();
    const result = (): StackRun => summarise(events, (Date.now() - began) / 1000);
    try {
        await runner({
            color: "never",
            onEvent: (event) => events.push(event),
            target: targets && [...targets],
            ...options,
        });
    } catch (error) {
        const failed = result();
        const errors = messages(events, ["error"]).join("\n");
        throw new StackRunError(errors || String(error), failed, { cause: error });
    }
    return result();
}

function summarise(events: readonly EngineEvent[], seconds: number): StackRun {
    const resources = resourceRuns(events);
    return {
        resources,
        changed: resources.filter(({ operation }) => !["same", "read", "refresh"].includes(operation)),
        diagnostics: messages(events, ["warning", "error"]),
        seconds,
        events,
    };
}

/** Each message once: the engine repeats what ends a program. */
function messages(events: readonly EngineEvent[], severities: readonly string[]): string[] {
    const texts = events
        .map(({ diagnosticEvent }) => diagnosticEvent)
        .filter((event) => event !== undefined)
        .filter(({ severity, ephemeral }) => severities.includes(severity) && !ephemeral)
        .map(({ message }) => message.replace(/<\{%[^%]*%\}>/g, "").trim());
    return [...new Set(texts)];
}

function resourceRuns(events: readonly EngineEvent[]): ResourceRun[] {
    const runs = new Map<string, ResourceRun>();
    for (const { resourcePreEvent, resOutputsEvent } of events) {
        const metadata = resourcePreEvent?.metadata ?? resOutputsEvent?.metadata;
        if (!metadata) {
            continue;
        }
        const earlier = runs.get(metadata.urn);
        // A refresh is announced as `refresh`, and what it found is only in the event that ends it.
        const found = earlier?.steps.at(-1) === "refresh" && metadata.op !== "same";
        if (!resourcePreEvent && !found) {
            continue;
        }
        const steps = [...(earlier?.steps ?? []), metadata.op];
        runs.set(metadata.urn, {
            urn: metadata.urn,
            type: metadata.type,
            name: metadata.urn.split("::").at(-1)!,
            operation: operationOf(steps),
            steps,
            replaceKeys: [...new Set([...(earlier?.replaceKeys ?? []), ...(metadata.keys ?? [])])],
            detailedDiff: { ...earlier?.detailedDiff, ...metadata.detailedDiff },
        });
    }
    return [...runs.values()];
}

function operationOf(steps: readonly OpType[]): OpType {
    if (steps.some((step) => step.includes("replace"))) {
        return "replace";
    }
    const done = steps.filter((step) => step !== "refresh" && step !== "same");
    return done.at(-1) ?? (steps.includes("same") ? "same" : steps[0]!);
}
