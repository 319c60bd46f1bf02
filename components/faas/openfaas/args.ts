import type * as pulumi from "@pulumi/pulumi";
import type { Cluster, Endpoint, PodPeer } from "../../core/contracts";
import type { Labels } from "../../core/labels";
import type { EgressRule } from "../../core/network";
import type { Placement } from "../../core/placement";
import type { Registry } from "../../core/registry";
import type { FunctionImages } from "../function/workload";

/** The way out of a network whose firewall lets only a proxy through. */
export interface OpenFaasProxy {
    /** URL of the proxy without a login: `http://proxy.example.com:3128`. */
    url: pulumi.Input<string>;
    /** Where the proxy is, for the network rules: its pods, or its addresses. */
    endpoint: Endpoint;
    /** Hosts and blocks of addresses that are reached without it, beside the Kubernetes API server. @default none */
    exceptions?: pulumi.Input<string>[];
}

/** Arguments of {@link OpenFaas}. */
export interface OpenFaasArgs {
    cluster: Cluster;
    /**
     * Says that you have read the licence of the Community Edition and may use it: `true`, or nothing is made. It is no
     * open-source licence. Companies may use it for 60 days in one installation, to evaluate it; who ever held a paid
     * licence of OpenFaaS may not use it at all; nobody may copy, change or pass it on.
     * https://github.com/openfaas/faas/blob/master/EULA.md
     */
    acceptCommunityEula: boolean;
    /** The namespace of OpenFaaS' own parts, made by this component. @default the logical name */
    namespace?: string;
    /** The namespace of functions, made by this component; the Community Edition has one. @default the namespace with `-fn` */
    functionNamespace?: string;
    /**
     * Whole seconds after which a call through the gateway is given up, by every part that takes a share in it. A
     * function may take as long, and no longer. @default 60
     */
    timeoutSeconds?: number;
    /**
     * Whether calls at `/async-function/NAME` are queued. The queue is NATS Streaming, which has had no updates since June
     * 2023, in memory: a restart loses what waits in it. @default true
     */
    asyncInvocation?: boolean;
    /** Where the results of queued calls may be sent to, beside functions: the `X-Callback-Url` of a call. @default nowhere */
    callbackEgress?: EgressRule[];
    /** Calls per second through the gateway, above which a function gets more pods until they are below. @default 5 */
    scaleUpCallsPerSecond?: number;
    /**
     * Runs upstream's cron-connector, which calls functions by their annotations `topic: cron-function` and `schedule`:
     * those that `faas-cli` deploys. The `schedules` of a `FaasFunction` need it not. @default false
     */
    cronConnector?: boolean;
    /**
     * Lets whoever has the password deploy, change and delete functions and their Secrets at the gateway, as `faas-cli`
     * does. The pods of such functions can't be "restricted", so their namespace enforces "baseline" then.
     * @default false: functions come from Pulumi programs
     */
    insecureApiDeploys?: boolean;
    /** The password of the user `admin`, at least 16 characters. @default generated */
    password?: pulumi.Input<string>;
    /** Generates another password when this text changes, and restarts what reads it. @default never */
    passwordRotation?: pulumi.Input<string>;
    /** Pods that may call the gateway, and every function past it, beside the ingresses that routes name. @default none */
    callers?: PodPeer[];
    /** Where functions may go, beside what bindings open for them. @default nowhere */
    functionEgress?: EgressRule[];
    /** The images that run functions of inline code. @default the library's own pinned ones */
    images?: FunctionImages;
    /** The most that all functions may have together: `{ "requests.cpu": "20" }`. @default no limit */
    quota?: Record<string, pulumi.Input<string>>;
    /** @default straight to the Internet, at port 443 */
    proxy?: OpenFaasProxy;
    /** Where OpenFaaS' own parts run. */
    placement?: Placement;
    /** Where functions run that say nothing themselves; plain values. */
    functionPlacement?: Placement;
    /**
     * Where all images come from, those of the functions' languages too. The licence forbids copies of OpenFaaS' own
     * images: ask OpenFaaS Ltd before you mirror them.
     */
    registry?: Registry;
    /** Labels of every object. */
    labels?: Labels;
}
