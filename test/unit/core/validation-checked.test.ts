import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { ArgumentsError } from "../../../components/core/errors";
import { checked } from "../../../components/core/validation";
import { valueOf } from "../support/mocks";

/** What an output fails with. */
function failure(output: pulumi.Input<unknown>): Promise<Error> {
    return valueOf(output).then(
        () => assert.fail("the output did not fail"),
        (error: Error) => error,
    );
}

function checkedHost(input: pulumi.Input<string>): pulumi.Input<string> {
    return checked("Route shop", "host", input, (checks, path, value) => checks.hostName(path, value));
}

describe("a checked input", () => {
    it("is itself when it is plain and right, and throws at once when it is plain and wrong", () => {
        assert.equal(checkedHost("shop.example.com"), "shop.example.com");
        assert.throws(() => checkedHost("Shop.example.com"), ArgumentsError);
    });

    it("gives the value of a right Output or promise", async () => {
        for (const input of [pulumi.output("shop.example.com"), Promise.resolve("shop.example.com")]) {
            assert.equal(await valueOf(checkedHost(input)), "shop.example.com");
        }
    });

    it("fails with the message when an Output or promise resolves to something wrong", async () => {
        for (const input of [pulumi.output("192.0.2.1"), Promise.resolve("192.0.2.1")]) {
            const error = await failure(checkedHost(input));
            assert.ok(error instanceof ArgumentsError);
            assert.equal(
                error.message,
                'Route shop: host is "192.0.2.1", which is an IP address; give a host name alone, like "api.example.com" (no wildcard)',
            );
            assert.deepEqual(error.errors[0]?.propertyPath, "host");
        }
    });

    it("keeps a secret secret and out of the message", async () => {
        const right = checkedHost(pulumi.secret("shop.example.com")) as pulumi.Output<string>;
        assert.equal(await pulumi.isSecret(right), true);

        const error = await failure(checkedHost(pulumi.secret("HUNTER2.example.com")));
        assert.match(error.message, /host is a secret value, which is not a host name/);
        assert.doesNotMatch(error.message, /hunter2/i);
    });
});
