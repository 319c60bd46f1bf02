import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as path from "node:path";

const root = path.resolve(__dirname, "../../..");

/** The packages whose modules a fresh Node process loads with the library, beside those of @pulumi/pulumi. */
function loadedWithLibrary(): string[] {
    const script = `
        require("@pulumi/pulumi");
        const before = new Set(Object.keys(require.cache));
        require("kubernetes-faas");
        console.log(JSON.stringify(Object.keys(require.cache).filter((file) => !before.has(file))));`;
    return JSON.parse(execFileSync(process.execPath, ["-e", script], { cwd: root, encoding: "utf8" })) as string[];
}

describe("Loading the library", () => {
    let files: string[];
    before(function () {
        this.timeout(60_000);
        files = loadedWithLibrary().map((file) => path.relative(root, file).split(path.sep).join("/"));
    });

    it("loads no package before it is used, but for the groups of the Kubernetes API", () => {
        assert.ok(files.includes("dist/components/index.js"));
        const packages = files.flatMap(
            (file) => /node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*node_modules)/.exec(file)?.[1] ?? [],
        );
        assert.deepEqual([...new Set(packages)], ["@pulumi/kubernetes"]);
    });

    it("loads no definition of cert-manager's kinds before they are made", () => {
        assert.ok(files.includes("dist/components/cluster/addons/cert-manager/cert-manager-crds.js"));
        assert.deepEqual(
            files.filter((file) => file.includes("cert-manager/crds/")),
            [],
        );
    });

    it("loads of @pulumi/kubernetes neither the whole, nor Helm, Kustomize or YAML, nor a class that is not used", () => {
        const own = files.filter((file) => file.startsWith("node_modules/@pulumi/kubernetes/"));
        assert.ok(own.length > 0);
        const heavy = own.filter((file) => /\/kubernetes\/(index\.js|helm|kustomize|yaml)/.test(file));
        assert.deepEqual(heavy, []);
        const classes = own.filter((file) => /\/v\d\w*\/(?!index\.js$)/.test(file));
        assert.deepEqual(classes, []);
    });
});
