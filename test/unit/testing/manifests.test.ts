import assert from "node:assert/strict";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { parseAllDocuments } from "yaml";
import { formatManifests, type Manifest, manifests, nameByContent, record } from "../../../components/testing";

async function render(program: () => void): Promise<Manifest[]> {
    const { resources } = await record(program, { preview: true, autoName: nameByContent });
    return manifests(resources);
}

/** The name that a ConfigMap of no name gets. */
async function nameOf(data: Record<string, pulumi.Input<string>>): Promise<string> {
    const [object] = await render(() => new k8s.core.v1.ConfigMap("settings", { data, immutable: true }));
    return object!.metadata.name;
}

describe("The manifests of a recording", () => {
    it("are the Kubernetes objects alone, without what only Pulumi reads", async () => {
        const objects = await render(() => {
            const parent = new pulumi.ComponentResource("test:index:Parent", "parent");
            new random.RandomPassword("password", { length: 12 });
            const annotations = { "pulumi.com/skipAwait": "true", owner: "shop" };
            new k8s.core.v1.Service("web", { metadata: { name: "web", namespace: "shop", annotations } }, { parent });
            new k8s.core.v1.Service("quiet", {
                metadata: { name: "quiet", namespace: "shop", annotations: { "pulumi.com/patchForce": "true" } },
            });
        });

        assert.deepEqual(objects, [
            { apiVersion: "v1", kind: "Service", metadata: { name: "quiet", namespace: "shop" } },
            {
                apiVersion: "v1",
                kind: "Service",
                metadata: { name: "web", namespace: "shop", annotations: { owner: "shop" } },
            },
        ]);
    });

    it("hide secrets wherever they are and keep the keys of a Secret", async () => {
        const [config, first, second] = await render(() => {
            new k8s.core.v1.ConfigMap("a", {
                metadata: { name: "a" },
                data: { "app.ini": pulumi.secret("hidden"), "app.txt": "shown" },
            });
            new k8s.core.v1.Secret("b", { metadata: { name: "b" }, stringData: { user: "u", password: "hidden" } });
            new k8s.core.v1.Secret("c", { metadata: { name: "c" }, data: { key: "aGlkZGVu" } });
        });

        assert.deepEqual(config!.data, { "app.ini": "<secret>", "app.txt": "shown" });
        assert.deepEqual(first!.stringData, { user: "<secret>", password: "<secret>" });
        assert.deepEqual(second!.data, { key: Buffer.from("<secret>").toString("base64") });
    });

    it("hide what a Secret holds even where nobody marked it as secret", () => {
        const [secret] = manifests([
            {
                type: "kubernetes:core/v1:Secret",
                name: "forgotten",
                inputs: {
                    apiVersion: "v1",
                    kind: "Secret",
                    metadata: { name: "forgotten" },
                    stringData: { a: "hidden" },
                },
                secretPaths: [],
                custom: true,
                id: "forgotten",
                options: {} as never,
            },
        ]);

        assert.deepEqual(secret!.stringData, { a: "<secret>" });
    });

    it("say where a value is not known before a deployment", async () => {
        const objects = await render(() => {
            const service = new k8s.core.v1.Service("web", { metadata: { name: "web" }, spec: {} });
            new k8s.core.v1.ConfigMap("address", {
                metadata: { name: "a" },
                data: { ip: service.status.apply(({ loadBalancer }) => loadBalancer.ingress[0]!.ip) },
            });
        });

        assert.deepEqual(objects.find(({ kind }) => kind === "ConfigMap")!.data, { ip: "<unknown>" });
    });

    it("begin with namespaces and definitions, and go on by namespace, kind and name", async () => {
        const object = (name: string, namespace?: string) => ({ metadata: { name, namespace } });
        const objects = await render(() => {
            new k8s.core.v1.Service("1", object("b", "shop"));
            new k8s.core.v1.Service("2", object("a", "shop"));
            new k8s.core.v1.ConfigMap("3", object("c", "shop"));
            new k8s.core.v1.ConfigMap("4", object("d", "billing"));
            new k8s.apiextensions.v1.CustomResourceDefinition("5", {
                ...object("things.example.com"),
                spec: { group: "example.com", names: { kind: "Thing", plural: "things" }, scope: "", versions: [] },
            });
            new k8s.core.v1.Namespace("6", object("shop"));
        });

        assert.deepEqual(
            objects.map(({ kind, metadata }) => `${kind} ${metadata.namespace ?? "-"}/${metadata.name}`),
            [
                "Namespace -/shop",
                "CustomResourceDefinition -/things.example.com",
                "ConfigMap billing/d",
                "ConfigMap shop/c",
                "Service shop/a",
                "Service shop/b",
            ],
        );
    });

    it("write the extensions of a definition's schema as the API server reads them", async () => {
        const [definition] = await render(() => {
            const openAPIV3Schema = { type: "object", x_kubernetes_preserve_unknown_fields: true };
            new k8s.apiextensions.v1.CustomResourceDefinition("things", {
                metadata: { name: "things.example.com" },
                spec: {
                    group: "example.com",
                    names: { kind: "Thing", plural: "things" },
                    scope: "Namespaced",
                    versions: [{ name: "v1", served: true, storage: true, schema: { openAPIV3Schema } }],
                },
            });
        });

        const { versions } = definition!.spec as { versions: { schema: { openAPIV3Schema: object } }[] };
        assert.deepEqual(versions[0]!.schema.openAPIV3Schema, {
            type: "object",
            "x-kubernetes-preserve-unknown-fields": true,
        });
    });

    it("give objects without a name one that changes with their content, and not with their secrets", async () => {
        const name = await nameOf({ a: "1" });
        assert.match(name, /^settings-[0-9a-f]{8}$/);
        assert.equal(await nameOf({ a: "1" }), name);
        assert.notEqual(await nameOf({ a: "2" }), name);
        assert.equal(await nameOf({ a: pulumi.secret("1") }), await nameOf({ a: pulumi.secret("2") }));
    });

    it("are YAML that means the same to Kubernetes, whose texts stay texts", async () => {
        const data = {
            on: "on",
            yes: "yes",
            octal: "0777",
            time: "12:30:45",
            number: "1_000",
            nothing: "~",
            lines: "a\nb\n",
        };
        const objects = await render(() => {
            new k8s.core.v1.ConfigMap("a", { metadata: { name: "a" }, data });
            new k8s.core.v1.Namespace("b", { metadata: { name: "b" } });
        });
        const text = formatManifests(objects);

        const documents = parseAllDocuments(text, { version: "1.1" }).map((document) => document.toJS() as Manifest);
        assert.deepEqual(documents, objects);
        assert.deepEqual(documents[1]!.data, data);
        assert.match(text, /^---\napiVersion: v1\nkind: Namespace\n/);
    });
});
