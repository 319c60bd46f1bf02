import assert from "node:assert/strict";
import {
    FaasFunction,
    type FaasFunctionArgs,
    functionUrl,
    planFission,
    planFunktion,
    planKubeless,
    registerFunctionDriver,
    validateFaasFunction,
} from "../../../components";
import { fakeBinding, fakeFunctionDriver, fakePlatform } from "../../../components/testing";
import { testCluster } from "../support/cluster";
import { record, rejects, valueOf } from "../support/mocks";
import { folder, helloArgs, imageArgs, refusesHello } from "./function-samples";

const platform = fakePlatform({ kind: "openwhisk" });
const egress = [{ internet: true, ports: [{ port: 443 }] }];

describe("Arguments of a FaasFunction", () => {
    let restore: () => void;
    before(() => (restore = registerFunctionDriver("openwhisk", fakeFunctionDriver)));
    after(() => restore());

    const refused: { what: string; args: Partial<FaasFunctionArgs>; because: string | RegExp }[] = [
        {
            what: "dependencies that the code does not name",
            args: { dependencies: { egress } },
            because:
                'FaasFunction hello: dependencies is given, but the code holds no "package.json" that names them; add it, in an `archive`',
        },
        {
            what: "dependencies of an image",
            args: { ...imageArgs, dependencies: { egress } },
            because: "FaasFunction hello: dependencies is given, but an image brings its own; leave it out",
        },
        {
            what: "dependencies without a way to the registry",
            args: {
                code: undefined,
                archive: folder({ "handler.js": "exports.handler = () => 1;", "package.json": "{}" }),
                dependencies: { egress: [] },
            },
            because: /^FaasFunction hello: dependencies\.egress is empty/,
        },
        {
            what: "a registry's URL with a login in it, which it does not repeat",
            args: {
                code: undefined,
                archive: folder({ "handler.js": "exports.handler = () => 1;", "package.json": "{}" }),
                dependencies: { egress, registryUrl: "https://me:hunter2@npm.example.com/" },
            },
            because: /^FaasFunction hello: dependencies\.registryUrl (?!.*hunter2)/,
        },
        {
            what: "a port of code",
            args: { port: 3000 },
            because: "FaasFunction hello: port is 3000, but only an image has a port of its own; leave it out",
        },
        {
            what: "a Secret that is twice among the files",
            args: { secretFiles: [{ secretName: "tls" }, { secretName: "tls" }] },
            because: 'FaasFunction hello: secretFiles name "tls" more than once; name each Secret once',
        },
        {
            what: "a variable that also names the folder of a binding",
            args: {
                environment: { ORDERS_DIRECTORY: "/tmp" },
                bindings: [{ prefix: "ORDERS", binding: fakeBinding(), asFiles: true }],
            },
            because:
                "FaasFunction hello: environment and the secrets and bindings give ORDERS_DIRECTORY more than once; give it once",
        },
        {
            what: "a label that the library sets itself",
            args: { labels: { "app.kubernetes.io/name": "mine" } },
            because: /^FaasFunction hello: labels\["app\.kubernetes\.io\/name"\] is set by the library/,
        },
        {
            what: "an image in a private registry of another cloud, without a pull secret",
            args: { ...imageArgs, image: "123456789012.dkr.ecr.eu-central-1.amazonaws.com/hello:1.0.0" },
            because:
                'FaasFunction hello: image is "123456789012.dkr.ecr.eu-central-1.amazonaws.com/hello:1.0.0" in a private ECR registry, which nodes outside of aws pull only with a login; make a Secret of type kubernetes.io/dockerconfigjson and name it in `registry.pullSecrets`',
        },
    ];
    for (const { what, args, because } of refused) {
        it(`refuse ${what}`, () => refusesHello(platform, args, because));
    }

    it("take a private image with a pull secret, through a mirror, and on its own cloud", () => {
        const image = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/hello:1.0.0";
        const faultsOf = (args: Partial<FaasFunctionArgs>) =>
            validateFaasFunction("hello", helloArgs(platform, { ...imageArgs, image, ...args }));

        assert.deepEqual(faultsOf({ registry: { pullSecrets: ["ecr"] } }), []);
        assert.deepEqual(faultsOf({ registry: { mirror: "harbor.example.com" } }), []);
        assert.deepEqual(faultsOf({ cluster: testCluster({ cloud: "aws" }) }), []);
        assert.equal(faultsOf({}).length, 1);
    });

    it("refuse a second function of one name in a namespace, and take it in another namespace", async () => {
        const shared = { ...platform, functionNamespaces: ["functions", "others"] };
        const two = (namespace: string) => () => {
            new FaasFunction("first", helloArgs(shared, { functionName: "hello" }));
            return new FaasFunction("second", helloArgs(shared, { functionName: "hello", namespace }));
        };

        await rejects(
            two("functions"),
            'FaasFunction second: functionName is "hello" like that of FaasFunction first in namespace "functions"; give each function its own name, or another namespace',
        );
        await record(two("others"));
    });

    it("are counted for a platform that runs a limited number, each program by itself", async () => {
        const counts: number[] = [];
        const undo = registerFunctionDriver("openwhisk", {
            ...fakeFunctionDriver,
            checkCount: (fn, others) => {
                counts.push(others);
                return others < 2 ? [] : [{ propertyPath: "platform", reason: `runs 2, not ${fn.functionName} too` }];
            },
        });
        const make = (names: string[]) => () => names.map((name) => new FaasFunction(name, helloArgs(platform)));
        try {
            await record(make(["one", "two"]));
            await rejects(make(["one", "two", "three"]), "FaasFunction three: platform runs 2, not three too");
        } finally {
            undo();
        }
        assert.deepEqual(counts, [0, 1, 0, 1, 2]);
    });
});

describe("functionUrl", () => {
    const cluster = testCluster();

    it("is the Service's or the gateway's, as the platform has it", async () => {
        const fission = planFission("fission", { cluster, definitions: [] });
        const kubeless = planKubeless("kubeless", { cluster, functionNamespaces: ["shop", "billing"] });
        const funktion = planFunktion("funktion", { cluster });

        assert.deepEqual(
            [
                await valueOf(functionUrl(fission, "hello")),
                await valueOf(functionUrl(kubeless, "hello", "billing")),
                await valueOf(functionUrl(funktion, "hello")),
            ],
            [
                "http://router.fission.svc.cluster.local:80/functions/fission-functions/hello",
                "http://hello.billing.svc.cluster.local:8080/",
                "http://hello.funktion.svc.cluster.local:80/",
            ],
        );
    });

    it("is refused for a wrong name or namespace, and where names lead nowhere", () => {
        const kubeless = planKubeless("kubeless", { cluster });
        assert.throws(() => functionUrl(kubeless, "Hello", "kubeles"), {
            message:
                /^functionUrl Hello: 2 arguments are wrong:[^]*functionName is "Hello"[^]*did you mean "kubeless"\?/,
        });
        assert.throws(() => functionUrl(fakePlatform({ kind: "openwhisk" }), "hello"), {
            message:
                "functionUrl hello: platform is openwhisk, whose functions have no URL that follows from their names",
        });
    });
});
