import * as pulumi from "@pulumi/pulumi";
import { type Cluster, FaasKind, type FaasPlatform } from "../../core/contracts";
import { assertValid, type Fault } from "../../core/errors";
import { type Labels, objectLabels } from "../../core/labels";
import { inCluster } from "../../core/provider";
import { Checks } from "../../core/validation";
import { fissionObject } from "./objects";
import { platformSettings } from "./settings";

/** Arguments of a {@link FissionKafkaTrigger}. */
export interface FissionKafkaTriggerArgs {
    cluster: Cluster;
    /** The `platform` of a {@link Fission} that was given `kafka`. */
    platform: FaasPlatform;
    /** The name of the function that is called; `functionName` of a `FaasFunction`. */
    functionName: pulumi.Input<string>;
    /** The function's namespace, where the trigger lies too. @default the platform's first */
    namespace?: string;
    /** Each record of it calls the function with a POST of its value; the record's headers become the request's. */
    topic: string;
    /** Gets the body of each answer with status 200. @default answers are dropped */
    responseTopic?: string;
    /** Gets a text for each record that the function did not answer with 200. @default it is only logged */
    errorTopic?: string;
    /** How often a record is tried again. @default 0 */
    maxRetries?: number;
    /** What the function is told that the values are. @default `application/json` */
    contentType?: string;
    labels?: Labels;
}

/**
 * Calls a function for each record of a Kafka topic. The trigger is a consumer group of its own, which begins with the
 * records that come after it; a trigger that is made anew is a new group.
 *
 * @example
 * ```ts
 * const trigger = new FissionKafkaTrigger("orders", {
 *     cluster,
 *     platform: fission.platform,
 *     functionName: "hello",
 *     topic: "orders",
 *     errorTopic: "orders-failed",
 *     maxRetries: 3,
 * });
 * ```
 * @throws {@link ArgumentsError} with everything that is wrong with the arguments.
 */
export class FissionKafkaTrigger extends pulumi.ComponentResource {
    /** The trigger's name in the function's namespace. */
    readonly triggerName: pulumi.Output<string>;

    constructor(name: string, args: FissionKafkaTriggerArgs, opts?: pulumi.ComponentResourceOptions) {
        assertValid(`FissionKafkaTrigger ${name}`, validateFissionKafkaTrigger(name, args));
        super("kubernetes-faas:index:FissionKafkaTrigger", name, {}, inCluster(args.cluster, opts));

        const namespace = args.namespace ?? args.platform.functionNamespaces[0]!;
        const trigger = fissionObject(
            "MessageQueueTrigger",
            name,
            {
                name,
                namespace: pulumi.output(platformSettings(args.platform).ready).apply(() => namespace),
                labels: objectLabels({ app: "trigger", instance: name, component: "kafka", labels: args.labels }),
            },
            {
                messageQueueType: "kafka",
                // Not KEDA's: the part that `kafka` of Fission makes reads these.
                mqtkind: "fission",
                functionref: { type: "name", name: args.functionName },
                topic: args.topic,
                respTopic: args.responseTopic,
                errorTopic: args.errorTopic,
                maxRetries: args.maxRetries ?? 0,
                contentType: args.contentType ?? "application/json",
            },
            this,
        );

        this.triggerName = trigger.metadata.name;
        this.registerOutputs({ triggerName: this.triggerName });
    }
}

/** What is wrong with the arguments of a `FissionKafkaTrigger`; empty when nothing is. */
export function validateFissionKafkaTrigger(name: string, args: FissionKafkaTriggerArgs): Fault[] {
    const checks = new Checks();
    const { platform } = args;
    checks.dnsLabel("name", name);
    checks.oneOf("namespace", args.namespace, platform.functionNamespaces);
    if (platform.kind !== FaasKind.Fission) {
        checks.fault("platform", `is ${platform.kind}, which reads no queue; use a Fission with \`kafka\``);
    } else if (platformSettings(platform).kafka === undefined) {
        checks.fault("platform", "is a Fission that reads no Kafka; give the Fission component `kafka`");
    }
    for (const property of ["topic", "responseTopic", "errorTopic"] as const) {
        checkTopic(checks, property, args[property]);
    }
    checks.integer("maxRetries", args.maxRetries, { minimum: 0 });
    checks.nonEmpty("contentType", args.contentType);
    return checks.faults;
}

/** As Fission checks it (pkg/mqtrigger/messageQueue/kafka, v1.27.0): a trigger with another topic is refused. */
function checkTopic(checks: Checks, property: string, topic: string | undefined): void {
    checks.matches(
        property,
        topic,
        /^(?=.{2,249}$)[a-zA-Z0-9][a-zA-Z0-9._-]*[a-zA-Z0-9]$/,
        'give 2 to 249 letters, digits, dots, dashes and underscores that begin and end with a letter or digit: "orders"',
    );
}
