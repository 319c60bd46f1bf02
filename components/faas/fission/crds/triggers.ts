import { dnsLabel, functionReference, podProperties } from "./parts";
import {
    bool,
    int,
    list,
    map,
    object,
    oneOf,
    set,
    str,
    whenGiven,
    type Properties,
    type Rule,
    type Schema,
} from "../../../core/schema";

const methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "CONNECT", "OPTIONS", "TRACE"];

const dnsSubdomain = "[a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*";

/** Paths that the router answers itself. */
const routerPaths = ["/router-healthz", "/readyz", "/_version", "/auth/login"];

/** A path of the router that leads to a function. */
export function httpTriggerSpec(): Schema {
    return object(
        {
            "functionref!": functionReference(),
            relativeurl: str(),
            prefix: str(),
            keepPrefix: bool(),
            host: str({ pattern: `^(${dnsSubdomain})?$` }),
            method: oneOf("", ...methods),
            methods: set(oneOf(...methods)),
            corsConfig: corsConfig(),
            createingress: bool(),
            ingressconfig: ingressConfig(),
            routeConfig: routeConfig(),
        },
        ...pathRules(),
    );
}

/**
 * Upstream's rules read `relativeurl` without asking whether it is there, so that a trigger with a prefix alone is
 * refused with "no such key"; here it is taken as empty, as Fission itself does.
 */
function pathRules(): Rule[] {
    const owned = routerPaths.map((path) => `'${path}'`).join(", ");
    return [
        {
            rule: "(has(self.relativeurl) && self.relativeurl != '') || (has(self.prefix) && self.prefix != '')",
            message: "at least one of relativeurl and prefix must be set",
        },
        ...["relativeurl", "prefix"].map((field) => ({
            rule: whenGiven(field, (path) =>
                [
                    `${path} == '' || (${path}.startsWith('/')`,
                    `${path} != '/'`,
                    `!${path}.matches('(^|/)[.][.](/|$)')`,
                    `!(${path} in [${owned}])`,
                    `!${path}.startsWith('/fission-function/'))`,
                ].join(" && "),
            ),
            message: `${field} must start with '/', hold no '..', and be none of the router's own paths (/, ${routerPaths.join(", ")}, /fission-function/)`,
        })),
    ];
}

function corsConfig(): Schema {
    return object(
        {
            allowCredentials: bool(),
            allowHeaders: set(str()),
            allowMethods: set(str()),
            allowOrigins: set(str()),
            exposeHeaders: set(str()),
            maxAge: str(),
        },
        {
            rule: whenGiven(
                "allowCredentials",
                (given) => `!${given} || ${whenGiven("allowOrigins", (all) => `!('*' in ${all})`)}`,
            ),
            message: "allowOrigins ['*'] cannot go with allowCredentials: browsers refuse the answer",
        },
    );
}

function ingressConfig(): Schema {
    return object(
        { annotations: map(str(), { nullable: true }), host: str(), path: str(), tls: str() },
        absolutePath("ingressconfig"),
        {
            rule: whenGiven("host", (host) => `${host} in ['', '*'] || ${host}.matches('^([*][.])?${dnsSubdomain}$')`),
            message: "ingressconfig.host must be empty, '*', or a DNS name that may begin with '*.'",
        },
    );
}

function routeConfig(): Schema {
    return object(
        {
            "provider!": oneOf("ingress", "gateway"),
            annotations: map(str(), { nullable: true }),
            gateway: object({
                parentRefs: list(
                    object({
                        "name!": str(),
                        namespace: str(),
                        port: int({ format: "int32", minimum: 1, maximum: 65_535 }),
                        sectionName: str(),
                    }),
                    { x_kubernetes_list_type: "atomic" },
                ),
            }),
            hostnames: set(str()),
            path: str(),
            tls: str(),
        },
        absolutePath("routeConfig"),
        {
            rule: "self.provider != 'gateway' || (has(self.gateway) && has(self.gateway.parentRefs) && self.gateway.parentRefs.size() > 0)",
            message: "routeConfig.gateway.parentRefs must name a Gateway when provider is 'gateway'",
        },
        {
            rule: whenGiven("tls", (tls) => `${tls} == '' || self.provider != 'gateway'`),
            message: "routeConfig.tls goes with provider 'ingress' only; a Gateway's listener has the certificate",
        },
    );
}

function absolutePath(of: string): Rule {
    return {
        rule: whenGiven("path", (path) => `${path} == '' || ${path}.startsWith('/')`),
        message: `${of}.path must start with '/'`,
    };
}

/** Calls at set times. */
export function timeTriggerSpec(): Schema {
    return object({
        "cron!": str(),
        "functionref!": functionReference(),
        method: str({ default: "POST" }),
        subpath: str({ default: "/" }),
    });
}

/** Calls with the messages of a queue. */
export function messageQueueTriggerSpec(): Schema {
    return object({
        "topic!": str(),
        functionref: functionReference(),
        messageQueueType: str(),
        mqtkind: str(),
        metadata: map(str()),
        secret: str(),
        respTopic: str(),
        errorTopic: str(),
        maxRetries: int(),
        contentType: str(),
        pollingInterval: int({ format: "int32" }),
        cooldownPeriod: int({ format: "int32" }),
        minReplicaCount: int({ format: "int32" }),
        maxReplicaCount: int({ format: "int32" }),
        ...podProperties,
    });
}

/** Calls for what happens to objects of the cluster. */
export function kubernetesWatchTriggerSpec(): Schema {
    const kinds = ["POD", "SERVICE", "REPLICATIONCONTROLLER", "JOB"];
    return object({
        "functionref!": functionReference(),
        "namespace!": dnsLabel(),
        "type!": str({
            x_kubernetes_validations: [
                {
                    rule: `self.upperAscii() in [${kinds.map((kind) => `'${kind}'`).join(", ")}]`,
                    message: `spec.type must be one of ${kinds.join(", ")}, in any case`,
                },
            ],
        }),
        labelselector: map(str()),
    });
}

/** A shift of calls from one function to another, step by step. */
export function canaryConfigSpec(): Schema {
    return object({
        "trigger!": str(),
        "newfunction!": str(),
        "oldfunction!": str(),
        weightincrement: int(),
        duration: str(),
        failurethreshold: int(),
        failureType: str(),
    });
}

/** How far a shift has come. */
export const canaryConfigStatus: Properties = { status: str() };
