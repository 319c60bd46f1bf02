import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { OpenFaas, type OpenFaasArgs, validateOpenFaas } from "../../../components/faas/openfaas";
import { testCluster } from "../support/cluster";
import { rejects, valueOf } from "../support/mocks";
import { recordOpenFaas } from "./openfaas-recording";

/** The faults of arguments, each as one line; the name is right unless it is given. */
function faultsOf(args: Partial<OpenFaasArgs>, name = "openfaas"): string[] {
    return validateOpenFaas(name, { cluster: testCluster(), acceptCommunityEula: true, ...args }).map(
        ({ propertyPath, reason }) => `${propertyPath} ${reason}`,
    );
}

const licence =
    "the licence of OpenFaaS Community Edition limits commercial use to 60 days in one installation per company " +
    "(sections 1.2 and 8.1), bars who ever held a paid licence (8.5), and forbids to copy, change or pass it on (4.1). " +
    "Read https://github.com/openfaas/faas/blob/master/EULA.md and say `acceptCommunityEula: true` if you may use it; " +
    "Fission has no such limits";

const refused: [what: string, args: Partial<OpenFaasArgs>, faults: string[]][] = [
    [
        "a licence that nobody accepted",
        { acceptCommunityEula: undefined },
        [`acceptCommunityEula is missing; ${licence}`],
    ],
    ["a licence that is declined", { acceptCommunityEula: false }, [`acceptCommunityEula is not true; ${licence}`]],
    [
        "one namespace for everything",
        { functionNamespace: "openfaas" },
        ['functionNamespace is "openfaas", the namespace of OpenFaaS\' own parts; give functions another'],
    ],
    [
        "a namespace without a name that works",
        { namespace: "Open_FaaS" },
        [
            'namespace is "Open_FaaS", which has upper-case letters; use at most 60 lower-case letters, digits and "-", beginning and ending with a letter or digit; did you mean "open-faas"?',
        ],
    ],
    ["a timeout of no length", { timeoutSeconds: 0 }, ["timeoutSeconds is 0; give a whole number from 1 to 3600"]],
    [
        "functions that scale without calls",
        { scaleUpCallsPerSecond: 0 },
        ["scaleUpCallsPerSecond is 0; give a number 0.1 or more"],
    ],
    [
        "callbacks of calls that nobody queues",
        { asyncInvocation: false, callbackEgress: [{ internet: true, ports: [{ port: 443 }] }] },
        ["callbackEgress is given, but asyncInvocation is false: no call is queued; leave one of them out"],
    ],
    [
        "callbacks and functions that go nowhere",
        { callbackEgress: [{ ports: [{ port: 443 }] }], functionEgress: [{ internet: true, ports: [] }] },
        [
            "functionEgress[0].ports is empty; give at least one entry",
            "callbackEgress[0] names nobody; give pods or cidrs, or internet: true",
        ],
    ],
    [
        "a password that is guessed, which the message does not repeat",
        { password: "hunter2" },
        ["password is a secret value, which has 7 characters; give a text of 16 or more characters"],
    ],
    [
        "a password that the gateway would read without its end",
        { password: "0123456789abcdef " },
        ["password is a secret value, which does not have the right form; give one line without spaces at its ends"],
    ],
    [
        "a password that is given and generated",
        { password: "0123456789abcdef", passwordRotation: "2" },
        ['passwordRotation can\'t go together with "password"; give only one of "password" and "passwordRotation"'],
    ],
    [
        "a proxy that nobody reaches",
        { proxy: { url: "proxy:3128", endpoint: {}, exceptions: ["a,b"] } },
        [
            'proxy.url is "proxy:3128", which has a scheme other than https and http; give a whole URL, like "https://example.com/path"',
            'proxy.exceptions[0] is "a,b", which does not have the right form; give one host, domain or block of addresses: ".example.com"',
            "proxy.endpoint names neither pods nor cidrs, so that OpenFaaS could not reach the proxy; give one of them",
        ],
    ],
    [
        "a placement that other programs could not know",
        { functionPlacement: { priorityClassName: pulumi.output("high") } },
        ["functionPlacement holds an Output, but functions of other programs have to know it; give plain values"],
    ],
    [
        "a label that the library sets",
        { labels: { "app.kubernetes.io/name": "mine" } },
        ['labels["app.kubernetes.io/name"] is set by the library, since selectors rely on it; choose another key'],
    ],
];

describe("the arguments of OpenFaas", () => {
    it("pass when they are right, the licence accepted and nothing else said", () => {
        assert.deepEqual(faultsOf({}), []);
        assert.deepEqual(
            faultsOf({
                namespace: "faas",
                functionNamespace: "work",
                timeoutSeconds: 900,
                scaleUpCallsPerSecond: 0.5,
                callbackEgress: [{ cidrs: ["198.51.100.0/24"], ports: [{ port: 443 }] }],
                proxy: { url: "http://proxy.example.com:3128", endpoint: { cidrs: ["198.51.100.7/32"] } },
                registry: { mirror: "harbor.example.com/mirror" },
                placement: { nodeSelector: { pool: "system" } },
            }),
            [],
        );
    });

    for (const [what, args, faults] of refused) {
        it(`are refused with the way out: ${what}`, () => assert.deepEqual(faultsOf(args), faults));
    }

    it("are refused with a name that leaves no room for those of the parts", () => {
        const [fault, ...more] = faultsOf({}, "o".repeat(41));
        assert.match(fault!, /^name is "o+", which has 41 characters/);
        assert.deepEqual(more, []);
    });

    it("stop the component before its first resource, with all faults in one error", async () => {
        const wrong = { cluster: testCluster(), acceptCommunityEula: false, timeoutSeconds: 1.5 };
        await rejects(
            () => new OpenFaas("openfaas", wrong),
            `OpenFaas openfaas: 2 arguments are wrong:\n  - acceptCommunityEula is not true; ${licence}\n` +
                "  - timeoutSeconds is 1.5; give a whole number from 1 to 3600",
        );
    });

    it("are checked when they become known, too: a password that is an Output", async () => {
        const password = (known: string) => recordPassword(pulumi.secret(known));
        assert.equal(await password("0123456789abcdef"), "0123456789abcdef");
        await assert.rejects(password("hunter2"), (error: Error) => {
            assert.match(error.message, /OpenFaas openfaas: password is a secret value, which has 7 characters;/);
            assert.doesNotMatch(error.message, /hunter2/);
            return true;
        });
    });
});

async function recordPassword(password: pulumi.Input<string>): Promise<string | undefined> {
    const recording = await recordOpenFaas({ password });
    return valueOf(recording.result.platform.credentials!.password);
}
