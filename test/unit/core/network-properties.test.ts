import assert from "node:assert/strict";
import fc from "fast-check";
import {
    type ListeningPort,
    type NetworkEndpoint,
    type NetworkModel,
    reachable,
    type RenderedPeer,
    type RenderedPolicy,
    type RenderedPort,
    type RenderedRule,
    type RenderedSelector,
} from "../../../components/core/network";
import { fuzzRuns } from "../../support/effort";

/*
 * The evaluator against another definition of the same semantics: each policy is unfolded into the set of single
 * connections that it lets through, over a world small enough to list. Nothing of the evaluator is used in it; addresses
 * are compared bit by bit.
 */

const namespaces = ["red", "blue"];
const protocols = ["TCP", "UDP"] as const;
const portNumbers = [1, 2, 3];
const labelKeys = ["a", "b"];
const labelValues = ["x", "y"];

type Labels = Record<string, string>;
type World = { endpoints: NetworkEndpoint[]; network: NetworkModel };

const labels: fc.Arbitrary<Labels> = fc.dictionary(fc.constantFrom(...labelKeys), fc.constantFrom(...labelValues), {
    maxKeys: 2,
});

const listening: fc.Arbitrary<ListeningPort> = fc.record(
    {
        name: fc.constantFrom("http", "dns"),
        port: fc.constantFrom(...portNumbers),
        protocol: fc.constantFrom(...protocols),
    },
    { requiredKeys: ["port"] },
);

const endpoint: fc.Arbitrary<NetworkEndpoint> = fc
    .record({
        namespace: fc.constantFrom("red", "blue", undefined),
        labels,
        address: fc.nat(15).map((low) => `10.0.0.${low}`),
        ports: fc.array(listening, { maxLength: 2 }),
        hostNetwork: fc.constantFrom(true, false, false, false),
    })
    .map((facts) => ({ name: "endpoint", ...facts }));

const requirement = fc.oneof(
    fc.record({
        key: fc.constantFrom(...labelKeys),
        operator: fc.constantFrom("In", "NotIn"),
        values: fc.subarray(labelValues, { minLength: 1 }),
    }),
    fc.record({ key: fc.constantFrom(...labelKeys), operator: fc.constantFrom("Exists", "DoesNotExist") }),
);

const selector: fc.Arbitrary<RenderedSelector> = fc.record(
    { matchLabels: labels, matchExpressions: fc.array(requirement, { maxLength: 2 }) },
    { requiredKeys: [] },
);

const block = fc.tuple(fc.nat(15), fc.integer({ min: 28, max: 32 })).map(([low, prefix]) => `10.0.0.${low}/${prefix}`);

const peer: fc.Arbitrary<RenderedPeer> = fc.oneof(
    fc.record({ podSelector: selector }),
    fc.record({ namespaceSelector: selector }),
    fc.record({ podSelector: selector, namespaceSelector: selector }),
    fc.record({
        ipBlock: fc.record({ cidr: block, except: fc.array(block, { maxLength: 2 }) }, { requiredKeys: ["cidr"] }),
    }),
);

const protocol = fc.constantFrom(...protocols, undefined);
const port: fc.Arbitrary<RenderedPort> = fc.oneof(
    fc.record({ protocol }),
    fc.record({ protocol, port: fc.constantFrom<number | string>(...portNumbers, "http", "dns") }),
    fc.record({ protocol, port: fc.constantFrom(1, 2), endPort: fc.constantFrom(2, 3) }),
);

const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(arbitrary, { nil: undefined });

const rule = fc.record({
    peers: maybe(fc.array(peer, { maxLength: 2 })),
    ports: maybe(fc.array(port, { maxLength: 2 })),
});

const policy: fc.Arbitrary<RenderedPolicy> = fc
    .record({
        namespace: fc.constantFrom(...namespaces),
        podSelector: maybe(selector),
        policyTypes: maybe(fc.subarray(["Ingress", "Egress"])),
        ingress: maybe(fc.array(rule, { maxLength: 2 })),
        egress: maybe(fc.array(rule, { maxLength: 2 })),
    })
    .map(({ namespace, ingress, egress, ...spec }) => ({
        name: "policy",
        namespace,
        spec: {
            ...spec,
            ingress: ingress?.map(({ peers, ports }): RenderedRule => ({ from: peers, ports })),
            egress: egress?.map(({ peers, ports }): RenderedRule => ({ to: peers, ports })),
        },
    }));

const world: fc.Arbitrary<World> = fc.record({
    endpoints: fc.array(endpoint, { minLength: 2, maxLength: 4 }),
    network: fc.record({
        namespaces: fc.record({ red: labels, blue: labels }),
        policies: fc.array(policy, { maxLength: 4 }),
    }),
});

/** Every single connection that could be tried in a world: indices of the ends, port number, protocol. */
function* attempts({ endpoints }: World): Generator<[number, number, number, "TCP" | "UDP"]> {
    for (const from of endpoints.keys()) {
        for (const to of endpoints.keys()) {
            for (const number of portNumbers) {
                yield [from, to, number, "TCP"];
                yield [from, to, number, "UDP"];
            }
        }
    }
}

/** The connections that get through, as texts, by unfolding. */
function unfolded(world: World): Set<string> {
    const closed = { ingress: new Set<number>(), egress: new Set<number>() };
    const opened = { ingress: new Set<string>(), egress: new Set<string>() };
    for (const { namespace, spec } of world.network.policies) {
        const subjects = podIndices(world).filter(
            (index) =>
                world.endpoints[index]!.namespace === namespace &&
                fits(spec.podSelector, world.endpoints[index]!.labels!),
        );
        const types = spec.policyTypes?.length
            ? spec.policyTypes
            : ["Ingress", ...(spec.egress?.length ? ["Egress"] : [])];
        for (const subject of subjects) {
            if (types.includes("Ingress")) {
                closed.ingress.add(subject);
                for (const { from, ports } of spec.ingress ?? []) {
                    for (const client of peerIndices(world, namespace, from)) {
                        openPorts(world, ports, subject).forEach((open) =>
                            opened.ingress.add(`${client}>${subject}:${open}`),
                        );
                    }
                }
            }
            if (types.includes("Egress")) {
                closed.egress.add(subject);
                for (const { to, ports } of spec.egress ?? []) {
                    for (const server of peerIndices(world, namespace, to)) {
                        openPorts(world, ports, server).forEach((open) =>
                            opened.egress.add(`${subject}>${server}:${open}`),
                        );
                    }
                }
            }
        }
    }
    const through = new Set<string>();
    for (const [from, to, number, protocol] of attempts(world)) {
        const connection = `${from}>${to}:${number}/${protocol}`;
        const out = !closed.egress.has(from) || opened.egress.has(connection);
        const into = !closed.ingress.has(to) || opened.ingress.has(connection);
        if (from === to || (out && into)) {
            through.add(connection);
        }
    }
    return through;
}

/** Endpoints to which policies and selectors apply. */
function podIndices({ endpoints }: World): number[] {
    return [...endpoints.keys()].filter((index) => endpoints[index]!.namespace && !endpoints[index]!.hostNetwork);
}

function peerIndices(world: World, policyNamespace: string, peers: RenderedPeer[] | undefined): Set<number> {
    const everybody = [...world.endpoints.keys()];
    if (!peers?.length) {
        return new Set(everybody);
    }
    const found = new Set<number>();
    for (const { ipBlock, podSelector, namespaceSelector } of peers) {
        if (ipBlock) {
            everybody
                .filter((index) => within(world.endpoints[index]!.address, ipBlock.cidr))
                .filter((index) => !ipBlock.except?.some((hole) => within(world.endpoints[index]!.address, hole)))
                .forEach((index) => found.add(index));
            continue;
        }
        const chosen = namespaceSelector
            ? namespaces.filter((name) =>
                  fits(namespaceSelector, { ...world.network.namespaces[name], "kubernetes.io/metadata.name": name }),
              )
            : [policyNamespace];
        podIndices(world)
            .filter((index) => chosen.includes(world.endpoints[index]!.namespace!))
            .filter((index) => fits(podSelector, world.endpoints[index]!.labels!))
            .forEach((index) => found.add(index));
    }
    return found;
}

/** Every port that the rule opens on one server, as `number/protocol`. */
function openPorts({ endpoints }: World, ports: RenderedPort[] | undefined, server: number): string[] {
    if (!ports?.length) {
        return portNumbers.flatMap((number) => protocols.map((name) => `${number}/${name}`));
    }
    return ports.flatMap(({ port: wanted, endPort, protocol: name = "TCP" }) => {
        if (typeof wanted === "string") {
            return endpoints[server]!.ports!.filter(
                (own) => own.name === wanted && (own.protocol ?? "TCP") === name,
            ).map((own) => `${own.port}/${name}`);
        }
        const last = endPort ?? wanted ?? Infinity;
        return portNumbers
            .filter((number) => number >= (wanted ?? 0) && number <= last)
            .map((number) => `${number}/${name}`);
    });
}

/** A selector written out as one list of "key must be one of", where "" stands for a missing label. */
function fits(selector: RenderedSelector | undefined, own: Labels): boolean {
    const wanted: [string, string[]][] = Object.entries(selector?.matchLabels ?? {}).map(([key, value]) => [
        key,
        [value],
    ]);
    for (const { key, operator, values = [] } of selector?.matchExpressions ?? []) {
        const others = ["", ...labelValues].filter((value) => !values.includes(value));
        const meaning: Record<string, string[]> = {
            In: values,
            NotIn: others,
            Exists: labelValues,
            DoesNotExist: [""],
        };
        wanted.push([key, meaning[operator]!]);
    }
    return wanted.every(([key, allowed]) => allowed.includes(own[key] ?? ""));
}

function within(address: string, cidr: string): boolean {
    const [base, prefix] = cidr.split("/") as [string, string];
    return bits(address).startsWith(bits(base).slice(0, Number(prefix)));
}

function bits(address: string): string {
    return address
        .split(".")
        .map((part) => Number(part).toString(2).padStart(8, "0"))
        .join("");
}

describe("the evaluator of NetworkPolicies", () => {
    it("agrees with the unfolded policies about every single connection", () => {
        let [through, stopped] = [0, 0];
        fc.assert(
            fc.property(world, (small) => {
                const expected = unfolded(small);
                for (const [from, to, number, protocol] of attempts(small)) {
                    const connection = `${from}>${to}:${number}/${protocol}`;
                    const verdict = reachable(small.network, small.endpoints[from]!, small.endpoints[to]!, {
                        port: number,
                        protocol,
                    });
                    assert.equal(verdict.allowed, expected.has(connection), `${connection}: ${verdict.reason}`);
                    if (verdict.allowed) {
                        through += 1;
                    } else {
                        stopped += 1;
                    }
                }
            }),
            { numRuns: fuzzRuns(500) },
        );
        // Both answers must occur often, or the property proves little.
        assert.ok(through > 1000 && stopped > 1000, `${through} got through, ${stopped} did not`);
    });

    it("never lets less through when an allowing rule is added to a policy", () => {
        fc.assert(
            fc.property(world, rule, (small, added) => {
                const wider: NetworkModel = {
                    ...small.network,
                    policies: small.network.policies.map((each) => ({
                        ...each,
                        spec: {
                            ...each.spec,
                            policyTypes: ["Ingress"],
                            ingress: [...(each.spec.ingress ?? []), { from: added.peers, ports: added.ports }],
                        },
                    })),
                };
                const narrower: NetworkModel = {
                    ...small.network,
                    policies: small.network.policies.map((each) => ({
                        ...each,
                        spec: { ...each.spec, policyTypes: ["Ingress"] },
                    })),
                };
                for (const [from, to, number, protocol] of attempts(small)) {
                    const [client, server] = [small.endpoints[from]!, small.endpoints[to]!];
                    const before = reachable(narrower, client, server, { port: number, protocol }).allowed;
                    const after = reachable(wider, client, server, { port: number, protocol }).allowed;
                    assert.ok(after || !before);
                }
            }),
            { numRuns: fuzzRuns(200) },
        );
    });
});
