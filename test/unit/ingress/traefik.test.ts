import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import * as pulumi from "@pulumi/pulumi";
import { compare } from "bcryptjs";
import { planTraefikIngress, Route, validateRoute } from "../../../components";
import { dynamicConfig } from "../../../components/ingress/traefik/dynamic-config";
import { fakeService } from "../../../components/testing";
import { testCluster } from "../support/cluster";
import { rejects, valueOf } from "../support/mocks";
import { assertPodSecurity, renderedPods } from "../support/pods";
import { dynamicOf, ingressArgs, middlewareFor, recordIngress, staticOf } from "./support";

const deploymentType = "kubernetes:apps/v1:Deployment";
const ingressType = "kubernetes:networking.k8s.io/v1:Ingress";
const secretType = "kubernetes:core/v1:Secret";
const pem = (label: string): string => `-----BEGIN ${label}-----\nx\n-----END ${label}-----\n`;

interface EntryPoint {
    transport: { lifeCycle: { requestAcceptGraceTimeout: string; graceTimeOut: string } };
}

describe("TraefikIngress", () => {
    it("makes exactly these objects", async () => {
        assert.deepEqual((await recordIngress()).summary(), [
            "kubernetes-faas:index:HardenedDeployment edge",
            "kubernetes-faas:index:HardenedNamespace edge-namespace",
            "kubernetes-faas:index:TraefikIngress edge",
            "kubernetes:apps/v1:Deployment edge",
            "kubernetes:core/v1:ConfigMap edge-dynamic",
            "kubernetes:core/v1:ConfigMap edge-static",
            "kubernetes:core/v1:Namespace edge-namespace",
            "kubernetes:core/v1:Secret edge-certificate",
            "kubernetes:core/v1:Service edge",
            "kubernetes:core/v1:ServiceAccount edge",
            "kubernetes:core/v1:ServiceAccountPatch edge-namespace-default",
            "kubernetes:networking.k8s.io/v1:Ingress edge-certificate",
            "kubernetes:networking.k8s.io/v1:IngressClass edge",
            "kubernetes:networking.k8s.io/v1:NetworkPolicy edge",
            "kubernetes:networking.k8s.io/v1:NetworkPolicy edge-backends",
            "kubernetes:networking.k8s.io/v1:NetworkPolicy edge-namespace-deny-all",
            "kubernetes:networking.k8s.io/v1:NetworkPolicy edge-namespace-dns",
            "kubernetes:policy/v1:PodDisruptionBudget edge",
            "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole edge",
            "kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding edge",
            "tls:index/certRequest:CertRequest edge-certificate-request",
            "tls:index/locallySignedCert:LocallySignedCert edge-certificate",
            "tls:index/privateKey:PrivateKey edge-ca-key",
            "tls:index/privateKey:PrivateKey edge-certificate-key",
            "tls:index/selfSignedCert:SelfSignedCert edge-ca",
        ]);
    });

    it("runs restricted, on ports that need no rights, and rolls only for its static configuration", async () => {
        const { resources } = await recordIngress();
        assertPodSecurity(resources);
        const { containers, volumes } = renderedPods(resources)[0]!.pod as unknown as Record<
            string,
            Record<string, unknown>[]
        >;
        assert.deepEqual(
            (containers![0]!.ports as { containerPort: number }[]).map(({ containerPort }) => containerPort),
            [8000, 8443, 8080],
        );
        assert.deepEqual(
            volumes!.map(({ configMap }) => (configMap as { name: string } | undefined)?.name),
            ["edge-static-0a1b2c3d", "edge-dynamic", undefined],
        );
        const immutable = resources.filter(({ inputs }) => inputs.immutable).map(({ name }) => name);
        assert.deepEqual(immutable, ["edge-static"]);
    });

    it("has the rights that Traefik needs to start at all, nodes among them, and writes nothing but statuses", async () => {
        const { rules } = (await recordIngress()).only("kubernetes:rbac.authorization.k8s.io/v1:ClusterRole").inputs;
        const granted = (rules as { resources: string[]; verbs: string[] }[]).flatMap(({ resources, verbs }) =>
            resources.map((resource) => `${resource}: ${verbs.join(" ")}`),
        );
        assert.deepEqual(granted.sort(), [
            "endpointslices: list watch",
            "ingressclasses: list watch",
            "ingresses/status: update",
            "ingresses: list watch",
            "nodes: list watch",
            "secrets: list watch",
            "services: list watch",
        ]);
    });

    it("keeps to the namespaces of its routes where they are named: no right and no object is cluster-wide", async () => {
        const recording = await recordIngress({ routeNamespaces: ["apps"] }, {});
        const kinds = recording.summary().map((line) => line.split(" ")[0]!.split(":").at(-1)!);
        assert.ok(!kinds.some((kind) => ["ClusterRole", "ClusterRoleBinding", "IngressClass"].includes(kind)));
        const roles = recording.ofType("kubernetes:rbac.authorization.k8s.io/v1:Role");
        assert.deepEqual(roles.map(({ inputs }) => inputs.metadata.namespace as string).sort(), ["apps", "edge"]);
        const { kubernetesIngress } = staticOf(recording).providers;
        assert.deepEqual(kubernetesIngress.namespaces, ["edge", "apps"]);
        assert.equal(kubernetesIngress.disableClusterScopeResources, true);
        const route = recording.only(ingressType, "web").inputs;
        assert.equal(route.metadata.annotations["kubernetes.io/ingress.class"], "edge");
        assert.equal(route.spec.ingressClassName, undefined);
    });

    it("refuses routes in namespaces that it does not see", () => {
        const gateway = planTraefikIngress("edge", ingressArgs({ routeNamespaces: ["apps"] }));
        const faults = validateRoute({
            cluster: testCluster(),
            gateway,
            host: "hello.example.com",
            service: fakeService({ namespace: "app" }),
            insecureWithoutLogin: true,
        });
        assert.deepEqual(
            faults.map(({ propertyPath, reason }) => `${propertyPath} ${reason}`),
            ['service.namespace is "app", which is not known here; use one of "apps", "edge"; did you mean "apps"?'],
        );
    });

    it("opens its pods to everybody on the two ports for clients, and the ports of pods behind routes to itself", async () => {
        const recording = await recordIngress();
        const own = recording.only("kubernetes:networking.k8s.io/v1:NetworkPolicy", "edge").inputs.spec;
        assert.deepEqual(own.ingress, [
            {
                ports: [
                    { protocol: "TCP", port: 8000 },
                    { protocol: "TCP", port: 8443 },
                ],
            },
        ]);
        const backends = recording.only("kubernetes:networking.k8s.io/v1:NetworkPolicy", "edge-backends").inputs.spec;
        assert.deepEqual(backends.egress, [{ to: [{ namespaceSelector: {} }] }]);
    });

    it("has two pods or as many as its load asks for, and one with certificates by ACME", async () => {
        const replicas = async (args: Parameters<typeof recordIngress>[0]) =>
            (await recordIngress(args)).only(deploymentType).inputs.spec.replicas as number | undefined;
        const acme = { email: "ops@example.com" };
        assert.equal(await replicas({}), 2);
        assert.equal(await replicas({ replicas: 5 }), 5);
        assert.equal(await replicas({ autoscaling: { minReplicas: 2, maxReplicas: 6 } }), undefined);
        assert.equal(await replicas({ certificates: { acme } }), 1);
    });

    it("drains: it takes requests until load balancers have noticed, and finishes them before it is killed", async () => {
        const recording = await recordIngress();
        const pod = recording.only(deploymentType).inputs.spec.template.spec;
        const seconds = (text: string): number => Number(text.replace("s", ""));
        const entryPoints = staticOf(recording).entryPoints as Record<string, EntryPoint>;
        for (const { transport } of Object.values(entryPoints)) {
            const { requestAcceptGraceTimeout, graceTimeOut } = transport.lifeCycle;
            assert.ok(seconds(requestAcceptGraceTimeout) + seconds(graceTimeOut) < pod.terminationGracePeriodSeconds);
        }
    });

    it("never opens its API and dashboard, and puts metrics where no route is", async () => {
        const config = staticOf(await recordIngress());
        assert.equal(config.api, undefined);
        assert.equal(config.metrics.prometheus.entryPoint, "traefik");
        assert.equal(config.ping.entryPoint, "traefik");
        assert.equal(config.entryPoints.websecure.asDefault, true);
    });

    it("leaves certificates and keys out of its files", async () => {
        const own = { certificate: pem("CERTIFICATE"), privateKey: pem("PRIVATE KEY") };
        const recording = await recordIngress({ certificates: { own } });
        for (const { type, inputs } of recording.resources) {
            if (type === "kubernetes:core/v1:ConfigMap") {
                assert.ok(!JSON.stringify(inputs).includes("-----BEGIN"));
            }
        }
        const secret = recording.only(secretType, "edge-certificate");
        assert.equal(secret.inputs.type, "kubernetes.io/tls");
        assert.ok(secret.secretPaths.includes("stringData"));
    });
});

describe("TraefikIngress's users", () => {
    const protections = { login: { basicAuth: { users: [{ name: "alice" }] } } };

    it("have generated passwords, of which only the hashes reach the cluster, in a Secret", async () => {
        const recording = await recordIngress({ protections });
        const secret = recording.only(secretType, "edge-dynamic-secret");
        assert.ok(secret.secretPaths.includes("stringData"));
        assert.deepEqual(dynamicOf(recording).http.middlewares.login.basicAuth.users, [
            "alice:$2a$10$hash-of-edge-login-alice",
        ]);
        const password = recording.result.passwords["login"]!["alice"]!;
        assert.ok(await pulumi.isSecret(password));
        const clear = (await valueOf(password))!;
        assert.ok(recording.resources.every(({ inputs }) => !JSON.stringify(inputs).includes(clear)));
    });

    it("may bring a hash instead, which stays secret", async () => {
        const hash = `$2b$10$${"a".repeat(53)}`;
        const users = [{ name: "bob", passwordHash: hash }];
        const recording = await recordIngress({ protections: { login: { basicAuth: { users } } } });
        assert.deepEqual(dynamicOf(recording).http.middlewares.login.basicAuth.users, [`bob:${hash}`]);
        assert.deepEqual(recording.ofType("random:index/randomPassword:RandomPassword"), []);
    });

    it("may bring a password of their own, which reaches the cluster as a hash with a salt that stays the same", async () => {
        const password = "correct horse battery";
        const recordHash = async () => {
            const users = [{ name: "bob", password }];
            const recording = await recordIngress({ protections: { login: { basicAuth: { users } } } });
            assert.ok(recording.resources.every(({ inputs }) => !JSON.stringify(inputs).includes(password)));
            assert.deepEqual(recording.only("random:index/randomBytes:RandomBytes", "edge-login-bob-salt").inputs, {
                length: 16,
                keepers: { rotation: "" },
            });
            const output = recording.result.passwords["login"]!["bob"]!;
            assert.ok(await pulumi.isSecret(output));
            assert.equal(await valueOf(output), password);
            const [line] = dynamicOf(recording).http.middlewares.login.basicAuth.users as [string];
            return line.slice("bob:".length);
        };
        const hash = await recordHash();
        assert.match(hash, /^\$2b\$10\$[./A-Za-z0-9]{53}$/);
        assert.ok(await compare(password, hash));
        assert.ok(!(await compare("correct horse batter", hash)));
        assert.equal(await recordHash(), hash);
    });

    it("are refused when a password that becomes known later is one that bcrypt cuts", async () => {
        const users = [{ name: "bob", password: pulumi.secret("a".repeat(73)) }];
        const args = ingressArgs({ protections: { login: { basicAuth: { users } } } });
        await assert.rejects(
            valueOf(dynamicConfig("edge", args, {})),
            /login\.basicAuth\.users\[0\]\.password is a secret value, which has 73 bytes/,
        );
    });

    it("change without rolling a pod: the pods' template stays the same", async () => {
        const template = async (names: string[]) => {
            const users = names.map((name) => ({ name }));
            const recording = await recordIngress({ protections: { login: { basicAuth: { users } } } });
            return recording.only(deploymentType).inputs.spec.template as object;
        };
        assert.ok(isDeepStrictEqual(await template(["alice"]), await template(["alice", "bob"])));
    });
});

describe("TraefikIngress compiles", () => {
    it("an allow-list by the address that opens the connection, or by what proxies say where they are trusted", async () => {
        const ranges = ["203.0.113.0/24"];
        assert.deepEqual(await middlewareFor({ ipAllowList: { ranges } }), {
            ipAllowList: { sourceRange: ranges, ipStrategy: { depth: 0 } },
        });
        assert.deepEqual(await middlewareFor({ ipAllowList: { ranges } }, { trustedProxies: ["10.0.0.0/8"] }), {
            ipAllowList: { sourceRange: ranges, ipStrategy: { excludedIPs: ["10.0.0.0/8"] } },
        });
    });

    it("limits", async () => {
        const sourceCriterion = { ipStrategy: { depth: 0 } };
        assert.deepEqual(await middlewareFor({ rateLimit: { requests: 100, period: "1m" } }), {
            rateLimit: { average: 100, period: "1m", burst: 100, sourceCriterion },
        });
        assert.deepEqual(await middlewareFor({ concurrency: { requests: 5 } }), { inFlightReq: { amount: 5 } });
        assert.deepEqual(await middlewareFor({ concurrency: { requests: 5, perClient: true } }), {
            inFlightReq: { amount: 5, sourceCriterion },
        });
        assert.deepEqual(await middlewareFor({ bodyLimit: { maximum: "10Mi" } }), {
            buffering: { maxRequestBodyBytes: 10_485_760 },
        });
    });

    it("retries and a circuit breaker", async () => {
        assert.deepEqual(await middlewareFor({ retry: { attempts: 3 } }), {
            retry: { attempts: 3, initialInterval: "100ms" },
        });
        const circuitBreaker = { networkErrorPercent: 30, serverErrorPercent: 25, medianMilliseconds: 500 };
        assert.deepEqual(await middlewareFor({ circuitBreaker }), {
            circuitBreaker: {
                expression:
                    "NetworkErrorRatio() > 0.3 || ResponseCodeRatio(500, 600, 0, 600) > 0.25 || LatencyAtQuantileMS(50.0) > 500",
                fallbackDuration: "10s",
            },
        });
    });

    it("client certificates into options of the hosts that ask for them, or of all hosts", async () => {
        const mutualTls = { caCertificate: pem("CERTIFICATE") };
        const clientAuth = { caFiles: [mutualTls.caCertificate], clientAuthType: "RequireAndVerifyClientCert" };
        const protections = { machines: { mutualTls } };
        const some = await recordIngress({ protections }, { protections: ["machines"], insecureWithoutLogin: false });
        assert.deepEqual(dynamicOf(some).tls.options.machines.clientAuth, clientAuth);
        assert.equal(dynamicOf(some).tls.options.default.clientAuth, undefined);
        const annotations = some.only(ingressType, "web").inputs.metadata.annotations;
        assert.equal(annotations["traefik.ingress.kubernetes.io/router.tls.options"], "machines@file");

        const all = await recordIngress({ protections: { machines: { mutualTls, everyRoute: true } } });
        assert.deepEqual(dynamicOf(all).tls.options, { default: { minVersion: "VersionTLS12", clientAuth } });
    });

    it("protections for every route into the entry point, so that routes need not name them", async () => {
        const protections = {
            office: { ipAllowList: { ranges: ["203.0.113.0/24"] }, everyRoute: true },
            login: { basicAuth: { users: [{ name: "alice" }] }, everyRoute: true },
        };
        const recording = await recordIngress({ protections }, { insecureWithoutLogin: false, host: "a.example.com" });
        assert.deepEqual(staticOf(recording).entryPoints.websecure.http.middlewares, [
            "security-headers@file",
            "office@file",
            "login@file",
        ]);
    });

    it("values that are known later, and checks them then", async () => {
        const ranges = pulumi.output(["203.0.113.0/24"]);
        assert.deepEqual((await middlewareFor({ ipAllowList: { ranges } })).ipAllowList.sourceRange, [
            "203.0.113.0/24",
        ]);
        const everybody = { it: { ipAllowList: { ranges: pulumi.output(["0.0.0.0/0"]) } } };
        await assert.rejects(
            valueOf(dynamicConfig("edge", ingressArgs({ protections: everybody }), {})),
            /TraefikIngress edge: protections\.it\.ipAllowList\.ranges\[0\] is "0\.0\.0\.0\/0", which is everybody/,
        );
    });

    it("TLS versions and ciphers", async () => {
        const options = async (tls: NonNullable<Parameters<typeof recordIngress>[0]>["tls"]) =>
            dynamicOf(await recordIngress({ tls })).tls.options.default as object;
        assert.deepEqual(await options({ minimumVersion: "1.3" }), { minVersion: "VersionTLS13" });
        const cipherSuites = ["TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"];
        assert.deepEqual(await options({ cipherSuites }), { minVersion: "VersionTLS12", cipherSuites });
    });
});

describe("TraefikIngress's certificates", () => {
    it("are one for the domain of a local cluster, where nothing is said, and its hosts are below that", async () => {
        const local = { cluster: testCluster({ cloud: "local" }), certificates: undefined, domain: undefined };
        const recording = await recordIngress(local, {});
        const request = recording.only("tls:index/certRequest:CertRequest").inputs;
        assert.deepEqual(request.dnsNames, ["faas.localhost", "*.faas.localhost"]);
        assert.equal(recording.only(ingressType, "web").inputs.spec.rules[0].host, "web.faas.localhost");
        assert.ok(await valueOf(recording.result.caCertificate!));
    });

    it("come to Traefik by an Ingress that leads nowhere", async () => {
        const recording = await recordIngress({ certificates: { secretName: "corporate" } });
        assert.deepEqual(recording.only(ingressType).inputs.spec, {
            ingressClassName: "edge",
            tls: [{ secretName: "corporate" }],
            rules: [{ host: "certificate.invalid" }],
        });
    });

    it("come from cert-manager for each route that has none, through a gap in the redirect", async () => {
        const args = {
            cluster: testCluster({ addons: ["cert-manager"] }),
            certificates: { issuer: { name: "letsencrypt" } },
        };
        const recording = await recordIngress(args, { host: "shop.example.com" });
        const { metadata, spec } = recording.only(ingressType).inputs;
        assert.equal(metadata.annotations["cert-manager.io/cluster-issuer"], "letsencrypt");
        assert.deepEqual(spec.tls, [{ hosts: ["shop.example.com"], secretName: "web-tls" }]);
        assert.equal(staticOf(recording).entryPoints.web.allowACMEByPass, true);

        const own = await recordIngress(args, { host: "shop.example.com", tlsSecretName: "shop" });
        assert.equal(own.only(ingressType).inputs.metadata.annotations["cert-manager.io/cluster-issuer"], undefined);
    });

    it("come by ACME onto a volume, with the login of the DNS provider in a Secret", async () => {
        const dnsProvider = { code: "cloudflare", environment: { CF_DNS_API_TOKEN: "token" } };
        const acme = { email: "ops@example.com", challenge: "dns" as const, dnsProvider };
        const recording = await recordIngress({ certificates: { acme } }, { host: "*.example.com" });
        assert.deepEqual(staticOf(recording).certificatesResolvers, {
            acme: {
                acme: {
                    email: "ops@example.com",
                    storage: "/data/acme.json",
                    dnsChallenge: { provider: "cloudflare" },
                },
            },
        });
        assert.equal(staticOf(recording).entryPoints.websecure.http.tls.certResolver, "acme");
        const { strategy, template } = recording.only(deploymentType).inputs.spec;
        assert.equal(strategy.type, "Recreate");
        assert.ok(
            (template.spec.containers[0].env as { name: string; valueFrom?: object }[]).some(
                ({ name, valueFrom }) => name === "CF_DNS_API_TOKEN" && valueFrom !== undefined,
            ),
        );
        assert.ok(recording.only(secretType, "edge-acme-dns").secretPaths.includes("stringData"));
    });

    it("can't be had for wildcards by ACME over HTTP", async () => {
        const gateway = planTraefikIngress(
            "edge",
            ingressArgs({ certificates: { acme: { email: "ops@example.com" } } }),
        );
        const args = { cluster: testCluster(), gateway, service: fakeService(), insecureWithoutLogin: true };
        await rejects(
            () => new Route("all", { ...args, host: "*.example.com" }),
            /host is "\*\.example\.com", for which ACME gives a certificate only by DNS; name each host/,
        );
    });
});
