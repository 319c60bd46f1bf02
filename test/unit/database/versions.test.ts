import assert from "node:assert/strict";
import { everyOlder, newestVersion } from "../../../components/database/versions";

describe("the version of a database that names none", () => {
    const newestOf = (...versions: string[]): string =>
        newestVersion({ images: Object.fromEntries(versions.map((version) => [version, "node" as const])) });

    it("is the newest by its numbers, in whatever order they are written", () => {
        assert.equal(newestOf("16", "18", "17"), "18");
        assert.equal(newestOf("8.8", "8.10", "8.2"), "8.10");
        assert.equal(newestOf("11.8", "12.3", "10.11"), "12.3");
        assert.equal(newestOf("9", "10"), "10");
        assert.equal(newestOf("8.4"), "8.4");
    });
});

describe("every version that is older than one", () => {
    it("is there by its number, also where it has no image any more", () => {
        const images = { "8.10": "node", "8.8": "node", "8.6": "node" } as const;
        assert.deepEqual(everyOlder(images), { "8.6": [], "8.8": ["8.6"], "8.10": ["8.6", "8.8"] });
        assert.deepEqual(everyOlder(images, ["8.2", "7.4"]), {
            "8.6": ["7.4", "8.2"],
            "8.8": ["7.4", "8.2", "8.6"],
            "8.10": ["7.4", "8.2", "8.6", "8.8"],
        });
    });
});
