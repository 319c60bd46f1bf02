import * as pulumi from "@pulumi/pulumi";
import { rolledSecret } from "../../core/config-objects";
import { FaasKind, type FaasCredentials, type FaasPlatform } from "../../core/contracts";
import { generatedPassword } from "../../core/credentials";
import { assertValid } from "../../core/errors";
import { objectLabels } from "../../core/labels";
import { HardenedNamespace } from "../../core/namespace";
import { inCluster } from "../../core/provider";
import { checked } from "../../core/validation";
import type { HardenedDeployment } from "../../core/workload";
import { functionFeatures } from "../function/features";
import type { OpenFaasArgs } from "./args";
import { createCronConnector } from "./cron-connector";
import { createFunctionNamespace } from "./function-namespace";
import { createGateway } from "./gateway";
import { adminUser, functionCallers, type Installation, passwordFile, queuesCalls, userFile } from "./installation";
import { functionNamespaceOf, namespaceOf } from "./namespaces";
import { createQueue } from "./queue";
import { createScaling } from "./scaling";
import { knownSettings } from "./settings";
import { openFaasTelemetry } from "./telemetry";
import { checkGivenPassword, validateOpenFaas } from "./validate";

/**
 * OpenFaaS Community Edition (gateway 0.27.13, faas-netes 0.18.17): functions behind one gateway, which counts their calls
 * and gives them more pods by their number.
 *
 * Its licence limits who may use it, and its code what it does: see `acceptCommunityEula`. It runs at most 15 functions, in
 * one namespace, each in one to five pods, and does not start without a way to the Internet.
 *
 * Its own parts and the functions are in two namespaces that this component makes, both "restricted"; it has rights in
 * that of functions only. The gateway asks for a login for everything but calls of functions, which need none: it is
 * reached inside the cluster by those named in `callers`, and from outside by the ingress routes of functions, which lead
 * past it.
 *
 * It costs five pods with 360 millicores and 550 MiB together, and no volume.
 *
 * @example
 * ```ts
 * const openfaas = new OpenFaas("openfaas", { cluster, acceptCommunityEula: true });
 * const hello = new FaasFunction("hello", { cluster, platform: openfaas.platform, runtime: "nodejs", code });
 * ```
 * @example For deploying with faas-cli, and functions that may call out.
 * ```ts
 * const openfaas = new OpenFaas("openfaas", {
 *     cluster,
 *     acceptCommunityEula: true,
 *     insecureApiDeploys: true,
 *     cronConnector: true,
 *     timeoutSeconds: 300,
 *     functionEgress: [{ internet: true, ports: [{ port: 443 }] }],
 * });
 * ```
 *
 * @throws {@link ArgumentsError} with everything that is wrong with the arguments.
 */
export class OpenFaas extends pulumi.ComponentResource {
    /** The namespace of OpenFaaS' own parts. */
    readonly namespace: pulumi.Output<string>;
    /** What functions, ingresses and monitoring need to know of it; `credentials` is the login of its gateway. */
    readonly platform: FaasPlatform;

    constructor(name: string, args: OpenFaasArgs, opts?: pulumi.ComponentResourceOptions) {
        assertValid(`OpenFaas ${name}`, validateOpenFaas(name, args));
        super("kubernetes-faas:index:OpenFaas", name, {}, inCluster(args.cluster, opts));

        const { installation, functionNamespace, credentials } = prepare(this, name, args);
        const queue = queuesCalls(args) ? [createQueue(installation)] : [];
        const gateway = createGateway(installation, queue);
        createScaling(installation);
        if (args.cronConnector) {
            createCronConnector(installation);
        }

        this.namespace = installation.namespace;
        this.platform = describePlatform(installation, gateway, { functionNamespace, credentials });
        this.registerOutputs({ namespace: this.namespace, platform: this.platform });
    }
}

/** What the parts have in common: the namespaces and the login. */
interface Prepared {
    installation: Installation;
    /** Its name, known when functions may come. */
    functionNamespace: pulumi.Output<string>;
    credentials: FaasCredentials;
}

function prepare(parent: OpenFaas, name: string, args: OpenFaasArgs): Prepared {
    const facts = {
        name,
        args,
        parent,
        namespaceName: namespaceOf(name, args),
        functionNamespace: functionNamespaceOf(name, args),
    };
    const own = new HardenedNamespace(
        `${name}-namespace`,
        { cluster: args.cluster, resourceName: facts.namespaceName, labels: args.labels },
        { parent },
    );
    const functionNamespace = createFunctionNamespace(facts);
    // The gateway has rights in the namespace of functions, and lists what is in it.
    const namespace = pulumi.all([own.name, functionNamespace]).apply(([known]) => known);
    const credentials = { username: adminUser, password: adminPassword(parent, name, args) };
    const loginSecret = createLogin(parent, name, args, { namespace, ...credentials });
    return { installation: { ...facts, namespace, loginSecret }, functionNamespace, credentials };
}

function adminPassword(parent: OpenFaas, name: string, args: OpenFaasArgs): pulumi.Input<string> {
    if (args.password === undefined) {
        return generatedPassword(`${name}-password`, { rotation: args.passwordRotation }, { parent }).password;
    }
    return checked(`OpenFaas ${name}`, "password", pulumi.secret(args.password), checkGivenPassword);
}

/** All that read it do so at their start only: another password makes another Secret, and rolls them. */
function createLogin(
    parent: OpenFaas,
    name: string,
    args: OpenFaasArgs,
    { namespace, username, password }: FaasCredentials & { namespace: pulumi.Input<string> },
): pulumi.Output<string> {
    const secret = rolledSecret(
        `${name}-login`,
        {
            cluster: args.cluster,
            namespace,
            labels: objectLabels({ app: "openfaas", instance: name, component: "login", labels: args.labels }),
            data: { [userFile]: username, [passwordFile]: password },
        },
        { parent },
    );
    return secret.metadata.name;
}

function describePlatform(
    installation: Installation,
    gateway: HardenedDeployment,
    { functionNamespace, credentials }: Omit<Prepared, "installation">,
): FaasPlatform {
    return {
        kind: FaasKind.OpenFaas,
        gateway: gateway.service!,
        functionNamespaces: [installation.functionNamespace],
        features: [...functionFeatures[FaasKind.OpenFaas]!],
        callers: functionCallers(installation),
        credentials,
        settings: { ready: functionNamespace.apply(() => "true"), ...knownSettings(installation.args) },
        telemetry: openFaasTelemetry(installation),
    };
}
