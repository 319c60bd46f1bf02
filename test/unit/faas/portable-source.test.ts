import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { FunctionRuntime } from "../../../components/faas/function/args";
import { type ReadSourceArgs, type Source, readSource, zipFiles } from "../../../components/faas/function/portable";

const { AssetArchive, FileArchive, FileAsset, RemoteArchive, RemoteAsset, StringAsset } = pulumi.asset;

function read(args: Partial<ReadSourceArgs>): Source {
    return readSource({ handler: "hello.handler", runtime: FunctionRuntime.Nodejs, ...args });
}

/** The files as texts by path, when nothing is wrong. */
function texts(args: Partial<ReadSourceArgs>): Record<string, string> {
    const { files, faults } = read(args);
    assert.deepEqual(faults, []);
    return Object.fromEntries(files.map(({ path: name, content }) => [name, content.toString()]));
}

/** The only fault, as one text. */
function fault(args: Partial<ReadSourceArgs>): string {
    const { faults } = read(args);
    assert.equal(faults.length, 1, JSON.stringify(faults));
    return `${faults[0]!.propertyPath} ${faults[0]!.reason}`;
}

describe("reading the sources of a function", () => {
    let folder: string;

    beforeEach(() => {
        folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "kubernetes-faas-source-")));
    });

    afterEach(() => fs.rmSync(folder, { recursive: true }));

    /** Writes a file below the folder, and tells its whole path. */
    function write(name: string, content: string | Buffer = name): string {
        const file = path.join(folder, name);
        fs.mkdirSync(path.dirname(file), { recursive: true });
        fs.writeFileSync(file, content);
        return file;
    }

    describe("from one file", () => {
        it("keeps the name of a file", () => {
            const file = write("hello.js", "code");
            assert.deepEqual(texts({ code: new FileAsset(file) }), { "hello.js": "code" });
        });

        it("names a text by the handler, the language, and whether it is an ES module", () => {
            const common = new StringAsset("exports.handler = 1;");
            assert.deepEqual(Object.keys(texts({ code: common })), ["hello.js"]);
            assert.deepEqual(Object.keys(texts({ code: common, handler: "src/a.b" })), ["src/a.js"]);
            assert.deepEqual(Object.keys(texts({ code: new StringAsset("export const handler = 1;") })), ["hello.mjs"]);
            const python = { code: new StringAsset("handler = 1"), runtime: FunctionRuntime.Python };
            assert.deepEqual(texts(python), { "hello.py": "handler = 1" });
            assert.deepEqual(Object.keys(texts({ code: common, handler: "wrong" })), ["handler.js"]);
        });

        it("suggests a file that is nearly called so", () => {
            write("hello.js");
            assert.equal(
                fault({ code: new FileAsset(path.join(folder, "helo.js")) }),
                `code is ${JSON.stringify(path.join(folder, "helo.js"))}, which does not exist in ` +
                    `${JSON.stringify(process.cwd())}; did you mean ${JSON.stringify(path.join(folder, "hello.js"))}?`,
            );
            assert.match(
                fault({ code: new FileAsset("no-such-folder/hello.js") }),
                /^code is .* does not exist in ".*"$/,
            );
        });

        it("says how to give a folder", () => {
            assert.equal(
                fault({ code: new FileAsset(folder) }),
                `code is the folder ${JSON.stringify(folder)}; give archive: new pulumi.asset.FileArchive(${JSON.stringify(folder)})`,
            );
        });

        it("refuses what is given by its address", () => {
            assert.match(
                fault({ code: new RemoteAsset("https://example.com/a.js") }),
                /^code is fetched from "https:\/\/example.com\/a.js" where it is used, .* download it/,
            );
            assert.match(
                fault({ archive: new RemoteArchive("https://example.com/a.zip") }),
                /^archive is fetched from/,
            );
        });

        it("refuses a path or text that is not known yet, or failed", async () => {
            const pending = new Promise<string>(() => undefined);
            assert.equal(
                fault({ code: new StringAsset(pending) }),
                "code has a text that is not known yet; await it and give the plain value",
            );
            assert.match(fault({ code: new FileAsset(pending) }), /^code has a path that is not known yet/);
            const failed = Promise.reject(new Error("no such stack"));
            assert.match(
                fault({ code: new StringAsset(failed) }),
                /^code has a text that failed: Error: no such stack/,
            );
            await failed.catch(() => undefined);
        });
    });

    describe("from a folder", () => {
        it("takes every file, sorted, without what is no source", () => {
            for (const name of [
                "hello.js",
                "lib/b.js",
                "lib/a.bin",
                "package.json",
                ".env",
                ".git/HEAD",
                "lib/.cache/x",
            ]) {
                write(name);
            }
            write("node_modules/left/index.js");
            write("lib/__pycache__/a.pyc");
            write("venv/pyvenv.cfg");
            write("venv/lib/site.py");
            assert.deepEqual(Object.keys(texts({ archive: new FileArchive(folder) })), [
                "hello.js",
                "lib/a.bin",
                "lib/b.js",
                "package.json",
            ]);
        });

        it("keeps bytes as they are", () => {
            const bytes = Buffer.from([0, 255, 13, 10]);
            write("a.bin", bytes);
            assert.deepEqual(read({ archive: new FileArchive(folder) }).files[0]?.content, bytes);
        });

        it("follows links inside the folder", () => {
            write("real/a.js", "code");
            fs.symlinkSync("real/a.js", path.join(folder, "hello.js"));
            fs.symlinkSync("real", path.join(folder, "other"));
            assert.deepEqual(texts({ archive: new FileArchive(folder) }), {
                "hello.js": "code",
                "other/a.js": "code",
                "real/a.js": "code",
            });
        });

        it("refuses links that lead out, nowhere or in circles, each by name", () => {
            const outside = fs.mkdtempSync(path.join(os.tmpdir(), "kubernetes-faas-outside-"));
            try {
                fs.mkdirSync(path.join(folder, "lib"));
                fs.symlinkSync(outside, path.join(folder, "a"));
                fs.symlinkSync("gone.js", path.join(folder, "b.js"));
                fs.symlinkSync("..", path.join(folder, "lib/c"));
                const reasons = read({ archive: new FileArchive(folder) }).faults.map((each) => each.reason);
                assert.deepEqual(reasons, [
                    `holds the link "a", which leads out of the folder, to ${JSON.stringify(fs.realpathSync(outside))}; replace it by what it stands for`,
                    'holds the link "b.js", which leads nowhere; replace it by what it stands for',
                    'holds the link "lib/c", which leads back to a folder that contains it; replace it by what it stands for',
                ]);
            } finally {
                fs.rmSync(outside, { recursive: true });
            }
        });

        it("refuses the folder of the adapter", () => {
            write("kubernetes_faas_adapter/core.py");
            assert.equal(
                fault({ archive: new FileArchive(folder) }),
                'archive has "kubernetes_faas_adapter/core.py", but "kubernetes_faas_adapter" is where the platform\'s adapter goes; rename it',
            );
        });

        it("stops at 5000 files, once", () => {
            for (let index = 0; index <= 5000; index++) {
                fs.writeFileSync(path.join(folder, `${index}.js`), "");
            }
            assert.match(
                fault({ archive: new FileArchive(folder) }),
                /^archive holds more than 5000 files or 64 MiB; /,
            );
        });

        it("stops at 64 MiB before it reads them", () => {
            fs.truncateSync(write("large.bin"), 65 * 1024 * 1024);
            assert.match(
                fault({ archive: new FileArchive(folder) }),
                /^archive holds more than 5000 files or 64 MiB; /,
            );
        });

        it("names a folder that is missing", () => {
            assert.match(
                fault({ archive: new FileArchive(path.join(folder, "gone")) }),
                /^archive is ".*gone", which does/,
            );
        });
    });

    describe("from a zip", () => {
        const zip = (files: Record<string, string>): string =>
            write(
                "code.zip",
                zipFiles(Object.entries(files).map(([name, text]) => ({ path: name, content: Buffer.from(text) }))),
            );

        it("takes it as it is, with node_modules and hidden files", () => {
            const files = { ".npmrc": "x", "hello.js": "code", "node_modules/a/index.js": "lib" };
            assert.deepEqual(texts({ archive: new FileArchive(zip(files)) }), files);
        });

        it("refuses names that lead out of it", () => {
            const given = { "../a.js": "", "/b.js": "", "c\\d.js": "", "ok.js": "" };
            const reasons = read({ archive: new FileArchive(zip(given)) }).faults.map(({ reason }) => reason);
            assert.equal(reasons.length, 3);
            for (const reason of reasons) {
                assert.match(reason, /which leads out of the function's folder/);
            }
        });

        it("refuses other formats, and what is broken", () => {
            assert.match(
                fault({ archive: new FileArchive(write("a.zip", "no zip")) }),
                /which is no zip; give a folder/,
            );
            const gzip = Buffer.from([0x1f, 0x8b, 8, 0]);
            assert.match(fault({ archive: new FileArchive(write("a.tgz", gzip)) }), /which is compressed with gzip/);
            const file = zip({ "hello.js": "x".repeat(1000) });
            const bytes = fs.readFileSync(file);
            bytes.fill(0xff, 38, 44);
            assert.match(fault({ archive: new FileArchive(write("broken.zip", bytes)) }), /which cannot be unpacked/);
        });

        it("refuses links and encrypted files", () => {
            const bytes = fs.readFileSync(zip({ "hello.js": "code" }));
            const entry = bytes.indexOf(Buffer.from([0x50, 0x4b, 1, 2]));
            const link = Buffer.from(bytes);
            link.writeUInt32LE((0o120777 << 16) >>> 0, entry + 38);
            assert.match(
                fault({ archive: new FileArchive(write("l.zip", link)) }),
                /holds the link "hello.js", which platf/,
            );
            const encrypted = Buffer.from(bytes);
            encrypted.writeUInt16LE(1, entry + 8);
            assert.match(fault({ archive: new FileArchive(write("e.zip", encrypted)) }), /holds "hello.js" encrypted/);
        });

        it("refuses what would unpack to more than 64 MiB without unpacking it", () => {
            const large = zipFiles([{ path: "zeros", content: Buffer.alloc(65 * 1024 * 1024) }]);
            assert.ok(large.length < 1024 * 1024);
            assert.match(
                fault({ archive: new FileArchive(write("bomb.zip", large)) }),
                /more than 5000 files or 64 MiB/,
            );
        });
    });

    describe("from a map of assets", () => {
        it("takes texts, files, folders and zips under their names", () => {
            const file = write("one.js", "file");
            write("lib/two.js", "folder");
            const packed = write("three.zip", zipFiles([{ path: "three.js", content: Buffer.from("zip") }]));
            const archive = new AssetArchive({
                "hello.js": new StringAsset("text"),
                "src/one.js": new FileAsset(file),
                lib: new FileArchive(path.join(folder, "lib")),
                "packed/": new FileArchive(packed),
                nested: new AssetArchive({ "four.js": new StringAsset("nested") }),
            });
            assert.deepEqual(texts({ archive }), {
                "hello.js": "text",
                "lib/two.js": "folder",
                "nested/four.js": "nested",
                "packed/three.js": "zip",
                "src/one.js": "file",
            });
        });

        it("reports every fault under its own path", () => {
            const archive = new AssetArchive({
                "../a.js": new StringAsset(""),
                "b.js": new RemoteAsset("https://example.com/b.js"),
                c: new FileArchive(path.join(folder, "gone")),
                "d.js": new FileAsset(path.join(folder, "gone.js")),
                "e.js": new StringAsset(new Promise<string>(() => undefined)),
            });
            assert.deepEqual(
                read({ archive }).faults.map(({ propertyPath }) => propertyPath),
                ['archive["../a.js"]', 'archive["b.js"]', 'archive["c"]', 'archive["d.js"]', 'archive["e.js"]'],
            );
        });

        it("refuses a name that is there twice", () => {
            const archive = new AssetArchive({
                "lib/a.js": new StringAsset(""),
                lib: new AssetArchive({ "a.js": new StringAsset("") }),
            });
            assert.match(fault({ archive }), /holds "lib\/a.js", which is there twice/);
        });
    });
});
