import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { FunctionFeature } from "../../../components/core/contracts";
import type { FaasFunctionArgs, ResolvedFunction } from "../../../components/faas/function";
import { functionFeatures } from "../../../components/faas/function/features";
import { readableEnvironment } from "../../../components/faas/fission/functions/variables";
import { fakeBinding } from "../../../components/testing";
import { valueOf } from "../support/mocks";
import {
    fissionPlatform,
    fissionSettings,
    folder,
    helloArgs,
    imageArgs,
    noise,
    refusesHello,
} from "./function-samples";

/** A platform that claims no more than Fission does. */
const platform = { ...fissionPlatform, features: [...functionFeatures.fission!] };

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
                platform: { ...platform, settings: { ...fissionSettings, pythonEnvironment: undefined! } },
            },
            because:
                'FaasFunction hello: runtime is "python", for which this Fission has no Environment; give it one: `environments.python`',
        },
        {
            what: "code above 256 KiB",
            args: {
                code: undefined,
                archive: folder({
                    "handler.js": "exports.handler = () => 'hello';",
                    "data.bin": noise(400_000),
                }),
            },
            because:
                /^FaasFunction hello: archive has \d{6} bytes when packed, above the 262144 \(256 KiB\) that Fission keeps in a Package; leave out .* `image`, or make a Package of type oci, or of type url/,
        },
        {
            what: "dependencies, naming who installs them",
            args: { dependencies: { egress: [{ internet: true, ports: [{ port: 443 }] }] } },
            because:
                /^FaasFunction hello: 2 arguments are wrong:\n {2}- dependencies asks for dependencies, which fission cannot do; leave it out, or use .*funktion or kubeless.*\n {2}- dependencies is given, but the code holds no "package.json" that names them; add it, in an `archive`$/,
        },
        {
            what: "another port of an image, naming who takes it",
            args: { ...imageArgs, port: 3000 },
            because:
                /^FaasFunction hello: port asks for imagePort, which fission cannot do; leave it out, or use .*funktion or kubeless/,
        },
    ];
    for (const { what, args, because } of refused) {
        it(`refuses ${what}`, () => refusesHello(args.platform ?? platform, args, because));
    }

    it("refuses a secret among the plain variables, as soon as it is known to be one", async () => {
        const { TOKEN } = readableEnvironment("hello", {
            ...helloArgs(platform),
            environment: { TOKEN: pulumi.secret("abc") },
        } as unknown as ResolvedFunction);
        await assert.rejects(valueOf(TOKEN!), {
            message:
                "FaasFunction hello: environment.TOKEN is secret, and would stand readable in the function's objects; put it into a Secret and name its key in `secrets`",
        });
    });

    it("is nothing that its contract lists", () => {
        const missing: FunctionFeature[] = [FunctionFeature.Dependencies, FunctionFeature.ImagePort];
        assert.deepEqual(
            [...functionFeatures.fission!].sort(),
            Object.values(FunctionFeature)
                .filter((feature) => !missing.includes(feature))
                .sort(),
        );
    });
});
