import * as pulumi from "@pulumi/pulumi";
import type { Fault } from "../errors";
import { cidrFormat, holdsLogin, hostNameFormat, mountPathFormat, urlFormat, urlPathFormat } from "./addresses";
import type { HostNameRules, UrlRules } from "./addresses";
import { cronFormat, timeZoneFormat } from "./cron";
import { type DurationLimits, durationFormat } from "./durations";
import type { Format } from "./finding";
import {
    type LabelLimits,
    dnsLabelFormat,
    dnsSubdomainFormat,
    environmentNameFormat,
    labelKeyFormat,
    labelValueFormat,
    portNameFormat,
} from "./names";
import { type QuantityKind, type QuantityLimits, quantityFormat } from "./quantities";
import { describeRange, describeType, elementPath, isPlain, joinPath, show } from "./show";
import { suggest } from "./suggest";

/** The bounds of a number, both included. */
export interface NumberLimits {
    minimum?: number;
    maximum?: number;
}

/** The bounds of a text's length in characters, both included. */
export interface LengthLimits {
    minimum?: number;
    maximum?: number;
}

/**
 * Collects all that is wrong with a component's arguments. Each check names the property, the value, why it is refused
 * and what to write instead.
 *
 * A check passes what it can't judge at once: `undefined` (see {@link Checks.required}), Outputs, secrets and promises.
 * Those can be checked when they resolve, by `checked`.
 *
 * @example
 * ```ts
 * export function validate(args: RouteArgs): Fault[] {
 *     const checks = new Checks();
 *     checks.hostName("host", args.host);
 *     checks.list("protections", args.protections, (protection, each) => each.dnsLabel("", protection));
 *     return checks.faults;
 * }
 * ```
 */
export class Checks {
    /** What was found so far, in order. Shared with the nested and the secret view. */
    readonly faults: Fault[];

    private readonly prefix: string;
    private readonly hidden: boolean;

    constructor(view: { faults?: Fault[]; prefix?: string; hidden?: boolean } = {}) {
        this.faults = view.faults ?? [];
        this.prefix = view.prefix ?? "";
        this.hidden = view.hidden ?? false;
    }

    /** The same collector for what lies below a property: `at("routes[1]").port("port", ...)` finds `routes[1].port`. */
    at(path: string): Checks {
        return new Checks({ faults: this.faults, prefix: joinPath(this.prefix, path), hidden: this.hidden });
    }

    /** The same collector for secret values, which its messages do not repeat: `checks.secret.nonEmpty("password", p)`. */
    get secret(): Checks {
        return new Checks({ faults: this.faults, prefix: this.prefix, hidden: true });
    }

    /** Notes a fault of a component's own. The reason follows the property path: `is taken; choose another`. */
    fault(path: string, reason: string): void {
        this.faults.push({ propertyPath: joinPath(this.prefix, path) || "args", reason });
    }

    /** Takes over what another validation found, below this collector's property. */
    include(faults: readonly Fault[]): void {
        for (const { propertyPath, reason } of faults) {
            this.fault(propertyPath, reason);
        }
    }

    /** The value must be given. */
    required(path: string, value: unknown, example?: string): void {
        if (value === undefined || value === null) {
            this.fault(path, `is missing; give ${example ?? "a value"}`);
        }
    }

    /** A text, list or map, where given, must hold something; a text more than spaces. */
    nonEmpty(path: string, value: unknown): void {
        if (!isPlain(value)) {
            return;
        }
        if (typeof value === "string" && value.trim() === "") {
            this.fault(path, "is empty; give at least one character");
        }
        if (typeof value === "object" && Object.keys(value as object).length === 0) {
            this.fault(path, "is empty; give at least one entry");
        }
    }

    /** The value must be one of those allowed. */
    oneOf(path: string, value: pulumi.Input<string> | undefined, allowed: readonly string[]): void {
        this.format(path, value, (text) =>
            allowed.includes(text)
                ? undefined
                : {
                      problem: "is not known here",
                      rule: `use ${allowed.length > 1 ? "one of " : ""}${allowed.map((one) => `"${one}"`).join(", ")}`,
                      suggestion: suggest(text, allowed),
                  },
        );
    }

    /** An object must have no keys but those known. For arguments that come from configuration files or other languages. */
    knownKeys(path: string, value: object | undefined, known: readonly string[]): void {
        for (const key of Object.keys(value ?? {}).filter((candidate) => !known.includes(candidate))) {
            const near = suggest(key, known);
            const hint = near === undefined ? "" : `; did you mean "${near}"?`;
            this.fault(
                joinPath(path, elementPath(key)),
                `is not known here; known are ${known.map((one) => `"${one}"`).join(", ")}${hint}`,
            );
        }
    }

    /** Of these arguments at most one may be given, or exactly one when it is required. */
    exclusive(keys: readonly string[], args: object, options: { required?: boolean } = {}): void {
        const values = args as Record<string, unknown>;
        const given = keys.filter((key) => values[key] !== undefined && values[key] !== null);
        const names = (list: readonly string[]): string => list.map((key) => `"${key}"`).join(" and ");
        if (given.length > 1) {
            this.fault(given[1]!, `can't go together with "${given[0]}"; give only one of ${names(keys)}`);
        }
        if (given.length === 0 && options.required) {
            this.fault(keys[0]!, `is missing; give one of ${names(keys)}`);
        }
    }

    /** A whole number within limits. */
    integer(path: string, value: pulumi.Input<number> | undefined, limits: NumberLimits = {}): void {
        this.numeric(path, value, limits, "whole number", Number.isSafeInteger);
    }

    /** A number within limits, whole or not. */
    number(path: string, value: pulumi.Input<number> | undefined, limits: NumberLimits = {}): void {
        this.numeric(path, value, limits, "number", Number.isFinite);
    }

    /** A TCP or UDP port. */
    port(path: string, value: pulumi.Input<number> | undefined): void {
        this.integer(path, value, { minimum: 1, maximum: 65_535 });
    }

    private numeric(
        path: string,
        value: unknown,
        limits: NumberLimits,
        what: string,
        isWanted: (value: unknown) => boolean,
    ): void {
        if (!isPlain(value)) {
            return;
        }
        const number = value as number;
        const { minimum = -Infinity, maximum = Infinity } = limits;
        if (!isWanted(number) || number < minimum || number > maximum) {
            const type = typeof value === "number" ? "" : `, ${describeType(value)}`;
            this.fault(path, `is ${this.show(value)}${type}; give a ${what}${describeRange(limits)}`);
        }
    }

    /** A text whose length lies within limits. */
    length(path: string, value: pulumi.Input<string> | undefined, limits: LengthLimits): void {
        this.format(path, value, (text) => {
            const tooShort = text.length < (limits.minimum ?? 0);
            const tooLong = text.length > (limits.maximum ?? Infinity);
            return tooShort || tooLong
                ? {
                      problem: `has ${text.length} characters`,
                      rule: `give a text of${describeRange(limits)} characters`,
                  }
                : undefined;
        });
    }

    /** A text of a form of the component's own. `rule` says what to write: `use a version like "1.36"`. */
    matches(path: string, value: pulumi.Input<string> | undefined, pattern: RegExp, rule: string): void {
        this.format(path, value, (text) =>
            pattern.test(text) ? undefined : { problem: "does not have the right form", rule },
        );
    }

    /** The name of an object that is a DNS label: Service, Namespace and names that become part of others. */
    dnsLabel(path: string, value: pulumi.Input<string> | undefined, limits: LabelLimits = {}): void {
        this.format(path, value, dnsLabelFormat(limits));
    }

    /** The name of an object that is a DNS subdomain: most objects. */
    dnsSubdomain(path: string, value: pulumi.Input<string> | undefined): void {
        this.format(path, value, dnsSubdomainFormat);
    }

    /** The key of a label or annotation. */
    labelKey(path: string, value: pulumi.Input<string> | undefined): void {
        this.format(path, value, labelKeyFormat);
    }

    /** The value of a label. */
    labelValue(path: string, value: pulumi.Input<string> | undefined): void {
        this.format(path, value, labelValueFormat);
    }

    /** The name of an environment variable. */
    environmentName(path: string, value: pulumi.Input<string> | undefined): void {
        this.format(path, value, environmentNameFormat);
    }

    /** The name of a container's or Service's port. */
    portName(path: string, value: pulumi.Input<string> | undefined): void {
        this.format(path, value, portNameFormat);
    }

    /** An amount of processor time, memory or storage, in Kubernetes' notation. */
    quantity(
        path: string,
        value: pulumi.Input<string> | undefined,
        kind: QuantityKind,
        limits: QuantityLimits = {},
    ): void {
        this.format(path, value, quantityFormat(kind, limits));
    }

    /** A length of time with units: `30s`, `1h30m`. */
    duration(path: string, value: pulumi.Input<string> | undefined, limits: DurationLimits = {}): void {
        this.format(path, value, durationFormat(limits));
    }

    /** A schedule as CronJobs read it. */
    cron(path: string, value: pulumi.Input<string> | undefined): void {
        this.format(path, value, cronFormat);
    }

    /** The name of a time zone: `Europe/Berlin`. */
    timeZone(path: string, value: pulumi.Input<string> | undefined): void {
        this.format(path, value, timeZoneFormat);
    }

    /** A block of IPv4 or IPv6 addresses. */
    cidr(path: string, value: pulumi.Input<string> | undefined): void {
        this.format(path, value, cidrFormat);
    }

    /** A host name, where wanted with a wildcard as its first part. */
    hostName(path: string, value: pulumi.Input<string> | undefined, rules: HostNameRules = {}): void {
        this.format(path, value, hostNameFormat(rules));
    }

    /** A whole URL without a login in it. A login that is there is not repeated in the message. */
    url(path: string, value: pulumi.Input<string> | undefined, rules: UrlRules = {}): void {
        const view = typeof value === "string" && holdsLogin(value) ? this.secret : this;
        view.format(path, value, urlFormat(rules));
    }

    /** The path of a URL: a route's, a probe's. */
    path(path: string, value: pulumi.Input<string> | undefined): void {
        this.format(path, value, urlPathFormat);
    }

    /** The path at which a volume is mounted. */
    mountPath(path: string, value: pulumi.Input<string> | undefined): void {
        this.format(path, value, mountPathFormat);
    }

    /** Checks every item of a list, with a collector whose paths begin at the item. */
    list<Item>(
        path: string,
        items: pulumi.Input<readonly Item[]> | undefined,
        check: (item: Item, nested: Checks, index: number) => void,
    ): void {
        if (!isPlain(items)) {
            return;
        }
        if (!Array.isArray(items)) {
            this.fault(path, `is ${describeType(items)}; give a list`);
            return;
        }
        (items as Item[]).forEach((item, index) => check(item, this.at(`${path}[${index}]`), index));
    }

    /** Checks every entry of a map, with a collector whose paths begin at the entry. */
    map<Value>(
        path: string,
        entries: pulumi.Input<Record<string, Value>> | undefined,
        check: (key: string, value: Value, nested: Checks) => void,
    ): void {
        if (!isPlain(entries)) {
            return;
        }
        if (typeof entries !== "object" || Array.isArray(entries)) {
            this.fault(path, `is ${describeType(entries)}; give a map`);
            return;
        }
        for (const [key, value] of Object.entries(entries as Record<string, Value>)) {
            check(key, value, this.at(joinPath(path, elementPath(key))));
        }
    }

    /** A text that must satisfy a {@link Format}. */
    format(path: string, value: pulumi.Input<string> | undefined, format: Format): void {
        if (!isPlain(value)) {
            return;
        }
        if (typeof value !== "string") {
            this.fault(path, `is ${this.show(value)}, ${describeType(value)}; give a text`);
            return;
        }
        const finding = format(value);
        if (finding) {
            const { problem, rule, suggestion } = finding;
            const hint = suggestion !== undefined && !this.hidden ? `; did you mean ${show(suggestion)}?` : "";
            this.fault(path, `is ${this.show(value)}, which ${problem}; ${rule}${hint}`);
        }
    }

    private show(value: unknown): string {
        return this.hidden ? "a secret value" : show(value);
    }
}
