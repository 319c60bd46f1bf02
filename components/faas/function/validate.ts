import { FunctionFeature, type FaasPlatform } from "../../core/contracts";
import type { Fault } from "../../core/errors";
import { validateLabels } from "../../core/labels";
import { validateNetworkRules } from "../../core/network";
import { validatePlacement } from "../../core/placement";
import { validateRegistry } from "../../core/registry";
import { validateRoute } from "../../core/route";
import { Checks, QuantityKind } from "../../core/validation";
import { HandlerContract, HttpMethod, type FaasFunctionArgs, FunctionRuntime } from "./args";
import { platformsWith } from "./features";
import { privateImageFaults } from "./private-image";
import { fileBindings, variableNames } from "./variables";

/** What is wrong with the arguments of a `FaasFunction`, apart from its code and its platform's own rules. */
export function validateFunction(name: string, args: FaasFunctionArgs): Fault[] {
    const checks = new Checks();
    checks.dnsLabel("functionName", args.functionName ?? name);
    checks.oneOf("namespace", args.namespace, args.platform.functionNamespaces);
    checkSource(checks, args);
    checkSettings(checks, args);
    checkSecrets(checks, args);
    checkDependencies(checks, args);
    checkSchedules(checks, args);
    checkRoutes(checks, args);
    checkScaling(checks, args);
    checkFeatures(checks, args);
    return checks.faults;
}

function checkSource(checks: Checks, args: FaasFunctionArgs): void {
    checks.exclusive(["code", "archive", "image"], args, { required: true });
    checks.oneOf("runtime", args.runtime, Object.values(FunctionRuntime));
    checks.oneOf("contract", args.contract, Object.values(HandlerContract));
    if (args.image === undefined && args.runtime === undefined) {
        checks.fault(
            "runtime",
            `is missing; give the language of the code: ${Object.values(FunctionRuntime).join(", ")}`,
        );
    }
    if (args.image !== undefined) {
        for (const property of ["runtime", "handler", "contract"] as const) {
            if (args[property] !== undefined) {
                checks.fault(property, `is "${args[property]}", but an image brings its own; leave ${property} out`);
            }
        }
        checks.include(privateImageFaults(args));
    } else if (args.port !== undefined) {
        checks.fault("port", `is ${args.port}, but only an image has a port of its own; leave it out`);
    }
    checks.port("port", args.port);
}

function checkSettings(checks: Checks, args: FaasFunctionArgs): void {
    checks.integer("timeoutSeconds", args.timeoutSeconds, { minimum: 1 });
    Object.keys(args.environment ?? {}).forEach((variable) =>
        checks.environmentName(`environment.${variable}`, variable),
    );
    const { resources = {} } = args;
    checks.quantity("resources.cpuRequest", resources.cpuRequest, QuantityKind.Cpu);
    checks.quantity("resources.cpuLimit", resources.cpuLimit, QuantityKind.Cpu);
    checks.quantity("resources.memoryRequest", resources.memoryRequest, QuantityKind.Memory);
    checks.quantity("resources.memoryLimit", resources.memoryLimit, QuantityKind.Memory);
    checks.include(validatePlacement("placement", args.placement));
    checks.include(validateRegistry("registry", args.registry));
    checks.include(validateLabels("labels", args.labels));
}

function checkSecrets(checks: Checks, args: FaasFunctionArgs): void {
    const namespace = args.namespace ?? args.platform.functionNamespaces[0];
    checks.list("secrets", args.secrets, (secret, nested) => {
        nested.environmentName("variable", secret.variable);
        nested.dnsSubdomain("secretName", secret.secretName);
        nested.nonEmpty("key", secret.key);
    });
    checks.list("bindings", args.bindings, ({ prefix, binding }, nested) => {
        nested.environmentName("prefix", prefix);
        if (typeof binding.namespace === "string" && binding.namespace !== namespace) {
            nested.fault(
                "binding",
                `is in namespace "${binding.namespace}", but the function in "${namespace}"; bind the connection there`,
            );
        }
    });
    checks.list("secretFiles", args.secretFiles, ({ secretName }, nested) =>
        nested.dnsSubdomain("secretName", secretName),
    );
    const files = (args.secretFiles ?? []).map(({ secretName }) => secretName);
    for (const secretName of repeated(files)) {
        checks.fault("secretFiles", `name "${secretName}" more than once; name each Secret once`);
    }
    for (const variable of repeated(variableNames(args))) {
        checks.fault("environment", `and the secrets and bindings give ${variable} more than once; give it once`);
    }
}

function checkDependencies(checks: Checks, { dependencies, image }: FaasFunctionArgs): void {
    if (dependencies === undefined) {
        return;
    }
    if (image !== undefined) {
        checks.fault("dependencies", "is given, but an image brings its own; leave it out");
    }
    const nested = checks.at("dependencies");
    nested.url("registryUrl", dependencies.registryUrl);
    nested.quantity("size", dependencies.size, QuantityKind.Storage);
    nested.dnsSubdomain("configuration.secretName", dependencies.configuration?.secretName);
    nested.nonEmpty("configuration.key", dependencies.configuration?.key);
    checks.required("dependencies.egress", dependencies.egress, egressExample);
    checks.nonEmpty("dependencies.egress", dependencies.egress);
    checks.include(validateNetworkRules("dependencies", { egress: dependencies.egress }));
}

/** The way to the public registries. */
const egressExample = "the way to the registry, such as [{ internet: true, ports: [{ port: 443 }] }]";

function checkSchedules(checks: Checks, { schedules = [] }: FaasFunctionArgs): void {
    const names = schedules.map(({ name }, index) => name ?? `${index}`);
    schedules.forEach(({ cron, name }, index) => {
        checks.cron(`schedules[${index}].cron`, cron);
        checks.dnsLabel(`schedules[${index}].name`, name);
        if (names.indexOf(names[index]!) < index) {
            checks.fault(
                `schedules[${index}].name`,
                `is "${names[index]!}" a second time; schedules are told apart by name`,
            );
        }
    });
}

/** What is in a list more than once, each once. */
function repeated(values: readonly string[]): Set<string> {
    return new Set(values.filter((value, index) => values.indexOf(value) < index));
}

function checkRoutes(checks: Checks, args: FaasFunctionArgs): void {
    checks.list("routes", args.routes, (route, nested) => {
        nested.list("methods", route.methods, (method, each) => each.oneOf("", method, Object.values(HttpMethod)));
        if (!route.ingress) {
            nested.path("path", route.path);
            return;
        }
        if (route.host === undefined) {
            nested.fault("host", 'is missing; an ingress tells routes apart by host: "hello.example.com"');
        }
        nested.include(
            validateRoute({
                cluster: args.cluster,
                gateway: route.ingress,
                host: route.host ?? "host.invalid",
                path: route.path,
                service: args.platform.gateway,
                protections: route.protections,
                insecureWithoutLogin: route.insecureWithoutLogin,
            }),
        );
    });
    const paths = (args.routes ?? []).map(
        (route) => `${typeof route.host === "string" ? route.host : ""}${route.path}`,
    );
    paths.forEach((path, index) => {
        if (paths.indexOf(path) < index) {
            checks.fault(`routes[${index}].path`, `is "${path}" a second time; a host and path lead to one place`);
        }
    });
}

function checkScaling(checks: Checks, args: FaasFunctionArgs): void {
    const { minimum, maximum, targetCpuPercent } = args.scaling ?? {};
    checks.integer("scaling.minimum", minimum, { minimum: 0 });
    checks.integer("scaling.maximum", maximum, { minimum: 1 });
    checks.integer("scaling.targetCpuPercent", targetCpuPercent, { minimum: 1, maximum: 100 });
    if (minimum !== undefined && maximum !== undefined && minimum > maximum) {
        checks.fault(
            "scaling.minimum",
            `is ${minimum}, above scaling.maximum ${maximum}; lower it or raise the maximum`,
        );
    }
}

/** Each thing that the arguments ask for, with the property that asks. */
function requestedFeatures(args: FaasFunctionArgs): [FunctionFeature, string, boolean][] {
    const limited = args.timeoutSeconds !== undefined;
    return [
        [
            FunctionFeature.Code,
            args.archive ? "archive" : "code",
            args.code !== undefined || args.archive !== undefined,
        ],
        [FunctionFeature.Image, "image", args.image !== undefined],
        [FunctionFeature.Environment, "environment", Object.keys(args.environment ?? {}).length > 0],
        [FunctionFeature.Secrets, "secrets", (args.secrets ?? []).length > 0],
        [FunctionFeature.Secrets, "bindings", (args.bindings ?? []).length > 0],
        [FunctionFeature.SecretFiles, "secretFiles", (args.secretFiles ?? []).length > 0],
        [FunctionFeature.SecretFiles, "bindings", fileBindings(args).length > 0],
        [FunctionFeature.Dependencies, "dependencies", args.dependencies !== undefined],
        [FunctionFeature.ImagePort, "port", args.port !== undefined],
        [FunctionFeature.RouteMethods, "routes", (args.routes ?? []).some(({ methods }) => methods !== undefined)],
        [FunctionFeature.Schedule, "schedules", (args.schedules ?? []).length > 0],
        [FunctionFeature.Scaling, "scaling", args.scaling !== undefined],
        [FunctionFeature.ScaleToZero, "scaling.minimum", args.scaling?.minimum === 0],
        [FunctionFeature.CpuScaling, "scaling.targetCpuPercent", args.scaling?.targetCpuPercent !== undefined],
        [FunctionFeature.Resources, "resources", args.resources !== undefined],
        [FunctionFeature.Timeout, "timeoutSeconds", limited && args.image === undefined],
        [FunctionFeature.ImageTimeout, "timeoutSeconds", limited && args.image !== undefined],
        [FunctionFeature.Placement, "placement", args.placement !== undefined],
    ];
}

function checkFeatures(checks: Checks, args: FaasFunctionArgs): void {
    for (const [feature, property, asked] of requestedFeatures(args)) {
        if (asked && !args.platform.features.includes(feature)) {
            checks.fault(property, cannotHonour(args.platform, feature));
        }
    }
}

function cannotHonour(platform: FaasPlatform, feature: FunctionFeature): string {
    const others = platformsWith(feature).filter((kind) => kind !== platform.kind);
    const instead = others.length > 0 ? `use ${others.join(" or ")}` : "no platform of this version can";
    return `asks for ${feature}, which ${platform.kind} cannot do; leave it out, or ${instead}`;
}
