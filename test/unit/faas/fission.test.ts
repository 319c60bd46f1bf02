import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { valueOf, type Recording } from "../support/mocks";
import { containerOf, deploymentType, environmentOf, parts, recordFission } from "./fission-recording";

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
        assert.equal(executor.ADOPT_EXISTING_RESOURCES, "true");
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
