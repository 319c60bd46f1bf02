import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import fc from "fast-check";
import { image, imageKeys, images, mirrorList } from "../../../components/core/images";
import { imagePullSecrets, mirrored, rehosted, validateRegistry } from "../../../components/core/registry";
import { valueOf } from "../support/mocks";

const bundle = "ghcr.io/fission/fission-bundle:v1.27.0";

describe("the images table", () => {
    for (const key of imageKeys) {
        it(`${key} has a full repository, a fixed tag, a licence and a source`, () => {
            const { repository, tag, digest, licence, source } = images[key];
            assert.match(repository, /^[a-z0-9.-]+\.[a-z]+(\/[a-z0-9._-]+)+$/);
            assert.match(tag, /\d/);
            assert.doesNotMatch(tag, /^(latest|stable|main|master|edge|nightly)/);
            assert.match(digest ?? `sha256:${"0".repeat(64)}`, /^sha256:[0-9a-f]{64}$/);
            assert.match(licence, /^[A-Za-z0-9.+-]+( (AND|OR|WITH) [A-Za-z0-9.+-]+)*$/);
            assert.match(source, /^\S+(@\S+)? .+|^https:\/\//);
        });
    }

    it("has no two images that one mirror would mix up", () => {
        const targets = mirrorList({ mirror: "mirror.example.com" }).map(({ target }) => target);
        assert.equal(new Set(targets).size, imageKeys.length);
    });
});

describe("an image's reference", () => {
    it("is where it is published, without a mirror", () => {
        assert.equal(image("fission-bundle"), bundle);
        assert.equal(image("fission-bundle", { pullSecrets: ["harbor"] }), bundle);
    });

    it("has its registry replaced by the mirror", () => {
        assert.equal(
            image("fission-bundle", { mirror: "harbor.example.com:8443/mirror" }),
            "harbor.example.com:8443/mirror/fission/fission-bundle:v1.27.0",
        );
    });

    it("has its registry replaced by that registry's own mirror first", () => {
        const registry = { mirror: "all.example.com", mirrors: { "ghcr.io": "ghcr.example.com/cache/" } };
        assert.equal(image("fission-bundle", registry), "ghcr.example.com/cache/fission/fission-bundle:v1.27.0");
        assert.match(image("node", registry) as string, /^all\.example\.com\/library\/node:/);
        assert.equal(image("node", { mirrors: { "ghcr.io": "x.example.com" } }), image("node"));
    });

    it("takes mirrors that are known later", async () => {
        const registry = { mirrors: { "ghcr.io": pulumi.output("ghcr.example.com") } };
        assert.equal(
            await valueOf(image("fission-bundle", registry)),
            "ghcr.example.com/fission/fission-bundle:v1.27.0",
        );
    });

    it("of the user's own image is completed as container runtimes do it", () => {
        const expected: Record<string, string> = {
            "nginx:1.27": "m.example.com/library/nginx:1.27",
            "team/app": "m.example.com/team/app",
            "localhost/app": "m.example.com/app",
            "registry:5000/app:1": "m.example.com/app:1",
            "index.docker.io/team/app": "m.example.com/team/app",
            [`quay.io/a/b@sha256:${"0".repeat(64)}`]: `m.example.com/a/b@sha256:${"0".repeat(64)}`,
        };
        for (const [reference, target] of Object.entries(expected)) {
            assert.equal(mirrored(reference, { mirror: "m.example.com" }), target);
        }
        assert.equal(mirrored("nginx:1.27"), "nginx:1.27");
        assert.equal(rehosted("nginx", undefined, { "docker.io": "d.example.com" }), "d.example.com/library/nginx");
    });

    it("keeps repository path, tag and digest, whatever the registry", () => {
        const name = fc.stringMatching(/^[a-z0-9]{1,8}$/);
        const host = fc.tuple(name, name).map(([one, two]) => `${one}.${two}`);
        fc.assert(
            fc.property(host, host, name, name, fc.nat(99), (from, to, team, app, version) => {
                assert.equal(rehosted(`${from}/${team}/${app}:${version}`, to), `${to}/${team}/${app}:${version}`);
            }),
        );
    });
});

describe("the mirror list", () => {
    it("names source and target of every image that is asked for", () => {
        assert.deepEqual(mirrorList({ mirror: "m.example.com" }, ["fission-bundle"]), [
            { source: bundle, target: "m.example.com/fission/fission-bundle:v1.27.0" },
        ]);
        assert.equal(mirrorList({}).length, imageKeys.length);
    });
});

describe("a registry argument", () => {
    it("that is right has no faults", () => {
        const certificate = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";
        const registry = {
            mirror: "localhost:5000/mirror",
            mirrors: { "ghcr.io": "harbor.example.com/a/b-c" },
            pullSecrets: ["harbor"],
            caBundle: certificate,
        };
        assert.deepEqual(validateRegistry("registry", registry), []);
        assert.deepEqual(validateRegistry("registry", undefined), []);
    });

    it("that is wrong is told by every property", () => {
        const registry = {
            mirror: "https://harbor.example.com",
            mirrors: { "ghcr.io/fission": "Harbor" },
            pullSecrets: ["My_Secret"],
            caBundle: "ca.pem",
        };
        const found = validateRegistry("registry", registry);
        assert.deepEqual(
            found.map(({ propertyPath }) => propertyPath),
            [
                "registry.mirror",
                'registry.mirrors["ghcr.io/fission"]',
                'registry.mirrors["ghcr.io/fission"]',
                "registry.pullSecrets[0]",
                "registry.caBundle",
            ],
        );
        assert.equal(
            found[0]!.reason,
            'is "https://harbor.example.com", which does not have the right form; give a registry and a path without scheme, like "harbor.example.com/mirror"',
        );
    });

    it("becomes a pod's imagePullSecrets", () => {
        assert.deepEqual(imagePullSecrets({ pullSecrets: ["a", "b"] }), [{ name: "a" }, { name: "b" }]);
        assert.equal(imagePullSecrets({ pullSecrets: [] }), undefined);
        assert.equal(imagePullSecrets(), undefined);
    });
});
