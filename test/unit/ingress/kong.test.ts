import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import {
    HardenedNamespace,
    KongIngress,
    type NetworkEndpoint,
    networkFromObjects,
    type NetworkModel,
    planKongIngress,
    PodSecurityLevel,
    reachable,
} from "../../../components";
import { fakeService, manifests } from "../../../components/testing";
import { testCluster } from "../support/cluster";
import { record, type Recording, valueOf } from "../support/mocks";
import { assertPodSecurity } from "../support/pods";
import { configurationObject, environmentFor, environmentOf, kongArgs, openRoute, recordKong } from "./kong-support";

const deployment = "kubernetes:apps/v1:Deployment";
const aws = "service.beta.kubernetes.io/aws-load-balancer";

/** The specification of the pods. */
// Tests read deep into it; a precise type would only add casts to every assertion.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
const podOf = (recording: Recording<unknown>): any => recording.only(deployment).inputs.spec.template.spec;

describe("KongIngress", () => {
    it("is these objects, and nothing with rights in the cluster", async () => {
        const recording = await recordKong({ protections: { login: { basicAuth: { users: [{ name: "alice" }] } } } });
        assert.deepEqual(
            recording.summary().filter((each) => each.startsWith("kubernetes:")),
            [
                "kubernetes:apps/v1:Deployment edge",
                "kubernetes:core/v1:Namespace edge-namespace",
                "kubernetes:core/v1:Secret edge-certificate",
                "kubernetes:core/v1:Secret edge-configuration-secret",
                "kubernetes:core/v1:Service edge",
                "kubernetes:core/v1:ServiceAccount edge",
                "kubernetes:core/v1:ServiceAccountPatch edge-namespace-default",
                "kubernetes:networking.k8s.io/v1:NetworkPolicy edge",
                "kubernetes:networking.k8s.io/v1:NetworkPolicy edge-namespace-deny-all",
                "kubernetes:networking.k8s.io/v1:NetworkPolicy edge-namespace-dns",
                "kubernetes:networking.k8s.io/v1:NetworkPolicy edge-web-gateway",
                "kubernetes:policy/v1:PodDisruptionBudget edge",
            ],
        );
        assert.equal(podOf(recording).automountServiceAccountToken, false);
    });

    it("meets Pod Security restricted, as a user by number, with a place to write for what Kong prepares", async () => {
        const recording = await recordKong();
        assertPodSecurity(recording.resources, PodSecurityLevel.Restricted);
        const pod = podOf(recording);
        assert.equal(pod.securityContext.runAsUser, 10_001);
        const [container] = pod.containers;
        assert.equal(container.image, "docker.io/library/kong:3.9.3");
        assert.equal(container.securityContext.readOnlyRootFilesystem, true);
        const writable = (container.volumeMounts as { mountPath: string; readOnly?: boolean }[]).filter(
            ({ readOnly }) => !readOnly,
        );
        assert.deepEqual(writable.map(({ mountPath }) => mountPath).sort(), ["/kong_prefix", "/tmp"]);
        assert.equal(environmentOf(recording).KONG_PREFIX, "/kong_prefix");
    });

    it("has its admin API and its manager off, reports to nobody and tells nobody its version", async () => {
        const settings = await environmentFor({});
        for (const name of [
            "ADMIN_LISTEN",
            "ADMIN_GUI_LISTEN",
            "ANONYMOUS_REPORTS",
            "HEADERS",
            "UNTRUSTED_LUA",
            "DATABASE",
        ]) {
            assert.equal(settings[`KONG_${name}`], "off", name);
        }
    });

    it("listens on ports above 1024 that the Service leads to, and answers probes on one that it does not", async () => {
        const recording = await recordKong();
        const settings = environmentOf(recording);
        assert.equal(settings.KONG_PROXY_LISTEN, "0.0.0.0:8000, 0.0.0.0:8443 http2 ssl");
        assert.equal(settings.KONG_PORT_MAPS, "80:8000, 443:8443");
        assert.equal(settings.KONG_STATUS_LISTEN, "0.0.0.0:8100");
        const { spec } = recording.only("kubernetes:core/v1:Service").inputs;
        assert.deepEqual(
            (spec.ports as { port: number; targetPort: string }[]).map(({ port, targetPort }) => [port, targetPort]),
            [
                [80, "web"],
                [443, "websecure"],
            ],
        );
        const [{ startupProbe, readinessProbe, livenessProbe, ports }] = podOf(recording).containers;
        assert.deepEqual(
            (ports as { name: string; containerPort: number }[]).map(({ name, containerPort }) => [
                name,
                containerPort,
            ]),
            [
                ["web", 8000],
                ["websecure", 8443],
                ["status", 8100],
            ],
        );
        assert.deepEqual(startupProbe.httpGet, { path: "/status", port: 8100 });
        // It says no until all of its processes have the configuration.
        assert.deepEqual(readinessProbe.httpGet, { path: "/status/ready", port: 8100 });
        assert.deepEqual(livenessProbe.httpGet, { path: "/status", port: 8100 });
    });

    it("ends only when load balancers have noticed and requests are finished", async () => {
        const pod = podOf(await recordKong());
        assert.deepEqual(pod.containers[0].lifecycle.preStop.exec.command, [
            "kong",
            "quit",
            "--wait=15",
            "--timeout=30",
        ]);
        assert.ok(pod.terminationGracePeriodSeconds > 15 + 30);
    });

    it("is two pods over nodes and zones, of which one may go, or as many as the load asks for", async () => {
        const recording = await recordKong();
        assert.equal(recording.only(deployment).inputs.spec.replicas, 2);
        assert.equal(recording.only("kubernetes:policy/v1:PodDisruptionBudget").inputs.spec.maxUnavailable, 1);
        assert.equal(podOf(recording).topologySpreadConstraints.length, 2);
        const scaled = await recordKong({ autoscaling: { minReplicas: 2, maxReplicas: 6 } });
        assert.equal(scaled.only(deployment).inputs.spec.replicas, undefined);
        assert.equal(scaled.only("kubernetes:autoscaling/v2:HorizontalPodAutoscaler").inputs.spec.maxReplicas, 6);
    });

    it("mounts its configuration as an object that never changes, so that another one rolls the pods", async () => {
        const recording = await recordKong();
        const object = configurationObject(recording);
        assert.equal(object.inputs.immutable, true);
        assert.equal(object.inputs.metadata.name, undefined);
        assert.deepEqual(podOf(recording).volumes[0], {
            name: "configuration",
            configMap: { name: "edge-configuration-0a1b2c3d", defaultMode: 0o444 },
        });
        const [{ volumeMounts }] = podOf(recording).containers;
        assert.deepEqual(volumeMounts[0], {
            name: "configuration",
            mountPath: "/etc/kong/declarative",
            readOnly: true,
        });
        assert.equal(environmentOf(recording).KONG_DECLARATIVE_CONFIG, "/etc/kong/declarative/kong.json");
    });

    it("keeps it in a Secret, and nowhere else, when there are credentials in it", async () => {
        const recording = await recordKong({
            protections: { partners: { apiKey: { holders: [{ name: "billing" }] } } },
        });
        const key = (await valueOf(recording.result.apiKeys.partners!.billing!))!;
        const holders = recording.resources.filter(({ inputs }) => JSON.stringify(inputs).includes(key));
        assert.deepEqual(
            holders.map(({ type, name, secretPaths }) => [type, name, secretPaths]),
            [["kubernetes:core/v1:Secret", "edge-configuration-secret", ["stringData"]]],
        );
        const [volume] = podOf(recording).volumes;
        assert.equal(volume.secret.secretName, "edge-configuration-secret-0a1b2c3d");
    });

    it("makes another key when its rotation changes, and only then", async () => {
        const keepers = async (rotation?: string): Promise<unknown> => {
            const holders = [{ name: "billing", rotation }];
            const recording = await recordKong({ protections: { partners: { apiKey: { holders } } } });
            return recording.only("random:index/randomPassword:RandomPassword").inputs.keepers;
        };
        assert.deepEqual(await keepers(), await keepers());
        assert.notDeepEqual(await keepers("2026-12"), await keepers());
    });

    it("has a load balancer as the cloud wants it, limited to the list of addresses for every route", async () => {
        const recording = await recordKong({
            cluster: testCluster({ cloud: "aws" }),
            protections: { office: { ipAllowList: { ranges: ["203.0.113.0/24"] }, everyRoute: true } },
            proxyProtocolFrom: undefined,
        });
        const { metadata, spec } = recording.only("kubernetes:core/v1:Service").inputs;
        assert.equal(spec.externalTrafficPolicy, "Local");
        assert.deepEqual(spec.loadBalancerSourceRanges, ["203.0.113.0/24"]);
        assert.equal(spec.loadBalancerClass, "service.k8s.aws/nlb");
        assert.equal(metadata.annotations[`${aws}-scheme`], "internet-facing");
    });

    it("gives gateway, URLs, passwords and the authority to trust", async () => {
        const { result } = await recordKong({
            protections: { login: { basicAuth: { users: [{ name: "alice" }] } }, calm: { rateLimit: { requests: 1 } } },
            routes: [openRoute({ path: "/shop", host: "example.org" })],
        });
        assert.equal(await valueOf(result.urls.web!), "https://example.org/shop");
        assert.ok(await pulumi.isSecret(result.passwords.login!.alice!));
        assert.match((await valueOf(result.caCertificate!))!, /./);
        const { gateway } = result;
        assert.equal(gateway.kind, "kong");
        assert.equal(gateway.protectionAnnotation, undefined);
        assert.deepEqual(gateway.protections, [
            { name: "login", authenticates: true },
            { name: "calm", authenticates: false },
        ]);
        assert.deepEqual(gateway.pods, planKongIngress("edge", kongArgs()).pods);
    });

    it("names the port of its URLs where it is not 443", async () => {
        const { result } = await recordKong({ exposure: "NodePort" });
        assert.equal(await valueOf(result.urls.web!), "https://web.example.com:30443/");
        assert.equal((await environmentFor({ exposure: "NodePort" })).KONG_PORT_MAPS, "80:8000, 30443:8443");
    });

    it("is watched on the port of its health, by metrics that Kong has", async () => {
        const { telemetry } = (await recordKong()).result;
        assert.equal(telemetry.targets[0]!.port, 8100);
        const metrics = telemetry.alerts.flatMap(({ expression }) => expression.match(/kong_\w+/g) ?? []);
        const known = [
            "kong_http_requests_total",
            "kong_memory_lua_shared_dict_bytes",
            "kong_memory_lua_shared_dict_total_bytes",
        ];
        assert.deepEqual([...new Set(metrics)].sort(), known);
    });
});

describe("KongIngress's settings", () => {
    it("speak TLS from 1.2 on with forward secrecy, or 1.3 alone, by the certificate of the Secret", async () => {
        const usual = await environmentFor({});
        assert.equal(usual.KONG_SSL_PROTOCOLS, "TLSv1.2 TLSv1.3");
        assert.ok(usual.KONG_SSL_CIPHERS!.split(":").every((cipher) => cipher.startsWith("ECDHE-")));
        assert.equal(usual.KONG_SSL_CERT, "/etc/kong/certificate/tls.crt");
        assert.equal(usual.KONG_SSL_CERT_KEY, "/etc/kong/certificate/tls.key");
        assert.equal((await environmentFor({ tls: { minimumVersion: "1.3" } })).KONG_SSL_CIPHER_SUITE, "modern");
        const cipherSuites = ["TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256"];
        const chosen = await environmentFor({ tls: { cipherSuites } });
        assert.equal(chosen.KONG_SSL_CIPHER_SUITE, "custom");
        assert.equal(chosen.KONG_SSL_CIPHERS, "ECDHE-RSA-CHACHA20-POLY1305");
    });

    it("believe nobody who says who the client is, but proxies or load balancers that are named", async () => {
        const usual = await environmentFor({});
        assert.equal(usual.KONG_TRUSTED_IPS, undefined);
        const proxies = await environmentFor({ trustedProxies: ["10.0.0.0/8", "192.0.2.0/24"] });
        assert.equal(proxies.KONG_TRUSTED_IPS, "10.0.0.0/8,192.0.2.0/24");
        assert.equal(proxies.KONG_REAL_IP_HEADER, "X-Forwarded-For");
        assert.equal(proxies.KONG_REAL_IP_RECURSIVE, "on");
        const cluster = testCluster({ cloud: "aws" });
        const recording = await recordKong({ cluster, proxyProtocolFrom: ["10.0.0.0/8"] });
        const balancers = environmentOf(recording);
        assert.equal(balancers.KONG_PROXY_LISTEN, "0.0.0.0:8000 proxy_protocol, 0.0.0.0:8443 http2 ssl proxy_protocol");
        assert.equal(balancers.KONG_REAL_IP_HEADER, "proxy_protocol");
        const { metadata } = recording.only("kubernetes:core/v1:Service").inputs;
        assert.equal(metadata.annotations[`${aws}-proxy-protocol`], "*");
    });

    it("log each request as JSON, without headers that hold secrets and without queries, or nothing", async () => {
        const { KONG_PROXY_ACCESS_LOG: target, KONG_NGINX_HTTP_LOG_FORMAT: format } = await environmentFor({});
        assert.equal(target, "/dev/stdout access_json");
        const [, json] = /^access_json escape=json '(.*)'$/.exec(format!)!;
        const fields = Object.values(JSON.parse(json!) as Record<string, string>);
        assert.ok(fields.includes("$status"));
        for (const field of ["$request_uri", "$request", "$args", "$http_authorization", "$remote_user"]) {
            assert.ok(!fields.includes(field), field);
        }
        assert.deepEqual(
            fields.filter((field) => field.startsWith("$http_")),
            ["$http_user_agent"],
        );
        const silent = await environmentFor({ accessLog: false });
        assert.equal(silent.KONG_PROXY_ACCESS_LOG, "off");
        assert.equal(silent.KONG_NGINX_HTTP_LOG_FORMAT, undefined);
    });

    it("wait for requests and idle connections as long as is asked for", async () => {
        const settings = await environmentFor({ timeouts: { request: "5m", idle: pulumi.output("30s") } });
        assert.equal(settings.KONG_NGINX_PROXY_CLIENT_BODY_TIMEOUT, "300000ms");
        assert.equal(settings.KONG_NGINX_PROXY_KEEPALIVE_TIMEOUT, "30000ms");
    });

    it("take the port that a route names, and drop headers that pass for others", async () => {
        const settings = await environmentFor({});
        assert.equal(settings.KONG_DNS_ORDER, "LAST,A,AAAA,CNAME");
        assert.equal(settings.KONG_NGINX_PROXY_UNDERSCORES_IN_HEADERS, "off");
    });
});

describe("KongIngress's certificate", () => {
    const secretName = async (recording: Promise<Recording<unknown>>): Promise<string> => {
        const volumes = podOf(await recording).volumes as { name: string; secret: { secretName: string } }[];
        return volumes.find(({ name }) => name === "certificate")!.secret.secretName;
    };

    it("is one's own or one that is made, in an object that never changes, or another's Secret", async () => {
        const own = { certificate: "-----BEGIN CERTIFICATE-----", privateKey: "-----BEGIN PRIVATE KEY-----" };
        const recording = await recordKong({ certificates: { own } });
        const secret = recording.only("kubernetes:core/v1:Secret").inputs;
        assert.equal(secret.immutable, true);
        assert.equal(secret.type, "kubernetes.io/tls");
        assert.deepEqual(secret.stringData, { "tls.crt": own.certificate, "tls.key": own.privateKey });
        assert.equal(await secretName(recordKong({ certificates: { own } })), "edge-certificate-0a1b2c3d");
        assert.equal(await secretName(recordKong()), "edge-certificate-0a1b2c3d");
        assert.equal(await secretName(recordKong({ certificates: { secretName: "wild" } })), "wild");
    });
});

describe("KongIngress's network", () => {
    const pod = (
        name: string,
        namespace: string,
        labels: Record<string, string>,
        address: string,
    ): NetworkEndpoint => ({
        name,
        namespace,
        labels,
        address,
    });
    const kong = pod(
        "kong",
        "edge",
        { "app.kubernetes.io/name": "kong", "app.kubernetes.io/instance": "edge" },
        "10.0.1.1",
    );
    const web = pod("web", "apps", { app: "fake" }, "10.0.1.2");
    const other = pod("other", "apps", { app: "other" }, "10.0.1.3");
    const client: NetworkEndpoint = { name: "client", address: "203.0.113.7" };
    let network: NetworkModel;
    before(async () => {
        const cluster = testCluster();
        const service = fakeService({ namespace: "apps", targetPort: 8080 });
        const { resources } = await record(() => {
            new HardenedNamespace("apps", { cluster });
            new KongIngress("edge", kongArgs({ routes: [openRoute({ service })] }));
        });
        network = networkFromObjects(manifests(resources));
    });
    const reaches = (from: NetworkEndpoint, to: NetworkEndpoint, port: number): boolean =>
        reachable(network, from, to, { port }).allowed;

    it("lets everybody in to the ports for clients, and nobody to health and metrics", () => {
        assert.ok(reaches(client, kong, 8000));
        assert.ok(reaches(client, kong, 8443));
        assert.ok(!reaches(client, kong, 8100));
    });

    it("leads from Kong to the pods behind routes, at their port, and nowhere else", () => {
        assert.ok(reaches(kong, web, 8080));
        assert.ok(!reaches(kong, web, 80));
        assert.ok(!reaches(kong, other, 8080));
        assert.ok(!reaches(kong, client, 443));
        const apiServer: NetworkEndpoint = { name: "API server", address: "10.0.0.1" };
        assert.ok(!reaches(kong, apiServer, 6443));
    });

    it("lets nobody but Kong in to the pods behind routes", () => {
        assert.ok(!reaches(client, web, 8080));
        assert.ok(!reaches(pod("neighbour", "edge", {}, "10.0.1.4"), web, 8080));
    });
});
