import { z } from "zod";
import { type Cluster, OpenFaas, type OpenFaasArgs, planOpenFaas, validateOpenFaas } from "../../components";
import { egressRule, platformParts, podPeer, secretKey } from "../config/parts";
import { secretValue } from "../config/secrets";
import type { PlatformStack } from "./platform";

/** The way out of a network whose firewall lets only a proxy through. */
const proxy = z.strictObject({
    url: z.string(),
    endpoint: z.strictObject({ pods: podPeer.optional(), cidrs: z.array(z.string()).optional() }),
    exceptions: z.array(z.string()).optional(),
});

/** The configuration of OpenFaaS Community Edition; the properties are those of `OpenFaas`. */
export const openFaasSchema = z.strictObject({
    platform: z.literal("openfaas"),
    ...platformParts,
    /** Whoever deploys says that they have read the licence and may use it; the component refuses without it. */
    acceptCommunityEula: z.boolean().optional(),
    functionNamespace: z.string().optional(),
    timeoutSeconds: z.number().optional(),
    asyncInvocation: z.boolean().optional(),
    callbackEgress: z.array(egressRule).optional(),
    scaleUpCallsPerSecond: z.number().optional(),
    cronConnector: z.boolean().optional(),
    insecureApiDeploys: z.boolean().optional(),
    /** The gateway's password. @default generated */
    passwordFrom: secretKey.optional(),
    passwordRotation: z.string().optional(),
    proxy: proxy.optional(),
});

type OpenFaasConfiguration = z.output<typeof openFaasSchema>;

/** OpenFaaS Community Edition. */
export const openfaas: PlatformStack<OpenFaasConfiguration> = {
    validate: (name, configuration, cluster) => validateOpenFaas(name, openFaasArgs(configuration, cluster)),
    plan: (name, configuration, cluster) => planOpenFaas(name, openFaasArgs(configuration, cluster)),
    create(name, configuration, cluster, opts) {
        const component = new OpenFaas(name, openFaasArgs(configuration, cluster), opts);
        return { platform: component.platform, component };
    },
    nextSteps({ namespace, service, port }, kubectl) {
        const login = `${kubectl} -n ${namespace} get secret -l app.kubernetes.io/component=login`;
        const password = `${login} -o jsonpath='{.items[0].data.basic-auth-password}' | base64 -d`;
        const gateway = "http://127.0.0.1:8080";
        const forward = `${kubectl} -n ${namespace} port-forward svc/${service} 8080:${port}`;
        const logIn = `${password} | faas-cli login -u admin --password-stdin -g ${gateway}`;
        return [
            { what: "read the password", command: password },
            { what: "reach the gateway", command: forward, needsPods: true },
            { what: "log in", command: logIn, needsPods: true },
            { what: "list functions", command: `faas-cli list -g ${gateway}`, needsPods: true },
            { what: "call by faas-cli", command: `echo | faas-cli invoke NAME -g ${gateway}`, needsPods: true },
        ];
    },
};

function openFaasArgs(configuration: OpenFaasConfiguration, cluster: Cluster): OpenFaasArgs {
    const { platform: _platform, passwordFrom, acceptCommunityEula, ...args } = configuration;
    return {
        cluster,
        ...args,
        // The component says what there is to accept.
        acceptCommunityEula: acceptCommunityEula as boolean,
        password: passwordFrom === undefined ? undefined : secretValue(passwordFrom),
    };
}
