import { type FaasFunctionArgs, planKubeless } from "../../../components/faas";
import { testCluster } from "../support/cluster";
import { folder, imageArgs, noise, refusesHello } from "./function-samples";

const platform = planKubeless("functions", { cluster: testCluster() });

describe("What a function of its own workload cannot be", () => {
    const refused: { what: string; args: Partial<FaasFunctionArgs>; because: string | RegExp }[] = [
        {
            what: "code above 1 MiB, with its size, the limit and the ways out",
            args: {
                code: undefined,
                archive: folder({ "handler.js": "exports.handler = () => 1;", "data.bin": noise(1_048_576) }),
            },
            because:
                /^FaasFunction hello: archive has 1048602 bytes, and \d+ with the server that runs it, above the 1048576 \(1 MiB\) that a ConfigMap holds; leave out what is not needed to run, have packages installed by `dependencies`, or build an image that listens by itself and give it as `image`$/,
        },
        {
            what: "an image without a tag",
            args: { ...imageArgs, image: "registry.example.com/hello" },
            because:
                /^FaasFunction hello: image is "registry\.example\.com\/hello", which has no tag, which means latest/,
        },
        {
            what: "a request above the limit",
            args: { resources: { cpuRequest: "2", cpuLimit: "1" } },
            because: /^FaasFunction hello: resources\.cpuRequest is "2", more than the limit "1"/,
        },
        {
            what: "a name that no Service can have",
            args: { functionName: "1st" },
            because: /^FaasFunction hello: functionName is "1st"/,
        },
        {
            what: "an image that is told its port twice",
            args: { ...imageArgs, environment: { PORT: "80" } },
            because: "FaasFunction hello: environment.PORT is what tells the image its port; give `port` instead",
        },
        {
            what: "a number of copies of zero",
            args: { scaling: { minimum: 0 } },
            because:
                /^FaasFunction hello: scaling\.minimum asks for scaleToZero, which kubeless cannot do; leave it out, or use fission/,
        },
        {
            what: "an end to calls of an image",
            args: { ...imageArgs, timeoutSeconds: 5 },
            because:
                /^FaasFunction hello: timeoutSeconds asks for imageTimeout, which kubeless cannot do; leave it out, or use fission/,
        },
        {
            what: "a route for some methods",
            args: { routes: [{ path: "/hello", methods: ["GET"] }] },
            because:
                /^FaasFunction hello: routes asks for routeMethods, which kubeless cannot do; leave it out, or use fission/,
        },
    ];
    for (const { what, args, because } of refused) {
        it(`is refused: ${what}`, () => refusesHello(platform, args, because));
    }
});
