import * as pulumi from "@pulumi/pulumi";
import { Kubeless } from "../../../components/faas/kubeless";
import { describeWorkloads } from "./workload-suite";

describeWorkloads("Kubeless on a real API server", {
    name: "kubeless",
    create: (name, args) => new Kubeless(name, args).platform,
    native: {
        runtime: "python",
        contract: "native",
        handler: "orders.create",
        code: new pulumi.asset.StringAsset("def create(event, context):\n    return event['data']\n"),
    },
    request: { body: JSON.stringify("created"), headers: { "content-type": "application/json" } },
    records: [],
});
