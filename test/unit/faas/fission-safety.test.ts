import assert from "node:assert/strict";
import { podSecurityViolations, type PlainPodSpec } from "../../../components/core/pod-security-rules";
import { fakeObjectStore } from "../../../components/testing";
import type { RecordedResource } from "../support/mocks";
import { containerOf, deploymentType, environmentOf, recordFission } from "./fission-recording";

describe("The pods, keys and data of Fission", () => {
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
});
