import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { planOpenFaas } from "../../../components/faas/openfaas";
import { testCluster } from "../support/cluster";
import { type Recording, valueOf } from "../support/mocks";
import { assertPodSecurity } from "../support/pods";
import { containerOf, deploymentType, environmentOf, parts, podOf, recordOpenFaas } from "./openfaas-recording";

const roleType = "kubernetes:rbac.authorization.k8s.io/v1:Role";

/** The rules of the only Role, as `group/resource` with its verbs. */
function rightsOf(recording: Recording<unknown>): Record<string, string> {
    const { inputs } = recording.only(roleType);
    return Object.fromEntries(
        (inputs.rules as { apiGroups: string[]; resources: string[]; verbs: string[] }[]).map(
            ({ apiGroups, resources, verbs }) => [`${apiGroups.join()}/${resources.join()}`, verbs.join(" ")],
        ),
    );
}

const partSelector = (part: string) => ({
    "app.kubernetes.io/name": "openfaas",
    "app.kubernetes.io/instance": "openfaas",
    "app.kubernetes.io/component": part,
});

describe("OpenFaas", () => {
    it("makes its parts, the login, two namespaces and the rights in one of them, and nothing else", async () => {
        const recording = await recordOpenFaas();

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
                "kubernetes-faas:index:OpenFaas openfaas",
                ...namespace("openfaas-namespace"),
                ...namespace("openfaas-functions"),
                ...parts.flatMap((part) => [
                    `kubernetes-faas:index:HardenedDeployment openfaas-${part}`,
                    `${deploymentType} openfaas-${part}`,
                    `kubernetes:core/v1:ServiceAccount openfaas-${part}`,
                    policy(`openfaas-${part}`),
                ]),
                ...["alertmanager", "gateway", "nats", "prometheus"].map(
                    (part) => `kubernetes:core/v1:Service openfaas-${part}`,
                ),
                ...["alertmanager", "prometheus"].map((part) => `kubernetes:core/v1:ConfigMap openfaas-${part}-config`),
                "kubernetes:core/v1:ServiceAccount openfaas-function",
                "kubernetes:core/v1:Secret openfaas-login",
                "kubernetes:rbac.authorization.k8s.io/v1:Role openfaas-gateway-in-openfaas-fn",
                "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding openfaas-gateway-in-openfaas-fn",
                "random:index/randomPassword:RandomPassword openfaas-password",
            ].sort(),
        );
    });

    it("passes the restricted Pod Security profile with every pod, and enforces it in both namespaces", async () => {
        const recording = await recordOpenFaas({ cronConnector: true });

        assertPodSecurity(recording.resources);
        for (const { inputs } of recording.ofType("kubernetes:core/v1:Namespace")) {
            assert.equal(inputs.metadata.labels["pod-security.kubernetes.io/enforce"], "restricted");
        }
    });

    it("enforces baseline where functions come by the gateway, and still warns of what is not restricted", async () => {
        const recording = await recordOpenFaas({ insecureApiDeploys: true });

        const { labels } = recording.only("kubernetes:core/v1:Namespace", "openfaas-functions").inputs.metadata;
        assert.equal(labels["pod-security.kubernetes.io/enforce"], "baseline");
        assert.equal(labels["pod-security.kubernetes.io/warn"], "restricted");
        const own = recording.only("kubernetes:core/v1:Namespace", "openfaas-namespace").inputs.metadata.labels;
        assert.equal(own["pod-security.kubernetes.io/enforce"], "restricted");
        assertPodSecurity(recording.resources);
        // faas-netes sets no limits, so the namespace does.
        const [limits] = recording.only("kubernetes:core/v1:LimitRange").inputs.spec.limits;
        assert.deepEqual(limits.default, { cpu: "500m", memory: "256Mi" });
    });

    it("has the rights that faas-netes uses to list, call and scale functions, in their namespace only", async () => {
        const recording = await recordOpenFaas();

        assert.deepEqual(rightsOf(recording), {
            "apps/deployments": "get list watch update",
            "/endpoints": "list watch",
            "/pods": "list watch",
            "/pods/log": "get",
        });
        assert.equal(recording.only(roleType).inputs.metadata.namespace, "openfaas-fn");
        assert.equal(recording.ofType("kubernetes:rbac.authorization.k8s.io/v1:ClusterRole").length, 0);
        assert.deepEqual(recording.only("kubernetes:rbac.authorization.k8s.io/v1:RoleBinding").inputs.subjects, [
            { kind: "ServiceAccount", name: "gateway", namespace: "openfaas" },
        ]);
    });

    it("has those to make functions and their Secrets only where functions come by the gateway", async () => {
        const recording = await recordOpenFaas({ insecureApiDeploys: true });

        assert.deepEqual(rightsOf(recording), {
            "apps/deployments": "get list watch update create delete",
            "/endpoints": "list watch",
            "/pods": "list watch",
            "/pods/log": "get",
            "/services": "get create update delete",
            "/secrets": "get list create update delete",
        });
    });

    it("gives a token for the API server to the gateway's pod alone", async () => {
        const recording = await recordOpenFaas({ cronConnector: true });

        const withToken = recording
            .ofType(deploymentType)
            .filter(({ inputs }) => inputs.spec.template.spec.automountServiceAccountToken)
            .map(({ name }) => name);
        assert.deepEqual(withToken, ["openfaas-gateway"]);
        assert.equal(
            recording.only("kubernetes:core/v1:ServiceAccount", "openfaas-function").inputs
                .automountServiceAccountToken,
            false,
        );
    });

    it("sets the variables that the gateway and faas-netes read, and no others", async () => {
        const recording = await recordOpenFaas();

        assert.deepEqual(environmentOf(recording, "gateway"), {
            functions_provider_url: "http://127.0.0.1:8081/",
            function_namespace: "openfaas-fn",
            basic_auth: "true",
            secret_mount_path: "/var/secrets",
            read_timeout: "65s",
            write_timeout: "65s",
            upstream_timeout: "60s",
            scale_from_zero: "true",
            faas_prometheus_host: "prometheus.openfaas",
            faas_prometheus_port: "9090",
            faas_nats_address: "nats.openfaas",
            faas_nats_port: "4222",
        });
        assert.deepEqual(environmentOf(recording, "gateway", "faas-netes"), {
            port: "8081",
            function_namespace: "openfaas-fn",
            basic_auth: "true",
            secret_mount_path: "/var/secrets",
            read_timeout: "65s",
            write_timeout: "65s",
            http_probe: "true",
            set_nonroot_user: "true",
        });
        assert.deepEqual(environmentOf(recording, "queue-worker"), {
            faas_nats_address: "nats.openfaas",
            faas_nats_port: "4222",
            faas_gateway_address: "gateway.openfaas",
            faas_gateway_port: "8080",
            ack_wait: "65s",
        });
    });

    it("starts each part from its pinned image", async () => {
        const recording = await recordOpenFaas({ cronConnector: true });

        const started = recording
            .ofType(deploymentType)
            .flatMap(({ inputs }) => inputs.spec.template.spec.containers)
            .map(({ image, command, args }) => [image, [...(command ?? []), ...(args ?? [])].join(" ")]);
        assert.deepEqual(Object.fromEntries(started), {
            "ghcr.io/openfaas/gateway:0.27.13": "./gateway",
            "ghcr.io/openfaas/faas-netes:0.18.17": "./faas-netes",
            "ghcr.io/openfaas/queue-worker:0.14.2": "",
            "ghcr.io/openfaas/cron-connector:0.7.0": "./cron-connector",
            "docker.io/library/nats-streaming:0.25.6":
                "/nats-streaming-server --store memory --cluster_id faas-cluster --max_bytes 64MB",
            "docker.io/prom/prometheus:v3.11.3":
                "--config.file=/etc/openfaas/prometheus.yml --storage.tsdb.path=/data --storage.tsdb.retention.time=1d",
            "docker.io/prom/alertmanager:v0.32.1":
                "--config.file=/etc/openfaas/alertmanager.yml --storage.path=/data --cluster.listen-address=",
        });
    });

    it("takes one timeout for the gateway, faas-netes, the queue and functions", async () => {
        const recording = await recordOpenFaas({ timeoutSeconds: 300 });

        const gateway = environmentOf(recording, "gateway");
        assert.deepEqual(
            [gateway.upstream_timeout, gateway.read_timeout, gateway.write_timeout],
            ["300s", "305s", "305s"],
        );
        const provider = environmentOf(recording, "gateway", "faas-netes");
        assert.deepEqual([provider.read_timeout, provider.write_timeout], ["305s", "305s"]);
        assert.equal(environmentOf(recording, "queue-worker").ack_wait, "305s");
        assert.equal(await valueOf(recording.result.platform.settings!.timeoutSeconds!), "300");
    });

    it("runs without a queue where asynchronous calls are off", async () => {
        const recording = await recordOpenFaas({ asyncInvocation: false });

        assert.deepEqual(
            recording
                .ofType(deploymentType)
                .map(({ name }) => name)
                .sort(),
            ["openfaas-alertmanager", "openfaas-gateway", "openfaas-prometheus"],
        );
        const gateway = environmentOf(recording, "gateway");
        assert.deepEqual([gateway.faas_nats_address, gateway.faas_nats_port], [undefined, undefined]);
    });

    it("starts the gateway and the queue-worker when the queue is there, since they end without it", async () => {
        const recording = await recordOpenFaas();

        for (const part of ["gateway", "queue-worker"]) {
            const { dependencies } = recording.only(deploymentType, `openfaas-${part}`).options;
            assert.ok(dependencies.includes("openfaas-nats"), `${part} depends on ${dependencies.join()}`);
        }
    });

    it("gives the login, as two files, to the parts that ask for it and to no other", async () => {
        const recording = await recordOpenFaas({ cronConnector: true });

        const secret = recording.only("kubernetes:core/v1:Secret", "openfaas-login");
        assert.deepEqual(Object.keys(secret.inputs.stringData as object).sort(), [
            "basic-auth-password",
            "basic-auth-user",
        ]);
        assert.equal(secret.inputs.immutable, true);
        assert.ok(
            secret.secretPaths.some((path) => path.startsWith("stringData")),
            secret.secretPaths.join(),
        );
        const mounting = recording
            .ofType(deploymentType)
            .filter(({ inputs }) =>
                inputs.spec.template.spec.volumes.some((volume: { secret?: { secretName: string } }) =>
                    volume.secret?.secretName.startsWith("openfaas-login"),
                ),
            )
            .map(({ name }) => name);
        assert.deepEqual(mounting.sort(), ["openfaas-alertmanager", "openfaas-cron-connector", "openfaas-gateway"]);
        for (const container of ["gateway", "faas-netes"]) {
            assert.deepEqual(containerOf(recording, "gateway", container).volumeMounts[0], {
                name: "login",
                mountPath: "/var/secrets",
                readOnly: true,
            });
        }
    });

    it("takes a password of one's own, secret from then on, and generates another when it is rotated", async () => {
        const given = await recordOpenFaas({ password: "0123456789abcdef" });
        assert.equal(given.ofType("random:index/randomPassword:RandomPassword").length, 0);
        assert.ok(await pulumi.isSecret(pulumi.output(given.result.platform.credentials!.password)));
        assert.equal(await valueOf(given.result.platform.credentials!.password), "0123456789abcdef");

        const rotated = await recordOpenFaas({ passwordRotation: "2026-12" });
        const { inputs } = rotated.only("random:index/randomPassword:RandomPassword");
        assert.deepEqual(inputs.keepers, { rotation: "2026-12" });
    });

    it("goes out through a proxy with what goes by TLS only, and past it to the API server", async () => {
        const recording = await recordOpenFaas({
            proxy: {
                url: "http://proxy.example.com:3128",
                endpoint: { cidrs: ["198.51.100.7/32"] },
                exceptions: [".example.com"],
            },
        });

        const provider = environmentOf(recording, "gateway", "faas-netes");
        assert.equal(provider.https_proxy, "http://proxy.example.com:3128");
        assert.equal(provider.no_proxy, "$(KUBERNETES_SERVICE_HOST),.example.com");
        assert.equal(provider.http_proxy, undefined);
        assert.equal(environmentOf(recording, "gateway").https_proxy, undefined);
    });

    it("lets schedules of annotations be called by upstream's connector when it is asked for", async () => {
        const recording = await recordOpenFaas({ cronConnector: true });

        assert.deepEqual(environmentOf(recording, "cron-connector"), {
            gateway_url: "http://gateway.openfaas:8080",
            basic_auth: "true",
            secret_mount_path: "/var/secrets",
            rebuild_interval: "30s",
        });
    });

    it("runs inline code in the images that are given, and keeps functions to the quota", async () => {
        const recording = await recordOpenFaas({
            images: { nodejs: "registry.example.com/node:24" },
            quota: { "requests.cpu": "20" },
        });

        const { settings } = recording.result.platform;
        assert.equal(await valueOf(settings!.nodejsImage!), "registry.example.com/node:24");
        assert.match((await valueOf(settings!.pythonImage!))!, /^docker\.io\/library\/python:/);
        const { metadata, spec } = recording.only("kubernetes:core/v1:ResourceQuota").inputs;
        assert.equal(metadata.namespace, "openfaas-fn");
        assert.deepEqual(spec.hard, { "requests.cpu": "20" });
    });

    it("publishes nothing by itself: every Service is for the cluster only", async () => {
        const recording = await recordOpenFaas();

        for (const { name, inputs } of recording.ofType("kubernetes:core/v1:Service")) {
            assert.equal(inputs.spec.type, "ClusterIP", name);
        }
    });

    it("uses the namespaces, labels, placement and mirror that are given", async () => {
        const recording = await recordOpenFaas({
            namespace: "faas",
            functionNamespace: "work",
            labels: { team: "platform" },
            placement: { nodeSelector: { pool: "system" } },
            functionPlacement: { nodeSelector: { pool: "functions" } },
            registry: { mirror: "harbor.example.com/mirror", pullSecrets: ["harbor"] },
        });

        assert.equal(environmentOf(recording, "gateway").function_namespace, "work");
        assert.equal(environmentOf(recording, "gateway").faas_prometheus_host, "prometheus.faas");
        const pod = podOf(recording, "nats");
        assert.deepEqual(pod.nodeSelector, { pool: "system" });
        assert.deepEqual(pod.imagePullSecrets, [{ name: "harbor" }]);
        assert.equal(containerOf(recording, "nats").image, "harbor.example.com/mirror/library/nats-streaming:0.25.6");
        const account = recording.only("kubernetes:core/v1:ServiceAccount", "openfaas-function").inputs;
        assert.equal(account.metadata.namespace, "work");
        assert.equal(account.metadata.labels.team, "platform");
        assert.deepEqual(account.imagePullSecrets, [{ name: "harbor" }]);
        const { settings } = recording.result.platform;
        assert.equal(await valueOf(settings!.functionPlacement!), '{"nodeSelector":{"pool":"functions"}}');
        assert.match((await valueOf(settings!.nodejsImage!))!, /^harbor\.example\.com\/mirror\/library\/node:/);
    });

    it("describes itself to functions, ingresses and monitoring", async () => {
        const recording = await recordOpenFaas();
        const { platform, namespace } = recording.result;

        assert.equal(await valueOf(namespace), "openfaas");
        assert.equal(platform.kind, "openfaas");
        assert.deepEqual(platform.functionNamespaces, ["openfaas-fn"]);
        assert.deepEqual(await valueOf(pulumi.output(platform.gateway)), {
            namespace: "openfaas",
            service: "gateway",
            port: 8080,
            targetPort: 8080,
            scheme: "http",
            podSelector: partSelector("gateway"),
        });
        assert.deepEqual(platform.callers, [{ namespace: "openfaas", podSelector: partSelector("gateway") }]);
        assert.equal(platform.credentials!.username, "admin");
        assert.ok(await pulumi.isSecret(pulumi.output(platform.credentials!.password)));
        assert.equal(await valueOf(platform.settings!.ready!), "true");
        assert.equal(await valueOf(platform.settings!.serviceAccount!), "function");
    });

    it("is planned as it is going to be, as far as functions are checked against it", async () => {
        const args = {
            cluster: testCluster(),
            acceptCommunityEula: true,
            functionNamespace: "work",
            timeoutSeconds: 90,
        };
        const plan = planOpenFaas("openfaas", args);
        const { platform } = (await recordOpenFaas(args)).result;

        assert.deepEqual(plan.functionNamespaces, platform.functionNamespaces);
        assert.deepEqual(plan.features, platform.features);
        assert.equal(plan.kind, platform.kind);
        for (const setting of ["nodejsImage", "pythonImage", "serviceAccount", "timeoutSeconds"]) {
            assert.equal(await valueOf(plan.settings![setting]!), await valueOf(platform.settings![setting]!), setting);
        }
        assert.deepEqual(await valueOf(pulumi.output(plan.gateway)), await valueOf(pulumi.output(platform.gateway)));
    });

    it("offers the metrics of gateway and functions, alerts on them and a dashboard, with the name of the installation", async () => {
        const { telemetry } = (await recordOpenFaas()).result.platform;

        assert.deepEqual(telemetry.targets, [
            {
                name: "openfaas-gateway",
                namespace: "openfaas",
                podSelector: partSelector("gateway"),
                port: 8082,
            },
            {
                name: "openfaas-portable-functions-in-openfaas-fn",
                namespace: "openfaas-fn",
                podSelector: {
                    "app.kubernetes.io/name": "function",
                    "app.kubernetes.io/component": "openfaas",
                    "kubernetes-faas/function-metrics": "portable",
                },
                port: 8080,
                path: "/_/metrics",
            },
        ]);
        assert.deepEqual(
            telemetry.alerts.map(({ name }) => name),
            [
                "OpenFaasGatewayDown",
                "OpenFaasCallErrors",
                "OpenFaasFunctionAtMost",
                "OpenFaasTooManyFunctions",
                "OpenFaasFunctionErrors",
                "OpenFaasFunctionBusy",
            ],
        );
        const [dashboard] = telemetry.dashboards;
        assert.equal(dashboard!.title, "OpenFaaS openfaas");
        const model = JSON.parse(dashboard!.json) as { panels: { targets: { expr: string }[] }[] };
        const metrics =
            /gateway_(function_invocation_total|function_invocation_started|functions_seconds_bucket|service_count)/;
        const expressions = [
            ...telemetry.alerts.slice(1, 4).map(({ expression }) => expression),
            ...model.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)),
        ];
        for (const expression of expressions) {
            assert.match(expression, metrics);
            assert.ok(expression.includes('job="openfaas-gateway"'), expression);
        }
    });
});
