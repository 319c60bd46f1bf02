import assert from "node:assert/strict";
import type * as pulumi from "@pulumi/pulumi";
import { valueOf } from "../../../components/testing";
import { checkConfiguration } from "../../../stacks/config/read";
import { projectName, readStackFile, type StackFile } from "../../../stacks/stack-file";
import { deploy, hello, kubeconfig, refusal } from "./deployment";

const faas = { platform: "fission" };
const login = { basicAuth: { users: [{ name: "alice" }] } };
const functions = { hello: { ...hello, routes: [{ path: "/hello", protections: ["login"] }] } };
const ingress = {
    controller: "traefik",
    domain: "example.com",
    certificates: { issuer: { name: "letsencrypt" } },
    protections: { login },
};
const email = "ops@example.com";
const route53 = { region: "eu-central-1" };
const letsencrypt = { acme: { email, dns: [{ route53 }] } };

/** The project's keys of a stack's file. */
function ownKeys(file: StackFile): Record<string, object> {
    const prefix = `${projectName}:`;
    const own = Object.entries(file).filter(([key]) => key.startsWith(prefix));
    return Object.fromEntries(own.map(([key, value]) => [key.slice(prefix.length), value as object]));
}

/** The faults of a stack, each as a line; the program must not have made anything. */
const faults = (configuration: Record<string, object>, secrets?: Record<string, string>): Promise<string[]> =>
    refusal({ faas, ...configuration }, secrets);

describe("the add-ons of a stack", function () {
    this.timeout(60_000);

    it("give an ingress its certificates: definitions, cert-manager, the issuer, then what names it", async () => {
        const recording = await deploy({
            addons: { certManager: { issuers: { letsencrypt } } },
            faas,
            ingress,
            functions,
        });
        const { inputs } = recording.only(
            "kubernetes:cert-manager.io/v1:ClusterIssuer",
            "cert-manager-issuer-letsencrypt",
        );
        assert.deepEqual(inputs.spec.acme.solvers, [{ dns01: { route53 } }]);
        const edge = recording.only("kubernetes:networking.k8s.io/v1:Ingress", "hello-hello");
        assert.equal(edge.inputs.metadata.annotations["cert-manager.io/cluster-issuer"], "letsencrypt");
        assert.ok(edge.options.dependencies.includes("cert-manager-issuer-letsencrypt"));
        const order = recording.resources.map(({ type }) => type.split(":").at(-1)!);
        const [definitions, certManager, platform, traefik] = [
            "CertManagerCrds",
            "CertManager",
            "Fission",
            "TraefikIngress",
        ].map((type) => order.indexOf(type));
        assert.ok(0 <= definitions! && definitions! < certManager!);
        assert.ok(certManager! < platform! && certManager! < traefik!, order.join(" "));
    });

    it("come before the platform and the ingress, which go before them: each depends on every add-on", async () => {
        const { resources } = await deploy({
            addons: { certManager: {}, metricsServer: {} },
            faas,
            ingress: { ...ingress, certificates: { selfSigned: {} }, autoscaling: { minReplicas: 2, maxReplicas: 4 } },
            functions,
        });
        for (const type of ["Fission", "TraefikIngress"]) {
            const [later] = resources.filter((each) => each.type === `kubernetes-faas:index:${type}`);
            for (const part of ["cert-manager-controller", "cert-manager-webhook", "metrics-server"]) {
                assert.ok(
                    later!.options.dependencies.includes(part),
                    `${type}: ${later!.options.dependencies.join(" ")}`,
                );
            }
        }
    });

    it("are left alone where they are there: no object is made but issuers", async () => {
        const recording = await deploy({
            addons: {
                certManager: { mode: "existing", namespace: "certificates", issuers: { own: { ca: {} } } },
                externalDns: { mode: "existing" },
                metricsServer: { mode: "existing" },
            },
            faas,
            ingress: {
                ...ingress,
                certificates: { issuer: { name: "own" } },
                autoscaling: { minReplicas: 2, maxReplicas: 4 },
            },
            functions,
        });
        const own = recording.resources.filter(
            ({ type, name }) =>
                type.startsWith("kubernetes:") && /^(cert-manager|external-dns|metrics-server)/.test(name),
        );
        assert.deepEqual(
            own.map(({ type, name }) => `${type.split(":").at(-1)} ${name}`),
            ["Secret cert-manager-issuer-own-ca", "ClusterIssuer cert-manager-issuer-own"],
        );
        assert.equal(own[0]!.inputs.metadata.namespace, "certificates");
        const outputs = (await valueOf(recording.result.ingress as pulumi.Output<object>)) as { caCertificate: string };
        assert.match(outputs.caCertificate, /./, "clients are not told which authority to trust");
    });

    it("take keys from secret values: of an authority, of an account, of a provider of DNS", async () => {
        const secrets = {
            authority: "-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n",
            account: "c2VjcmV0LW9mLXRoZS1hY2NvdW50",
            token: "the-token-of-the-provider",
        };
        const { resources } = await deploy(
            {
                addons: {
                    certManager: {
                        issuers: {
                            own: {
                                ca: { certificate: "-----BEGIN CERTIFICATE-----\nx", privateKeyFrom: "authority" },
                            },
                            zerossl: {
                                acme: {
                                    ...letsencrypt.acme,
                                    externalAccount: { keyId: "id", keyFrom: "account" },
                                },
                            },
                        },
                    },
                    externalDns: {
                        provider: "webhook",
                        domains: ["example.com"],
                        webhook: {
                            image: "registry.example.com/dns:1.0.0",
                            secretEnvironmentFrom: { API_TOKEN: "token" },
                        },
                    },
                },
                faas,
            },
            secrets,
        );
        for (const value of Object.values(secrets)) {
            const forms = [value, Buffer.from(value).toString("base64")].map((text) =>
                JSON.stringify(text).slice(1, -1),
            );
            const holders = resources.filter(({ inputs }) =>
                forms.some((text) => JSON.stringify(inputs).includes(text)),
            );
            assert.deepEqual(
                holders.map(({ type }) => type),
                ["kubernetes:core/v1:Secret"],
            );
            assert.ok(holders[0]!.secretPaths.length > 0);
        }
    });

    it("of EKS are told where the stack's own cluster is in AWS", async () => {
        const file = readStackFile("eks-prod");
        const { resources } = await deploy(ownKeys(file));
        const argsOf = (app: string): string =>
            resources
                .filter(({ type, name }) => type === "kubernetes:apps/v1:Deployment" && name.startsWith(app))
                .map(({ inputs }) => JSON.stringify(inputs.spec.template.spec.containers))
                .join();
        assert.match(argsOf("aws-load-balancer-controller"), /"--aws-region=eu-central-1"/);
        assert.match(argsOf("aws-load-balancer-controller"), /"--aws-vpc-id=[^"]+"/);
        assert.match(argsOf("cluster-autoscaler"), /eu-central-1/);
    });

    it("prove hosts by HTTP behind the stack's own ingress, in the namespaces of the routes", async () => {
        const recording = await deploy({
            addons: {
                certManager: { issuers: { letsencrypt: { acme: { email, http: { namespaces: ["functions"] } } } } },
            },
            faas,
            ingress,
            functions,
        });
        const { inputs } = recording.only(
            "kubernetes:cert-manager.io/v1:ClusterIssuer",
            "cert-manager-issuer-letsencrypt",
        );
        const [{ http01 }] = inputs.spec.acme.solvers as [{ http01: { ingress: { ingressClassName: string } } }];
        const [ingressClass] = recording.ofType("kubernetes:networking.k8s.io/v1:IngressClass");
        assert.equal(http01.ingress.ingressClassName, ingressClass!.inputs.metadata.name);
    });
});

describe("the add-ons of a stack are refused, before anything is made and by the keys of the configuration:", function () {
    this.timeout(60_000);

    it("an ingress that asks a cert-manager which the stack does not have, with the line to add", async () => {
        assert.deepEqual(await faults({ ingress, functions }), [
            'ingress.certificates.issuer needs cert-manager, which the cluster "cluster" is not said to have; ' +
                "add `addons: { certManager: { issuers: { NAME: ... } } }`, " +
                "or, where it is there already, `addons: { certManager: { mode: existing } }`",
        ]);
        await deploy({ addons: { certManager: { mode: "existing" } }, faas, ingress, functions });
    });

    it("everything that is wrong with them, beside what is wrong with the platform and the ingress", async () => {
        const found = await faults(
            {
                addons: {
                    certManager: {
                        identity: { awsRoleArn: "dns" },
                        issuers: {
                            letsencrypt: { acme: { email: "ops", dns: [{ route53, cloudDns: { project: "shop" } }] } },
                            own: { ca: { certificate: "-----BEGIN CERTIFICATE-----", privateKeyFrom: "key" } },
                        },
                    },
                    externalDns: { provider: "azure", domains: [] },
                    metricsServer: { mode: "existing", highAvailability: true },
                },
                faas: { platform: "openfaas" },
                ingress: { ...ingress, replicas: 0 },
            },
            { key: "none" },
        );
        assert.deepEqual(found.map((line) => line.split(" ")[0]).sort(), [
            "addons.certManager.identity.awsRoleArn",
            "addons.certManager.issuers.letsencrypt.acme.dns[0].cloudDns",
            "addons.certManager.issuers.letsencrypt.acme.email",
            "addons.certManager.issuers.own.ca.privateKeyFrom",
            "addons.externalDns.azure",
            "addons.externalDns.domains",
            "addons.metricsServer.highAvailability",
            "faas.acceptCommunityEula",
            "ingress.replicas",
        ]);
        assert.ok(
            found.every((line) => !line.includes('"none"')),
            found.join("\n"),
        );
    });

    it("a proof by HTTP without an ingress, or behind one that can't", async () => {
        const addons = {
            certManager: { issuers: { letsencrypt: { acme: { email, http: { namespaces: ["functions"] } } } } },
        };
        const key = "addons.certManager.issuers.letsencrypt.acme.http";
        const [without, ...others] = await faults({ addons });
        assert.equal(
            without,
            `${key} is answered behind the stack's ingress, and the stack has none; add \`ingress: { controller: traefik }\`, or use dns`,
        );
        assert.deepEqual(others, []);
        const kong = { controller: "kong", certificates: { selfSigned: { hosts: ["example.com"] } } };
        const [behindKong, ...more] = await faults({ addons, ingress: kong });
        assert.ok(behindKong?.startsWith(`${key} is kong, `), behindKong);
        assert.deepEqual(more, []);
    });

    it("those of AWS, where the stack's own cluster grants them no role, and where the cluster is not known", async () => {
        const file = ownKeys(readStackFile("eks-prod"));
        const without = await refusal({ ...file, cluster: { ...file.cluster, controllers: [] } });
        assert.deepEqual(without, [
            "addons.awsLoadBalancerController.awsRoleArn is missing, and the stack's cluster grants no role; " +
                'add "load-balancer" to cluster.controllers, or give one',
            "addons.clusterAutoscaler.awsRoleArn is missing, and the stack's cluster grants no role; " +
                'add "autoscaler" to cluster.controllers, or give one',
        ]);
        const elsewhere = await faults({ addons: { awsLoadBalancerController: {}, clusterAutoscaler: {} } });
        assert.deepEqual(
            elsewhere.map((line) => line.split(" ")[0]),
            [
                "addons.awsLoadBalancerController",
                ...["clusterName", "region", "vpcId"].map((key) => `addons.awsLoadBalancerController.${key}`),
                ...["clusterName", "region"].map((key) => `addons.clusterAutoscaler.${key}`),
            ],
        );
    });

    it("a second metrics-server, and keys that are none", async () => {
        const found = await refusal({
            cluster: {
                kind: "existing",
                context: "home",
                kubeconfig,
                kubernetesVersion: "1.36.3",
                traits: { addons: ["metrics-server"] },
            },
            faas,
            addons: { metricsServer: {} },
        });
        assert.equal(found.length, 1, found.join("\n"));
        assert.match(
            found[0]!,
            /^addons\.metricsServer\.mode is "install", but the cluster "cluster" has a metrics-server/,
        );
        const { faults: unknown } = checkConfiguration({
            cluster: { kind: "local" },
            faas,
            addons: { certManger: {}, metricsServer: { mode: "none" } },
        });
        assert.deepEqual(
            unknown.map(({ propertyPath, reason }) => `${propertyPath} ${reason}`),
            [
                'addons.metricsServer.mode is "none"; it may be (install, existing)',
                "addons.certManger is not a known key; did you mean certManager?",
            ],
        );
    });
});
