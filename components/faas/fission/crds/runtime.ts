import {
    containerRules,
    dnsLabel,
    objectReference,
    podAndContainerProperties,
    podProperties,
    podRules,
    quantity,
    resources,
} from "./parts";
import {
    anything,
    bool,
    immutable,
    int,
    list,
    listBy,
    map,
    object,
    oneOf,
    str,
    whenGiven,
    type Properties,
    type Rule,
    type Schema,
} from "../../../core/schema";

/** How functions of a language are run and built. */
export function environmentSpec(): Schema {
    return object({
        "version!": immutable(int({ minimum: 1, maximum: 3 }), "spec.version"),
        "runtime!": object(
            { "image!": str(), ...podAndContainerProperties },
            ...podRules("spec.runtime"),
            ...containerRules("spec.runtime"),
        ),
        builder: object(
            { image: str(), command: str(), ...podAndContainerProperties },
            ...podRules("spec.builder"),
            ...containerRules("spec.builder"),
        ),
        poolsize: int({ minimum: 0 }),
        resources: resources(),
        terminationGracePeriod: int({ format: "int64", minimum: 0 }),
        allowedFunctionsPerContainer: oneOf("single", "infinite"),
        allowAccessToExternalNetwork: bool(),
        keeparchive: bool(),
        imagepullsecret: str(),
    });
}

/** The code of a function: what was built, and what it is built from. */
export function packageSpec(): Schema {
    return object({
        "environment!": object({ name: dnsLabel(), "namespace!": str() }),
        deployment: archive(),
        source: archive(),
        buildcmd: str(),
    });
}

/** How far a package is built. */
export const packageStatus: Properties = {
    buildstatus: str({
        enum: ["", "pending", "running", "succeeded", "failed", "none"],
        default: "pending",
    }),
    buildlog: str(),
    lastUpdateTimestamp: str({ format: "date-time", nullable: true }),
};

function archive(): Schema {
    return object(
        {
            type: oneOf("", "literal", "url", "oci"),
            literal: str({ format: "byte" }),
            url: str(),
            checksum: object(
                { type: str(), sum: str() },
                {
                    rule: `(has(self.type) && self.type == 'sha256') || ((${whenGiven("type", isEmpty)}) && (${whenGiven("sum", isEmpty)}))`,
                    message: "checksum must be empty or of type 'sha256'",
                },
            ),
            oci: object({
                "image!": str({ minLength: 1 }),
                digest: str({ pattern: "^sha256:[a-f0-9]{64}$" }),
                subPath: str(),
                imagePullSecrets: list({
                    ...object({ name: str({ default: "" }) }),
                    x_kubernetes_map_type: "atomic",
                }),
            }),
        },
        {
            rule: `!has(self.oci) || ${whenGiven("url", isEmpty)}`,
            message: "at most one of literal, url and oci may be set",
        },
    );
}

const isEmpty = (field: string): string => `${field} == ''`;

/** A function: its code, and how it is run. */
export function functionSpec(): Schema {
    return object(
        {
            "InvokeStrategy!": object({ StrategyType: str(), ExecutionStrategy: executionStrategy() }),
            "environment!": object({ name: dnsLabel(), "namespace!": str() }),
            "package!": object({
                functionName: str(),
                packageref: object({ name: dnsLabel(), namespace: str(), resourceversion: str() }),
            }),
            secrets: listBy("name", objectReference(), { nullable: true }),
            configmaps: listBy("name", objectReference(), { nullable: true }),
            resources: resources(),
            functionTimeout: int(),
            idletimeout: int(),
            concurrency: int(),
            requestsPerPod: int(),
            retainPods: int(),
            onceOnly: bool(),
            ...podProperties,
            streaming: object({
                protocol: str({ enum: ["auto", "sse", "chunked", "websocket"], default: "auto" }),
                idleTimeoutSeconds: int({ minimum: 0 }),
                maxDurationSeconds: int({ minimum: 0 }),
            }),
            tool: object({
                description: str(),
                inputSchema: anything(),
                toolName: str({ pattern: "^[a-zA-Z0-9_-]{1,64}$" }),
            }),
        },
        ...executionRules(),
        ...podRules("spec"),
    );
}

function executionStrategy(): Schema {
    return object({
        ExecutorType: str(),
        MinScale: int(),
        MaxScale: int(),
        TargetCPUPercent: int(),
        SpecializationTimeout: int(),
        hpaMetrics: list(metric()),
        hpaBehavior: object({ scaleUp: scalingRules(), scaleDown: scalingRules() }),
    });
}

/**
 * Upstream's rules read `ExecutorType` without asking whether it is there, so that a strategy without one is refused
 * with "no such key"; here a rule of its own says so.
 */
function executionRules(): Rule[] {
    const strategy = "self.InvokeStrategy.?ExecutionStrategy";
    const executor = `${strategy}.?ExecutorType.orValue('')`;
    const scaled = `${executor} in ['newdeploy', 'container']`;
    const number = (field: string, otherwise: number): string => `${strategy}.?${field}.orValue(${otherwise})`;
    return [
        {
            rule: "self.InvokeStrategy.?StrategyType.orValue('') in ['', 'execution']",
            message: "InvokeStrategy.StrategyType must be 'execution'",
        },
        {
            rule: `!has(self.InvokeStrategy.ExecutionStrategy) || has(self.InvokeStrategy.ExecutionStrategy.ExecutorType)`,
            message: "ExecutionStrategy.ExecutorType is missing",
        },
        {
            rule: `${executor} in ['', 'poolmgr', 'newdeploy', 'container']`,
            message: "ExecutionStrategy.ExecutorType must be one of poolmgr, newdeploy, container",
        },
        {
            rule: `${executor} != 'container' || has(self.podspec)`,
            message: "executor type container requires a pod spec (spec.podspec)",
        },
        {
            rule: `!(${scaled}) || ${number("MinScale", 0)} >= 0`,
            message: "minimum scale must be 0 or more for newdeploy and container executors",
        },
        {
            rule: `!(${scaled}) || ${number("MaxScale", 0)} > 0`,
            message: "maximum scale must be greater than 0 for newdeploy and container executors",
        },
        {
            rule: `!(${scaled}) || ${number("MaxScale", 0)} >= ${number("MinScale", 0)}`,
            message: "maximum scale must not be below minimum scale for newdeploy and container executors",
        },
        {
            rule: `!(${scaled}) || (${number("TargetCPUPercent", 0)} >= 0 && ${number("TargetCPUPercent", 0)} <= 100)`,
            message: "TargetCPUPercent must be between 0 and 100 for newdeploy and container executors",
        },
    ];
}

/** What a HorizontalPodAutoscaler scales by (autoscaling/v2 MetricSpec). */
function metric(): Schema {
    const target = object({
        "type!": str(),
        averageUtilization: int({ format: "int32" }),
        averageValue: quantity(),
        value: quantity(),
    });
    const identifier = object({ "name!": str(), selector: labelSelector() });
    return object({
        "type!": str(),
        resource: object({ "name!": str(), "target!": target }),
        containerResource: object({ "name!": str(), "container!": str(), "target!": target }),
        pods: object({ "metric!": identifier, "target!": target }),
        external: object({ "metric!": identifier, "target!": target }),
        object: object({
            "describedObject!": object({ apiVersion: str(), "kind!": str(), "name!": str() }),
            "metric!": identifier,
            "target!": target,
        }),
    });
}

function labelSelector(): Schema {
    const atomic = { x_kubernetes_list_type: "atomic" };
    return {
        ...object({
            matchLabels: map(str()),
            matchExpressions: list(object({ "key!": str(), "operator!": str(), values: list(str(), atomic) }), atomic),
        }),
        x_kubernetes_map_type: "atomic",
    };
}

/** How fast a HorizontalPodAutoscaler scales (autoscaling/v2 HPAScalingRules). */
function scalingRules(): Schema {
    return object({
        policies: list(
            object({
                "type!": str(),
                "value!": int({ format: "int32" }),
                "periodSeconds!": int({ format: "int32" }),
            }),
            { x_kubernetes_list_type: "atomic" },
        ),
        selectPolicy: str(),
        stabilizationWindowSeconds: int({ format: "int32" }),
        tolerance: quantity(),
    });
}
