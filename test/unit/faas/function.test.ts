import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { FaasFunction, type FaasFunctionArgs, type FaasKind, registerFunctionDriver } from "../../../components";
import { fakeBinding, fakeCluster, fakeFunctionDriver, fakeGateway, fakePlatform } from "../../../components/testing";
import { record, rejects, valueOf } from "../support/mocks";

const source = "exports.handler = async () => 'hello';";

/** A platform whose functions are ConfigMaps, so that nothing here depends on a real platform. */
const platform = fakePlatform({ kind: "openfaas" });

function functionArgs(args: Partial<FaasFunctionArgs> = {}): FaasFunctionArgs {
    return {
        cluster: fakeCluster(),
        platform,
        runtime: "nodejs",
        handler: "hello.handler",
        code: new pulumi.asset.StringAsset(source),
        ...args,
    };
}

const image = { image: "registry.example.com/hello:1", runtime: undefined, handler: undefined, code: undefined };

function refuses(args: Partial<FaasFunctionArgs>, message: string | RegExp): Promise<void> {
    return rejects(() => new FaasFunction("hello", functionArgs(args)), message);
}

describe("FaasFunction", () => {
    let restore: () => void;
    before(() => (restore = registerFunctionDriver("openfaas", fakeFunctionDriver)));
    after(() => restore());

    it("hands the platform its sources, name and namespace", async () => {
        const recording = await record(() => new FaasFunction("hello", functionArgs()));
        const deployed = recording.only("kubernetes:core/v1:ConfigMap");
        assert.deepEqual(deployed.inputs.metadata, { name: "hello", namespace: "functions" });
        assert.deepEqual(deployed.inputs.data, { "hello.js": source });
        assert.equal(deployed.parent, "hello");
        assert.equal(recording.result.functionName, "hello");
        assert.equal(recording.result.path, "/");
        assert.deepEqual(recording.result.pods.podSelector, { function: "hello" });
    });

    it("publishes each route that names an ingress, and no other", async () => {
        const route = { ingress: fakeGateway(), host: "faas.example.com", protections: ["login"] };
        const recording = await record(
            () =>
                new FaasFunction(
                    "hello",
                    functionArgs({
                        routes: [{ path: "/a", ...route }, { path: "/inside" }, { path: "/b", ...route }],
                    }),
                ),
        );
        assert.deepEqual(
            recording.ofType("kubernetes-faas:index:Route").map(({ name }) => name),
            ["hello-a", "hello-b"],
        );
        assert.deepEqual(await valueOf(recording.result.urls), [
            "https://faas.example.com/a",
            "https://faas.example.com/b",
        ]);
    });

    it("names routes by path, so that one more renames none", async () => {
        const route = { ingress: fakeGateway(), host: "faas.example.com", protections: ["login"] };
        const namesOf = async (paths: string[]): Promise<string[]> => {
            const routes = paths.map((path, index) => ({ ...route, path, host: `${index}.example.com` }));
            const recording = await record(() => new FaasFunction("hello", functionArgs({ routes })));
            return recording.ofType("kubernetes-faas:index:Route").map(({ name }) => name);
        };
        const before = await namesOf(["/", "/orders/new", "/"]);
        assert.deepEqual(await namesOf(["/", "/orders/new", "/", "/more"]), [...before, "hello-more"]);
        assert.deepEqual(await namesOf(["/more", "/", "/orders/new", "/"]), ["hello-more", ...before]);
        assert.equal(new Set(before).size, 3);
    });

    it("is refused with neither code nor image, and with both", async () => {
        await refuses({ code: undefined }, /code is missing; give one of "code" and "archive" and "image"/);
        await refuses({ image: image.image }, /image can't go together with "code"/);
    });

    it("is refused when an image comes with what only code has", async () => {
        await refuses(
            { ...image, runtime: "python", handler: "hello.handler" },
            'FaasFunction hello: 2 arguments are wrong:\n  - runtime is "python", but an image brings its own; leave runtime out\n  - handler is "hello.handler", but an image brings its own; leave handler out',
        );
    });

    it("is refused when the handler is not in the code, with what is", async () => {
        await refuses({ handler: "hello.handle" }, /^FaasFunction hello: handler is "hello\.handle", .*hello\.handler/);
    });

    it("is refused in a runtime or namespace that is not there", async () => {
        await refuses({ runtime: "nodjs" as "nodejs" }, /runtime is "nodjs".*did you mean "nodejs"\?/);
        await refuses({ namespace: "function" }, /namespace is "function".*did you mean "functions"\?/);
    });

    it("is refused with a wrong cron line, quantity, environment name and path, all at once", async () => {
        await refuses(
            {
                schedules: [{ cron: "61 * * * *" }],
                resources: { memoryLimit: "many" },
                environment: { "1A": "x" },
                routes: [{ path: "hello" }],
            },
            /4 arguments are wrong:[^]*environment\.1A is[^]*resources\.memoryLimit is[^]*schedules\[0\]\.cron is[^]*routes\[0\]\.path is/,
        );
    });

    it("is refused when the minimum is above the maximum", async () => {
        await refuses(
            { scaling: { minimum: 5, maximum: 2 } },
            "FaasFunction hello: scaling.minimum is 5, above scaling.maximum 2; lower it or raise the maximum",
        );
    });

    it("is refused when two routes are the same place", async () => {
        await refuses(
            { routes: [{ path: "/a" }, { path: "/a" }] },
            'FaasFunction hello: routes[1].path is "/a" a second time; a host and path lead to one place',
        );
    });

    it("is refused without a login in front of it", async () => {
        await refuses(
            { routes: [{ path: "/a", ingress: fakeGateway(), host: "faas.example.com" }] },
            /routes\[0\]\.protections has none that asks for a login/,
        );
    });

    it("names the platforms that can do what this one cannot", async () => {
        await refuses(
            { platform: fakePlatform({ kind: "openfaas", features: ["code"] }), schedules: [{ cron: "0 * * * *" }] },
            /^FaasFunction hello: schedules asks for schedule, which openfaas cannot do; leave it out, or use fission or /,
        );
    });

    it("is refused on a platform to which nothing deploys functions", async () => {
        await refuses(
            { platform: fakePlatform({ kind: "knative" as FaasKind }) },
            /^FaasFunction: platform is knative, to which this version deploys no functions; it does to /,
        );
    });

    it("does not look into code for the platform's own convention", async () => {
        const recording = await record(
            () => new FaasFunction("hello", functionArgs({ contract: "native", handler: "anything.at" })),
        );
        assert.equal(recording.ofType("kubernetes:core/v1:ConfigMap").length, 1);
    });

    it("is refused with a connection whose variables could not be named", async () => {
        await refuses({ bindings: [{ prefix: "1", binding: fakeBinding() }] }, /bindings\[0\]\.prefix is "1"/);
    });
});
