/** An object of Fission, and whether its definition lets it in. */
export interface Sample {
    /** What is proven with it. */
    what: string;
    kind: string;
    plural: string;
    spec: Record<string, unknown>;
    /** Part of the API server's message; none means that the object is accepted. */
    refusedFor?: string;
}

const container = { name: "nodejs", securityContext: { allowPrivilegeEscalation: false } };
const podspec = { containers: [container], securityContext: { runAsNonRoot: true } };

const environment = { version: 3, runtime: { image: "node-env:1.35", podspec }, poolsize: 1 };

function environments(): Sample[] {
    const of = sampler("Environment", "environments", environment);
    const runtime = (more: object): object => ({ runtime: { image: "node-env:1.35", ...more } });
    const builder = (more: object): object => ({ builder: { image: "node-builder", ...more } });
    return [
        of("with a pod of its own"),
        of("with unknown fields in the pod", runtime({ podspec: { ...podspec, hostname: "a", priority: 3 } })),
        of("with memory as a number of bytes", { resources: { limits: { memory: 268435456, cpu: "500m" } } }),
        of("with an amount of memory that is none", { resources: { limits: { memory: "plenty" } } }, "limits.memory"),
        of("without a version", { version: undefined }, "spec.version: Required value"),
        of("of a version that does not exist", { version: 4 }, "less than or equal to 3"),
        of("without an image", { runtime: { podspec } }, "spec.runtime.image: Required value"),
        of("with a pool below nothing", { poolsize: -1 }, "greater than or equal to 0"),
        of("for a number of functions that is unknown", { allowedFunctionsPerContainer: "some" }, "Unsupported value"),
        of("with a pod without containers", runtime({ podspec: {} }), "podspec.containers: Required value"),
        of("with a container without a name", runtime({ podspec: { containers: [{}] } }), "name: Required value"),
        ...["hostNetwork", "hostPID", "hostIPC"].flatMap((field) => [
            of(`with ${field}`, runtime({ podspec: { ...podspec, [field]: true } }), `podspec.${field} is not allowed`),
            of(`with ${field} off`, runtime({ podspec: { ...podspec, [field]: false } })),
            of(`with ${field} in builds`, builder({ podspec: { ...podspec, [field]: true } }), `podspec.${field}`),
        ]),
        ...["serviceAccountName", "serviceAccount"].flatMap((field) => [
            of(`with a ${field}`, runtime({ podspec: { ...podspec, [field]: "admin" } }), `podspec.${field} override`),
            of(`with an empty ${field}`, runtime({ podspec: { ...podspec, [field]: "" } })),
            of(`with a ${field} in builds`, builder({ podspec: { ...podspec, [field]: "admin" } }), `podspec.${field}`),
        ]),
        ...["privileged", "allowPrivilegeEscalation"].map((field) =>
            of(
                `with ${field}`,
                runtime({ container: { name: "a", securityContext: { [field]: true } } }),
                `container.securityContext.${field}=true is not allowed`,
            ),
        ),
        of(
            "with a capability",
            builder({ container: { name: "a", securityContext: { capabilities: { add: ["SYS_TIME"] } } } }),
            "capabilities.add may",
        ),
        of(
            "with the capability to listen on low ports",
            runtime({ container: { name: "a", securityContext: { capabilities: { add: ["NET_BIND_SERVICE"] } } } }),
        ),
    ];
}

const archive = { type: "literal", literal: Buffer.from("module.exports = 1").toString("base64") };

function packages(): Sample[] {
    const base = { environment: { name: "nodejs", namespace: "default" }, deployment: archive };
    const of = sampler("Package", "packages", base);
    const deployment = (more: object): object => ({ deployment: more });
    return [
        of("with a literal"),
        of("to be built", { deployment: undefined, source: archive, buildcmd: "./build.sh" }),
        of("from a URL with a checksum", deployment({ type: "url", url: "http://a", checksum: checksum("sha256") })),
        of("from an image", deployment({ type: "oci", oci: { image: "a", digest: `sha256:${"a".repeat(64)}` } })),
        of("without an environment", { environment: undefined }, "spec.environment: Required value"),
        of("with an environment of no namespace", { environment: { name: "a" } }, "namespace: Required value"),
        of("with an environment of no DNS name", { environment: { name: "A", namespace: "b" } }, "should match"),
        of("of a type that is unknown", deployment({ type: "zip" }), "Unsupported value"),
        of("with a literal that is not base64", deployment({ type: "literal", literal: "{}" }), "deployment.literal"),
        of(
            "with another checksum",
            deployment({ type: "url", url: "http://a", checksum: checksum("md5") }),
            "checksum",
        ),
        of("from an image without a name", deployment({ type: "oci", oci: {} }), "image: Required value"),
        of("from an image and a URL", deployment({ url: "http://a", oci: { image: "a" } }), "at most one of literal"),
        of("with a digest that is none", deployment({ oci: { image: "a", digest: "latest" } }), "should match"),
    ];
}

function checksum(type: string): object {
    return { type, sum: "0a" };
}

function functions(): Sample[] {
    const strategy = (execution: object | undefined): object => ({
        InvokeStrategy: { StrategyType: "execution", ExecutionStrategy: execution },
    });
    const base = {
        ...strategy({ ExecutorType: "poolmgr" }),
        environment: { name: "nodejs", namespace: "default" },
        package: { packageref: { name: "hello-0a1b2c3d", namespace: "default" }, functionName: "hello.main" },
    };
    const of = sampler("Function", "functions", base);
    const scaled = (more: object): object => strategy({ ExecutorType: "newdeploy", MaxScale: 3, ...more });
    const metric = {
        type: "Resource",
        resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 80 } },
    };
    return [
        of("from the pool"),
        of("without an execution strategy", strategy(undefined)),
        of("with secrets and configuration", {
            secrets: [{ name: "a", namespace: "b" }],
            configmaps: [{ name: "a", namespace: "b" }],
        }),
        of("scaled by its load", scaled({ MinScale: 0, hpaMetrics: [metric] })),
        of("as a container", { ...strategy({ ExecutorType: "container", MaxScale: 1 }), podspec }),
        of("without a strategy", { InvokeStrategy: undefined }, "spec.InvokeStrategy: Required value"),
        of("with the strategy in camel case", { InvokeStrategy: undefined, invokeStrategy: {} }, "InvokeStrategy"),
        of("without an environment", { environment: undefined }, "spec.environment: Required value"),
        of("without a package", { package: undefined }, "spec.package: Required value"),
        of("with another strategy", { InvokeStrategy: { StrategyType: "later" } }, "StrategyType must be 'execution'"),
        of("with an execution strategy without executor", strategy({ MinScale: 1 }), "ExecutorType"),
        of("with an executor that is unknown", strategy({ ExecutorType: "lambda" }), "ExecutorType must be one of"),
        of("scaled without a maximum", scaled({ MaxScale: undefined }), "maximum scale must be greater than 0"),
        of("scaled below nothing", scaled({ MinScale: -1 }), "minimum scale"),
        of("scaled with a minimum above the maximum", scaled({ MinScale: 4 }), "maximum scale must"),
        of("scaled at more than all of a processor", scaled({ TargetCPUPercent: 101 }), "TargetCPUPercent must be"),
        of("scaled by a metric without a type", scaled({ hpaMetrics: [{}] }), "type: Required value"),
        of("as a container without a pod", strategy({ ExecutorType: "container", MaxScale: 1 }), "requires a pod spec"),
        of("with a secret of no namespace", { secrets: [{ name: "a" }] }, "namespace: Required value"),
        of("with one secret twice", { secrets: [1, 2].map(() => ({ name: "a", namespace: "b" })) }, "Duplicate value"),
        of("streaming in a way that is unknown", { streaming: { protocol: "fax" } }, "Unsupported value"),
        ...["hostNetwork", "hostPID", "hostIPC"].map((field) =>
            of(
                `with ${field}`,
                { ...strategy({ ExecutorType: "container", MaxScale: 1 }), podspec: { ...podspec, [field]: true } },
                `podspec.${field} is not allowed`,
            ),
        ),
        of(
            "with a service account",
            { podspec: { ...podspec, serviceAccountName: "a" } },
            "serviceAccountName override",
        ),
    ];
}

function httpTriggers(): Sample[] {
    const base = { functionref: { type: "name", name: "hello" }, relativeurl: "/hello", methods: ["GET", "POST"] };
    const of = sampler("HTTPTrigger", "httptriggers", base);
    return [
        of("at a path"),
        of("below a path", { relativeurl: "", prefix: "/hello" }),
        of("at a host", { host: "hello.example.com" }),
        of("for two functions", {
            functionref: { type: "function-weights", name: "", functionweights: { a: 90, b: 10 } },
        }),
        of("without a function", { functionref: undefined }, "functionref: Required value"),
        of(
            "for a function without a DNS name",
            { functionref: { type: "name", name: "Hello" } },
            "functionref.name must",
        ),
        of("for a function of a kind that is unknown", { functionref: { type: "id", name: "a" } }, "Unsupported value"),
        of("without any path", { relativeurl: "" }, "at least one of relativeurl"),
        of("at a method that is unknown", { methods: ["FETCH"] }, "Unsupported value"),
        of("at a method twice", { methods: ["GET", "GET"] }, "Duplicate value"),
        of("at a host that is none", { host: "Hello!" }, "should match"),
        ...[
            "hello",
            "/",
            "/a/../b",
            "/readyz",
            "/router-healthz",
            "/_version",
            "/auth/login",
            "/fission-function/a",
        ].flatMap((path) => [
            of(`at the path ${path}`, { relativeurl: path }, "relativeurl must start with '/'"),
            of(`below the path ${path}`, { relativeurl: "", prefix: path }, "prefix must start with '/'"),
        ]),
        of("for every origin with credentials", cors({ allowOrigins: ["*"], allowCredentials: true }), "allowOrigins"),
        of("for one origin with credentials", cors({ allowOrigins: ["https://a"], allowCredentials: true })),
        of("with an ingress at a wildcard", {
            createingress: true,
            ingressconfig: { host: "*.example.com", path: "/a" },
        }),
        of("with an ingress at a host that is none", { ingressconfig: { host: "a_b" } }, "ingressconfig.host must"),
        of("with an ingress at a relative path", { ingressconfig: { path: "a" } }, "ingressconfig.path must"),
        of("with a route to a Gateway", route({ provider: "gateway", gateway: { parentRefs: [{ name: "a" }] } })),
        of("with a route of no kind", route({}), "provider: Required value"),
        of("with a route at a relative path", route({ provider: "ingress", path: "a" }), "routeConfig.path must"),
        of("with a route to no Gateway", route({ provider: "gateway" }), "routeConfig.gateway.parentRefs must"),
        of(
            "with a certificate for a Gateway",
            route({ provider: "gateway", gateway: { parentRefs: [{ name: "a" }] }, tls: "a" }),
            "routeConfig.tls",
        ),
    ];
}

function cors(corsConfig: object): object {
    return { corsConfig };
}

function route(routeConfig: object): object {
    return { routeConfig };
}

function otherTriggers(): Sample[] {
    const functionref = { type: "name", name: "hello" };
    const timer = sampler("TimeTrigger", "timetriggers", { functionref, cron: "@every 1m" });
    const queue = sampler("MessageQueueTrigger", "messagequeuetriggers", { functionref, topic: "orders" });
    const watch = sampler("KubernetesWatchTrigger", "kuberneteswatchtriggers", {
        functionref,
        namespace: "default",
        type: "pod",
    });
    const canary = sampler("CanaryConfig", "canaryconfigs", { trigger: "a", newfunction: "b", oldfunction: "c" });
    return [
        timer("at set times"),
        timer("without times", { cron: undefined }, "cron: Required value"),
        queue("for a queue", { mqtkind: "keda", metadata: { address: "nats" }, podspec }),
        queue("without a topic", { topic: undefined }, "topic: Required value"),
        watch("for pods"),
        watch("for what cannot be watched", { type: "node" }, "spec.type must be one of"),
        watch("in a namespace that is none", { namespace: "A" }, "should match"),
        canary("from one function to another"),
        canary("without an old function", { oldfunction: undefined }, "oldfunction: Required value"),
    ];
}

type Sampler = (what: string, changes?: object, refusedFor?: string) => Sample;

/** Makes samples of a kind, each a specification that is right but for the changes. */
function sampler(kind: string, plural: string, base: object): Sampler {
    return (what, changes = {}, refusedFor) => ({
        what: `${kind} ${what}`,
        kind,
        plural,
        // Through JSON, so that what is undefined is left out.
        spec: JSON.parse(JSON.stringify({ ...base, ...changes })) as Record<string, unknown>,
        refusedFor,
    });
}

/**
 * What upstream's definitions of v1.27.0 let in and refuse, checked against them, and with these the library's own. One
 * sample differs on purpose: upstream's refuse a trigger with a prefix alone, by a rule that reads a missing field.
 */
export const fissionSamples: readonly Sample[] = [
    ...environments(),
    ...packages(),
    ...functions(),
    ...httpTriggers(),
    ...otherTriggers(),
];
