import * as pulumi from "@pulumi/pulumi";
import { durationSeconds } from "../../core/validation";
import { type IngressTls, TlsVersion } from "../args";
import { publicHttpsPort } from "../service";
import type { KongIngressArgs } from "./args";
import { configurationFile, paths, plugins, ports } from "./names";

/** Seconds for which a pod that ends still takes requests, until load balancers have noticed, and then finishes them. */
const drain = { accept: 15, finish: 30 };

/** Seconds until a pod that ends is killed. */
export const terminationGracePeriodSeconds = 60;

/** What a pod does before it ends. */
export const preStopCommand = ["kong", "quit", `--wait=${drain.accept}`, `--timeout=${drain.finish}`];

/** Kong's settings. https://github.com/Kong/kong/blob/3.9.3/kong.conf.default */
export function environment(args: KongIngressArgs): Record<string, pulumi.Input<string>> {
    const protocol = args.proxyProtocolFrom === undefined ? "" : " proxy_protocol";
    return {
        KONG_DATABASE: "off",
        KONG_DECLARATIVE_CONFIG: `${paths.configuration}/${configurationFile}`,
        KONG_PREFIX: paths.prefix,
        KONG_PLUGINS: plugins.join(","),
        KONG_PROXY_LISTEN: `0.0.0.0:${ports.web}${protocol}, 0.0.0.0:${ports.websecure} http2 ssl${protocol}`,
        KONG_PORT_MAPS: pulumi.interpolate`80:${ports.web}, ${publicHttpsPort(args)}:${ports.websecure}`,
        KONG_STATUS_LISTEN: `0.0.0.0:${ports.status}`,
        ...closed,
        ...logs(args.accessLog ?? true),
        ...tls(args.tls ?? {}),
        ...clientAddress(args),
        ...timeouts(args),
        KONG_NGINX_DAEMON: "off",
        KONG_NGINX_WORKER_PROCESSES: "2",
        // Else a record of a Service's ports takes the place of the port that the route names.
        KONG_DNS_ORDER: "LAST,A,AAAA,CNAME",
        // Else a header may pass for another one behind the protections, as X_Forwarded_For.
        KONG_NGINX_PROXY_UNDERSCORES_IN_HEADERS: "off",
    };
}

/** Nobody configures a running Kong, and Kong tells nobody about itself. */
const closed = {
    KONG_ADMIN_LISTEN: "off",
    KONG_ADMIN_GUI_LISTEN: "off",
    KONG_ANONYMOUS_REPORTS: "off",
    KONG_HEADERS: "off",
    KONG_UNTRUSTED_LUA: "off",
};

/** Neither headers nor queries, where passwords, keys and tokens are. */
const accessFields: Record<string, string> = {
    time: "$time_iso8601",
    client: "$remote_addr",
    method: "$request_method",
    host: "$host",
    path: "$uri",
    protocol: "$server_protocol",
    status: "$status",
    bytes: "$body_bytes_sent",
    seconds: "$request_time",
    upstream: "$upstream_addr",
    upstreamSeconds: "$upstream_response_time",
    userAgent: "$http_user_agent",
    requestId: "$kong_request_id",
};

function logs(accessLog: boolean): Record<string, string> {
    return {
        KONG_PROXY_ACCESS_LOG: accessLog ? "/dev/stdout access_json" : "off",
        ...(accessLog
            ? { KONG_NGINX_HTTP_LOG_FORMAT: `access_json escape=json '${JSON.stringify(accessFields)}'` }
            : {}),
        KONG_PROXY_ERROR_LOG: "/dev/stderr",
        KONG_ADMIN_ACCESS_LOG: "off",
        KONG_ADMIN_ERROR_LOG: "/dev/stderr",
        KONG_STATUS_ACCESS_LOG: "off",
        KONG_STATUS_ERROR_LOG: "/dev/stderr",
    };
}

/** What OpenSSL, and so Kong, calls the cipher suites of TLS 1.2 that have forward secrecy and authenticate. */
export const cipherNames: Readonly<Record<string, string>> = {
    TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256: "ECDHE-ECDSA-AES128-GCM-SHA256",
    TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384: "ECDHE-ECDSA-AES256-GCM-SHA384",
    TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256: "ECDHE-ECDSA-CHACHA20-POLY1305",
    TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256: "ECDHE-RSA-AES128-GCM-SHA256",
    TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384: "ECDHE-RSA-AES256-GCM-SHA384",
    TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256: "ECDHE-RSA-CHACHA20-POLY1305",
};

function tls({ minimumVersion, cipherSuites }: IngressTls): Record<string, string> {
    const certificate = {
        KONG_SSL_CERT: `${paths.certificate}/tls.crt`,
        KONG_SSL_CERT_KEY: `${paths.certificate}/tls.key`,
        // A ticket's key would undo the forward secrecy of TLS 1.2.
        KONG_SSL_SESSION_TICKETS: "off",
    };
    if (minimumVersion === TlsVersion.V13) {
        return { ...certificate, KONG_SSL_CIPHER_SUITE: "modern" };
    }
    const ciphers = (cipherSuites ?? Object.keys(cipherNames)).map((suite) => cipherNames[suite]!);
    return {
        ...certificate,
        KONG_SSL_CIPHER_SUITE: "custom",
        KONG_SSL_CIPHERS: ciphers.join(":"),
        KONG_SSL_PROTOCOLS: "TLSv1.2 TLSv1.3",
    };
}

/** Whose word is taken on who the client is. Without any, headers that say so are dropped. */
function clientAddress({ trustedProxies, proxyProtocolFrom }: KongIngressArgs): Record<string, pulumi.Input<string>> {
    const trusted = proxyProtocolFrom ?? trustedProxies;
    if (trusted === undefined) {
        return {};
    }
    return {
        KONG_TRUSTED_IPS: pulumi.output(trusted).apply((cidrs) => cidrs.join(",")),
        ...(proxyProtocolFrom === undefined
            ? { KONG_REAL_IP_HEADER: "X-Forwarded-For", KONG_REAL_IP_RECURSIVE: "on" }
            : { KONG_REAL_IP_HEADER: "proxy_protocol" }),
    };
}

function timeouts({ timeouts: { request, idle } = {} }: KongIngressArgs): Record<string, pulumi.Input<string>> {
    return {
        KONG_NGINX_PROXY_CLIENT_HEADER_TIMEOUT: milliseconds(request ?? "60s"),
        KONG_NGINX_PROXY_CLIENT_BODY_TIMEOUT: milliseconds(request ?? "60s"),
        KONG_NGINX_PROXY_KEEPALIVE_TIMEOUT: milliseconds(idle ?? "180s"),
    };
}

/** A duration as nginx writes it. */
function milliseconds(duration: pulumi.Input<string>): pulumi.Output<string> {
    return pulumi.output(duration).apply((text) => `${Math.round(durationSeconds(text)! * 1000)}ms`);
}
