import * as pulumi from "@pulumi/pulumi";
import { allowFrom } from "../../core/connections";
import { type Cluster, FaasKind, type FaasPlatform, type PodPeer, type ServiceRef } from "../../core/contracts";
import { assertValid, type Fault } from "../../core/errors";
import { inCluster } from "../../core/provider";
import { Checks } from "../../core/validation";
import { FunctionRuntime, type FaasFunctionArgs, type ResolvedFunction } from "../function";
import { addToProgram } from "../function/program-functions";
import { resolveFunction } from "../function/resolve";
import { ServerContract } from "../function/server";
import { deployFunctionWorkload, type FunctionWorkloadShape, workloadNamespace } from "../function/workload";
import { flowCode } from "./flow-code";
import { funktionPlatform } from "./platform";
import { createRecord, flowText, RecordKind } from "./records";

/** One step of a flow: something of this cluster that gets a POST with the answer of the step before. */
export interface FlowStep {
    /** A function's `service`, or any other HTTP service whose pods network rules may open. */
    service: ServiceRef;
    /** Begins with `/`. @default `/` */
    path?: string;
}

/** Arguments of a {@link FunktionFlow}. */
export interface FunktionFlowArgs {
    cluster: Cluster;
    /** A Funktion's platform. */
    platform: FaasPlatform;
    /** Name of the flow's objects. @default the logical name */
    flowName?: string;
    /** One of the platform's function namespaces. @default the platform's first */
    namespace?: string;
    /** Five cron fields, UTC: the flow begins at these times with an empty body. @default it begins with a call of its Service */
    cron?: string;
    /** What is called, one after the other. */
    steps: FlowStep[];
    /** Whole seconds that all steps may take together, up to 300. @default 60 */
    timeoutSeconds?: number;
}

/**
 * A flow of Funktion's: what begins it, and the services that it calls one after the other, each with the answer of the one
 * before. It begins with an HTTP call of its own Service at port 80, and at set times with `cron`. A step that does not
 * answer with success ends the flow, which then answers 502.
 *
 * Upstream ran flows by images of Camel connectors; this one is a function on a current image. Of Camel's steps it has
 * calls alone.
 *
 * @example
 * ```ts
 * const load = new FaasFunction("load", { cluster, platform, runtime: "nodejs", code });
 * const store = new FaasFunction("store", { cluster, platform, runtime: "nodejs", code });
 * new FunktionFlow("nightly", {
 *     cluster,
 *     platform,
 *     cron: "0 4 * * *",
 *     steps: [{ service: load.service }, { service: store.service }],
 * });
 * ```
 *
 * @throws {@link ArgumentsError} with everything that is wrong with the arguments.
 */
export class FunktionFlow extends pulumi.ComponentResource {
    /** Where the flow begins inside the cluster, for those whom the platform's `callers` let in. */
    readonly service: ServiceRef;

    constructor(name: string, args: FunktionFlowArgs, opts?: pulumi.ComponentResourceOptions) {
        assertValid(`FunktionFlow ${name}`, validateFunktionFlow(name, args));
        super("kubernetes-faas:index:FunktionFlow", name, {}, inCluster(args.cluster, opts));

        const { fn } = resolveFunction(name, functionArgs(name, args));
        assertValid(`FunktionFlow ${name}`, addToProgram(name, fn).map(inArguments));
        const { service, pods } = deployFunctionWorkload(name, fn, shapeOf(fn), this);
        args.steps.forEach((_step, index) => openWay(this, name, args, index, pods));
        recordFlow(this, name, fn, args);

        this.service = service;
        this.registerOutputs({ service: this.service });
    }
}

/** Node's fetch waits no longer for an answer. https://undici.nodejs.org/#/docs/api/Client (headersTimeout) */
const longestSeconds = 300;

/** What is wrong with the arguments of a {@link FunktionFlow}; empty when nothing is. */
export function validateFunktionFlow(name: string, args: FunktionFlowArgs): Fault[] {
    const checks = new Checks();
    if (args.platform.kind !== FaasKind.Funktion) {
        checks.fault(
            "platform",
            `is ${args.platform.kind}, and flows are Funktion's; elsewhere let a function call others by functionUrl`,
        );
    }
    checks.cron("cron", args.cron);
    checks.integer("timeoutSeconds", args.timeoutSeconds, { minimum: 1, maximum: longestSeconds });
    checks.nonEmpty("steps", args.steps);
    checks.list("steps", args.steps, (step, nested) => nested.path("path", step.path));
    const own = checks.faults;
    return own.length > 0 ? own : resolveFunction(name, functionArgs(name, args)).faults.map(inArguments);
}

/** The function's name is the flow's. */
function inArguments({ propertyPath, reason }: Fault): Fault {
    return { propertyPath: propertyPath === "functionName" ? "flowName" : propertyPath, reason };
}

/** The flow as the function that it is run by. */
function functionArgs(name: string, args: FunktionFlowArgs): FaasFunctionArgs {
    const { cluster, platform, flowName = name, namespace, cron, steps, timeoutSeconds } = args;
    return {
        cluster,
        platform,
        functionName: flowName,
        namespace,
        runtime: FunctionRuntime.Nodejs,
        handler: "flow.handler",
        code: new pulumi.asset.StringAsset(flowCode),
        environment: { FLOW_STEPS: pulumi.jsonStringify(steps.map(stepUrl)) },
        schedules: cron === undefined ? undefined : [{ cron, name: "start" }],
        timeoutSeconds,
    };
}

function stepUrl({ service, path }: FlowStep): pulumi.Output<string> {
    return pulumi.interpolate`http://${service.service}.${service.namespace}.svc:${service.port}${path ?? "/"}`;
}

function shapeOf(fn: ResolvedFunction): FunctionWorkloadShape {
    const { kind, port, servicePort } = funktionPlatform;
    const labels = { kind: "flow", name: fn.functionName };
    return { platform: kind, contract: ServerContract.Portable, port, servicePort, labels };
}

/** Lets the flow out to a step, and in there. */
function openWay(parent: pulumi.Resource, name: string, args: FunktionFlowArgs, index: number, flow: PodPeer): void {
    const { namespace, podSelector, port, targetPort } = args.steps[index]!.service;
    allowFrom(
        `${name}-step-${index}`,
        {
            cluster: args.cluster,
            endpoint: { pods: { namespace, podSelector } },
            port: targetPort ?? port,
            peer: flow,
        },
        { parent },
    );
}

function recordFlow(parent: pulumi.Resource, name: string, fn: ResolvedFunction, args: FunktionFlowArgs): void {
    const { functionName } = fn;
    const source =
        args.cron === undefined
            ? { connector: "http", uri: `http://0.0.0.0:${funktionPlatform.port}/` }
            : { connector: "cron", uri: `cron://${functionName}?schedule=${args.cron}` };
    createRecord(
        `${name}-record`,
        {
            cluster: fn.cluster,
            namespace: workloadNamespace(fn),
            kind: RecordKind.Flow,
            resourceName: functionName,
            facts: { connector: source.connector },
            data: {
                "funktion.yml": pulumi
                    .all(args.steps.map(stepUrl))
                    .apply((urls) => flowText(functionName, [source.uri, ...urls])),
            },
        },
        parent,
    );
}
