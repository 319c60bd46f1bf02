import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import type { Stack } from "@pulumi/pulumi/automation";
import { CertManager, type CertManagerArgs, CertManagerCrds, ExistingCluster } from "../../../components/cluster";
import { certManagerDefinitions } from "../../../components/cluster/addons/cert-manager/crds/definitions";
import { definitionName } from "../../../components/core/custom-definition";
import { HardenedNamespace } from "../../../components/core/namespace";
import { Route } from "../../../components/core/route";
import { TraefikIngress } from "../../../components/ingress";
import { type KubernetesObject, openStack, resourcesInState, runDestroy, runPreview, runUp } from "../../../sandbox";
import { requiredVersion } from "../../../sandbox/tools/modules";
import { eventually } from "../../support/eventually";
import { changesOf, describeSandbox } from "../support";
import { CertManagerProcess } from "./cert-manager-process";
import { comparable, upstreamDefinitions, withoutPods } from "./upstream-definitions";

const definitionsPath = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
const certificatesPath = "/apis/cert-manager.io/v1/namespaces/issued-apps/certificates";
const secretsPath = "/api/v1/namespaces/issued-apps/secrets";
const host = "hello.issued.example.com";

/** What a test varies from run to run. */
interface Varied {
    mode?: CertManagerArgs["mode"];
    deletion?: "delete" | "retain";
    /** Whether cert-manager, the definitions and the ingress are there at all. @default true */
    ingress?: boolean;
}

describeSandbox("cert-manager with its own webhook and controllers", (context) => {
    let stack: Stack;
    let process: CertManagerProcess;
    let varied: Varied = {};
    let authority = "";

    function define({ mode, deletion = "delete", ingress = true }: Varied): void {
        const { sandbox } = context();
        const { cluster } = new ExistingCluster("home", {
            kubeconfig: sandbox.kubeconfig,
            context: sandbox.context,
            kubernetesVersion: "1.36",
        });
        const crds = new CertManagerCrds("cert-manager-crds", { cluster, deletion });
        const certManager = new CertManager("cert-manager", {
            cluster,
            mode,
            definitions: crds.definitions,
            issuers: { internal: { ca: {} }, trial: { selfSigned: true } },
            ...(mode === "existing" ? {} : { deletion }),
        });
        certManager.issuers.internal!.caCertificate!.apply((known) => (authority = known));
        const apps = new HardenedNamespace("issued-apps", { cluster });
        if (ingress) {
            const edge = new TraefikIngress("issued-edge", {
                cluster: certManager.cluster,
                certificates: { issuer: certManager.issuers.internal! },
            });
            new Route("issued-hello", {
                cluster,
                gateway: edge.gateway,
                service: { namespace: apps.name, service: "hello", port: 80, scheme: "http", podSelector: {} },
                host,
                insecureWithoutLogin: true,
            });
        }
    }

    async function update(changed: Varied): Promise<string[]> {
        varied = changed;
        return changesOf(await runUp(stack));
    }

    async function definitions(): Promise<string[]> {
        const names = (await context().client.list(definitionsPath)).map(({ metadata }) => metadata.name);
        return names.filter((name) => name.endsWith("cert-manager.io"));
    }

    const isReady = (object: KubernetesObject | undefined): boolean =>
        ((object?.status as { conditions?: { type: string; status: string }[] } | undefined)?.conditions ?? []).some(
            ({ type, status }) => type === "Ready" && status === "True",
        );

    /** The certificate in a Secret of the applications' namespace. */
    async function issued(secretName: string): Promise<X509Certificate> {
        return eventually(async () => {
            const secret = await context().client.get(`${secretsPath}/${secretName}`);
            const { "tls.crt": certificate } = (secret?.data ?? {}) as Record<string, string>;
            assert.ok(certificate, `no certificate in ${secretName}; ${process.log.slice(-2_000)}`);
            return new X509Certificate(Buffer.from(certificate, "base64"));
        }, 60_000);
    }

    before(async function () {
        this.timeout(20 * 60_000);
        const { sandbox, client } = context();
        process = await CertManagerProcess.prepare(sandbox, client);
        stack = await openStack({
            sandbox,
            project: "cert-manager",
            stack: "test",
            program: () => {
                define(varied);
                return Promise.resolve({});
            },
        });
        await runUp(stack);
        await process.start("cert-manager");
    });

    after(() => process.stop());

    it("has definitions that name the fields of upstream's and hold to the same rules", async () => {
        const version = requiredVersion("cert-manager", "github.com/cert-manager/cert-manager");
        const upstream = await upstreamDefinitions(`github.com/cert-manager/cert-manager@v${version}`, "deploy/crds");
        const own = certManagerDefinitions();
        assert.deepEqual(own.map(definitionName).sort(), Object.keys(upstream).sort());
        for (const definition of own) {
            const name = definitionName(definition);
            const { names, scope, versions } = upstream[name]!.spec;
            const [version] = versions;
            assert.deepEqual(
                withoutPods(comparable(definition.schema)),
                withoutPods(comparable(version!.schema.openAPIV3Schema)),
                name,
            );
            assert.deepEqual(comparable(definition.columns), comparable(version!.additionalPrinterColumns), name);
            assert.deepEqual(definition.shortNames, names.shortNames, name);
            assert.deepEqual(definition.categories, names.categories, name);
            assert.equal(definition.clusterScoped ? "Cluster" : "Namespaced", scope, name);
        }
    });

    it("has definitions that the API server finds structural", async () => {
        const found = (await context().client.list(definitionsPath)).filter(({ metadata }) =>
            metadata.name.endsWith("cert-manager.io"),
        );
        assert.equal(found.length, 6);
        for (const { metadata, status } of found) {
            const { conditions } = status as { conditions: { type: string; status: string }[] };
            assert.ok(conditions.some(({ type, status }) => type === "Established" && status === "True"));
            assert.ok(!conditions.some(({ type }) => type === "NonStructuralSchema"), metadata.name);
        }
    });

    it("finds its issuers ready", async () => {
        for (const name of ["internal", "trial"]) {
            await eventually(async () => {
                const issuer = await context().client.get(`/apis/cert-manager.io/v1/clusterissuers/${name}`);
                assert.ok(isReady(issuer), `${JSON.stringify(issuer?.status)} ${process.log.slice(-2_000)}`);
            }, 60_000);
        }
    });

    it("refuses through its webhook what the definitions alone would take", async () => {
        const both = {
            apiVersion: "cert-manager.io/v1",
            kind: "ClusterIssuer",
            metadata: { name: "both" },
            spec: { selfSigned: {}, ca: { secretName: "x" } },
        };
        await assert.rejects(
            context().client.create("/apis/cert-manager.io/v1/clusterissuers", both),
            /webhook\.cert-manager\.io.*may not specify more than one issuer type/,
        );
    });

    it("issues what a Certificate asks for, signed by our authority", async () => {
        await context().client.create(certificatesPath, {
            apiVersion: "cert-manager.io/v1",
            kind: "Certificate",
            metadata: { name: "asked" },
            spec: {
                secretName: "asked-tls",
                dnsNames: ["asked.example.com"],
                issuerRef: { kind: "ClusterIssuer", name: "internal" },
            },
        });
        const certificate = await issued("asked-tls");
        assert.match(certificate.subjectAltName ?? "", /DNS:asked\.example\.com/);
        assert.ok(certificate.verify(new X509Certificate(authority).publicKey));
    });

    it("gives a route of an ingress with an issuer its certificate", async () => {
        const certificate = await issued("issued-hello-tls");
        assert.ok(certificate.checkHost(host));
        assert.ok(certificate.verify(new X509Certificate(authority).publicKey));
    });

    it("runs with the rights that it is given and no others", () => {
        assert.ok(process.runs, process.log.slice(-2_000));
        assert.doesNotMatch(process.log, /forbidden|unauthorized/i);
    });

    it("stays as it is in a second preview and a refreshing up", async () => {
        assert.deepEqual((await runPreview(stack)).changed, []);
        assert.deepEqual((await runUp(stack, { refresh: true })).changed, []);
    });

    it("leaves definitions, issuers and certificates when somebody else's takes over", async () => {
        await update({ deletion: "retain" });
        const changes = await update({ deletion: "retain", mode: "existing" });
        assert.deepEqual(
            changes.filter((change) => !change.startsWith("delete")),
            [],
        );
        assert.deepEqual(
            changes.filter((change) => /CustomResourceDefinition|ClusterIssuer|internal/.test(change)),
            [],
        );
        assert.equal((await definitions()).length, 6);
        await issued("asked-tls");
        await issued("issued-hello-tls");
        assert.ok(isReady(await context().client.get(`${certificatesPath}/asked`)));
        assert.ok(await context().client.get("/api/v1/namespaces/cert-manager/secrets/internal-ca"));
    });

    it("leaves nothing behind but what is retained, and that only when it is", async () => {
        await runDestroy(stack);
        assert.deepEqual(await resourcesInState(stack), []);
        const { client } = context();
        assert.equal((await definitions()).length, 6);
        assert.equal((await client.list("/apis/cert-manager.io/v1/clusterissuers")).length, 0);
        for (const name of await definitions()) {
            await client.delete(`${definitionsPath}/${name}`);
        }
        await client.delete("/api/v1/namespaces/cert-manager");
        await eventually(async () => {
            assert.equal(await client.get("/api/v1/namespaces/cert-manager"), undefined);
            assert.deepEqual(await definitions(), []);
        }, 60_000);

        await update({ ingress: false });
        await runDestroy(stack);
        assert.deepEqual(await definitions(), []);
        assert.equal(await client.get("/api/v1/namespaces/cert-manager"), undefined);
    });
});
