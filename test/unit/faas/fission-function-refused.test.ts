import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { FaasKind, FunctionFeature, type FaasPlatform } from "../../../components/core/contracts";
import {
    FaasFunction,
    registerFunctionDriver,
    type FaasFunctionArgs,
    type ResolvedFunction,
} from "../../../components/faas/function";
import { readableEnvironment } from "../../../components/faas/fission/functions/variables";
import { fissionFunctionDriver } from "../../../components/faas/fission/function";
import { fakeBinding, fakePlatform } from "../../../components/testing";
import { testCluster } from "../support/cluster";
import { rejects, valueOf } from "../support/mocks";

registerFunctionDriver(FaasKind.Fission, fissionFunctionDriver);

const settings = {
    ready: "true",
    drainSeconds: "20",
    functionPlacement: JSON.stringify({ nodeSelector: { pool: "functions" } }),
    nodejsEnvironment: "nodejs",
    nodejsImage: "ghcr.io/fission/node-env:1.35",
    pythonEnvironment: "python",
    pythonImage: "ghcr.io/fission/python-env:1.35.0",
};
const platform: FaasPlatform = fakePlatform({ settings });
const code = new pulumi.asset.StringAsset("exports.handler = () => 'hello';");
const hello = { cluster: testCluster(), platform, runtime: "nodejs", code } as const satisfies FaasFunctionArgs;

describe("What Fission cannot do with a function", () => {
    const refused: { what: string; args: Partial<FaasFunctionArgs>; because: string | RegExp }[] = [
        {
            what: "a route at the root",
            args: { routes: [{ path: "/" }] },
            because:
                'FaasFunction hello: routes[0].path is "/", which Fission\'s router keeps for itself; give a path below it, such as "/hello"',
        },
        {
            what: "a route at a path of the router",
            args: { routes: [{ path: "/readyz" }] },
            because:
                'FaasFunction hello: routes[0].path is "/readyz", which Fission\'s router answers itself; choose another',
        },
        {
            what: "a route where functions answer by name",
            args: { routes: [{ path: "/functions/other" }] },
            because:
                'FaasFunction hello: routes[0].path is "/functions/other"; below /functions every function answers by its name; choose another',
        },
        {
            what: "two schedules of one name",
            args: {
                schedules: [
                    { cron: "0 4 * * *", name: "a" },
                    { cron: "0 5 * * *", name: "a" },
                ],
            },
            because: 'FaasFunction hello: schedules[1].name is "a" a second time; schedules are told apart by name',
        },
        {
            what: "a connection that is bound in another namespace",
            args: { bindings: [{ prefix: "ORDERS", binding: fakeBinding({ namespace: "data" }) }] },
            because:
                'FaasFunction hello: bindings[0].binding is in namespace "data", but the function in "functions"; bind the connection there',
        },
        {
            what: "one variable from two places",
            args: {
                environment: { ORDERS_HOST: "a" },
                bindings: [{ prefix: "ORDERS", binding: fakeBinding({ keys: ["host"] }) }],
            },
            because:
                "FaasFunction hello: environment and the secrets and bindings give ORDERS_HOST more than once; give it once",
        },
        {
            what: "a language without an Environment",
            args: {
                runtime: "python",
                code: new pulumi.asset.StringAsset("def handler(request, context):\n    return 'hello'\n"),
                platform: { ...platform, settings: { ...settings, pythonEnvironment: undefined! } },
            },
            because:
                'FaasFunction hello: runtime is "python", for which this Fission has no Environment; give it one: `environments.python`',
        },
        {
            what: "code above 256 KiB",
            args: {
                code: undefined,
                archive: new pulumi.asset.AssetArchive({
                    "handler.js": code,
                    "data.bin": new pulumi.asset.StringAsset(noise(400_000)),
                }),
            },
            because:
                /^FaasFunction hello: archive has \d{6} bytes when packed, above the 262144 \(256 KiB\) that Fission keeps in a Package; leave out .* `image`, or make a Package of type oci, or of type url/,
        },
    ];
    for (const { what, args, because } of refused) {
        it(`refuses ${what}`, () => rejects(() => new FaasFunction("hello", { ...hello, ...args }), because));
    }

    it("refuses a secret among the plain variables, as soon as it is known to be one", async () => {
        const { TOKEN } = readableEnvironment("hello", {
            ...hello,
            environment: { TOKEN: pulumi.secret("abc") },
        } as unknown as ResolvedFunction);
        await assert.rejects(valueOf(TOKEN!), {
            message:
                "FaasFunction hello: environment.TOKEN is secret, and would stand readable in the function's objects; put it into a Secret and name its key in `secrets`",
        });
    });

    it("is nothing that its contract lists", () => {
        assert.deepEqual([...platform.features].sort(), Object.values(FunctionFeature).sort());
    });
});

/** Text that no compression makes much smaller; the same at every run. */
function noise(length: number): string {
    let state = 1;
    return Array.from({ length }, () => {
        state = (state * 48271) % 2147483647;
        return String.fromCharCode(33 + (state % 90));
    }).join("");
}
