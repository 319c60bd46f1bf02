import assert from "node:assert/strict";
import { volumeAlerts } from "../../../components/database/volume-alerts";

const facts = { resourceName: "orders", claim: "data" };

describe("alerts on a database's volumes", () => {
    it("are about the claims of its pods, in its namespace where that is known", () => {
        for (const { expression } of volumeAlerts(facts)) {
            const selectors = expression.match(/\{.*?\}/g) ?? [];
            assert.ok(selectors.length > 0);
            assert.deepEqual(new Set(selectors), new Set(['{persistentvolumeclaim=~"data-orders-[0-9]+"}']));
        }
        for (const { expression } of volumeAlerts({ ...facts, namespace: "data" })) {
            assert.ok(expression.includes('{persistentvolumeclaim=~"data-orders-[0-9]+",namespace="data"}'));
        }
    });

    it("say which volume it is and what to do", () => {
        for (const { name, summary, description } of volumeAlerts(facts)) {
            assert.match(name, /^DatabaseVolume[A-Z]\w+$/);
            assert.match(summary, /\{\{ \$labels\.namespace \}\}\/\{\{ \$labels\.persistentvolumeclaim \}\}/);
            assert.ok(description);
        }
    });
});
