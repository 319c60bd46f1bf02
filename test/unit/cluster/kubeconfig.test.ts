import assert from "node:assert/strict";
import fc from "fast-check";
import { parse } from "yaml";
import {
    chooseContext,
    mergeKubeconfigs,
    parseKubeconfig,
    renderKubeconfig,
    resolvePaths,
} from "../../../components/cluster/kubeconfig";
import { ArgumentsError } from "../../../components/core/errors";
import { kubeconfigOf, planted } from "./support/kubeconfigs";
import { fuzzRuns } from "../../support/effort";

/** The message with which a kubeconfig, or the choice of a context in it, is refused. */
function refusal(content: string, context?: string): string {
    let message = "";
    assert.throws(
        () => chooseContext(parseKubeconfig(content), context),
        (error) => {
            assert.ok(error instanceof ArgumentsError);
            message = error.message;
            return true;
        },
    );
    return message;
}

describe("a kubeconfig", () => {
    it("is read from YAML and from JSON alike", () => {
        const yaml = kubeconfigOf(["home"], "home");
        const json = JSON.stringify(parse(yaml));
        assert.deepEqual(parseKubeconfig(json), parseKubeconfig(yaml));
        assert.equal(chooseContext(parseKubeconfig(yaml)).cluster.server, "https://home.example.com:6443");
    });

    it("is read as kubectl writes it when it is empty", () => {
        const empty =
            "apiVersion: v1\nkind: Config\nclusters: null\ncontexts: null\ncurrent-context: ''\nusers: null\n";
        assert.equal(
            refusal(empty),
            "Kubeconfig: context is missing, and the kubeconfig has no current-context; it has no contexts at all: create a cluster first, or give another kubeconfig",
        );
    });

    it("takes the first of two entries with one name, as kubectl does", () => {
        const twice = parse(kubeconfigOf(["home"], "home")) as { clusters: { name: string; cluster: object }[] };
        twice.clusters.push({ name: "home-cluster", cluster: { server: "https://second.example.com" } });
        assert.equal(
            chooseContext(parseKubeconfig(JSON.stringify(twice))).cluster.server,
            "https://home.example.com:6443",
        );
    });

    for (const [title, content] of [
        ["a text", "just some text\nand more"],
        ["another kind of object", "kind: Pod\ncontexts: []\n"],
        ["a list", "- a\n- b\n"],
        ["an object without contexts", "apiVersion: v1\nkind: Config\n"],
    ] as const) {
        it(`is not ${title}`, () => {
            assert.equal(
                refusal(content),
                'Kubeconfig: kubeconfig is not a kubeconfig: it needs kind "Config" with clusters, contexts and users; `kubectl config view --raw --minify` prints one',
            );
        });
    }

    it("names the line that is not YAML and repeats nothing of it", () => {
        const message = refusal(`contexts:\nusers:\n  - user: {token: ${planted}\nx: [`);
        assert.match(message, /^Kubeconfig: kubeconfig is not a kubeconfig: line \d+ is not valid YAML \([A-Z_]+\)$/);
    });

    it("names the list and entry that are malformed", () => {
        assert.equal(
            refusal("contexts: {}\nusers: a text\n"),
            "Kubeconfig: kubeconfig is not a kubeconfig: `contexts` is not a list",
        );
        assert.equal(
            refusal("contexts: []\nclusters:\n- name: a\n  cluster: {}\n- cluster: {}\n"),
            "Kubeconfig: kubeconfig is not a kubeconfig: clusters[1] has no name and `cluster`",
        );
    });

    it("never shows a credential in a message, wherever it is cut off", () => {
        const whole = kubeconfigOf(["home", "office"], "home");
        fc.assert(
            fc.property(
                fc.integer({ min: 0, max: whole.length }),
                fc.constantFrom("", "\n\t:", "}", "'"),
                (end, tail) => {
                    try {
                        chooseContext(parseKubeconfig(whole.slice(0, end) + tail), "nowhere");
                    } catch (error) {
                        assert.ok(error instanceof ArgumentsError, String(error));
                        assert.ok(!error.message.includes(planted.slice(0, 6)), error.message);
                        return;
                    }
                    assert.fail("the context exists nowhere");
                },
            ),
            { numRuns: fuzzRuns(500) },
        );
    });
});

describe("the context of a kubeconfig", () => {
    const three = kubeconfigOf(["kind-dev", "minikube", "production"], "minikube");

    it("is the one that is named, else the current one", () => {
        assert.equal(chooseContext(parseKubeconfig(three)).name, "minikube");
        assert.equal(chooseContext(parseKubeconfig(three), "production").user.token, `${planted}-production`);
    });

    it("is suggested when its name is mistyped", () => {
        assert.equal(
            refusal(three, "prodution"),
            'Kubeconfig: context is "prodution", which the kubeconfig does not have (did you mean "production"?); name one of kind-dev, minikube, production',
        );
    });

    it("is offered by name when none is current, ten at most", () => {
        const many = kubeconfigOf(Array.from({ length: 12 }, (_, index) => `c${String(index).padStart(2, "0")}`));
        assert.equal(
            refusal(many),
            "Kubeconfig: context is missing, and the kubeconfig has no current-context; name one of c00, c01, c02, c03, c04, c05, c06, c07, c08, c09 and 2 more",
        );
    });

    it("is not a current-context that is defined nowhere", () => {
        assert.equal(
            refusal(kubeconfigOf(["home"], "hame")),
            'Kubeconfig: kubeconfig has the current-context "hame", which it does not define; name one of home',
        );
    });

    for (const [title, change, message] of [
        [
            "its cluster is missing",
            (config: Parsed) => config.clusters.splice(0),
            'has the context "home", whose cluster "home-cluster" is missing; write the kubeconfig anew',
        ],
        [
            "its user is called otherwise",
            (config: Parsed) => (config.users[0]!.name = "home-usr"),
            'has the context "home", whose user "home-user" is missing (did you mean "home-usr"?); write the kubeconfig anew',
        ],
        [
            "it names no user",
            (config: Parsed) => delete config.contexts[0]!.context.user,
            'has the context "home", which names no user; write the kubeconfig anew',
        ],
        [
            "its cluster has no address",
            (config: Parsed) => delete config.clusters[0]!.cluster.server,
            'has the cluster "home-cluster", whose `server` is not a URL; write it anew',
        ],
    ] as const) {
        it(`is refused when ${title}`, () => {
            const config = parse(kubeconfigOf(["home"], "home")) as Parsed;
            change(config);
            assert.equal(refusal(JSON.stringify(config)), `Kubeconfig: kubeconfig ${message}`);
        });
    }

    it("is written alone, so that no other cluster's credentials travel with it", () => {
        const chosen = chooseContext(parseKubeconfig(three), "production");
        const rendered = renderKubeconfig(chosen);
        assert.deepEqual(chooseContext(parseKubeconfig(rendered)), chosen);
        assert.ok(!rendered.includes(`${planted}-minikube`));
        assert.ok(!rendered.includes("kind-dev"));
    });

    it("keeps the fields that only other programs know", () => {
        const extensions = [{ name: "minikube.sigs.k8s.io", extension: { version: "v1.38.1" } }];
        const config = parseKubeconfig(kubeconfigOf([{ name: "home", cluster: { extensions } }], "home"));
        const again = parseKubeconfig(renderKubeconfig(chooseContext(config)));
        assert.deepEqual(again.clusters.get("home-cluster")!.extensions, extensions);
    });
});

interface Parsed {
    clusters: { name: string; cluster: { server?: string } }[];
    contexts: { name: string; context: { cluster?: string; user?: string } }[];
    users: { name: string; user: object }[];
}

describe("several kubeconfigs", () => {
    it("merge so that the first that says something wins", () => {
        const first = parseKubeconfig(kubeconfigOf([{ name: "home", server: "https://first.example.com" }]));
        const second = parseKubeconfig(
            kubeconfigOf([{ name: "home", server: "https://second.example.com" }, "office"], "office"),
        );
        const merged = mergeKubeconfigs([first, second]);
        assert.equal(chooseContext(merged, "home").cluster.server, "https://first.example.com");
        assert.equal(chooseContext(merged).name, "office");
    });
});

describe("relative paths in a kubeconfig", () => {
    it("mean files beside it, and a bare command stays one to be found on PATH", () => {
        const fixture = {
            name: "home",
            cluster: { "certificate-authority": "ca.crt" },
            user: { "client-certificate": "me.crt", "client-key": "/keys/me.key", exec: { command: "./bin/login" } },
        };
        const bare = { name: "cloud", user: { exec: { command: "aws" } } };
        const config = resolvePaths(parseKubeconfig(kubeconfigOf([fixture, bare])), "/somewhere");
        const { cluster, user } = chooseContext(config, "home");
        assert.equal(cluster["certificate-authority"], "/somewhere/ca.crt");
        assert.equal(user["client-certificate"], "/somewhere/me.crt");
        assert.equal(user["client-key"], "/keys/me.key");
        assert.equal(user.exec?.command, "/somewhere/bin/login");
        assert.equal(chooseContext(config, "cloud").user.exec?.command, "aws");
    });
});
