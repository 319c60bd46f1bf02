import * as pulumi from "@pulumi/pulumi";
import { rolledConfig, rolledSecret } from "../../core/config-objects";
import type { PodPeer } from "../../core/contracts";
import { generatedKey } from "../../core/credentials";
import { image } from "../../core/images";
import { mapInput } from "../../core/inputs";
import { objectLabels, selectorLabels } from "../../core/labels";
import type { NetworkRules } from "../../core/network";
import { HardenedDeployment, type WorkloadVolume } from "../../core/workload";
import type { IngressArgs } from "../args";
import { namespaceOf, protectionsOf } from "../names";
import { publicHttpsPort } from "../service";
import type { OidcProtection } from "./args";
import { configFiles, secretFiles } from "./config";
import { files, loginName, paths, ports } from "./names";

const app = "oauth2-proxy";

/** Where the logins of an ingress live. */
export interface LoginPlace {
    parent: pulumi.Resource;
    /** The ingress's name. */
    name: string;
    namespace: pulumi.Input<string>;
    args: IngressArgs;
}

/** The logins of an ingress, by the names of their protections. */
export function loginsOf(args: IngressArgs): [protection: string, oidc: OidcProtection][] {
    return protectionsOf(args).flatMap(([protection, { oidc }]): [string, OidcProtection][] =>
        oidc ? [[protection, oidc]] : [],
    );
}

/** The pods of a login, known before they are made. */
export function loginPods(name: string, protection: string, args: IngressArgs): PodPeer {
    const instance = loginName(name, protection);
    return { namespace: namespaceOf(name, args), podSelector: selectorLabels({ app, instance }) };
}

/** Where the ingress asks a login's pods. */
export function loginUrl(name: string, protection: string, args: IngressArgs): string {
    return `http://${loginName(name, protection)}.${namespaceOf(name, args)}.svc:${ports.http}`;
}

/** An oauth2-proxy for each login, which the ingress's pods alone reach. */
export function createLogins(place: LoginPlace, ingressPods: PodPeer): void {
    for (const [protection, oidc] of loginsOf(place.args)) {
        createLogin(place, protection, oidc, ingressPods);
    }
}

function createLogin(place: LoginPlace, protection: string, oidc: OidcProtection, ingressPods: PodPeer): void {
    const { cluster, placement, registry, labels } = place.args;
    const name = loginName(place.name, protection);
    new HardenedDeployment(
        name,
        {
            cluster,
            namespace: place.namespace,
            app,
            labels,
            placement,
            registry,
            replicas: oidc.replicas ?? 2,
            service: { ports: [{ name: "http" }] },
            network: networkOf(oidc, ingressPods),
            volumes: [createConfig(place, protection, oidc), createSecret(place, protection, oidc)],
            containers: [
                {
                    name: "oauth2-proxy",
                    image: image("oauth2-proxy"),
                    args: [`--config=${paths.config}/${files.config}`],
                    ports: Object.entries(ports).map(([portName, port]) => ({ name: portName, port })),
                    environmentFromResources: { GOMEMLIMIT: "limits.memory" },
                    mounts: [
                        { volume: "config", path: paths.config },
                        { volume: "secrets", path: paths.secrets },
                    ],
                    probes: {
                        readiness: { http: { path: "/ready", port: ports.http } },
                        liveness: { http: { path: "/ping", port: ports.http } },
                    },
                    resources: oidc.resources ?? {
                        requests: { cpu: "20m", memory: "64Mi" },
                        limits: { cpu: "500m", memory: "128Mi" },
                    },
                },
            ],
        },
        { parent: place.parent },
    );
}

function createConfig(
    { parent, name, namespace, args }: LoginPlace,
    protection: string,
    oidc: OidcProtection,
): WorkloadVolume {
    const config = rolledConfig(
        `${loginName(name, protection)}-config`,
        {
            cluster: args.cluster,
            namespace,
            labels: labelsOf(name, protection, args),
            data: configFiles(subjectOf(name), { protection, oidc, httpsPort: publicHttpsPort(args) }),
        },
        { parent },
    );
    return { name: "config", configMap: { name: config.metadata.name } };
}

function createSecret(
    { parent, name, namespace, args }: LoginPlace,
    protection: string,
    oidc: OidcProtection,
): WorkloadVolume {
    const login = loginName(name, protection);
    const key = generatedKey(`${login}-cookies`, { rotation: oidc.cookie?.rotation }, { parent });
    const secret = rolledSecret(
        `${login}-secret`,
        {
            cluster: args.cluster,
            namespace,
            labels: labelsOf(name, protection, args),
            data: secretFiles(subjectOf(name), { protection, oidc }, key.base64),
        },
        { parent },
    );
    return { name: "secrets", secret: { name: secret.metadata.name } };
}

/** Whose arguments they are, for errors. */
function subjectOf(name: string): string {
    return `TraefikIngress ${name}`;
}

function labelsOf(name: string, protection: string, { labels }: IngressArgs) {
    return objectLabels({ app, instance: loginName(name, protection), labels });
}

function networkOf({ issuerUrl, issuerCidrs, issuerService }: OidcProtection, ingressPods: PodPeer): NetworkRules {
    const provider = { ports: [{ port: mapInput(issuerUrl, portOf) }] };
    return {
        ingress: [{ pods: [ingressPods], ports: [{ port: ports.http }] }],
        ...(issuerService
            ? { services: [issuerService] }
            : { egress: [{ ...(issuerCidrs ? { cidrs: issuerCidrs } : { internet: true }), ...provider }] }),
        dns: true,
    };
}

/** What is no URL is refused with a reason where the configuration is made. */
function portOf(url: string): number {
    return Number((URL.canParse(url) && new URL(url).port) || 443);
}
