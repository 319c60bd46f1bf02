import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { Funktion, FunktionFlow } from "../../../components/faas/funktion";
import { describeWorkloads } from "./workload-suite";

describeWorkloads(
    "Funktion on a real API server",
    {
        name: "funktion",
        create: (name, args) => new Funktion(name, args).platform,
        native: {
            runtime: "nodejs",
            contract: "native",
            handler: "orders.default",
            code: new pulumi.asset.StringAsset("module.exports = (context, callback) => callback(200, 'created');"),
        },
        request: {},
        further: {
            name: "flow",
            create: ({ cluster, platform, hello }) =>
                void new FunktionFlow("flow", {
                    cluster,
                    platform,
                    cron: "0 5 * * *",
                    steps: [{ service: hello.service }],
                }),
        },
        records: ["update ConfigMap native-record"],
    },
    (context) => {
        it("describes languages, functions and schedules in ConfigMaps as Funktion's tools list them", async () => {
            const listed = async (kind: string) => {
                const query = `?labelSelector=funktion.fabric8.io%2Fkind%3D${kind}`;
                const found = await context().client.list(`/api/v1/namespaces/funktion/configmaps${query}`);
                return found.map(({ metadata }) => metadata.name);
            };

            assert.deepEqual(await listed("Runtime"), ["nodejs", "python"]);
            assert.deepEqual(await listed("Function"), ["hello", "native"]);
            assert.deepEqual(await listed("Flow"), ["flow", "hello-schedule-nightly"]);
        });
    },
);
