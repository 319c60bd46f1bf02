import assert from "node:assert/strict";
import * as os from "node:os";
import * as path from "node:path";
import { findContext, type KubeconfigEnvironment } from "../../../components/cluster/kubeconfig-source";
import { ArgumentsError } from "../../../components/core/errors";
import { kubeconfigOf, planted } from "./support/kubeconfigs";

/** An environment in which these files exist. */
function environment(files: Record<string, string>, given: Partial<KubeconfigEnvironment> = {}): KubeconfigEnvironment {
    const readFile = (file: string): string => {
        if (files[file] === undefined) {
            throw Object.assign(new Error(`ENOENT: ${file}`), { code: "ENOENT" });
        }
        return files[file];
    };
    return { home: "/home/ada", readFile, ...given };
}

function refusal(given: string | undefined, context: string | undefined, env: KubeconfigEnvironment): string {
    let message = "";
    assert.throws(
        () => findContext(given, context, env),
        (error) => {
            assert.ok(error instanceof ArgumentsError);
            message = error.message;
            return true;
        },
    );
    return message;
}

const home = kubeconfigOf(["home", "office"], "home");

describe("where a kubeconfig is looked for", () => {
    it("is ~/.kube/config when nothing else is said", () => {
        const found = findContext(undefined, "office", environment({ "/home/ada/.kube/config": home }));
        assert.equal(found.name, "office");
        assert.equal(found.handOver, "/home/ada/.kube/config");
    });

    it("is the file of $KUBECONFIG", () => {
        const env = environment({ "/etc/team.yaml": home }, { kubeconfig: "/etc/team.yaml" });
        assert.equal(findContext(undefined, "home", env).handOver, "/etc/team.yaml");
    });

    it("is every file of $KUBECONFIG that exists, handed over as one context's content", () => {
        const env = environment(
            { "/etc/one.yaml": kubeconfigOf(["one"]), "/etc/two.yaml": kubeconfigOf(["two"]) },
            { kubeconfig: "/etc/one.yaml:/etc/missing.yaml::/etc/two.yaml" },
        );
        const { handOver } = findContext(undefined, "two", env);
        assert.match(handOver, /^apiVersion: v1\nkind: Config\ncurrent-context: two\n/);
        assert.ok(handOver.includes(`${planted}-two`) && !handOver.includes(`${planted}-one`));
    });

    it("is the path that is given, ~ meaning the home directory", () => {
        const env = environment({ "/home/ada/clusters/dev.yaml": home });
        assert.equal(findContext("~/clusters/dev.yaml", undefined, env).name, "home");
    });

    it("is written with ~ below the account's home, which means the same on a colleague's machine", () => {
        const account = os.userInfo().homedir;
        const env = environment({ [path.join(account, "dev.yaml")]: home }, { home: account });
        assert.equal(findContext(path.join(account, "dev.yaml"), undefined, env).handOver, "~/dev.yaml");
    });

    it("is the text itself when that is a kubeconfig, reduced to the context", () => {
        const { handOver } = findContext(home, "office", environment({}));
        assert.ok(handOver.includes(`${planted}-office`) && !handOver.includes(`${planted}-home`));
    });

    it("is never chosen by the current context of the user's own kubeconfig", () => {
        assert.equal(
            refusal(undefined, undefined, environment({ "/home/ada/.kube/config": home })),
            "Kubeconfig: context is missing, and the current context of a default kubeconfig may be any cluster; name one of home, office",
        );
    });
});

describe("a kubeconfig that can't be read", () => {
    it("is named with what to do when it does not exist", () => {
        assert.equal(
            refusal("/etc/none.yaml", "home", environment({})),
            'Kubeconfig: kubeconfig "/etc/none.yaml" does not exist; create a cluster, which writes one, or give the path or content of another',
        );
        assert.equal(
            refusal(undefined, "home", environment({}, { kubeconfig: "/a.yaml:/b.yaml" })),
            "Kubeconfig: kubeconfig does not exist: none of /a.yaml, /b.yaml ($KUBECONFIG) is there; create a cluster, which writes one, or give the path or content of another",
        );
    });

    it("is named with the reason when it is a directory", () => {
        const { message } = new ArgumentsError("Kubeconfig", [
            {
                propertyPath: "kubeconfig",
                reason: `"${os.tmpdir()}" can't be read (EISDIR); it must be a file that this user may read`,
            },
        ]);
        assert.throws(() => findContext(os.tmpdir(), "home"), { message });
    });

    it("is named when its content is wrong", () => {
        assert.equal(
            refusal("/etc/pod.yaml", "home", environment({ "/etc/pod.yaml": "kind: Pod\n" })),
            'Kubeconfig: kubeconfig "/etc/pod.yaml" is not a kubeconfig: it needs kind "Config" with clusters, contexts and users; `kubectl config view --raw --minify` prints one',
        );
    });
});
