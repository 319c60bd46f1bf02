import type { Fault } from "../../core/errors";
import { validateLabels } from "../../core/labels";
import { checkName } from "../../core/names";
import { type EgressRule, validateNetworkRules } from "../../core/network";
import { validatePlacement } from "../../core/placement";
import { validateRegistry } from "../../core/registry";
import { Checks } from "../../core/validation";
import { checkFunctionPlacement } from "../function/workload";
import type { OpenFaasArgs, OpenFaasProxy } from "./args";
import { queuesCalls } from "./installation";
import { functionSuffix, namespaceOf } from "./namespaces";

/** Leaves room for what the names of the installation's objects add to its own. */
const longestName = 40;

/** What a guesser does not get through, at a gateway that limits no attempts. */
const shortestPassword = 16;

/** An hour; what takes longer is no call. */
const longestTimeout = 3600;

/** What is wrong with the arguments of an `OpenFaas`; empty when nothing is. */
export function validateOpenFaas(name: string, args: OpenFaasArgs): Fault[] {
    const checks = new Checks();
    checks.dnsLabel("name", name, { maximum: longestName });
    checkLicence(checks, args);
    checkNamespaces(checks, name, args);
    checks.integer("timeoutSeconds", args.timeoutSeconds, { minimum: 1, maximum: longestTimeout });
    checks.number("scaleUpCallsPerSecond", args.scaleUpCallsPerSecond, { minimum: 0.1 });
    checkQueue(checks, args);
    checkPassword(checks, args);
    checks.list("callers", args.callers, (peer, nested) => checkName(nested, "namespace", peer.namespace, "Namespace"));
    checks.nonEmpty("images.nodejs", args.images?.nodejs);
    checks.nonEmpty("images.python", args.images?.python);
    checks.nonEmpty("quota", args.quota);
    checkEgress(checks, "functionEgress", args.functionEgress);
    checkEgress(checks, "callbackEgress", args.callbackEgress);
    checkProxy(checks.at("proxy"), args.proxy);
    checks.include(validatePlacement("placement", args.placement));
    checkFunctionPlacement(checks, "functionPlacement", args.functionPlacement);
    checks.include(validateRegistry("registry", args.registry));
    checks.include(validateLabels("labels", args.labels));
    return checks.faults;
}

/** The licence's own words, as far as they decide who may go on: EULA.md of openfaas/faas at 0.27.14. */
function checkLicence(checks: Checks, { acceptCommunityEula }: Partial<OpenFaasArgs>): void {
    if (acceptCommunityEula === true) {
        return;
    }
    checks.fault(
        "acceptCommunityEula",
        `${acceptCommunityEula === undefined ? "is missing" : "is not true"}; the licence of OpenFaaS Community Edition ` +
            "limits commercial use to 60 days in one installation per company (sections 1.2 and 8.1), bars who ever held a " +
            "paid licence (8.5), and forbids to copy, change or pass it on (4.1). Read " +
            "https://github.com/openfaas/faas/blob/master/EULA.md and say `acceptCommunityEula: true` if you may use it; " +
            "Fission has no such limits",
    );
}

function checkNamespaces(checks: Checks, name: string, args: OpenFaasArgs): void {
    const own = namespaceOf(name, args);
    const suffix = args.functionNamespace === undefined ? functionSuffix : "";
    checkName(checks, "namespace", args.namespace, "Namespace", suffix);
    checkName(checks, "functionNamespace", args.functionNamespace, "Namespace");
    if (args.functionNamespace === own) {
        checks.fault("functionNamespace", `is "${own}", the namespace of OpenFaaS' own parts; give functions another`);
    }
}

function checkQueue(checks: Checks, args: OpenFaasArgs): void {
    if (!queuesCalls(args) && args.callbackEgress !== undefined) {
        checks.fault(
            "callbackEgress",
            "is given, but asyncInvocation is false: no call is queued; leave one of them out",
        );
    }
}

function checkPassword(checks: Checks, { password, passwordRotation }: OpenFaasArgs): void {
    checks.exclusive(["password", "passwordRotation"], { password, passwordRotation });
    checkGivenPassword(checks, "password", password);
}

/** Spaces at its ends would not count: the gateway cuts them off. */
export function checkGivenPassword(checks: Checks, path: string, password: OpenFaasArgs["password"]): void {
    checks.secret.length(path, password, { minimum: shortestPassword });
    checks.secret.matches(path, password, /^\S(.*\S)?$/, "give one line without spaces at its ends");
}

/** The rules are checked as part of network rules, and reported at the argument that holds them. */
function checkEgress(checks: Checks, path: string, egress: EgressRule[] | undefined): void {
    checks.include(
        validateNetworkRules("", { egress }).map(({ propertyPath, reason }) => ({
            propertyPath: propertyPath.replace(/^egress/, path),
            reason,
        })),
    );
}

function checkProxy(checks: Checks, proxy: OpenFaasProxy | undefined): void {
    if (!proxy) {
        return;
    }
    checks.required("url", proxy.url, 'the proxy\'s URL, such as "http://proxy.example.com:3128"');
    checks.url("url", proxy.url);
    checks.list("exceptions", proxy.exceptions, (exception, nested) =>
        nested.matches("", exception, /^[^\s,]+$/, 'give one host, domain or block of addresses: ".example.com"'),
    );
    const { pods, cidrs } = proxy.endpoint ?? {};
    if (pods === undefined && cidrs === undefined) {
        checks.fault(
            "endpoint",
            "names neither pods nor cidrs, so that OpenFaaS could not reach the proxy; give one of them",
        );
    }
    checks.list("endpoint.cidrs", cidrs, (cidr, nested) => nested.cidr("", cidr));
}
