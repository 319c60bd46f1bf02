import assert from "node:assert/strict";
import { mirrorList } from "../../components";
import { type Evaluated, evaluate, forEveryProgram, titleOf } from "./support/programs";

/** Every image that an object names, in whatever field or variable: those that Fission runs by itself are variables. */
function imagesOf({ objects }: Evaluated): { title: string; image: string }[] {
    return objects
        .filter(({ kind }) => kind !== "CustomResourceDefinition")
        .flatMap((object) => findImages(object).map((image) => ({ title: titleOf(object), image })));
}

function findImages(value: unknown): string[] {
    if (typeof value !== "object" || value === null) {
        return [];
    }
    const { name, value: text } = value as { name?: unknown; value?: unknown };
    const variable = typeof name === "string" && name.endsWith("_IMAGE") && typeof text === "string" ? [text] : [];
    const nested = Object.entries(value).flatMap(([key, item]) =>
        key === "image" && typeof item === "string" ? [item] : findImages(item),
    );
    return [...variable, ...nested];
}

/** A version, a release named by its time, or the hash of the content. `latest`, `stable`, `main` and `1` move. */
const pinned = /(:v?\d+\.\d+[\w.-]*|:RELEASE\.\d{4}-\d{2}-\d{2}T[\d-]+Z(-\w+)?|@sha256:[0-9a-f]{64})$/;

describe("Images", () => {
    forEveryProgram((program) => {
        it("are pinned: a version or a hash, never a tag that moves", () => {
            const images = imagesOf(program());
            assert.ok(images.length > 0);
            for (const { title, image } of images) {
                assert.match(image, pinned, title);
            }
        });
    });

    it("are all in the table of images, so that a mirror can have them, in the local stack", async () => {
        const known = mirrorList({}).map(({ source }) => source);
        for (const { title, image } of imagesOf(await evaluate("the local stack"))) {
            assert.ok(known.includes(image), `${title}: ${image}`);
        }
    });

    it("all come from the mirror where one is given, those that Fission runs by itself too", async () => {
        const images = imagesOf(await evaluate("Fission with everything"));
        assert.ok(images.some(({ image }) => image.endsWith("/fission/fetcher:v1.27.0")));
        for (const { title, image } of images) {
            assert.match(image, /^registry\.example\.com\/mirror\//, title);
        }
    });
});
