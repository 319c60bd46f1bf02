import { Addon, AddonMode } from "../../../core/addons";
import type { Fault } from "../../../core/errors";
import { checkName } from "../../../core/names";
import { validateNetworkRules } from "../../../core/network";
import { Checks } from "../../../core/validation";
import { checkCloudIdentity } from "../cloud-identity";
import { checkMode } from "../mode";
import { DnsPolicy, DnsProvider, DnsSource, type ExternalDnsArgs } from "./args";

/** What only an installation reads. */
const installing = [
    "provider",
    "domains",
    "zoneIds",
    "policy",
    "sources",
    "ingressClasses",
    "ownerId",
    "googleProject",
    "azure",
    "webhook",
    "identity",
    "namespace",
    "egress",
    "placement",
    "registry",
    "labels",
] as const;

/** The arguments that one provider needs, or alone understands. */
const providersOf = {
    azure: [DnsProvider.Azure, DnsProvider.AzurePrivate],
    webhook: [DnsProvider.Webhook],
    googleProject: [DnsProvider.Google],
} as const satisfies Partial<Record<keyof ExternalDnsArgs, readonly DnsProvider[]>>;

/** What is wrong with the arguments of an {@link ExternalDns}; empty when nothing is. */
export function validateExternalDns(name: string, args: ExternalDnsArgs): Fault[] {
    const checks = new Checks();
    checkMode(checks, args, Addon.ExternalDns, { installing });
    checkName(checks, args.namespace === undefined ? "name" : "namespace", args.namespace ?? name, "Namespace");
    if ((args.mode ?? AddonMode.Install) === AddonMode.Install) {
        checks.required("provider", args.provider, `one of ${Object.values(DnsProvider).join(", ")}`);
        checks.required("domains", args.domains, 'the domains whose records it may touch: ["example.com"]');
        checkProviderArguments(checks, args);
    }
    checks.oneOf("provider", args.provider, Object.values(DnsProvider));
    checks.oneOf("policy", args.policy, Object.values(DnsPolicy));
    checks.nonEmpty("domains", args.domains);
    checks.list("domains", args.domains, (domain, each) => each.hostName("", domain));
    checks.nonEmpty("sources", args.sources);
    checks.list("sources", args.sources, (source, each) => each.oneOf("", source, Object.values(DnsSource)));
    checks.matches(
        "ownerId",
        args.ownerId,
        /^[\w.-]{1,63}$/,
        "use at most 63 letters, digits, dots, dashes and underscores",
    );
    checks.nonEmpty("webhook.image", args.webhook?.image);
    checkCloudIdentity(checks.at("identity"), args.identity);
    checks.include(validateNetworkRules("", { egress: args.egress }));
    return checks.faults;
}

function checkProviderArguments(checks: Checks, args: ExternalDnsArgs): void {
    const { provider } = args;
    for (const [key, providers] of Object.entries(providersOf) as [
        keyof typeof providersOf,
        readonly DnsProvider[],
    ][]) {
        const meant = provider !== undefined && providers.includes(provider);
        if (args[key] !== undefined && provider !== undefined && !meant) {
            checks.fault(key, `is for provider ${providers.join(" and ")}, not for ${provider}; leave it out`);
        }
        if (args[key] === undefined && meant && key !== "googleProject") {
            checks.fault(key, `is missing, which provider ${provider} needs`);
        }
    }
}
