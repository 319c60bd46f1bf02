import assert from "node:assert/strict";
import { CertManager, type CertManagerArgs, CertManagerCrds, validateCertManager } from "../../../components/cluster";
import type { IngressGateway } from "../../../components/core/contracts";
import { fakeGateway } from "../../../components/testing";
import { testCluster } from "../support/cluster";
import { record, rejects, valueOf } from "../support/mocks";
import { assertPodSecurity } from "../support/pods";

const issuerType = "kubernetes:cert-manager.io/v1:ClusterIssuer";
const definitionType = "kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition";
const policyType = "kubernetes:networking.k8s.io/v1:NetworkPolicy";
const definitions = ["certificates.cert-manager.io"];

function recordCertManager(args: Partial<CertManagerArgs> = {}) {
    return record(
        () => new CertManager("cert-manager", { cluster: testCluster({ addons: [] }), definitions, ...args }),
    );
}

type Recorded = Awaited<ReturnType<typeof recordCertManager>>;

interface Rule {
    apiGroups: string[];
    resources: string[];
    verbs: string[];
    resourceNames?: string[];
}

/** Every right of a part, as `group/resource verb`. */
function rights(recording: Recorded, kind: "Role" | "ClusterRole", part: string): string[] {
    const role = recording.only(`kubernetes:rbac.authorization.k8s.io/v1:${kind}`, `cert-manager-${part}`);
    return (role.inputs.rules as Rule[]).flatMap(({ apiGroups, resources, verbs }) =>
        apiGroups.flatMap((group) =>
            resources.flatMap((resource) => verbs.map((verb) => `${group}/${resource} ${verb}`)),
        ),
    );
}

function containerArgs(recording: Recorded, part: string): string[] {
    const { spec } = recording.only("kubernetes:apps/v1:Deployment", `cert-manager-${part}`).inputs;
    return spec.template.spec.containers[0].args as string[];
}

/** What a part may reach, as `peers:ports`. */
function egressOf(recording: Recorded, part: string): string[] {
    const { egress } = recording.only(policyType, `cert-manager-${part}`).inputs.spec;
    return (egress as { to?: { ipBlock?: { cidr: string } }[]; ports: { port: number; endPort?: number }[] }[]).map(
        ({ to, ports }) =>
            `${(to ?? []).map(({ ipBlock }) => ipBlock?.cidr ?? "pods").join(",")}:${ports.map(({ port, endPort }) => (endPort ? `${port}-${endPort}` : port)).join(",")}`,
    );
}

const acme = (more: object) => ({ letsencrypt: { acme: { email: "ops@example.com", ...more } } });
const http = (gateway: IngressGateway = fakeGateway()) => acme({ http: { gateway, namespaces: ["shop"] } });
const route53 = acme({ dns: [{ zones: ["example.com"], route53: { region: "eu-central-1", hostedZoneId: "Z1" } }] });

describe("CertManagerCrds", () => {
    const kinds = [
        "certificaterequests.cert-manager.io",
        "certificates.cert-manager.io",
        "challenges.acme.cert-manager.io",
        "clusterissuers.cert-manager.io",
        "issuers.cert-manager.io",
        "orders.acme.cert-manager.io",
    ];

    it("makes the six definitions, each below 256 KiB, and protects them", async () => {
        const recording = await record(() => new CertManagerCrds("crds", { cluster: testCluster() }));
        const made = recording.ofType(definitionType);
        assert.deepEqual(made.map(({ inputs }) => inputs.metadata.name as string).sort(), kinds);
        for (const { name, inputs, options } of made) {
            assert.ok(Buffer.byteLength(JSON.stringify(inputs)) < 256 * 1024, name);
            assert.equal(options.protect, true, name);
        }
        assert.deepEqual((await valueOf(recording.result.definitions))?.sort(), kinds);
        assert.equal(recording.only(definitionType, "crds-clusterissuers").inputs.spec.scope, "Cluster");
        assert.equal(recording.only(definitionType, "crds-issuers").inputs.spec.scope, "Namespaced");
    });

    it("makes nothing where they exist, and names them", async () => {
        const recording = await record(() => new CertManagerCrds("crds", { cluster: testCluster(), mode: "existing" }));
        assert.deepEqual(recording.ofType(definitionType), []);
        assert.deepEqual((await valueOf(recording.result.definitions))?.sort(), kinds);
    });
});

describe("CertManager", () => {
    it("installs a controller and a webhook that pass the restricted profile, and says that the cluster has it", async () => {
        const recording = await recordCertManager();
        assert.deepEqual(
            recording.ofType("kubernetes:apps/v1:Deployment").map(({ name, inputs }) => [name, inputs.metadata.name]),
            [
                ["cert-manager-webhook", "cert-manager-webhook"],
                ["cert-manager-controller", "cert-manager"],
            ],
        );
        assertPodSecurity(recording.resources);
        assert.deepEqual(recording.result.cluster.traits.addons, ["cert-manager"]);
        assert.deepEqual(
            recording.result.telemetry.targets.map(({ name, port }) => [name, port]),
            [
                ["cert-manager-controller", 9402],
                ["cert-manager-webhook", 9402],
            ],
        );
        const [namespace] = recording.ofType("kubernetes:core/v1:Namespace");
        assert.equal(namespace!.options.protect, true, "the issuers' keys are protected");
    });

    it("lets no part wait for the API server to be told whose certificate to trust", async () => {
        const recording = await recordCertManager();
        for (const type of ["MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"]) {
            const { webhooks } = recording.only(`kubernetes:admissionregistration.k8s.io/v1:${type}`).inputs;
            assert.equal(webhooks[0].failurePolicy, "Fail");
            assert.match(Buffer.from(webhooks[0].clientConfig.caBundle, "base64").toString(), /BEGIN CERTIFICATE/);
            assert.equal(webhooks[0].clientConfig.service.name, "cert-manager-webhook");
        }
        const [secret] = recording.ofType("kubernetes:core/v1:Secret");
        assert.equal(secret!.inputs.immutable, true);
        assert.ok(
            containerArgs(recording, "webhook").includes(
                "--tls-cert-file=/etc/cert-manager-webhook/certificate/tls.crt",
            ),
        );
    });

    it("gives the controller no right to start pods or to change Ingresses, unless it has to answer HTTP-01", async () => {
        const making = ["/pods create", "/services create", "networking.k8s.io/ingresses create"];
        for (const { args, may } of [
            { args: {}, may: false },
            { args: { issuers: route53 }, may: false },
            { args: { httpChallenges: true }, may: true },
            { args: { issuers: http() }, may: true },
        ]) {
            const held = rights(await recordCertManager(args), "ClusterRole", "controller");
            assert.deepEqual(
                making.filter((right) => held.includes(right)),
                may ? making : [],
            );
            assert.ok(held.includes("/secrets create") && held.includes("cert-manager.io/signers approve"));
            assert.deepEqual(
                held.filter((right) => right.includes("*")),
                [],
            );
        }
    });

    it("asks for the rights over others' webhooks only with caInjector", async () => {
        const usual = await recordCertManager();
        const allRights = usual.ofType("kubernetes:rbac.authorization.k8s.io/v1:ClusterRole");
        assert.ok(!JSON.stringify(allRights.map(({ inputs }) => inputs)).includes("webhookconfigurations"));
        const more = await recordCertManager({ caInjector: true });
        const held = rights(more, "ClusterRole", "cainjector");
        assert.ok(held.includes("admissionregistration.k8s.io/validatingwebhookconfigurations patch"));
        assert.ok(more.result.telemetry.targets.some(({ name }) => name === "cert-manager-cainjector"));
        assertPodSecurity(more.resources);
    });

    it("keeps its locks and its issuers' Secrets in its own namespace", async () => {
        const recording = await recordCertManager({ namespace: "certificates" });
        assert.deepEqual(
            containerArgs(recording, "controller").filter((arg) => arg.includes("namespace")),
            ["--cluster-resource-namespace=certificates", "--leader-election-namespace=certificates"],
        );
        assert.ok(rights(recording, "Role", "controller").includes("coordination.k8s.io/leases patch"));
    });

    it("takes the image of the challenges' pods from the mirror as well", async () => {
        const recording = await recordCertManager({ registry: { mirror: "harbor.example.com/mirror" } });
        assert.ok(
            containerArgs(recording, "controller").includes(
                "--acme-http01-solver-image=harbor.example.com/mirror/jetstack/cert-manager-acmesolver:v1.21.2",
            ),
        );
    });

    it("runs two copies of every part with highAvailability, one of which may be missing", async () => {
        const recording = await recordCertManager({ highAvailability: true, caInjector: true });
        for (const { name, inputs } of recording.ofType("kubernetes:apps/v1:Deployment")) {
            assert.equal(inputs.spec.replicas, 2, name);
        }
        assert.equal(recording.ofType("kubernetes:policy/v1:PodDisruptionBudget").length, 3);
    });

    it("lets the controller out to nobody but the API server, unless issuers ask for more", async () => {
        assert.deepEqual(egressOf(await recordCertManager(), "controller"), ["pods:53,53", "10.0.0.1/32:6443"]);
        const internet = "0.0.0.0/0,::/0";
        assert.deepEqual(egressOf(await recordCertManager({ issuers: route53 }), "controller"), [
            "pods:53,53",
            `${internet}:443`,
            `${internet}:53,53`,
            "169.254.170.23/32:80",
            "10.0.0.1/32:6443",
        ]);
        assert.deepEqual(egressOf(await recordCertManager({ issuers: http() }), "controller"), [
            "pods:53,53",
            `${internet}:443`,
            `${internet}:80`,
            "10.0.0.1/32:6443",
        ]);
    });

    it("solves HTTP-01 through the gateway's port 80, in namespaces that let the gateway in", async () => {
        const gateway = fakeGateway();
        const recording = await recordCertManager({ issuers: http(gateway) });
        const { spec } = recording.only(issuerType).inputs;
        assert.deepEqual(spec.acme, {
            email: "ops@example.com",
            server: "https://acme-v02.api.letsencrypt.org/directory",
            privateKeySecretRef: { name: "letsencrypt-account" },
            solvers: [
                {
                    http01: {
                        ingress: {
                            serviceType: "ClusterIP",
                            ingressClassName: gateway.className,
                            ingressTemplate: {
                                metadata: {
                                    annotations: { "traefik.ingress.kubernetes.io/router.entrypoints": "web" },
                                },
                            },
                        },
                    },
                },
            ],
        });
        const policy = recording.only(policyType, "cert-manager-letsencrypt-challenges-shop").inputs;
        assert.equal(policy.metadata.namespace, "shop");
        assert.deepEqual(policy.spec.podSelector.matchLabels, { "acme.cert-manager.io/http01-solver": "true" });
        assert.deepEqual(policy.spec.ingress[0].ports, [{ protocol: "TCP", port: 8089 }]);
    });

    for (const { what, args, solver, annotations, podLabels } of [
        {
            what: "Route 53",
            args: { issuers: route53, identity: { awsRoleArn: "arn:aws:iam::111122223333:role/dns" } },
            solver: {
                selector: { dnsZones: ["example.com"] },
                dns01: { route53: { region: "eu-central-1", hostedZoneID: "Z1" } },
            },
            annotations: { "eks.amazonaws.com/role-arn": "arn:aws:iam::111122223333:role/dns" },
            podLabels: undefined,
        },
        {
            what: "Cloud DNS",
            args: {
                issuers: acme({ dns: [{ cloudDns: { project: "shop" } }] }),
                identity: { googleServiceAccount: "dns@shop.iam.gserviceaccount.com" },
            },
            solver: { dns01: { cloudDNS: { project: "shop" } } },
            annotations: { "iam.gke.io/gcp-service-account": "dns@shop.iam.gserviceaccount.com" },
            podLabels: undefined,
        },
        {
            what: "Azure DNS",
            args: {
                issuers: acme({
                    dns: [{ azureDns: { subscriptionId: "s", resourceGroup: "g", hostedZoneName: "example.com" } }],
                }),
                identity: { azureClientId: "11111111-2222-3333-4444-555555555555" },
            },
            solver: {
                dns01: {
                    azureDNS: {
                        subscriptionID: "s",
                        resourceGroupName: "g",
                        hostedZoneName: "example.com",
                        managedIdentity: { clientID: "11111111-2222-3333-4444-555555555555" },
                    },
                },
            },
            annotations: { "azure.workload.identity/client-id": "11111111-2222-3333-4444-555555555555" },
            podLabels: "true",
        },
    ]) {
        it(`solves DNS-01 in ${what} without a key, as its ServiceAccount`, async () => {
            const recording = await recordCertManager(args);
            assert.deepEqual(recording.only(issuerType).inputs.spec.acme.solvers, [solver]);
            const account = recording.only("kubernetes:core/v1:ServiceAccount", "cert-manager-controller").inputs;
            assert.deepEqual(account.metadata.annotations, annotations);
            const { template } = recording.only("kubernetes:apps/v1:Deployment", "cert-manager-controller").inputs.spec;
            assert.equal(template.metadata.labels["azure.workload.identity/use"], podLabels);
        });
    }

    it("makes an authority of its own, whose key is secret and whose certificate is told", async () => {
        const recording = await recordCertManager({ issuers: { internal: { ca: {} } } });
        assert.deepEqual(recording.only(issuerType).inputs.spec, { ca: { secretName: "internal-ca" } });
        const secret = recording.only("kubernetes:core/v1:Secret", "cert-manager-issuer-internal-ca");
        assert.equal(secret.inputs.type, "kubernetes.io/tls");
        assert.ok(secret.secretPaths.some((path) => path.startsWith("stringData")));
        assert.match((await valueOf(recording.result.issuers.internal!.caCertificate!))!, /BEGIN CERTIFICATE/);
        assert.equal(await valueOf(recording.result.issuers.internal!.name), "internal");
    });

    it("passes an account's key on as a secret", async () => {
        const recording = await recordCertManager({
            issuers: acme({
                dns: [{ cloudDns: { project: "p" } }],
                externalAccount: { keyId: "k", key: "hmac-secret" },
            }),
        });
        assert.deepEqual(recording.only(issuerType).inputs.spec.acme.externalAccountBinding, {
            keyID: "k",
            keySecretRef: { name: "letsencrypt-external-account", key: "key" },
        });
        assert.ok(!JSON.stringify(recording.only(issuerType).inputs).includes("hmac-secret"));
    });

    it("makes issuers and nothing else where it exists, under the same names", async () => {
        const issuers = { trial: { selfSigned: true } };
        const installed = await recordCertManager({ issuers });
        const existing = await recordCertManager({ issuers, mode: "existing" });
        const named = (recording: Recorded) => recording.ofType(issuerType).map(({ name, inputs }) => [name, inputs]);
        assert.deepEqual(named(existing), named(installed));
        assert.deepEqual(
            existing.summary().filter((line) => !line.startsWith(issuerType)),
            ["kubernetes-faas:index:CertManager cert-manager"],
        );
        assert.deepEqual(existing.result.cluster.traits.addons, ["cert-manager"]);
        assert.deepEqual(existing.result.telemetry.targets, []);
    });

    it("makes nothing with mode none, and leaves the cluster without it", async () => {
        const recording = await recordCertManager({ mode: "none", definitions: undefined });
        assert.deepEqual(recording.summary(), ["kubernetes-faas:index:CertManager cert-manager"]);
        assert.deepEqual(recording.result.cluster.traits.addons, []);
    });

    it("names every fault at once, with its path", () => {
        const kong: IngressGateway = { ...fakeGateway(), kind: "kong" };
        const faults = validateCertManager("cert-manager", {
            cluster: testCluster(),
            namespace: "Cert",
            identity: { awsRoleArn: "role", googleServiceAccount: "x" },
            egress: [{ cidrs: ["10.0.0.1"], ports: [{ port: 0 }] }],
            httpChallenges: false,
            issuers: {
                Bad_Name: { selfSigned: true },
                both: { selfSigned: true, ca: {} },
                half: { ca: { certificate: "x" } },
                neither: { acme: { email: "ops" } },
                solvers: {
                    acme: {
                        email: "ops@example.com",
                        server: "http://ca",
                        http: { gateway: kong, namespaces: [] },
                        dns: [
                            {},
                            { zones: ["-"], azureDns: { subscriptionId: "", resourceGroup: "g", hostedZoneName: "e" } },
                        ],
                    },
                },
            },
        }).map(({ propertyPath }) => propertyPath);
        assert.deepEqual(faults, [
            "namespace",
            "definitions",
            "identity.googleServiceAccount",
            "identity.awsRoleArn",
            "identity.googleServiceAccount",
            "egress[0].ports[0].port",
            "egress[0].cidrs[0]",
            "issuers.Bad_Name",
            "issuers.both.selfSigned",
            "issuers.half.ca.privateKey",
            "issuers.half.ca.certificate",
            "issuers.neither.acme.email",
            "issuers.neither.acme.http",
            "issuers.solvers.acme.server",
            "issuers.solvers.acme.http.gateway",
            "issuers.solvers.acme.http.namespaces",
            "issuers.solvers.acme.http",
            "issuers.solvers.acme.dns[0].route53",
            "issuers.solvers.acme.dns[1].zones[0]",
            "issuers.solvers.acme.dns[1].azureDns.subscriptionId",
        ]);
    });

    it("refuses what does nothing in a mode, before any resource", async () => {
        await rejects(
            () => new CertManager("cm", { cluster: testCluster(), mode: "none", issuers: {}, caInjector: true }),
            /caInjector does nothing with mode: "none"[\s\S]*issuers does nothing with mode: "none"/,
        );
        await rejects(
            () => new CertManager("cm", { cluster: testCluster(), mode: "existing", highAvailability: true }),
            'CertManager cm: highAvailability does nothing with mode: "existing", in which cert-manager is not installed here; leave it out',
        );
    });
});
