import assert from "node:assert/strict";
import {
    type ListeningPort,
    type NetworkEndpoint,
    networkFromObjects,
    reachabilityMatrix,
    reachable,
    type RenderedNetwork,
    type RenderedPolicySpec,
} from "../../components";
import type { Manifest } from "../../components/testing";
import { type Evaluated, evaluate, forEveryProgram, ofKind, titleOf } from "./support/programs";

const wayIn = "it is the way in from outside, for clients at any address";

/** Policies that let everybody in to a port, and why. */
const openPorts: Record<string, string> = {
    "NetworkPolicy webhook at 9443": "the API server calls it, and is no pod that a policy could name",
    "NetworkPolicy cert-manager-webhook at 10250": "likewise",
    "NetworkPolicy metrics-server at 10250": "likewise",
    "NetworkPolicy aws-load-balancer-controller at 9443": "likewise",
    "NetworkPolicy kong at 8000": wayIn,
    "NetworkPolicy kong at 8443": wayIn,
    "NetworkPolicy traefik at 8000": wayIn,
    "NetworkPolicy traefik at 8443": wayIn,
};

/** Services that are reached from outside of the cluster, and why. */
const publicServices: Record<string, string> = {
    "Service kong/kong": wayIn,
    "Service traefik/traefik": wayIn,
};

function specOf(policy: Manifest): RenderedPolicySpec {
    return policy.spec as RenderedPolicySpec;
}

/** Whether a policy closes every pod of its namespace in both directions, and opens nothing. */
function deniesAll(policy: Manifest): boolean {
    const { podSelector, policyTypes = [], ingress = [], egress = [] } = specOf(policy);
    const selectsAll = Object.keys(podSelector ?? {}).length === 0;
    const isBoth = policyTypes.includes("Ingress") && policyTypes.includes("Egress");
    return selectsAll && isBoth && ingress.length === 0 && egress.length === 0;
}

/** What policies leave open to every pod and every address. */
function openToAll(program: Evaluated): string[] {
    return ofKind(program, "NetworkPolicy").flatMap((policy) =>
        (specOf(policy).ingress ?? [])
            .filter(({ from }) => from === undefined || from.length === 0)
            .flatMap(({ ports }) => (ports ?? [{ port: "every port" }]).map(({ port }) => port))
            .map((port) => `${policy.kind} ${policy.metadata.name} at ${port}`),
    );
}

/** Services that something outside of the cluster reaches. */
function servicesOutside(program: Evaluated): string[] {
    return ofKind(program, "Service")
        .filter((service) => ((service.spec as { type?: string }).type ?? "ClusterIP") !== "ClusterIP")
        .map(titleOf);
}

/** Several programs may have the same one. */
function sortedOnce(titles: readonly string[]): string[] {
    return [...new Set(titles)].sort();
}

describe("The network", () => {
    forEveryProgram((program) => {
        it("denies everything by default in every namespace", () => {
            const namespaces = ofKind(program(), "Namespace").map(({ metadata }) => metadata.name);
            const closed = ofKind(program(), "NetworkPolicy")
                .filter(deniesAll)
                .map(({ metadata }) => metadata.namespace);
            assert.ok(namespaces.length > 0);
            assert.deepEqual(closed.sort(), namespaces.sort());
        });

        it("lets nobody in whom a policy does not name, but for the table of exceptions", () => {
            assert.deepEqual(
                openToAll(program()).filter((port) => !(port in openPorts)),
                [],
            );
        });

        it("selects every pod with a policy of its own beside those of the namespace", () => {
            const network = networkFromObjects(program().objects);
            for (const { name, namespace, labels = {} } of network.endpoints) {
                const own = network.policies.filter(({ spec, namespace: place }) => {
                    const wanted = Object.entries(spec.podSelector?.matchLabels ?? {});
                    return place === namespace && wanted.length > 0 && wanted.every(([key, to]) => labels[key] === to);
                });
                assert.ok(own.length > 0, `${namespace}/${name}`);
            }
        });

        it("is left by no Service but those of ingresses: none has a port of the nodes or an address outside", () => {
            const found = servicesOutside(program()).filter((service) => !(service in publicServices));
            assert.deepEqual(found, []);
        });
    });

    it("has an exception only where one is needed", async () => {
        const programs = await Promise.all([
            evaluate("the local stack"),
            evaluate("the ingresses with everything"),
            evaluate("the add-ons with everything"),
        ]);
        assert.deepEqual(sortedOnce(programs.flatMap(openToAll)), Object.keys(openPorts).sort());
        assert.deepEqual(sortedOnce(programs.flatMap(servicesOutside)), Object.keys(publicServices).sort());
    });
});

/** A pod that Fission makes, by the labels it gives it. */
function fissionPod(name: string, labels: Record<string, string>, ports: number[]): NetworkEndpoint {
    return { name, namespace: "functions", address: "10.244.9.9", labels, ports: ports.map((port) => ({ port })) };
}

const warm = fissionPod("warm function", { executorType: "poolmgr" }, [8888, 8000]);
const own = fissionPod("own function", { executorType: "newdeploy" }, [8888, 8000]);
const packaged = fissionPod("image function", { executorType: "container" }, [8080]);
const build = fissionPod("build", { owner: "buildermgr" }, [8001, 8000]);
const bound = fissionPod("hello", { executorType: "poolmgr", functionName: "hello" }, [8888, 8000]);
const made = [warm, own, packaged, build, bound];

/** A pod of somebody else in the cluster. */
const stranger: NetworkEndpoint = { name: "stranger", namespace: "default", address: "10.244.8.8", labels: {} };

describe("The network of the local stack", () => {
    let network: RenderedNetwork;
    let sentences: string[];
    before(async function () {
        this.timeout(60_000);
        network = networkFromObjects((await evaluate("the local stack")).objects);
        sentences = whoReachesWhom(network, [...network.endpoints, ...made, stranger]);
    });

    /** Who reaches a port of an endpoint, of those that are in the cluster. */
    function callersOf(name: string, port: number): string[] {
        return sentences
            .filter((sentence) => sentence.endsWith(` reaches ${name} at ${port}`))
            .map((sentence) => sentence.slice(0, sentence.indexOf(" reaches ")));
    }

    it("has the router reached by its own triggers and, for routes, by the ingress", () => {
        assert.deepEqual(callersOf("router", 8889), ["kubewatcher", "timer"]);
        assert.deepEqual(callersOf("router", 8888), ["traefik"]);
    });

    it("has the ingress reached by anybody, at its two entry points", () => {
        assert.deepEqual(callersOf("traefik", 8000), ["stranger", "traefik"]);
        assert.ok(callersOf("traefik", 8443).includes("stranger"));
        assert.deepEqual(
            sentences.filter((each) => / reaches traefik at /.test(each) && !/ at (8000|8443)$/.test(each)),
            [],
        );
    });

    it("has the executor reached by the router only", () => {
        assert.deepEqual(callersOf("executor", 8888), ["router"]);
    });

    it("has functions reached by the router, and by the executor, which tells them what to load", () => {
        for (const { name } of [warm, own, bound]) {
            assert.deepEqual(callersOf(name, 8888), ["executor", "router"]);
            assert.deepEqual(callersOf(name, 8000), ["executor"]);
        }
        assert.deepEqual(callersOf(packaged.name, 8080), ["router"]);
    });

    it("has builds reached by the part that starts them", () => {
        assert.deepEqual(callersOf(build.name, 8001), ["buildermgr"]);
        assert.deepEqual(callersOf(build.name, 8000), ["buildermgr"]);
    });

    it("has a database and a bucket reached by the function that is bound to them, and by what makes users", () => {
        assert.deepEqual(callersOf("visits", 5432), ["hello", "visits-access"]);
        assert.deepEqual(callersOf("minio", 9000), ["hello", "minio-access"]);
    });

    it("has archives reached by what loads and builds code", () => {
        assert.deepEqual(callersOf("storagesvc", 8000), [
            "build",
            "buildermgr",
            "hello",
            "own function",
            "warm function",
        ]);
    });

    it("has nobody reach anything else: this is all of it", () => {
        const others = sentences.filter((sentence) => !sentence.includes(" reaches traefik at "));
        assert.deepEqual(others, [
            "build reaches storagesvc at 8000",
            "buildermgr reaches build at 8000",
            "buildermgr reaches build at 8001",
            "buildermgr reaches storagesvc at 8000",
            "executor reaches hello at 8000",
            "executor reaches hello at 8888",
            "executor reaches own function at 8000",
            "executor reaches own function at 8888",
            "executor reaches warm function at 8000",
            "executor reaches warm function at 8888",
            "hello reaches minio at 9000",
            "hello reaches storagesvc at 8000",
            "hello reaches visits at 5432",
            "kubewatcher reaches router at 8889",
            "minio-access reaches minio at 9000",
            "own function reaches storagesvc at 8000",
            "router reaches executor at 8888",
            "router reaches hello at 8888",
            "router reaches image function at 8080",
            "router reaches own function at 8888",
            "router reaches warm function at 8888",
            "stranger reaches webhook at 9443",
            "timer reaches router at 8889",
            "traefik reaches router at 8888",
            // The API server asks it, which no policy can name, so that its port is open to all.
            "traefik reaches webhook at 9443",
            "visits-access reaches visits at 5432",
            "warm function reaches storagesvc at 8000",
        ]);
    });

    it("lets functions out to names and the API server's ports only, and images not even there", () => {
        const outside: NetworkEndpoint = { name: "outside", address: "203.0.113.7" };
        const dns: NetworkEndpoint = {
            name: "dns",
            namespace: "kube-system",
            address: "10.244.7.7",
            labels: { "k8s-app": "kube-dns" },
        };
        const reaches = (from: NetworkEndpoint, to: NetworkEndpoint, port: ListeningPort): boolean =>
            reachable(network, from, to, port).allowed;
        for (const from of made) {
            assert.equal(reaches(from, dns, { port: 53, protocol: "UDP" }), true, from.name);
            assert.equal(reaches(from, outside, { port: 80 }), false, from.name);
            assert.equal(reaches(from, outside, { port: 5432 }), false, from.name);
            // What loads or builds code asks the API server. Its address is not known here, so the port is open to all.
            assert.equal(reaches(from, outside, { port: 443 }), from !== packaged, from.name);
        }
    });
});

/** One sentence for each port that gets through from one endpoint to another, sorted. */
function whoReachesWhom(network: RenderedNetwork, endpoints: NetworkEndpoint[]): string[] {
    return reachabilityMatrix(network, endpoints)
        .flatMap(({ from, to, ports }) => ports.map((port) => `${from.name} reaches ${to.name} at ${port}`))
        .sort();
}
