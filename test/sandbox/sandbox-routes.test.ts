import * as k8s from "@pulumi/kubernetes";
import * as tls from "@pulumi/tls";
import assert from "node:assert/strict";
import * as fs from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import * as https from "node:https";
import type { AddressInfo } from "node:net";

import { openStack, routeService, runDestroy, runUp } from "../../sandbox";
import { eventually } from "../support/eventually";
import { describeSandbox } from "./support";

const namespace = "sandbox-routes";
const service = "local";
const address = { namespace, service, port: 443 };

describeSandbox("sandbox routes", (context) => {
    const names: string[] = [];
    let server: https.Server;
    let stack: Awaited<ReturnType<typeof openStack>>;

    function program(): Promise<Record<string, unknown>> {
        const provider = new k8s.Provider("sandbox", {
            kubeconfig: fs.readFileSync(context().sandbox.kubeconfig, "utf8"),
        });
        const opts = { provider };
        const key = new tls.PrivateKey("key", { algorithm: "ECDSA", ecdsaCurve: "P256" });
        const certificate = new tls.SelfSignedCert("certificate", {
            privateKeyPem: key.privateKeyPem,
            subject: { commonName: service },
            dnsNames: [`${service}.${namespace}.svc`],
            allowedUses: ["digital_signature", "server_auth", "cert_signing"],
            isCaCertificate: true,
            validityPeriodHours: 24,
        });
        const home = new k8s.core.v1.Namespace("home", { metadata: { name: namespace } }, opts);
        const spec = { ports: [{ port: address.port, targetPort: 9443 }] };
        const metadata = { name: service, namespace: home.metadata.name };
        const local = new k8s.core.v1.Service(service, { metadata, spec }, opts);
        const clientConfig = {
            service: { name: local.metadata.name, namespace },
            caBundle: certificate.certPem.apply((pem) => Buffer.from(pem).toString("base64")),
        };
        new k8s.admissionregistration.v1.ValidatingWebhookConfiguration(
            "webhook",
            {
                metadata: { name: "sandbox-routes" },
                webhooks: [
                    {
                        name: "names.sandbox-routes.example",
                        admissionReviewVersions: ["v1"],
                        sideEffects: "None",
                        failurePolicy: "Fail",
                        clientConfig,
                        namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespace } },
                        rules: [
                            { apiGroups: [""], apiVersions: ["v1"], operations: ["CREATE"], resources: ["configmaps"] },
                        ],
                    },
                ],
            },
            opts,
        );
        return Promise.resolve({ key: key.privateKeyPem, certificate: certificate.certPem });
    }

    /** A webhook that allows every name but "forbidden", and answers anything else with its path. */
    function answer(request: IncomingMessage, response: ServerResponse): void {
        const chunks: Buffer[] = [];
        request.on("data", (chunk: Buffer) => chunks.push(chunk));
        request.on("end", () => {
            if (request.method !== "POST") {
                response.end(`local process at ${request.url}`);
                return;
            }
            const review = JSON.parse(Buffer.concat(chunks).toString()) as {
                request: { uid: string; name: string };
            };
            const { uid, name } = review.request;
            names.push(name);
            const status = { code: 403, message: "the local process says no" };
            response.setHeader("Content-Type", "application/json");
            response.end(JSON.stringify({ ...review, response: { uid, allowed: name !== "forbidden", status } }));
        });
    }

    const create = (name: string) =>
        context().client.create(`/api/v1/namespaces/${namespace}/configmaps`, { metadata: { name } });

    before(async () => {
        stack = await openStack({ sandbox: context().sandbox, project: "sandbox-routes", stack: "test", program });
        await runUp(stack);
        const { key, certificate } = await stack.outputs();
        server = https.createServer({ key: key!.value as string, cert: certificate!.value as string }, answer);
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    });
    after(async () => {
        await routeService(context().sandbox, address, undefined);
        server.closeAllConnections();
        server.close();
        await runDestroy(stack);
    });

    it("says that a webhook's Service is simulated as long as nothing is routed there", async () => {
        await eventually(() =>
            assert.rejects(
                create("early"),
                /failed calling webhook .*nothing answers at 10\.96\..*:443: the sandbox simulates pods/,
            ),
        );
    });

    it("takes the API server's webhook call to the local process", async () => {
        await routeService(context().sandbox, address, (server.address() as AddressInfo).port);
        await create("allowed");
        await assert.rejects(create("forbidden"), { status: 403, message: /the local process says no/ });
        assert.deepEqual(names.slice(-2), ["allowed", "forbidden"]);
    });

    it("takes a proxied request to the local process, at the address of a simulated pod behind the Service", async () => {
        const { client } = context();
        const labels = { app: "local" };
        await client.create(`/api/v1/namespaces/${namespace}/pods`, {
            metadata: { name: "simulated", labels },
            spec: { containers: [{ name: "main", image: "registry.example/app:1" }] },
        });
        await client.patch(`/api/v1/namespaces/${namespace}/services/${service}`, { spec: { selector: labels } });
        const proxied = `/api/v1/namespaces/${namespace}/services/https:${service}:443/proxy/hello?x=1`;
        await eventually(async () =>
            assert.equal(await client.request<string>("GET", proxied), "local process at /hello?x=1"),
        );
    });

    it("tells that the local process is gone", async () => {
        const { port } = server.address() as AddressInfo;
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
        await eventually(() =>
            assert.rejects(create("late"), /the local process behind .* can't be reached: connect ECONNREFUSED/),
        );
        await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
    });
});
