import assert from "node:assert/strict";
import { asConfig, readStackFile } from "../../../stacks/stack-file";

describe("the file of a stack", () => {
    it("gives the engine structured values as JSON and texts as they are", () => {
        assert.deepEqual(asConfig({ "kubernetes-faas:cluster": { kind: "local" }, "kubernetes-faas:name": "a" }), {
            "kubernetes-faas:cluster": '{"kind":"local"}',
            "kubernetes-faas:name": "a",
        });
    });

    it("refuses a sealed value, which only `pulumi up` can open", () => {
        assert.throws(() => asConfig({ "kubernetes-faas:password": { secure: "v1:x" } }), {
            message:
                "Stack: kubernetes-faas:password is a `secure:` value, which is opened with the stack's own passphrase; deploy this stack with `pulumi up`",
        });
    });

    it("names the stacks that there are when it does not exist", () => {
        assert.throws(() => readStackFile("locl"), {
            message: 'Stack: stack is "locl", and stacks/Pulumi.locl.yaml does not exist; did you mean local?',
        });
    });
});
