import type { PluginName } from "./names";

/**
 * Kong's declarative configuration, as far as it is used here.
 * https://github.com/Kong/kong/blob/3.9.3/kong/db/schema/others/declarative_config.lua
 */
export interface KongConfiguration {
    _format_version: "3.0";
    /** False: passwords are hashed already. */
    _transform: false;
    services: KongService[];
    /** Those without a service. */
    routes: KongRouteEntity[];
    /** Those of all routes. */
    plugins: KongPlugin[];
    consumers: KongConsumer[];
    certificates: KongCertificate[];
}

/** Somebody who answers requests. Times in milliseconds. */
export interface KongService {
    name: string;
    protocol: "http";
    host: string;
    port: number;
    retries: number;
    connect_timeout: number;
    read_timeout: number;
    write_timeout: number;
    routes: KongRouteEntity[];
}

/** Requests by host and path. */
export interface KongRouteEntity {
    name: string;
    hosts?: string[];
    paths: string[];
    protocols: "https"[];
    https_redirect_status_code: 301 | 426;
    strip_path: boolean;
    preserve_host: boolean;
    request_buffering: boolean;
    response_buffering: boolean;
    plugins: KongPlugin[];
}

/** What happens to a request. */
export interface KongPlugin {
    name: PluginName;
    config: Record<string, unknown>;
}

/** Somebody who can log in. */
export interface KongConsumer {
    id: string;
    username: string;
    acls: KongGroup[];
    basicauth_credentials?: KongPassword[];
    keyauth_credentials?: KongKey[];
    jwt_secrets?: KongIssuer[];
}

/** A group of consumers: those that a protection lets in. */
export interface KongGroup {
    group: string;
}

/** A user's password as a hash. */
export interface KongPassword {
    username: string;
    /** The SHA-1 of the password and the consumer's id, in hexadecimal digits. */
    password: string;
}

/** A key, which Kong compares as it is. */
export interface KongKey {
    key: string;
}

/** An issuer of tokens. */
export interface KongIssuer {
    /** The claim `iss`. */
    key: string;
    algorithm: string;
    rsa_public_key: string;
}

/** A certificate and the hosts that it is for. */
export interface KongCertificate {
    id: string;
    cert: string;
    key: string;
    snis: KongSni[];
}

/** A host of a certificate. */
export interface KongSni {
    name: string;
}
