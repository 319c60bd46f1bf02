import assert from "node:assert/strict";
import type { Manifest } from "../../components/testing";
import { type FoundPod, podsOf } from "./support/pods";
import { type Evaluated, evaluate, forEveryProgram, ofKind, titleOf } from "./support/programs";

interface Rule {
    apiGroups?: string[];
    resources?: string[];
    nonResourceURLs?: string[];
    verbs: string[];
}

interface Subject {
    kind: string;
    name: string;
    namespace?: string;
}

/** Pods that get a token though their account has no permissions, by the object that makes them, and why. */
const tokensWithoutPermissions: Record<string, string> = {
    "Deployment webhook":
        "its server finds the API server by the token and asks it for its kinds, which every account may",
};

/** Rights in the whole cluster, and why they can't hold in single namespaces. */
const clusterWide: Record<string, string> = {
    "ClusterRole traefik-traefik": "it serves routes of every namespace, unless `routeNamespaces` names them",
    "ClusterRoleBinding traefik-traefik": "likewise",
    "ClusterRole metrics-server-metrics-server": "it measures every node and pod",
    "ClusterRole metrics-server-reader": "it is for whoever may look at pods, as their roles say",
    "ClusterRole cert-manager-cert-manager-webhook": "it asks for anybody whether they may approve a request",
    "ClusterRole cert-manager-cert-manager": "a certificate may be asked for in any namespace",
    "ClusterRole cert-manager-cert-manager-cainjector": "webhooks and definitions are in no namespace",
    "ClusterRole kube-system-aws-load-balancer-controller": "it makes load balancers for Services of every namespace",
    "ClusterRole kube-system-cluster-autoscaler": "it fills and empties nodes, which are in no namespace",
    "ClusterRole external-dns-external-dns": "it publishes the hosts of every namespace",
    "ClusterRoleBinding metrics-server-metrics-server": "likewise",
    "ClusterRoleBinding cert-manager-cert-manager-webhook": "likewise",
    "ClusterRoleBinding cert-manager-cert-manager": "likewise",
    "ClusterRoleBinding cert-manager-cert-manager-cainjector": "likewise",
    "ClusterRoleBinding external-dns-external-dns": "likewise",
    "ClusterRoleBinding kube-system-cluster-autoscaler": "likewise",
    "ClusterRoleBinding kube-system-aws-load-balancer-controller": "likewise",
};

/** Roles by which an account can take further rights, and why. */
const mayTakeMore: Record<string, string> = {
    "ClusterRole cert-manager-cert-manager-cainjector": "is made with `caInjector: true` only, which says so",
};

/** Rights by which an account can take further ones. https://kubernetes.io/docs/concepts/security/rbac-good-practices/ */
const escalating: Record<string, string[]> = {
    "rbac.authorization.k8s.io/*": ["create", "update", "patch", "escalate", "bind"],
    "/users": ["impersonate"],
    "/groups": ["impersonate"],
    "/serviceaccounts": ["impersonate"],
    "/serviceaccounts/token": ["create"],
    "/pods/exec": ["create", "get"],
    "/pods/attach": ["create", "get"],
    "/nodes/proxy": ["get", "create"],
    "/namespaces": ["create", "update", "patch"],
    "certificates.k8s.io/certificatesigningrequests/approval": ["update", "patch"],
    "admissionregistration.k8s.io/*": ["create", "update", "patch"],
};

function rulesOf(role: Manifest): Rule[] {
    return (role.rules ?? []) as Rule[];
}

function roles(program: Evaluated): Manifest[] {
    return [...ofKind(program, "Role"), ...ofKind(program, "ClusterRole")];
}

/** What an account may do, by the Roles and ClusterRoles that are bound to it. */
function rightsOf(program: Evaluated, namespace: string, account: string): Rule[] {
    return bindings(program).flatMap((binding) => {
        const isBound = (binding.subjects as Subject[]).some(
            (subject) =>
                subject.kind === "ServiceAccount" && subject.name === account && subject.namespace === namespace,
        );
        const { kind, name } = binding.roleRef as { kind: string; name: string };
        const role = ofKind(program, kind).find(
            ({ metadata }) => metadata.name === name && metadata.namespace === binding.metadata.namespace,
        );
        return isBound && role ? rulesOf(role) : [];
    });
}

function bindings(program: Evaluated): Manifest[] {
    return [...ofKind(program, "RoleBinding"), ...ofKind(program, "ClusterRoleBinding")];
}

/** What makes pods that get a token, though their account may do nothing with it. */
function idleTokens(program: Evaluated): string[] {
    return podsOf(program.objects)
        .filter((pod) => mountsToken(program, pod))
        .filter(({ object, spec }) => {
            const account = spec.serviceAccountName ?? "default";
            return rightsOf(program, object.metadata.namespace!, account).length === 0;
        })
        .map(({ object }) => `${object.kind} ${object.metadata.name}`);
}

/** The pod decides, else its account; https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/ */
function mountsToken(program: Evaluated, { object, spec }: FoundPod): boolean {
    const account = ofKind(program, "ServiceAccount").find(
        ({ metadata }) =>
            metadata.name === (spec.serviceAccountName ?? "default") &&
            metadata.namespace === object.metadata.namespace,
    );
    return (spec.automountServiceAccountToken ?? account?.automountServiceAccountToken ?? true) as boolean;
}

function isEscalating({ apiGroups = [], resources = [], verbs }: Rule): boolean {
    return apiGroups.some((group) =>
        resources.some((resource) =>
            [`${group}/${resource}`, `${group}/*`].some((key) =>
                (escalating[key] ?? []).some((verb) => verbs.includes(verb)),
            ),
        ),
    );
}

function inWholeCluster(program: Evaluated): string[] {
    return [...ofKind(program, "ClusterRole"), ...ofKind(program, "ClusterRoleBinding")].map(titleOf);
}

describe("Permissions", () => {
    forEveryProgram((program) => {
        it("come with a token only in pods that use them, but for the table of exceptions", () => {
            const unexpected = idleTokens(program()).filter((maker) => !(maker in tokensWithoutPermissions));
            assert.deepEqual(unexpected, []);
        });

        it("are never mounted by an account itself, nor by the default account of a namespace", () => {
            const accounts = ofKind(program(), "ServiceAccount");
            assert.ok(accounts.length > 0);
            for (const account of accounts) {
                assert.equal(account.automountServiceAccountToken, false, titleOf(account));
            }
            const withDefault = accounts.filter(({ metadata }) => metadata.name === "default");
            assert.deepEqual(
                withDefault.map(({ metadata }) => metadata.namespace).sort(),
                ofKind(program(), "Namespace")
                    .map(({ metadata }) => metadata.name)
                    .sort(),
            );
        });

        it("name every group, resource and verb: no wildcards", () => {
            for (const role of roles(program())) {
                for (const { apiGroups = [], resources = [], nonResourceURLs = [], verbs } of rulesOf(role)) {
                    const wildcards = [...apiGroups, ...resources, ...nonResourceURLs, ...verbs].filter((item) =>
                        item.includes("*"),
                    );
                    assert.deepEqual(wildcards, [], titleOf(role));
                }
            }
        });

        it("hold in single namespaces: no ClusterRole, no ClusterRoleBinding, but for the table of exceptions", () => {
            const unexpected = inWholeCluster(program()).filter((title) => !(title in clusterWide));
            assert.deepEqual(unexpected, []);
            for (const binding of ofKind(program(), "RoleBinding")) {
                assert.equal((binding.roleRef as { kind: string }).kind, "Role", titleOf(binding));
            }
        });

        it("hold none by which an account can take further ones", () => {
            for (const role of roles(program())) {
                if (!(titleOf(role) in mayTakeMore)) {
                    assert.deepEqual(rulesOf(role).filter(isEscalating), [], titleOf(role));
                }
            }
        });

        it("are bound to accounts of the program, and to no users and groups", () => {
            for (const binding of bindings(program())) {
                for (const { kind, name, namespace } of binding.subjects as Subject[]) {
                    const account = ofKind(program(), "ServiceAccount").find(
                        ({ metadata }) => metadata.name === name && metadata.namespace === namespace,
                    );
                    assert.ok(kind === "ServiceAccount" && account, `${titleOf(binding)}: ${kind} ${name}`);
                }
            }
        });
    });

    it("are there to be looked at, and have an exception only where one is needed", async function () {
        this.timeout(60_000);
        assert.ok(roles(await evaluate("the local stack")).length > 0);
        assert.deepEqual(idleTokens(await evaluate("the local stack")), Object.keys(tokensWithoutPermissions));
        const ingresses = await evaluate("the ingresses with everything");
        const addons = await evaluate("the add-ons with everything");
        assert.deepEqual(
            [...inWholeCluster(ingresses), ...inWholeCluster(addons)].sort(),
            Object.keys(clusterWide).sort(),
        );
        const taking = roles(addons).filter((role) => rulesOf(role).some(isEscalating));
        assert.deepEqual(taking.map(titleOf), Object.keys(mayTakeMore));
    });
});
