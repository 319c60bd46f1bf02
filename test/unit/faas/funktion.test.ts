import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { type FaasFunctionArgs, Funktion, type FunktionArgs, planFunktion } from "../../../components/faas";
import { testCluster } from "../support/cluster";
import { type Recording, rejects, valueOf } from "../support/mocks";
import { assertPodSecurity } from "../support/pods";
import { imageArgs, recordHello, recordWarnings, refusesHello } from "./function-samples";

const cluster = testCluster();
const configType = "kubernetes:core/v1:ConfigMap";
const deploymentType = "kubernetes:apps/v1:Deployment";

function funktion(args: Partial<FunktionArgs> = {}) {
    return recordWarnings(() => new Funktion("funktion", { cluster, ...args }));
}

async function recordFunktion(args: Partial<FunktionArgs> = {}): Promise<Recording<Funktion>> {
    return (await funktion(args)).recording;
}

const platform = planFunktion("funktion", { cluster });
const source = "module.exports = (context, callback) => callback(200, 'Hello');";
const native = {
    contract: "native",
    handler: "hello.default",
    code: new pulumi.asset.StringAsset(source),
} as const satisfies Partial<FaasFunctionArgs>;

describe("Funktion", () => {
    it("is a hardened namespace with records of its languages, and nothing that runs", async () => {
        const recording = await recordFunktion({ images: { nodejs: "registry.example.com/node:22" } });

        assert.deepEqual(recording.summary(), [
            "kubernetes-faas:index:Funktion funktion",
            "kubernetes-faas:index:HardenedNamespace funktion-namespace-funktion",
            `${configType} funktion-nodejs-in-funktion`,
            `${configType} funktion-python-in-funktion`,
            "kubernetes:core/v1:Namespace funktion-namespace-funktion",
            "kubernetes:core/v1:ServiceAccount funktion-account-in-funktion",
            "kubernetes:core/v1:ServiceAccountPatch funktion-namespace-funktion-default",
            "kubernetes:networking.k8s.io/v1:NetworkPolicy funktion-namespace-funktion-deny-all",
            "kubernetes:networking.k8s.io/v1:NetworkPolicy funktion-namespace-funktion-dns",
        ]);
        const { metadata, data } = recording.only(configType, "funktion-nodejs-in-funktion").inputs;
        assert.equal(metadata.name, "nodejs");
        assert.equal(metadata.labels["funktion.fabric8.io/kind"], "Runtime");
        assert.deepEqual(data, { fileExtensions: "js,mjs,cjs", image: "registry.example.com/node:22" });
    });

    it("says once, at preview too, that upstream is dead", async () => {
        const { warnings } = await funktion();

        assert.equal(warnings.length, 1);
        assert.match(warnings[0]!, /Funktion was given up by its makers in 2017 .* prefer another platform/);
    });

    it("plans the platform that it makes", async () => {
        const { result } = await recordFunktion();
        assert.deepEqual(await valueOf(pulumi.output(platform)), await valueOf(pulumi.output(result.platform)));
        assert.deepEqual([platform.gateway.port, platform.gateway.targetPort], [80, 8888]);
    });

    const refused: { what: string; args: object; because: RegExp }[] = [
        {
            what: "upstream's operator, with the version that ended it",
            args: { operator: true },
            because:
                /^Funktion funktion: operator is nothing that this Funktion has: .* that Kubernetes removed in 1\.16; functions are FaasFunction/,
        },
        {
            what: "Camel connectors, with what there is instead",
            args: { connectors: ["twitter"] },
            because:
                /^Funktion funktion: connectors is nothing that this Funktion has: .* of 2017\. Timers are the `schedules` of a FaasFunction and HTTP its Service and `routes`; .* use fission/,
        },
    ];
    for (const { what, args, because } of refused) {
        it(`refuses ${what}`, () => rejects(() => new Funktion("funktion", { cluster, ...args }), because));
    }
});

describe("A function on Funktion", () => {
    it("listens on 8888 behind port 80, with upstream's contract and labels, and is not exposed", async () => {
        const recording = await recordHello(platform, native);
        const { metadata, spec } = recording.only(deploymentType).inputs;
        const [container] = spec.template.spec.containers;
        const service = recording.only("kubernetes:core/v1:Service").inputs;

        assert.deepEqual([metadata.labels.kind, metadata.labels.name], ["function", "hello"]);
        assert.deepEqual(container.ports, [{ name: "http", containerPort: 8888 }]);
        assert.deepEqual(container.readinessProbe.httpGet, { path: "/_/health", port: 8888 });
        assert.deepEqual(
            service.spec.ports.map(({ port, targetPort }: { port: number; targetPort: string }) => [port, targetPort]),
            [[80, "http"]],
        );
        assert.equal("expose" in service.metadata.labels, false);
        assertPodSecurity(recording.resources);
    });

    it("is described by a ConfigMap of kind Function that Funktion's tools find", async () => {
        const { metadata, data } = (await recordHello(platform, native)).only(configType, "hello-record").inputs;

        assert.deepEqual(
            [metadata.name, metadata.labels["funktion.fabric8.io/kind"], metadata.labels.runtime],
            ["hello", "Function", "nodejs"],
        );
        assert.deepEqual(data, { source });
    });

    it("has a CronJob for each schedule, described by a ConfigMap of kind Flow", async () => {
        const recording = await recordHello(platform, {
            ...native,
            schedules: [{ cron: "0 4 * * *", name: "nightly" }],
        });
        const { metadata, data } = recording.only(configType, "hello-flow-nightly").inputs;

        assert.deepEqual(
            [metadata.name, metadata.labels["funktion.fabric8.io/kind"], metadata.labels.connector],
            ["hello-schedule-nightly", "Flow", "cron"],
        );
        assert.equal(
            data["funktion.yml"],
            [
                "flows:",
                '  - name: "hello-schedule-nightly"',
                "    steps:",
                "      - kind: endpoint",
                '        uri: "cron://hello-schedule-nightly?schedule=0 4 * * *"',
                "      - kind: endpoint",
                '        uri: "http://hello/"',
                "",
            ].join("\n"),
        );
        const job = recording.only("kubernetes:batch/v1:CronJob").inputs.spec.jobTemplate.spec;
        const variables = job.template.spec.containers[0].env as { name: string; value: string }[];
        assert.equal(variables.find(({ name }) => name === "FUNCTION_URL")!.value, "http://hello.funktion.svc:80/");
    });

    it("has no record as an image, which has no language", async () => {
        assert.equal((await recordHello(platform, imageArgs)).ofType(configType).length, 0);
    });

    it("runs portable code on the same port", async () => {
        const { inputs } = (await recordHello(platform)).only(deploymentType);
        assert.equal(inputs.spec.template.spec.containers[0].ports[0].containerPort, 8888);
    });

    it("is refused when upstream's contract cannot call it", async () => {
        await refusesHello(
            platform,
            { ...native, handler: "hello.main" },
            'FaasFunction hello: handler is "hello.main", but Funktion\'s own contract calls what the module itself exports; give "hello.default"',
        );
        await refusesHello(
            platform,
            { ...native, code: undefined, archive: new pulumi.asset.AssetArchive({ "other.js": native.code }) },
            'FaasFunction hello: handler is "hello.default", but the code holds no "hello.js" or "hello.mjs" or "hello.cjs"; there is "other.default"',
        );
    });

    it("may be in Python too, which upstream had not, by a function of any name", async () => {
        const code = new pulumi.asset.StringAsset("def main(context, callback):\n    callback(200, 'Hello')\n");
        const python = { contract: "native", runtime: "python", handler: "hello.main", code } as const;

        const { command } = (await recordHello(platform, python)).only(deploymentType).inputs.spec.template.spec
            .containers[0];
        assert.equal(command[0], "python3");
        await refusesHello(
            platform,
            { ...python, handler: "hello.mean" },
            'FaasFunction hello: handler is "hello.mean", but "hello.py" has no "mean"; did you mean "hello.main"?',
        );
    });
});
