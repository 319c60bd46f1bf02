import assert from "node:assert/strict";
import * as os from "node:os";
import * as path from "node:path";

import { checkName } from "../../../sandbox/sandbox";
import { cacheDirectory, defaultSandboxName } from "../../../sandbox/tools/paths";

describe("sandbox names and places", () => {
    it("gives each checkout a default sandbox of its own, with a valid name", () => {
        const names = ["/home/ann/kubernetes-faas", "/home/bob/kubernetes-faas", "/srv/Größe & Co.", "/", "/x/-.-"].map(
            (root) => checkName(defaultSandboxName(root)),
        );
        assert.equal(new Set(names).size, names.length);
        assert.match(names[0]!, /^kubernetes-faas-[0-9a-f]{6}$/);
        assert.equal(defaultSandboxName("/home/ann/kubernetes-faas"), names[0]);
    });

    it("refuses names that can't be part of a context or a path", () => {
        for (const name of ["", "Upper", "a_b", "../x", "-a", "a-", "a".repeat(41)]) {
            assert.throws(() => checkName(name), /must be up to 40 lower-case letters, digits and hyphens/, name);
        }
        assert.equal(checkName("a".repeat(40)), "a".repeat(40));
    });

    it("keeps everything where KUBERNETES_FAAS_CACHE, XDG_CACHE_HOME or the home directory says", () => {
        assert.equal(cacheDirectory({ KUBERNETES_FAAS_CACHE: "/a", XDG_CACHE_HOME: "/b" }), "/a");
        assert.equal(cacheDirectory({ XDG_CACHE_HOME: "/b" }), "/b/kubernetes-faas");
        assert.equal(cacheDirectory({}), path.join(os.homedir(), ".cache", "kubernetes-faas"));
    });
});
