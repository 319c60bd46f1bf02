import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import * as fs from "node:fs";
import { builtinModules } from "node:module";
import * as os from "node:os";
import * as path from "node:path";

const root = path.resolve(__dirname, "../../..");
const fixtures = path.join(root, "test/consumer/fixtures");

/** The package's own manifest, as far as it is read here. */
interface Manifest {
    name: string;
    version: string;
    exports: Record<string, string | Record<string, string>>;
    dependencies: Record<string, string>;
    peerDependencies: Record<string, string>;
    peerDependenciesMeta?: Record<string, { optional?: boolean }>;
}

function readManifest(directory: string): Manifest {
    return JSON.parse(fs.readFileSync(path.join(directory, "package.json"), "utf8")) as Manifest;
}

/** The version that this checkout has installed, which is in npm's cache. */
function installed(name: string): string {
    return `${name}@${readManifest(path.join(root, "node_modules", name)).version}`;
}

/** Without the cloud SDKs: most programs have one of them or none. */
function requiredPeers({ peerDependencies, peerDependenciesMeta }: Manifest): string[] {
    return Object.keys(peerDependencies).filter((name) => !peerDependenciesMeta?.[name]?.optional);
}

function npm(directory: string, ...args: string[]): string {
    return execFileSync("npm", args, { cwd: directory, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}

/** A file as it lies in the tarball. */
interface PackedFile {
    path: string;
    size: number;
}

/** What `npm pack` made. */
interface Packed {
    filename: string;
    size: number;
    unpackedSize: number;
    files: PackedFile[];
}

describe("the package, packed and installed in an empty folder", function () {
    this.timeout(300_000);

    const manifest = readManifest(root);
    let folder: string;
    let packed: Packed;

    before(() => {
        folder = fs.mkdtempSync(path.join(os.tmpdir(), "kubernetes-faas-consumer-"));
        // Some versions of npm answer with a list, others with a map by name.
        const answer = JSON.parse(npm(root, "pack", "--json", "--pack-destination", folder)) as Record<string, Packed>;
        packed = Object.values(answer)[0]!;
        fs.cpSync(fixtures, folder, { recursive: true });
        fs.writeFileSync(path.join(folder, "package.json"), JSON.stringify({ private: true }));
        npm(
            folder,
            "install",
            "--prefer-offline",
            "--ignore-scripts",
            "--no-audit",
            "--no-fund",
            `./${packed.filename}`,
            ...requiredPeers(manifest).map(installed),
            ...["@types/node", "typescript"].map(installed),
        );
    });

    after(() => fs.rmSync(folder, { recursive: true, force: true }));

    const filesIn = (directory: string): PackedFile[] =>
        packed.files.filter(({ path: file }) => file.startsWith(directory));

    it("holds the compiled components with their types and data, and the documents, and nothing else", () => {
        const belongs =
            /^(package\.json|README\.md|LICENSE|CHANGELOG\.md|dist\/components\/.+|components\/.+\.(py|sh))$/;
        const code = /\.([cm]?js(\.map)?|d\.[cm]?ts|json|py|sh|yaml)$/;
        const foreign = packed.files.filter(({ path: file }) => !belongs.test(file));
        assert.deepEqual(foreign, []);
        assert.deepEqual(
            filesIn("dist/").filter(({ path: file }) => !code.test(file)),
            [],
        );
        for (const document of ["README.md", "LICENSE", "CHANGELOG.md"]) {
            assert.ok(
                packed.files.some(({ path: file }) => file === document),
                `${document} is missing`,
            );
        }
    });

    it("holds nothing of a source that was removed: remove dist and build again if it does", () => {
        const orphans = filesIn("dist/components/")
            .map(({ path: file }) => file)
            .filter((file) => /\.[cm]?js$/.test(file))
            .map((file) => file.replace(/^dist\//, "").replace(/js$/, "ts"))
            .filter((source) => !fs.existsSync(path.join(root, source)));
        assert.deepEqual(orphans, []);
    });

    it("is small: below 1 MB packed, 6 MB unpacked, and no file above 512 kB", () => {
        assert.ok(packed.size < 1_000_000, `${packed.size} bytes packed`);
        assert.ok(packed.unpackedSize < 6_000_000, `${packed.unpackedSize} bytes unpacked`);
        assert.deepEqual(
            packed.files.filter(({ size }) => size > 512 * 1024),
            [],
        );
    });

    it("declares every package that its code loads, at once or later", () => {
        const declared = { ...manifest.dependencies, ...manifest.peerDependencies };
        const loaded = new Set<string>();
        const directory = path.join(folder, "node_modules", manifest.name);
        for (const { path: file } of packed.files.filter((each) => /\.[cm]?js$/.test(each.path))) {
            const code = fs.readFileSync(path.join(directory, file), "utf8");
            for (const [, specifier] of code.matchAll(/\b(?:require|import)\("([^"./][^"]*)"\)/g)) {
                const parts = specifier!.split("/");
                loaded.add(specifier!.startsWith("@") ? parts.slice(0, 2).join("/") : parts[0]!);
            }
        }
        assert.ok(loaded.has("@pulumi/pulumi"), "the search finds what is loaded");
        assert.deepEqual(
            [...loaded].filter(
                (name) => !(name in declared) && !name.startsWith("node:") && !builtinModules.includes(name),
            ),
            [],
        );
    });

    for (const [program, how] of [
        ["program.cjs", "require()"],
        ["program.mjs", "import"],
    ] as const) {
        it(`works in a program that uses ${how}, with \`kubernetes-faas/testing\` beside it`, () => {
            const run = spawnSync(process.execPath, [program], { cwd: folder, encoding: "utf8" });
            assert.equal(run.stderr, "");
            assert.deepEqual(JSON.parse(run.stdout), [
                "kubernetes-faas:index:HardenedNamespace",
                "kubernetes:core/v1:Namespace",
            ]);
        });
    }

    it("packs functions of every language with their server", () => {
        const run = spawnSync(process.execPath, ["functions.cjs"], { cwd: folder, encoding: "utf8" });
        assert.match(run.stderr, /^[^\n]*Kubeless was archived[^\n]*\n*$/);
        assert.deepEqual(JSON.parse(run.stdout), [true, true]);
    });

    for (const [entry, sdk] of [
        ["gcp", "@pulumi/gcp"],
        ["azure", "@pulumi/azure-native"],
        ["aws", "@pulumi/aws"],
    ] as const) {
        it(`says which package to install for kubernetes-faas/${entry}, and has types for it`, () => {
            const run = spawnSync(process.execPath, ["-e", `require("${manifest.name}/${entry}")`], {
                cwd: folder,
                encoding: "utf8",
            });
            assert.match(run.stderr, new RegExp(`kubernetes-faas/${entry} needs ${sdk}.*npm install ${sdk}`));
            const types = (manifest.exports[`./${entry}`] as Record<string, string>)["types"]!;
            assert.ok(packed.files.some(({ path: file }) => file === types.replace(/^\.\//, "")));
        });
    }

    it("opens no other door than its manifest names", () => {
        const script = `require("${manifest.name}/dist/components/index.js")`;
        const run = spawnSync(process.execPath, ["-e", script], { cwd: folder, encoding: "utf8" });
        assert.match(run.stderr, /ERR_PACKAGE_PATH_NOT_EXPORTED/);
    });

    for (const resolution of ["node10", "nodenext", "bundler"]) {
        it(`has types that a strict program resolves and checks under ${resolution}`, () => {
            const tsc = path.join(folder, "node_modules/typescript/bin/tsc");
            const run = spawnSync(process.execPath, [tsc, "-p", `tsconfig.${resolution}.json`], {
                cwd: folder,
                encoding: "utf8",
            });
            assert.equal(run.stdout, "");
            assert.equal(run.status, 0);
        });
    }
});
