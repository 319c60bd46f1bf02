import assert from "node:assert/strict";
import fc from "fast-check";
import { checkConfiguration } from "../../../stacks/config/read";

const minimal = { cluster: { kind: "local" }, faas: { platform: "fission" } };

function reasons(values: unknown): string[] {
    return checkConfiguration(values).faults.map(({ propertyPath, reason }) => `${propertyPath} ${reason}`);
}

describe("the configuration of a stack", () => {
    it("needs a cluster and a platform, and fills in the rest", () => {
        assert.deepEqual(checkConfiguration(minimal), {
            configuration: { ...minimal, addons: {}, databases: {}, functions: {} },
            faults: [],
        });
    });

    it("names every unknown key, at any depth, with what was probably meant", () => {
        assert.deepEqual(
            reasons({
                ...minimal,
                fucntions: {},
                functions: { hello: { runtime: "nodejs", routes: [{ path: "/", method: [] }] } },
            }),
            [
                "functions.hello.routes[0].method is not a known key; did you mean methods?",
                "fucntions is not a known key; did you mean functions?",
            ],
        );
    });

    it("lists the known keys when none is near", () => {
        assert.deepEqual(reasons({ ...minimal, zzz: 1 }), [
            "zzz is not a known key; there are cluster, addons, databases, faas, ingress, storage, functions",
        ]);
    });

    it("says what is missing, what is of the wrong type and what is none of the choices", () => {
        assert.deepEqual(reasons({ faas: { platform: "fision" }, functions: { hello: { timeoutSeconds: "60" } } }), [
            "cluster is missing; give a map",
            'faas.platform is "fision"; did you mean fission? (fission, funktion, kubeless, openfaas)',
            'functions.hello.timeoutSeconds is "60", and must be a number',
        ]);
    });

    it("knows each platform's own settings, and says which key was meant", () => {
        const faas = { platform: "fission", storage: { size: "8Gi" }, environments: { nodejs: { poolSize: 2 } } };
        assert.deepEqual(checkConfiguration({ ...minimal, faas }).configuration?.faas, faas);
        assert.deepEqual(
            reasons({ ...minimal, faas: { ...faas, functionNamespace: ["a"], storage: { sise: "1Gi" } } }),
            [
                "faas.storage.sise is not a known key; did you mean size?",
                "faas.functionNamespace is not a known key; did you mean functionNamespaces?",
            ],
        );
        assert.deepEqual(reasons({ ...minimal, faas: {} }), [
            "faas.platform is missing; give one of fission, funktion, kubeless, openfaas",
        ]);
    });

    it("holds each platform to its own settings", () => {
        for (const platform of ["funktion", "kubeless", "openfaas"]) {
            assert.deepEqual(reasons({ ...minimal, faas: { platform } }), []);
            assert.deepEqual(reasons({ ...minimal, faas: { platform, storage: {} } }).length, 1);
        }
        assert.deepEqual(reasons({ ...minimal, faas: { platform: "kubeless", functionNamespace: "a" } }), [
            "faas.functionNamespace is not a known key; did you mean functionNamespaces?",
        ]);
        assert.deepEqual(reasons({ ...minimal, faas: { platform: "openfaas", acceptCommunityEla: true } }), [
            "faas.acceptCommunityEla is not a known key; did you mean acceptCommunityEula?",
        ]);
    });

    it("takes a variable's secret from a Secret or from the configuration, and not from both", () => {
        const withSecret = (secret: object) => ({ ...minimal, functions: { hello: { secrets: [secret] } } });
        assert.deepEqual(reasons(withSecret({ variable: "TOKEN", secretName: "login", key: "token" })), []);
        assert.deepEqual(reasons(withSecret({ variable: "TOKEN", valueFrom: "token" })), []);
        assert.deepEqual(reasons(withSecret({ variable: "TOKEN", secretName: "login", valueFrom: "token" })), [
            'functions.hello.secrets[0] is {"variable":"TOKEN","secretName":"login","valueFrom":"token"}: ' +
                "give secretName and key, or valueFrom alone",
        ]);
    });

    it("takes what is known of the cluster, so that egress to its API server can be limited to addresses", () => {
        const cluster = { kind: "existing", context: "home", traits: { apiServer: { cidrs: ["10.0.0.10/32"] } } };
        assert.deepEqual(checkConfiguration({ ...minimal, cluster }).configuration?.cluster, cluster);
        assert.deepEqual(reasons({ ...minimal, cluster: { kind: "existing", traits: { storageclass: "fast" } } }), [
            "cluster.traits.storageclass is not a known key; did you mean storageClass?",
        ]);
    });

    it("answers any value with faults or a configuration, and never throws", () => {
        fc.assert(
            fc.property(fc.anything(), (values) => {
                const { configuration, faults } = checkConfiguration(values);
                assert.equal(configuration === undefined, faults.length > 0);
            }),
        );
    });
});
