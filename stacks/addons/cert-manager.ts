import { z } from "zod";
import {
    type AcmeIssuer,
    Addon,
    CertManager,
    type CertManagerArgs,
    type CertManagerClusterIssuer,
    CertManagerCrds,
    type Fault,
    type IngressGateway,
    validateCertManager,
} from "../../components";
import { Checks } from "../../components/core/validation";
import type { SchemaOf } from "../clusters/managed";
import { secretKey } from "../config/parts";
import type { WithSecrets } from "../config/secrets";
import { addonOf, addonParts, type AddonSetup, cloudIdentity, definitionParts, definitionsArgs, egress } from "./addon";

const texts = z.array(z.string());

/** The provider of the zones is one of these. */
const dnsSolver = z.strictObject({
    zones: texts.optional(),
    route53: z.strictObject({ region: z.string(), hostedZoneId: z.string().optional() }).optional(),
    cloudDns: z.strictObject({ project: z.string(), hostedZoneName: z.string().optional() }).optional(),
    azureDns: z
        .strictObject({ subscriptionId: z.string(), resourceGroup: z.string(), hostedZoneName: z.string() })
        .optional(),
});

const acme = z.strictObject({
    ...({
        email: z.string(),
        server: z.string().optional(),
        dns: z.array(dnsSolver).optional(),
    } satisfies SchemaOf<Omit<AcmeIssuer, "http" | "externalAccount">>),
    /** By the stack's own ingress. */
    http: z.strictObject({ namespaces: texts }).optional(),
    externalAccount: z.strictObject({ keyId: z.string(), keyFrom: secretKey }).optional(),
});

const ca = z.strictObject({
    certificate: z.string().optional(),
    privateKeyFrom: secretKey.optional(),
    rotation: z.string().optional(),
});

/** The properties are those of `CertManagerClusterIssuer`. */
const issuer = z.strictObject({ acme: acme.optional(), ca: ca.optional(), selfSigned: z.boolean().optional() });

/** The configuration of cert-manager; the properties are those of `CertManager`. */
export const certManagerSchema = z.strictObject({
    ...({
        ...addonParts,
        deletion: definitionParts.deletion,
        namespace: z.string().optional(),
        identity: cloudIdentity.optional(),
        caInjector: z.boolean().optional(),
        httpChallenges: z.boolean().optional(),
        highAvailability: z.boolean().optional(),
        egress,
    } satisfies SchemaOf<Omit<CertManagerArgs, "cluster" | "definitions" | "issuers">>),
    definitions: definitionParts.definitions,
    issuers: z.record(z.string(), issuer).optional(),
});

type CertManagerConfiguration = z.output<typeof certManagerSchema>;
type CertManagerSetup = AddonSetup<CertManagerConfiguration>;

/** cert-manager and its definitions. */
export const certManager = addonOf({
    addon: Addon.CertManager,
    schema: certManagerSchema,
    argsOf: certManagerArgs,
    validate: (name, args) => validateCertManager(name, args).map(atHttp),
    check: checkHttp,
    make(name, args, { cluster, configuration }) {
        const crds = definitionsArgs(cluster, configuration);
        const definitions = crds && new CertManagerCrds(`${name}-crds`, crds).definitions;
        return new CertManager(name, { ...args, definitions });
    },
});

function certManagerArgs(
    { definitions: _definitions, issuers, ...given }: WithSecrets<CertManagerConfiguration>,
    { cluster, configuration, gateway }: CertManagerSetup,
): CertManagerArgs {
    return {
        cluster,
        ...given,
        // Which ones makes no difference to what can be wrong.
        definitions: definitionsArgs(cluster, configuration) && [],
        ...(issuers ? { issuers: issuersBehind(issuers, gateway) } : {}),
    };
}

type GivenIssuers = NonNullable<WithSecrets<CertManagerConfiguration>["issuers"]>;

/** Those that prove by HTTP do it behind the stack's ingress; without one they are a fault of the configuration. */
function issuersBehind(
    issuers: GivenIssuers,
    gateway: IngressGateway | undefined,
): Record<string, CertManagerClusterIssuer> {
    return Object.fromEntries(
        Object.entries(issuers).flatMap(([name, { acme, ...others }]): [string, CertManagerClusterIssuer][] => {
            if (acme === undefined) {
                return [[name, others]];
            }
            const { http, ...rest } = acme;
            if (http === undefined) {
                return [[name, { ...others, acme: rest }]];
            }
            return gateway ? [[name, { ...others, acme: { ...rest, http: { ...http, gateway } } }]] : [];
        }),
    );
}

function checkHttp({ configuration, gateway }: CertManagerSetup): Fault[] {
    const checks = new Checks();
    checks.map("issuers", configuration.issuers, (_name, each, nested) => {
        if (each.acme?.http && !gateway) {
            nested.fault(
                "acme.http",
                "is answered behind the stack's ingress, and the stack has none; add `ingress: { controller: traefik }`, or use dns",
            );
        }
    });
    return checks.faults;
}

/** The ingress is the stack's, and no key here. */
function atHttp({ propertyPath, reason }: Fault): Fault {
    return { propertyPath: propertyPath.replace(/\.http\.gateway$/, ".http"), reason };
}
