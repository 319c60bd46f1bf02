import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { podSecurityViolations, type PlainPodSpec } from "../../../components/core/pod-security-rules";
import { Fission, type FissionArgs } from "../../../components/faas/fission";
import { fakeObjectStore } from "../../../components/testing";
import { testCluster } from "../support/cluster";
import { record, valueOf, type Recording } from "../support/mocks";
import type { RecordedResource } from "../support/mocks";

const definitions = ["functions.fission.io"];
const deploymentType = "kubernetes:apps/v1:Deployment";
const parts = ["buildermgr", "executor", "kubewatcher", "router", "storagesvc", "timer", "webhook"];

function recordFission(args: Partial<FissionArgs> = {}): Promise<Recording<Fission>> {
    return record(() => new Fission("fission", { cluster: testCluster(), definitions, ...args }));
}

/** The only container of a part. */
function containerOf(recording: Recording<unknown>, part: string) {
    const { inputs } = recording.only(deploymentType, `fission-${part}`);
    assert.equal(inputs.spec.template.spec.containers.length, 1);
    return inputs.spec.template.spec.containers[0];
}

function environmentOf(recording: Recording<unknown>, part: string): Record<string, unknown> {
    const variables = containerOf(recording, part).env as { name: string; value?: string; valueFrom?: object }[];
    return Object.fromEntries(variables.map(({ name, value, valueFrom }) => [name, value ?? valueFrom]));
}

/** What a ServiceAccount may do in a namespace, as `group/resource` with its verbs. */
function rightsOf(recording: Recording<unknown>, account: string, namespace: string): Record<string, string> {
    const bindings = recording
        .ofType("kubernetes:rbac.authorization.k8s.io/v1:RoleBinding")
        .filter(
            ({ inputs }) =>
                inputs.metadata.namespace === namespace &&
                inputs.subjects.some(({ name }: { name: string }) => name === account),
        );
    const rules = bindings.flatMap(({ inputs }) =>
        recording
            .ofType("kubernetes:rbac.authorization.k8s.io/v1:Role")
            .filter(
                (role) =>
                    role.inputs.metadata.namespace === namespace && role.inputs.metadata.name === inputs.roleRef.name,
            )
            .flatMap((role) => role.inputs.rules as { apiGroups: string[]; resources: string[]; verbs: string[] }[]),
    );
    return Object.fromEntries(
        rules.flatMap(({ apiGroups, resources, verbs }) =>
            resources.map((resource) => [`${apiGroups.join()}/${resource}`, verbs.join(" ")]),
        ),
    );
}

describe("Fission", () => {
    it("makes its parts, each with its account, its network rules and its rights in each namespace", async () => {
        const recording = await recordFission({ functionNamespaces: ["shop"], environments: { nodejs: {} } });

        const role = (name: string) => [
            `kubernetes:rbac.authorization.k8s.io/v1:Role ${name}`,
            `kubernetes:rbac.authorization.k8s.io/v1:RoleBinding ${name}`,
        ];
        const policy = (name: string) => `kubernetes:networking.k8s.io/v1:NetworkPolicy ${name}`;
        const namespace = (name: string) => [
            `kubernetes-faas:index:HardenedNamespace ${name}`,
            `kubernetes:core/v1:Namespace ${name}`,
            `kubernetes:core/v1:ServiceAccountPatch ${name}-default`,
            policy(`${name}-deny-all`),
            policy(`${name}-dns`),
        ];
        assert.deepEqual(
            recording.summary(),
            [
                "kubernetes-faas:index:Fission fission",
                ...namespace("fission-namespace"),
                ...namespace("fission-namespace-shop"),
                ...parts.flatMap((part) => [
                    `kubernetes-faas:index:HardenedDeployment fission-${part}`,
                    `${deploymentType} fission-${part}`,
                    `kubernetes:core/v1:ServiceAccount fission-${part}`,
                    policy(`fission-${part}`),
                ]),
                ...["buildermgr", "executor", "kubewatcher", "router", "storagesvc", "timer"].flatMap((part) =>
                    role(`fission-${part}-in-shop`),
                ),
                ...role("fission-kubewatcher"),
                ...role("fission-timer"),
                ...["executor", "router", "router-internal", "storagesvc", "webhook"].map(
                    (service) => `kubernetes:core/v1:Service fission-${service}`,
                ),
                "kubernetes:core/v1:PersistentVolumeClaim fission-archives",
                "kubernetes:core/v1:Secret fission-auth",
                "kubernetes:core/v1:Secret fission-auth-in-shop",
                "kubernetes:core/v1:Secret fission-webhook-certificate",
                ...["fission-builder-in-shop", "fission-fetcher-in-shop"].flatMap((account) => [
                    `kubernetes:core/v1:ServiceAccount ${account}`,
                    ...role(account),
                ]),
                ...["poolmgr", "newdeploy", "container", "builds"].map((pods) => policy(`fission-${pods}-in-shop`)),
                "kubernetes:fission.io/v1:Environment fission-nodejs-in-shop",
                "kubernetes:admissionregistration.k8s.io/v1:MutatingWebhookConfiguration fission-mutating",
                "kubernetes:admissionregistration.k8s.io/v1:ValidatingWebhookConfiguration fission-validating",
                "random:index/randomBytes:RandomBytes fission-internal-auth-1",
                "tls:index/certRequest:CertRequest fission-webhook-request",
                "tls:index/locallySignedCert:LocallySignedCert fission-webhook",
                "tls:index/privateKey:PrivateKey fission-webhook-ca-key",
                "tls:index/privateKey:PrivateKey fission-webhook-key",
                "tls:index/selfSignedCert:SelfSignedCert fission-webhook-ca",
            ].sort(),
        );
    });

    it("has rights in its namespaces only, and none to grant rights", async () => {
        const recording = await recordFission({ functionNamespaces: ["shop"] });

        const granted = recording.resources.filter(({ type }) => type.includes("rbac.authorization.k8s.io"));
        assert.deepEqual([...new Set(granted.map(({ type }) => type.split(":").at(-1)))].sort(), [
            "Role",
            "RoleBinding",
        ]);
        const groups = granted.flatMap(({ inputs }) => (inputs.rules ?? []) as { apiGroups: string[] }[]);
        assert.ok(groups.every(({ apiGroups }) => !apiGroups.includes("rbac.authorization.k8s.io")));

        assert.deepEqual(rightsOf(recording, "storagesvc", "shop"), { "fission.io/packages": "get list" });
        assert.deepEqual(rightsOf(recording, "webhook", "shop"), {});
        assert.deepEqual(rightsOf(recording, "fission-builder", "shop"), {
            "fission.io/packages": "get",
            "/configmaps": "get",
            "/secrets": "get",
        });
        const everything = "create get list watch update patch delete";
        assert.deepEqual(rightsOf(recording, "router", "shop"), {
            "networking.k8s.io/ingresses": "delete",
            "fission.io/environments": everything,
            "fission.io/functions": everything,
            "fission.io/httptriggers": everything,
            "fission.io/packages": everything,
            "fission.io/httptriggers/status": "get update patch",
            "discovery.k8s.io/endpointslices": "get list watch",
            "/services": "get list watch",
        });
        assert.deepEqual(rightsOf(recording, "timer", "fission"), {
            "coordination.k8s.io/leases": everything,
            "/events": "create patch",
        });
        const executor = rightsOf(recording, "executor", "shop");
        assert.equal(executor["/serviceaccounts"], undefined);
        assert.equal(executor["/secrets"], "get list watch");
        assert.equal(executor["apps/deployments/scale"], everything);
    });

    it("tells every part where functions are, and gives all but the webhook the common key", async () => {
        const recording = await recordFission({ functionNamespaces: ["shop", "billing"] });

        for (const part of parts) {
            const environment = environmentOf(recording, part);
            assert.equal(environment.FISSION_DEFAULT_NAMESPACE, "shop", part);
            assert.equal(environment.FISSION_RESOURCE_NAMESPACES, "shop,billing", part);
            const key = { secretKeyRef: { name: "fission-internal-auth", key: "secret" } };
            assert.deepEqual(environment.FISSION_INTERNAL_AUTH_SECRET, part === "webhook" ? undefined : key, part);
            assert.equal(containerOf(recording, part).image, "ghcr.io/fission/fission-bundle:v1.27.0");
            assert.deepEqual(containerOf(recording, part).command, ["/fission-bundle"]);
        }
    });

    it("starts each part as upstream does", async () => {
        const recording = await recordFission();

        const started = Object.fromEntries(parts.map((part) => [part, containerOf(recording, part).args.join(" ")]));
        assert.deepEqual(started, {
            router: "--routerPort 8888 --routerInternalPort 8889 --executorUrl http://executor.fission",
            executor: "--executorPort 8888",
            buildermgr: "--builderMgr --storageSvcUrl http://storagesvc.fission",
            storagesvc: "--storageServicePort 8000 --storageType local",
            webhook: "--webhookPort 9443",
            timer: "--timer --routerUrl http://router.fission",
            kubewatcher: "--kubewatcher --routerUrl http://router.fission",
        });
        assert.equal(environmentOf(recording, "timer").ROUTER_INTERNAL_URL, "http://router-internal.fission:8889");
        const router = environmentOf(recording, "router");
        for (const required of [
            "ROUTER_ROUND_TRIP_TIMEOUT",
            "ROUTER_ROUNDTRIP_TIMEOUT_EXPONENT",
            "ROUTER_ROUND_TRIP_KEEP_ALIVE_TIME",
            "ROUTER_ROUND_TRIP_DISABLE_KEEP_ALIVE",
            "ROUTER_ROUND_TRIP_MAX_RETRIES",
            "DEBUG_ENV",
            "USE_ENCODED_PATH",
        ]) {
            assert.equal(typeof router[required], "string", required);
        }
        const executor = environmentOf(recording, "executor");
        assert.equal(executor.FETCHER_IMAGE, "ghcr.io/fission/fetcher:v1.27.0");
        assert.equal(executor.FINALIZER_ENABLED, "false");
        assert.equal(executor.SERVICEACCOUNT_CHECK_ENABLED, "false");
    });

    it("keeps the router's Ingresses away from those of ingress routes", async () => {
        const recording = await recordFission({ functionNamespaces: ["shop"] });

        assert.equal(environmentOf(recording, "router").POD_NAMESPACE, "shop");
        assert.equal(rightsOf(recording, "router", "fission")["networking.k8s.io/ingresses"], undefined);
    });

    it("publishes nothing by itself: every Service is for the cluster only", async () => {
        const recording = await recordFission();

        const services = recording.ofType("kubernetes:core/v1:Service");
        assert.deepEqual(
            services.map(({ inputs }) => [inputs.metadata.name as string, inputs.spec.type ?? "ClusterIP"]).sort(),
            ["executor", "router", "router-internal", "storagesvc", "webhook-service"].map((name) => [
                name,
                "ClusterIP",
            ]),
        );
    });

    it("passes the restricted Pod Security profile with every pod, its own and those of functions", async () => {
        const recording = await recordFission({
            storage: { objectStore: fakeObjectStore({ caCertificate: "pem" }) },
            functionPlacement: { nodeSelector: { pool: "functions" } },
        });

        const own = recording.ofType(deploymentType).map(({ inputs }) => inputs.spec.template.spec as PlainPodSpec);
        const environments = recording
            .ofType("kubernetes:fission.io/v1:Environment")
            .map(({ inputs }) => inputs.spec.runtime.podspec as PlainPodSpec);
        assert.deepEqual([own.length, environments.length], [7, 2]);
        for (const pod of [...own, ...environments]) {
            assert.deepEqual(podSecurityViolations(pod, "restricted"), []);
        }
    });

    it("gives each language warm pods whose two containers run as one user and write to /tmp only", async () => {
        const recording = await recordFission({
            functionNamespaces: ["shop"],
            environments: { python: { poolSize: 2, image: "example.com/python:1", resources: { cpuLimit: "1" } } },
            drainSeconds: 45,
            functionPlacement: { nodeSelector: { pool: "functions" } },
        });

        const { inputs } = recording.only("kubernetes:fission.io/v1:Environment");
        const restricted = {
            allowPrivilegeEscalation: false,
            capabilities: { drop: ["ALL"] },
            readOnlyRootFilesystem: true,
            runAsNonRoot: true,
        };
        assert.deepEqual([inputs.metadata.name, inputs.metadata.namespace], ["python", "shop"]);
        assert.deepEqual(inputs.spec, {
            version: 3,
            runtime: {
                image: "example.com/python:1",
                podspec: {
                    securityContext: {
                        runAsNonRoot: true,
                        runAsUser: 10001,
                        runAsGroup: 10001,
                        fsGroup: 10001,
                        seccompProfile: { type: "RuntimeDefault" },
                    },
                    enableServiceLinks: false,
                    nodeSelector: { pool: "functions" },
                    volumes: [{ name: "tmp", emptyDir: { sizeLimit: "64Mi" } }],
                    containers: [
                        {
                            name: "python",
                            env: [
                                { name: "HOME", value: "/tmp" },
                                // bjoern, its default, joins repeated header fields without a separator.
                                { name: "WSGI_FRAMEWORK", value: "GEVENT" },
                            ],
                            securityContext: restricted,
                            volumeMounts: [{ name: "tmp", mountPath: "/tmp" }],
                        },
                        {
                            name: "fetcher",
                            env: [{ name: "FISSION_INTERNAL_AUTH_GENERATION", value: "1" }],
                            securityContext: restricted,
                        },
                    ],
                },
            },
            poolsize: 2,
            resources: { requests: { cpu: "50m", memory: "64Mi" }, limits: { cpu: "1", memory: "256Mi" } },
            terminationGracePeriod: 45,
        });
    });

    it("asks the webhook about its own function namespaces only, and not before it listens", async () => {
        const recording = await recordFission({ functionNamespaces: ["shop"] });

        const validating = recording.only("kubernetes:admissionregistration.k8s.io/v1:ValidatingWebhookConfiguration");
        assert.equal(validating.inputs.metadata.name, "fission-fission");
        const webhooks = validating.inputs.webhooks as RecordedResource["inputs"][];
        assert.deepEqual(
            webhooks.map(({ name, clientConfig }) => [name, clientConfig.service.path]),
            ["environment", "function", "kuberneteswatchtrigger", "messagequeuetrigger", "package"].map((kind) => [
                `v${kind}.fission.io`,
                `/validate-fission-io-v1-${kind}`,
            ]),
        );
        for (const webhook of webhooks) {
            assert.equal(webhook.failurePolicy, "Fail");
            assert.equal(webhook.clientConfig.service.name, "webhook-service");
            assert.deepEqual(webhook.namespaceSelector.matchExpressions, [
                { key: "kubernetes.io/metadata.name", operator: "In", values: ["shop"] },
            ]);
        }
        assert.ok(validating.options.dependencies.includes("fission-webhook"));
        const { readinessProbe } = containerOf(recording, "webhook");
        assert.deepEqual(readinessProbe.tcpSocket, { port: 9443 });
        const [environment] = recording.ofType("kubernetes:fission.io/v1:Environment");
        for (const earlier of ["fission-mutating", "fission-validating", "fission-auth-in-shop"]) {
            assert.ok(environment!.options.dependencies.includes(earlier), earlier);
        }
    });

    it("keeps key and certificate secret", async () => {
        const recording = await recordFission({ functionNamespaces: ["shop"] });

        for (const name of ["fission-auth", "fission-auth-in-shop", "fission-webhook-certificate"]) {
            const { secretPaths } = recording.only("kubernetes:core/v1:Secret", name);
            assert.ok(
                secretPaths.some((path) => path.startsWith("stringData")),
                `${name} has no secret value in ${secretPaths.join()}`,
            );
        }
    });

    it("keeps the key before the last when the keys count up, and replaces the warm pods", async () => {
        const recording = await recordFission({ functionNamespaces: ["shop"], internalAuthGeneration: 3 });

        assert.deepEqual(
            recording.ofType("random:index/randomBytes:RandomBytes").map(({ name }) => name),
            ["fission-internal-auth-3", "fission-internal-auth-2"],
        );
        for (const name of ["fission-auth", "fission-auth-in-shop"]) {
            const { inputs } = recording.only("kubernetes:core/v1:Secret", name);
            assert.deepEqual(Object.keys(inputs.stringData as object).sort(), ["oldSecret", "secret"]);
            assert.equal(inputs.metadata.name, "fission-internal-auth");
        }
        const [environment] = recording.ofType("kubernetes:fission.io/v1:Environment");
        assert.equal(environment!.inputs.spec.runtime.podspec.containers[1].env[0].value, "3");
        const { template } = recording.only(deploymentType, "fission-router").inputs.spec;
        assert.equal(template.metadata.annotations["kubernetes-faas/internal-auth-generation"], "3");
    });

    for (const { deletion, protect, retain } of [
        { deletion: undefined, protect: true, retain: false },
        { deletion: "protect", protect: true, retain: false },
        { deletion: "retain", protect: false, retain: true },
        { deletion: "delete", protect: false, retain: false },
    ] as const) {
        it(`with deletion ${deletion} keeps the volume and its namespace so, and nothing else`, async () => {
            const recording = await recordFission({ deletion });

            const kept = [
                recording.only("kubernetes:core/v1:PersistentVolumeClaim"),
                recording.only("kubernetes:core/v1:Namespace", "fission-namespace"),
            ];
            for (const { options } of kept) {
                assert.deepEqual([options.protect, options.retainOnDelete], [protect, retain]);
            }
            for (const resource of recording.resources.filter(({ custom }) => custom)) {
                const data = kept.includes(resource) || resource.type.startsWith("pulumi:providers:");
                assert.ok(data || (!resource.options.protect && !resource.options.retainOnDelete), resource.name);
            }
        });
    }

    it("keeps archives in a bucket with a key from a Secret, and reaches it", async () => {
        const objectStore = fakeObjectStore({ caCertificate: "pem" });
        const recording = await recordFission({ storage: { objectStore } });

        assert.deepEqual(recording.ofType("kubernetes:core/v1:PersistentVolumeClaim"), []);
        assert.match(containerOf(recording, "storagesvc").args.join(" "), /--storageType s3$/);
        const environment = environmentOf(recording, "storagesvc");
        assert.equal(environment.STORAGE_S3_ENDPOINT, "https://media.data.svc.cluster.local:9000");
        assert.equal(environment.STORAGE_S3_BUCKET_NAME, "media");
        assert.equal(environment.STORAGE_S3_SUB_DIR, "fission");
        assert.equal(environment.SSL_CERT_FILE, "/etc/fission/object-store/ca.crt");
        const { secretKeyRef } = environment.STORAGE_S3_SECRET_ACCESS_KEY as { secretKeyRef: object };
        assert.deepEqual(Object.keys(secretKeyRef).sort(), ["key", "name"]);
        const { spec } = recording.only(
            "kubernetes:networking.k8s.io/v1:NetworkPolicy",
            "fission-storagesvc-to-store-ingress",
        ).inputs;
        assert.deepEqual(spec.ingress[0].ports, [{ protocol: "TCP", port: 9000 }]);
    });

    it("has two copies of what can be doubled, and one of what would wait unready", async () => {
        const recording = await recordFission({ highAvailability: true });

        const copies = Object.fromEntries(
            parts.map((part) => [
                part,
                recording.only(deploymentType, `fission-${part}`).inputs.spec.replicas as number,
            ]),
        );
        assert.deepEqual(copies, {
            buildermgr: 1,
            executor: 1,
            kubewatcher: 2,
            router: 2,
            storagesvc: 1,
            timer: 2,
            webhook: 2,
        });
        assert.equal(environmentOf(recording, "timer").LEADER_ELECTION_ENABLED, "true");
        assert.deepEqual(
            recording
                .ofType("kubernetes:policy/v1:PodDisruptionBudget")
                .map(({ name }) => name)
                .sort(),
            ["fission-kubewatcher", "fission-router", "fission-timer", "fission-webhook"],
        );
    });

    it("pulls every image through the mirror, those of functions too", async () => {
        const recording = await recordFission({
            functionNamespaces: ["shop"],
            registry: { mirror: "mirror.example.com", pullSecrets: ["mirror"] },
        });

        assert.equal(containerOf(recording, "router").image, "mirror.example.com/fission/fission-bundle:v1.27.0");
        assert.equal(
            environmentOf(recording, "buildermgr").FETCHER_IMAGE,
            "mirror.example.com/fission/fetcher:v1.27.0",
        );
        const images = recording
            .ofType("kubernetes:fission.io/v1:Environment")
            .map(({ inputs }) => inputs.spec.runtime.image as string);
        assert.deepEqual(images.sort(), [
            "mirror.example.com/fission/node-env:1.35",
            "mirror.example.com/fission/python-env:1.35.0",
        ]);
        const account = recording.only("kubernetes:core/v1:ServiceAccount", "fission-fetcher-in-shop");
        assert.deepEqual(account.inputs.imagePullSecrets, [{ name: "mirror" }]);
    });

    it("describes itself to functions, ingresses and monitoring", async () => {
        const recording = await recordFission({ functionNamespaces: ["shop"], drainSeconds: 20 });
        const { platform, namespace } = recording.result;

        assert.equal(await valueOf(namespace), "fission");
        assert.equal(platform.kind, "fission");
        assert.deepEqual(platform.functionNamespaces, ["shop"]);
        assert.equal(platform.credentials, undefined);
        assert.deepEqual(await valueOf(pulumi.output(platform.gateway)), {
            namespace: "fission",
            service: "router",
            port: 80,
            targetPort: 8888,
            scheme: "http",
            podSelector: partSelector("router"),
        });
        assert.deepEqual(platform.callers, [
            { namespace: "fission", podSelector: partSelector("router") },
            { namespace: "fission", podSelector: partSelector("executor") },
        ]);
        assert.deepEqual(await valueOf(pulumi.output(platform.settings)), {
            ready: "true",
            functionPlacement: "{}",
            drainSeconds: "20",
            nodejsEnvironment: "nodejs",
            nodejsImage: "ghcr.io/fission/node-env:1.35",
            pythonEnvironment: "python",
            pythonImage: "ghcr.io/fission/python-env:1.35.0",
        });
    });

    it("offers what monitoring needs: five targets, alerts on its metrics, a dashboard that parses", async () => {
        const { telemetry } = (await recordFission()).result.platform;

        assert.deepEqual(
            telemetry.targets.map(({ name, port }) => [name, port]),
            ["router", "executor", "buildermgr", "storagesvc", "webhook"].map((part) => [`fission-${part}`, 8080]),
        );
        for (const { expression, name } of telemetry.alerts) {
            assert.match(expression, /fission_|up\{/, name);
            assert.match(expression, /job=~?"fission-/, name);
        }
        const [dashboard] = telemetry.dashboards;
        const model = JSON.parse(dashboard!.json) as { uid: string; panels: { gridPos: object; targets: object[] }[] };
        assert.equal(model.uid, "fission-fission");
        assert.equal(new Set(model.panels.map(({ gridPos }) => JSON.stringify(gridPos))).size, model.panels.length);
        assert.ok(model.panels.every(({ targets }) => targets.length > 0));
    });
});

function partSelector(part: string): Record<string, string> {
    return {
        "app.kubernetes.io/name": "fission",
        "app.kubernetes.io/instance": "fission",
        "app.kubernetes.io/component": part,
    };
}
