import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { parseAllDocuments } from "yaml";
import type { Manifest } from "../../../components/testing";
import { root } from "../../../stacks/stack-file";

/** Runs `npm run render -- ...` as on a machine that has no kubeconfig, no state and no credentials. */
function render(...args: string[]): { status: number | null; stdout: string; stderr: string } {
    const home = fs.mkdtempSync(path.join(os.tmpdir(), "kubernetes-faas-render-"));
    try {
        return spawnSync(process.execPath, [path.join(root, "dist/stacks/render.js"), ...args], {
            cwd: home,
            env: { PATH: "", HOME: home, NO_COLOR: "1" },
            encoding: "utf8",
        });
    } finally {
        fs.rmSync(home, { recursive: true });
    }
}

function parse(text: string): Manifest[] {
    return parseAllDocuments(text, { version: "1.1" }).map((document) => document.toJS() as Manifest);
}

describe("npm run render", function () {
    this.timeout(60_000);
    let rendered: ReturnType<typeof render>;
    before(() => {
        rendered = render("--stack", "local");
    });

    it("prints the local stack's manifests without a cluster, the same each time", () => {
        assert.equal(rendered.stderr, "");
        assert.equal(rendered.status, 0);
        assert.equal(render("--stack", "local").stdout, rendered.stdout);
        const objects = parse(rendered.stdout);
        const names = objects.map(({ kind, metadata }) => `${kind} ${metadata.namespace ?? "-"}/${metadata.name}`);
        for (const expected of [
            "Namespace -/fission",
            "CustomResourceDefinition -/functions.fission.io",
            "Deployment fission/router",
            "NetworkPolicy functions/fission-poolmgr-in-functions",
            "Function functions/hello",
            "HTTPTrigger functions/hello-route-0",
        ]) {
            assert.ok(names.includes(expected), `${expected} is not among\n${names.join("\n")}`);
        }
        assert.equal(new Set(names).size, names.length, "an object is there twice");
    });

    it("leaves no reference dangling: what pods and bindings name is rendered too", () => {
        const objects = parse(rendered.stdout);
        const has = (kind: string, namespace: string | undefined, name: unknown): boolean =>
            objects.some(
                (object) =>
                    object.kind === kind && object.metadata.namespace === namespace && object.metadata.name === name,
            );

        const references = objects
            .filter(({ kind }) => kind !== "CustomResourceDefinition")
            .flatMap((object) => referencesOf(object, object.metadata.namespace));
        assert.ok(references.length > 20, "hardly anything refers to anything");
        assert.deepEqual(
            references.filter(({ kind, namespace, name }) => !has(kind, namespace, name)),
            [],
        );
    });

    it("writes the file that it is told, and nothing else", () => {
        const directory = fs.mkdtempSync(path.join(os.tmpdir(), "kubernetes-faas-render-out-"));
        const file = path.join(directory, "local.yaml");
        const { stdout, status } = render("--stack", "local", "--out", file);

        assert.equal(status, 0);
        assert.equal(stdout, "");
        assert.match(fs.readFileSync(file, "utf8"), /^# Stack local: \d+ objects\.\n/);
        fs.rmSync(directory, { recursive: true });
    });

    it("names the stacks that there are when it is asked for another", () => {
        const { stderr, stdout, status } = render("--stack", "locol");

        assert.equal(status, 1);
        assert.equal(stdout, "");
        assert.match(stderr, /stack is "locol", and stacks\/Pulumi\.locol\.yaml does not exist; did you mean local\?/);
        assert.doesNotMatch(stderr, /at .*\.js/, "a stack trace hides what is wrong");
    });

    it("says what is wrong with the version that it is given", () => {
        const { stderr, status } = render("--stack", "local", "--kubernetes-version", "1.20.0");

        assert.equal(status, 1);
        assert.match(stderr, /is 1\.20\.0, but Fission v1\.27\.0 needs Kubernetes 1\.32 or later/);
    });
});

/** Something that an object names. */
interface Reference {
    kind: string;
    namespace: string | undefined;
    name: unknown;
}

/** ConfigMaps, Secrets, ServiceAccounts, claims and Roles that are named anywhere in an object and have to be there. */
function referencesOf(value: unknown, namespace: string | undefined): Reference[] {
    if (typeof value !== "object" || value === null) {
        return [];
    }
    const fields = value as Record<string, Record<string, unknown> | undefined>;
    const found: Reference[] = [];
    const add = (kind: string, name: unknown, holder?: Record<string, unknown>): void => {
        if (name !== undefined && holder?.optional !== true) {
            found.push({ kind, namespace, name });
        }
    };
    add("Secret", fields.secretKeyRef?.name, fields.secretKeyRef);
    add("ConfigMap", fields.configMapKeyRef?.name, fields.configMapKeyRef);
    add("Secret", fields.secret?.secretName, fields.secret);
    add("ConfigMap", fields.configMap?.name, fields.configMap);
    add("ServiceAccount", fields.serviceAccountName);
    add("PersistentVolumeClaim", fields.persistentVolumeClaim?.claimName);
    add(String(fields.roleRef?.kind), fields.roleRef?.name);
    return [...found, ...Object.values(fields).flatMap((each) => referencesOf(each, namespace))];
}
