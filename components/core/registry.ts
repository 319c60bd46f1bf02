import * as pulumi from "@pulumi/pulumi";
import type { Fault } from "./errors";
import { Checks, isPlain } from "./validation";

/**
 * Where the cluster pulls its images from. Without it they come from where they are published.
 *
 * @example
 * ```ts
 * const registry = { mirror: "harbor.example.com/mirror", pullSecrets: ["harbor"] };
 * ```
 */
export interface Registry {
    /** A prefix that takes the place of every image's registry: `harbor.example.com/mirror`. */
    mirror?: pulumi.Input<string>;
    /** Prefixes for single registries, which win over `mirror`: `{ "ghcr.io": "harbor.example.com/ghcr" }`. */
    mirrors?: Record<string, pulumi.Input<string>>;
    /** Names of Secrets of type `kubernetes.io/dockerconfigjson`, which must be there in every namespace that pulls. */
    pullSecrets?: pulumi.Input<string>[];
    /** PEM certificates of the authorities that signed the registry's certificate, for pods that talk to it themselves. */
    caBundle?: pulumi.Input<string>;
}

/** A reference to a Secret, as a pod's `imagePullSecrets` holds it. */
export interface PullSecretReference {
    name: pulumi.Input<string>;
}

const defaultRegistry = "docker.io";

/**
 * Any image's reference, pulled through the mirrors: for images that users name. A short name is completed the way
 * container runtimes do it: `nginx:1.27` means `docker.io/library/nginx:1.27`.
 */
export function mirrored(reference: pulumi.Input<string>, registry: Registry = {}): pulumi.Input<string> {
    const { mirror, mirrors } = registry;
    if (mirror === undefined && mirrors === undefined) {
        return reference;
    }
    const inputs = [reference, mirror, ...Object.values(mirrors ?? {})];
    if (inputs.every((input) => input === undefined || isPlain(input))) {
        return rehosted(
            reference as string,
            mirror as string | undefined,
            mirrors as Record<string, string> | undefined,
        );
    }
    return pulumi.all([reference, mirror, mirrors]).apply(([image, one, several]) => rehosted(image, one, several));
}

/** The `imagePullSecrets` of a pod; nothing when there are none. */
export function imagePullSecrets(registry: Registry = {}): PullSecretReference[] | undefined {
    const names = registry.pullSecrets ?? [];
    return names.length > 0 ? names.map((name) => ({ name })) : undefined;
}

/** A reference with its registry replaced by that registry's mirror, or by the mirror of all. */
export function rehosted(reference: string, mirror?: string, mirrors: Record<string, string> = {}): string {
    const { host, rest } = splitReference(reference);
    const prefix = mirrors[host] ?? mirror;
    return prefix === undefined ? reference : `${prefix.replace(/\/+$/, "")}/${rest}`;
}

/**
 * The registry of a reference and what comes behind it. The first part is a registry when it has a dot or a port, or is
 * `localhost`. https://github.com/distribution/reference/blob/v0.6.0/normalize.go
 */
function splitReference(reference: string): { host: string; rest: string } {
    const slash = reference.indexOf("/");
    const first = slash < 0 ? "" : reference.slice(0, slash);
    if (/[.:]/.test(first) || first === "localhost") {
        return { host: first === "index.docker.io" ? defaultRegistry : first, rest: reference.slice(slash + 1) };
    }
    return { host: defaultRegistry, rest: slash < 0 ? `library/${reference}` : reference };
}

/**
 * What is wrong with a registry argument; empty when nothing is.
 *
 * @param path the property that holds it, for the faults' paths
 */
export function validateRegistry(path: string, registry: Registry | undefined): Fault[] {
    const checks = new Checks();
    const nested = checks.at(path);
    checkPrefix(nested, "mirror", registry?.mirror);
    nested.map("mirrors", registry?.mirrors, (host, prefix, entry) => {
        entry.matches("", host, /^[a-z0-9][-.a-z0-9]*(:\d+)?$/, 'name a registry without a path, like "ghcr.io"');
        checkPrefix(entry, "", prefix);
    });
    nested.list("pullSecrets", registry?.pullSecrets, (name, entry) => entry.dnsSubdomain("", name));
    nested.matches(
        "caBundle",
        registry?.caBundle,
        /^\s*-----BEGIN CERTIFICATE-----[^]*-----END CERTIFICATE-----\s*$/,
        "give PEM certificates, from BEGIN CERTIFICATE to END CERTIFICATE",
    );
    return checks.faults;
}

/** A registry with an optional path: lower case, no scheme, no tag. */
function checkPrefix(checks: Checks, path: string, prefix: pulumi.Input<string> | undefined): void {
    const rule = 'give a registry and a path without scheme, like "harbor.example.com/mirror"';
    const form =
        /^([a-z0-9]([-a-z0-9]*[a-z0-9])?)(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*(:\d{1,5})?(\/[a-z0-9]+([._-]+[a-z0-9]+)*)*\/?$/;
    checks.matches(path, prefix, form, rule);
}
