import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import {
    type FaasFunctionArgs,
    Kubeless,
    type KubelessArgs,
    planKubeless,
    validateFaasFunction,
    validateKubeless,
} from "../../../components/faas";
import { functionFeatures } from "../../../components/faas/function/features";
import { testCluster } from "../support/cluster";
import { type Recording, rejects, valueOf } from "../support/mocks";
import {
    folder,
    helloArgs,
    imageArgs,
    recordHello,
    recordWarnings,
    refusesHello,
    serverSettings,
} from "./function-samples";

const cluster = testCluster();
const deploymentType = "kubernetes:apps/v1:Deployment";
const policyType = "kubernetes:networking.k8s.io/v1:NetworkPolicy";

function kubeless(args: Partial<KubelessArgs> = {}) {
    return recordWarnings(() => new Kubeless("kubeless", { cluster, ...args }));
}

async function recordKubeless(args: Partial<KubelessArgs> = {}): Promise<Recording<Kubeless>> {
    return (await kubeless(args)).recording;
}

const platform = planKubeless("kubeless", { cluster });
const native = {
    contract: "native",
    handler: "hello.main",
    code: new pulumi.asset.StringAsset("module.exports = { main: (event, context) => event.data };"),
} as const satisfies Partial<FaasFunctionArgs>;

function containerOf(recording: Recording<unknown>) {
    return recording.only(deploymentType).inputs.spec.template.spec.containers[0];
}

function variablesOf(recording: Recording<unknown>): Record<string, unknown> {
    const variables = containerOf(recording).env as { name: string; value: string }[];
    return Object.fromEntries(variables.map(({ name, value }) => [name, value]));
}

describe("Kubeless", () => {
    it("is a hardened namespace with the account of its functions, and nothing that runs", async () => {
        const recording = await recordKubeless();

        assert.deepEqual(recording.summary(), [
            "kubernetes-faas:index:HardenedNamespace kubeless-namespace-kubeless",
            "kubernetes-faas:index:Kubeless kubeless",
            "kubernetes:core/v1:Namespace kubeless-namespace-kubeless",
            "kubernetes:core/v1:ServiceAccount kubeless-account-in-kubeless",
            "kubernetes:core/v1:ServiceAccountPatch kubeless-namespace-kubeless-default",
            `${policyType} kubeless-namespace-kubeless-deny-all`,
            `${policyType} kubeless-namespace-kubeless-dns`,
        ]);
        const { metadata } = recording.only("kubernetes:core/v1:Namespace").inputs;
        assert.equal(metadata.labels["pod-security.kubernetes.io/enforce"], "restricted");
        const account = recording.only("kubernetes:core/v1:ServiceAccount").inputs;
        assert.equal(account.metadata.name, "function");
        assert.equal(account.automountServiceAccountToken, false);
    });

    it("makes each namespace that is named, with a quota, pull secrets, and the way out", async () => {
        const recording = await recordKubeless({
            functionNamespaces: ["shop", "billing"],
            quota: { "requests.cpu": "20" },
            functionEgress: [{ cidrs: ["192.0.2.0/24"], ports: [{ port: 443 }] }],
            registry: { pullSecrets: ["mirror"] },
        });

        assert.deepEqual(
            recording.ofType("kubernetes:core/v1:Namespace").map(({ inputs }) => inputs.metadata.name),
            ["shop", "billing"],
        );
        assert.equal(recording.ofType("kubernetes:core/v1:ResourceQuota").length, 2);
        const account = recording.only("kubernetes:core/v1:ServiceAccount", "kubeless-account-in-billing").inputs;
        assert.deepEqual(account.imagePullSecrets, [{ name: "mirror" }]);
        const { spec } = recording.only(policyType, "kubeless-egress-in-shop").inputs;
        assert.deepEqual(spec.podSelector.matchLabels, {
            "app.kubernetes.io/name": "function",
            "app.kubernetes.io/component": "kubeless",
        });
        assert.deepEqual(spec.egress.at(-1).to, [{ ipBlock: { cidr: "192.0.2.0/24" } }]);
    });

    it("says once, at preview too, that upstream is archived", async () => {
        const { warnings } = await kubeless({ functionNamespaces: ["shop", "billing"] });

        assert.equal(warnings.length, 1);
        assert.match(warnings[0]!, /Kubeless was archived by its makers in 2021 .* prefer fission/);
    });

    it("tells functions its images, and everybody what it is", async () => {
        const { result } = await recordKubeless({ images: { python: "registry.example.com/python:3.13" } });
        const known = (await valueOf(pulumi.output(result.platform)))!;

        assert.deepEqual(known.settings, {
            ready: "true",
            nodejsImage: "docker.io/library/node:24.19.0-trixie-slim",
            pythonImage: "registry.example.com/python:3.13",
            serviceAccount: "function",
            functionPlacement: "{}",
        });
        assert.equal(known.kind, "kubeless");
        assert.deepEqual(known.features, functionFeatures.kubeless);
        assert.deepEqual(known.functionNamespaces, ["kubeless"]);
        assert.deepEqual([known.gateway.service, known.gateway.port], ["", 8080]);
    });

    it("plans the platform that it makes", async () => {
        const args: KubelessArgs = {
            cluster,
            functionNamespaces: ["shop"],
            callers: [{ namespace: "web", podSelector: {} }],
        };
        const { result } = await recordKubeless(args);

        assert.deepEqual(
            await valueOf(pulumi.output(planKubeless("kubeless", args))),
            await valueOf(pulumi.output(result.platform)),
        );
    });

    it("lets monitoring find functions by their labels, at the path of their contract", async () => {
        const { targets, alerts } = platform.telemetry;
        const portable = await recordHello(platform);
        const own = await recordHello(platform, native);

        assert.deepEqual(
            targets.map(({ name, namespace, port, path }) => [name, namespace, port, path]),
            [
                ["kubeless-portable-functions-in-kubeless", "kubeless", 8080, "/_/metrics"],
                ["kubeless-kubeless-functions-in-kubeless", "kubeless", 8080, "/metrics"],
            ],
        );
        [portable, own].forEach((recording, index) => {
            const { labels } = recording.only(deploymentType).inputs.spec.template.metadata;
            const matches = targets.map(({ podSelector }) =>
                Object.entries(podSelector).every(([key, value]) => labels[key] === value),
            );
            assert.deepEqual(matches, [index === 0, index === 1]);
        });
        assert.deepEqual(
            alerts.map(({ name }) => name),
            ["KubelessFunctionErrors", "KubelessFunctionBusy"],
        );
    });

    const refused: { what: string; args: object; because: string | RegExp }[] = [
        {
            what: "triggers of message queues, with what there is instead",
            args: { kafkaTriggers: [{ topic: "orders" }] },
            because:
                "Kubeless kubeless: kafkaTriggers is nothing that this Kubeless has: its triggers for message queues were controllers of their own, which no Kubernetes since 1.22 runs. Let a consumer of yours POST to functionUrl(platform, name), or use fission, which has such triggers",
        },
        {
            what: "upstream's controller",
            args: { controller: true },
            because:
                /^Kubeless kubeless: controller is nothing that this Kubeless has: .* Kubernetes removed in 1\.22; functions are FaasFunction/,
        },
        {
            what: "a namespace that is named twice",
            args: { functionNamespaces: ["shop", "shop"] },
            because:
                'Kubeless kubeless: functionNamespaces[1] is "shop" a second time; name each namespace of this kubeless once',
        },
        {
            what: "no namespaces at all",
            args: { functionNamespaces: [] },
            because: /^Kubeless kubeless: functionNamespaces is empty/,
        },
        {
            what: "a way out to nobody",
            args: { functionEgress: [{ ports: [{ port: 443 }] }] },
            because: /^Kubeless kubeless: functionEgress\[0\] names nobody/,
        },
        {
            what: "a placement that is not known",
            args: { functionPlacement: { priorityClassName: pulumi.output("low") } },
            because:
                "Kubeless kubeless: functionPlacement holds an Output, but functions of other programs have to know it; give plain values",
        },
    ];
    for (const { what, args, because } of refused) {
        it(`refuses ${what}`, () => rejects(() => new Kubeless("kubeless", { cluster, ...args }), because));
    }

    it("finds all that is wrong at once", () => {
        const args: KubelessArgs = { cluster, functionNamespaces: ["Shop"], images: { nodejs: "" }, quota: {} };
        assert.deepEqual(
            validateKubeless("kubeless", args).map(({ propertyPath }) => propertyPath),
            ["functionNamespaces[0]", "images.nodejs", "quota"],
        );
    });
});

describe("A function on Kubeless", () => {
    it("has upstream's names, labels, port, variables and scraping, for code of upstream's contract", async () => {
        const recording = await recordHello(platform, {
            ...native,
            resources: { memoryLimit: "128Mi" },
            timeoutSeconds: 30,
        });
        const { metadata, spec } = recording.only(deploymentType).inputs;
        const variables = variablesOf(recording);

        assert.equal(metadata.name, "hello");
        assert.equal(metadata.labels["created-by"], "kubeless");
        assert.equal(metadata.labels.function, "hello");
        assert.deepEqual(spec.template.metadata.annotations, {
            "prometheus.io/scrape": "true",
            "prometheus.io/path": "/metrics",
            "prometheus.io/port": "8080",
        });
        assert.equal(containerOf(recording).name, "hello");
        assert.deepEqual(
            ["FUNC_HANDLER", "MOD_NAME", "FUNC_TIMEOUT", "FUNC_RUNTIME", "FUNC_MEMORY_LIMIT", "FUNC_PORT"].map(
                (name) => variables[name],
            ),
            ["main", "hello", "30", "nodejs", "128Mi", "8080"],
        );
        assert.equal(serverSettings(recording).contract, "kubeless");
        assert.equal(recording.only("kubernetes:core/v1:Service").inputs.spec.ports[0].port, 8080);
    });

    it("runs portable code with the portable contract", async () => {
        assert.equal(serverSettings(await recordHello(platform)).contract, "portable");
    });

    it("tells an image its port as upstream did, and lets nobody scrape it", async () => {
        const recording = await recordHello(platform, { ...imageArgs, port: 3000 });

        assert.equal(variablesOf(recording).FUNC_PORT, "3000");
        assert.equal(recording.only(deploymentType).inputs.spec.template.metadata.annotations, undefined);
    });

    it("is called at its times with upstream's event fields", async () => {
        const recording = await recordHello(platform, { ...native, schedules: [{ cron: "0 4 * * *" }] });
        const job = recording.only("kubernetes:batch/v1:CronJob").inputs.spec.jobTemplate.spec;
        const variables = job.template.spec.containers[0].env as { name: string; value: string }[];

        assert.deepEqual(JSON.parse(variables.find(({ name }) => name === "FUNCTION_HEADERS")!.value), {
            "event-id": "$(POD_UID)",
            "event-time": "{now}",
            "event-namespace": "cronjobtrigger.kubeless.io",
            "event-type": "application/json",
        });
        assert.equal("function" in job.template.metadata.labels, false);
    });

    it("is refused without a dot in its handler, and when the code has no such function", async () => {
        await refusesHello(
            platform,
            { ...native, handler: "hello" },
            /^FaasFunction hello: handler is "hello", which is not the name of a file without its ending, a dot and the name of a function, like "hello\.handler"$/,
        );
        await refusesHello(
            platform,
            { ...native, code: undefined, archive: folder({ "hello.js": "exports.mean = () => 1;" }) },
            'FaasFunction hello: handler is "hello.main", but "hello.js" has no "main"; did you mean "hello.mean"?',
        );
    });

    it("is right by itself in every language and contract", () => {
        const python = new pulumi.asset.StringAsset("def main(event, context):\n    return event['data']\n");
        assert.deepEqual(validateFaasFunction("hello", helloArgs(platform, native)), []);
        assert.deepEqual(
            validateFaasFunction("hello", helloArgs(platform, { ...native, runtime: "python", code: python })),
            [],
        );
    });
});
