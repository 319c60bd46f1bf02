import assert from "node:assert/strict";
import { type Contender, measure, median, table } from "../../../bench/harness";
import { type StackObject, steps } from "../../../bench/objects";
import { benchStartUp } from "../../../bench/start-up";

describe("the benchmarks' harness", function () {
    this.timeout(60_000);

    it("runs every contender once a round, each round beginning with the next one", async () => {
        const order: string[] = [];
        const contender = (name: string, value: number): Contender => ({
            name,
            run: () => {
                order.push(name);
                return Promise.resolve({ up: value + order.length });
            },
        });
        const results = await measure([contender("a", 0), contender("b", 10), contender("c", 20)], 2, () => undefined);
        assert.deepEqual(order, ["a", "b", "c", "b", "c", "a"]);
        assert.deepEqual(results, [
            { name: "a", samples: [{ up: 1 }, { up: 6 }] },
            { name: "b", samples: [{ up: 12 }, { up: 14 }] },
            { name: "c", samples: [{ up: 23 }, { up: 25 }] },
        ]);
    });

    it("takes the middle of an odd count, and of an even one what is between the two in the middle", () => {
        assert.equal(median([30, 10, 20]), 20);
        assert.equal(median([4, 1, 3, 2]), 2.5);
        assert.equal(median([10, 9, 100]), 10);
    });

    it("prints a ratio only beside the medians that it is made of, and leaves out who did not take the measure", () => {
        const results = [
            { name: "plain", samples: [{ up: 2 }, { up: 4 }] },
            { name: "other", samples: [{ down: 1 }] },
            { name: "library", samples: [{ up: 5 }, { up: 4 }] },
        ];
        assert.equal(
            table({ key: "up", title: "Up (s)", digits: 1 }, results),
            ["Up (s)   median  least  most  to plain", "plain       3.0    2.0   4.0    1.00 x"]
                .concat("library     4.5    4.0   5.0    1.50 x")
                .join("\n"),
        );
    });

    it("makes what the API server needs a webhook for after the webhook, and that after its namespace", () => {
        const object = (apiVersion: string, kind: string, spec = {}): StackObject => ({
            ...{ apiVersion, kind, spec, metadata: { name: kind.toLowerCase() } },
            resourceType: `kubernetes:${apiVersion}:${kind}`,
        });
        const objects = [
            object("example.com/v1", "Environment"),
            object("admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration"),
            object("apps/v1", "Deployment"),
            object("apiextensions.k8s.io/v1", "CustomResourceDefinition", { group: "example.com" }),
            object("v1", "Namespace"),
        ];
        assert.deepEqual(
            steps(objects).map((step) => step.map(({ kind }) => kind)),
            [
                ["CustomResourceDefinition", "Namespace"],
                ["Deployment"],
                ["Environment", "ValidatingWebhookConfiguration"],
            ],
        );
    });

    it("measures what loading the library costs a program", async () => {
        const text = await benchStartUp(1, () => undefined);
        assert.match(text, /^Process CPU time \(ms\) .*\n(.*\d+ {2}.* x\n?){4}/m);
        assert.match(text, /^one with kubernetes-faas +[1-9]\d* /m);
    });
});
