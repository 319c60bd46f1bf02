import { z } from "zod";

/**
 * Kong's declarative configuration, written down from Kong's own schemas, for the entities and plugins that are used
 * here. Fields that Kong does not know are faults, as they are to Kong. All paths are below
 * https://github.com/Kong/kong/blob/3.9.3/kong/
 */

/** typedefs.utf8_name in db/schema/typedefs.lua, for ASCII. */
const name = z.string().regex(/^[\w.~-]+$/);
/** is_valid_uuid in tools/uuid.lua. */
const uuid = z.string().regex(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/);
/** typedefs.header_name in db/schema/typedefs.lua. */
const headerName = z.string().regex(/^[a-zA-Z0-9-_]+$/);
/** "Name:value", of which an empty value would be skipped: plugins/response-transformer/schema.lua. */
const headerValue = z.string().regex(/^[^:]+:.+$/);
/** nonzero_timeout in db/schema/entities/services.lua. */
const timeout = z.int().min(1).max(2_147_483_646);
/** typedefs.router_path in db/schema/typedefs.lua: a plain one is in its normal form, and both have no empty parts. */
const path = z.union([
    z.string().regex(/^\/([-A-Za-z0-9._~:@!$&'()*+,;=]+\/?)*$/),
    z
        .string()
        .regex(/^~\/(?!.*\/\/)/)
        .refine((text) => new RegExp(text.slice(1)).source.length > 0),
]);
/** typedefs.wildcard_host in db/schema/typedefs.lua. */
const host = z.string().regex(/^(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)*$/);
const number = z.number().positive();

/** plugins/NAME/schema.lua: the field `config` of each. */
const plugins = {
    acl: z.strictObject({
        allow: z.array(z.string()).min(1),
        hide_groups_header: z.boolean().optional(),
    }),
    "basic-auth": z.strictObject({ realm: z.string().min(1), hide_credentials: z.boolean() }),
    cors: z.strictObject({
        origins: z.array(z.string()),
        methods: z.array(z.enum(["GET", "HEAD", "PUT", "PATCH", "POST", "DELETE", "OPTIONS", "TRACE", "CONNECT"])),
        headers: z.array(z.string()),
        exposed_headers: z.array(z.string()).optional(),
        credentials: z.boolean(),
        max_age: z.number(),
        preflight_continue: z.boolean(),
    }),
    "ip-restriction": z.strictObject({
        allow: z.array(z.union([z.cidrv4(), z.cidrv6()])).min(1),
        status: z.number(),
        message: z.string(),
    }),
    jwt: z.strictObject({
        key_claim_name: z.string(),
        claims_to_verify: z.array(z.enum(["exp", "nbf"])),
        header_names: z.array(headerName),
        uri_param_names: z.array(z.string()),
        cookie_names: z.array(z.string()),
    }),
    "key-auth": z.strictObject({
        key_names: z.array(headerName).min(1),
        key_in_header: z.boolean(),
        key_in_query: z.boolean(),
        key_in_body: z.boolean(),
        hide_credentials: z.boolean(),
    }),
    prometheus: z.strictObject({
        status_code_metrics: z.boolean(),
        latency_metrics: z.boolean(),
        bandwidth_metrics: z.boolean(),
    }),
    "rate-limiting": z
        .strictObject({
            second: number.optional(),
            minute: number.optional(),
            hour: number.optional(),
            day: number.optional(),
            limit_by: z.enum(["consumer", "credential", "ip", "service", "header", "path"]),
            policy: z.enum(["local", "redis"]),
            error_code: number,
        })
        .refine(({ second, minute, hour, day }) => second ?? minute ?? hour ?? day, "needs a period"),
    "request-size-limiting": z.strictObject({
        allowed_payload_size: z.int(),
        size_unit: z.enum(["megabytes", "kilobytes", "bytes"]),
        require_content_length: z.boolean(),
    }),
    "request-termination": z.strictObject({ status_code: z.int().min(100).max(599), message: z.string() }),
    "request-transformer": z.strictObject({ remove: z.strictObject({ headers: z.array(headerName) }) }),
    "response-transformer": z.strictObject({
        remove: z.strictObject({ headers: z.array(z.string()) }),
        replace: z.strictObject({ headers: z.array(headerValue) }),
        add: z.strictObject({ headers: z.array(headerValue) }),
    }),
} as const;

/** What the tests read of a plugin; its fields are checked by {@link plugins}. */
const plugin = z
    .strictObject({
        name: z.enum(Object.keys(plugins) as [keyof typeof plugins]),
        config: z.record(z.string(), z.unknown()),
    })
    .superRefine((each, context) => {
        for (const issue of plugins[each.name].safeParse(each.config).error?.issues ?? []) {
            context.addIssue({ code: "custom", path: ["config", ...issue.path], message: issue.message });
        }
    });

/** A plugin's cache key is its name with the route: db/schema/entities/plugins.lua. */
const pluginList = z
    .array(plugin)
    .refine((list) => new Set(list.map((each) => each.name)).size === list.length, "has a plugin twice");

/** db/schema/entities/routes.lua and routes_subschemas.lua. */
const route = z.strictObject({
    name,
    hosts: z.array(host).min(1).optional(),
    paths: z.array(path).min(1),
    protocols: z.array(z.enum(["http", "https"])).min(1),
    https_redirect_status_code: z.union([
        z.literal(426),
        z.literal(301),
        z.literal(302),
        z.literal(307),
        z.literal(308),
    ]),
    strip_path: z.boolean(),
    preserve_host: z.boolean(),
    request_buffering: z.boolean(),
    response_buffering: z.boolean(),
    plugins: pluginList,
});

/** db/schema/entities/services.lua. */
const service = z.strictObject({
    name,
    protocol: z.enum(["http", "https"]),
    host: z.string().regex(/^[a-z0-9.-]+$/),
    port: z.int().min(0).max(65_535),
    retries: z.int().min(0).max(32_767),
    connect_timeout: timeout,
    read_timeout: timeout,
    write_timeout: timeout,
    routes: z.array(route),
});

/** db/schema/entities/consumers.lua; plugins/{acl,basic-auth,key-auth,jwt}/daos.lua. */
const consumer = z.strictObject({
    id: uuid,
    username: z.string(),
    acls: z.array(z.strictObject({ group: z.string() })),
    basicauth_credentials: z
        .array(z.strictObject({ username: z.string(), password: z.string().regex(/^[0-9a-f]{40}$/) }))
        .optional(),
    keyauth_credentials: z.array(z.strictObject({ key: z.string() })).optional(),
    jwt_secrets: z
        .array(
            z.strictObject({
                key: z.string(),
                algorithm: z.enum([
                    ...([
                        "RS256",
                        "RS384",
                        "RS512",
                        "ES256",
                        "ES384",
                        "ES512",
                        "PS256",
                        "PS384",
                        "PS512",
                        "EdDSA",
                    ] as const),
                ]),
                rsa_public_key: z.string().includes("BEGIN PUBLIC KEY"),
            }),
        )
        .optional(),
});

/** db/schema/entities/certificates.lua and snis.lua. */
const certificate = z.strictObject({
    id: uuid,
    cert: z.string().includes("BEGIN CERTIFICATE"),
    key: z.string().includes("PRIVATE KEY"),
    snis: z.array(z.strictObject({ name: host })),
});

/** Whether all of a list's entries differ in something that Kong takes to be unique. */
function differ<T>(list: readonly T[], key: (entry: T) => string | undefined): boolean {
    const keys = list.map(key).filter((each) => each !== undefined);
    return new Set(keys).size === keys.length;
}

/** db/schema/others/declarative_config.lua, with what the schemas call `unique`. */
export const kongConfiguration = z
    .strictObject({
        _format_version: z.literal("3.0"),
        _transform: z.boolean(),
        services: z.array(service).refine((all) => differ(all, (each) => each.name)),
        routes: z.array(route),
        plugins: pluginList,
        consumers: z
            .array(consumer)
            .refine((all) => differ(all, ({ id }) => id))
            .refine((all) => differ(all, ({ username }) => username))
            .refine((all) => differ(all, (each) => each.basicauth_credentials?.[0]?.username))
            .refine((all) => differ(all, (each) => each.keyauth_credentials?.[0]?.key))
            .refine((all) => differ(all, (each) => each.jwt_secrets?.[0]?.key)),
        certificates: z.array(certificate).refine((all) => differ(all, ({ snis }) => snis[0]?.name)),
    })
    .refine(
        ({ services, routes }) => differ([...services.flatMap((each) => each.routes), ...routes], (each) => each.name),
        "has a route's name twice",
    );

/** A declarative configuration that Kong takes. */
export type Configuration = z.infer<typeof kongConfiguration>;
