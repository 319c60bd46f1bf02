import assert from "node:assert/strict";
import { Route, type RouteArgs } from "../../../components";
import { fakeCluster, fakeGateway, fakeService } from "../../../components/testing";
import { record, rejects, valueOf } from "../support/mocks";

function routeArgs(args: Partial<RouteArgs> = {}): RouteArgs {
    return {
        cluster: fakeCluster(),
        gateway: fakeGateway(),
        host: "hello.example.com",
        service: fakeService({ namespace: "shop", service: "hello", port: 80, targetPort: 8080 }),
        protections: ["office", "login"],
        ...args,
    };
}

describe("Route", () => {
    it("is an Ingress that names its protections in order, and is not waited for", async () => {
        const recording = await record(() => new Route("hello", routeArgs({ path: "/hello" })));
        const ingress = recording.only("kubernetes:networking.k8s.io/v1:Ingress");
        assert.equal(ingress.name, "hello");
        assert.equal(ingress.parent, "hello");
        assert.equal(ingress.inputs.metadata.namespace, "shop");
        assert.deepEqual(ingress.inputs.metadata.annotations, {
            "pulumi.com/skipAwait": "true",
            "traefik.ingress.kubernetes.io/router.middlewares": "office@file,login@file",
        });
        assert.deepEqual(ingress.inputs.spec, {
            ingressClassName: "traefik",
            tls: [{ hosts: ["hello.example.com"] }],
            rules: [
                {
                    host: "hello.example.com",
                    http: {
                        paths: [
                            {
                                path: "/hello",
                                pathType: "Prefix",
                                backend: { service: { name: "hello", port: { number: 80 } } },
                            },
                        ],
                    },
                },
            ],
        });
    });

    it("lets the gateway's pods in to the service's pods, on the port that they listen on, and nobody else", async () => {
        const recording = await record(() => new Route("hello", routeArgs()));
        const policy = recording.only("kubernetes:networking.k8s.io/v1:NetworkPolicy");
        assert.equal(policy.name, "hello-gateway");
        assert.deepEqual(policy.inputs.spec, {
            podSelector: { matchLabels: { app: "fake" } },
            policyTypes: ["Ingress"],
            ingress: [
                {
                    from: [
                        {
                            namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "ingress" } },
                            podSelector: { matchLabels: { "app.kubernetes.io/name": "traefik" } },
                        },
                    ],
                    ports: [{ protocol: "TCP", port: 8080 }],
                },
            ],
        });
    });

    it("gives the URL, with the port when it is not 443", async () => {
        const urlOf = async (httpsPort?: number): Promise<string | undefined> => {
            const gateway = fakeGateway({ httpsPort });
            const recording = await record(() => new Route("hello", routeArgs({ gateway, path: "/hello" })));
            return valueOf(recording.result.url);
        };
        assert.equal(await urlOf(), "https://hello.example.com/hello");
        assert.equal(await urlOf(443), "https://hello.example.com/hello");
        assert.equal(await urlOf(8443), "https://hello.example.com:8443/hello");
    });

    it("uses a certificate of the service's namespace where one is named", async () => {
        const recording = await record(() => new Route("hello", routeArgs({ tlsSecretName: "hello-tls" })));
        const ingress = recording.only("kubernetes:networking.k8s.io/v1:Ingress");
        assert.deepEqual(ingress.inputs.spec.tls, [{ hosts: ["hello.example.com"], secretName: "hello-tls" }]);
    });

    it("is refused without a login, and says which protections ask for one", async () => {
        await rejects(
            () => new Route("hello", routeArgs({ protections: ["office"] })),
            "Route hello: protections has none that asks for a login; name one of login, or set insecureWithoutLogin: true to publish to everybody",
        );
    });

    it("is published without a login where an argument says so", async () => {
        const recording = await record(
            () => new Route("hello", routeArgs({ protections: undefined, insecureWithoutLogin: true })),
        );
        const ingress = recording.only("kubernetes:networking.k8s.io/v1:Ingress");
        assert.deepEqual(ingress.inputs.metadata.annotations, { "pulumi.com/skipAwait": "true" });
    });

    it("reports an unknown protection and a wrong path together", async () => {
        await rejects(
            () => new Route("hello", routeArgs({ protections: ["login", "ofice"], path: "hello" })),
            /2 arguments are wrong:\n {2}- path is "hello".*\n {2}- protections\[1\] is "ofice".*did you mean "office"\?/,
        );
    });

    it("is refused for a service that does not speak HTTP", async () => {
        await rejects(
            () => new Route("database", routeArgs({ service: fakeService({ scheme: "tcp" }) })),
            'Route database: service.scheme is "tcp", which is not known here; use one of "http", "https"',
        );
    });

    it("takes its name below the gateway's domain as its host, and asks the gateway's issuer for a certificate", async () => {
        const gateway = fakeGateway({
            domain: "example.com",
            certificates: "issuer",
            certificateAnnotations: { "cert-manager.io/cluster-issuer": "letsencrypt" },
        });
        const recording = await record(() => new Route("hello", routeArgs({ gateway, host: undefined })));
        const { metadata, spec } = recording.only("kubernetes:networking.k8s.io/v1:Ingress").inputs;
        assert.deepEqual(spec.tls, [{ hosts: ["hello.example.com"], secretName: "hello-tls" }]);
        assert.equal(metadata.annotations["cert-manager.io/cluster-issuer"], "letsencrypt");
        assert.equal(await valueOf(recording.result.url), "https://hello.example.com/");
    });

    it("names the class by an annotation where the gateway reads no classes", async () => {
        const gateway = fakeGateway({ classByAnnotation: true });
        const recording = await record(() => new Route("hello", routeArgs({ gateway })));
        const { metadata, spec } = recording.only("kubernetes:networking.k8s.io/v1:Ingress").inputs;
        assert.equal(metadata.annotations["kubernetes.io/ingress.class"], "traefik");
        assert.equal(spec.ingressClassName, undefined);
    });

    it("needs no login of its own where every route of the gateway has one, and does not name it twice", async () => {
        const protections = [{ name: "login", reference: "login@file", authenticates: true, everyRoute: true }];
        const gateway = fakeGateway({ protections });
        for (const named of [undefined, ["login"]]) {
            const recording = await record(() => new Route("hello", routeArgs({ gateway, protections: named })));
            const { metadata } = recording.only("kubernetes:networking.k8s.io/v1:Ingress").inputs;
            assert.deepEqual(metadata.annotations, { "pulumi.com/skipAwait": "true" });
        }
    });

    it("is refused by a gateway that takes its routes in its constructor", async () => {
        const gateway = fakeGateway({ kind: "kong" });
        await rejects(
            () => new Route("hello", routeArgs({ gateway })),
            "Route hello: gateway is kong, which is configured as a whole; give this route to the ingress component's `routes`",
        );
    });
});
