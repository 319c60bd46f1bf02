import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { FaasFunction, type FaasFunctionArgs, functionUrl } from "../../../components/faas/function";
import { networkFromObjects, reachable } from "../../../components/core/network";
import { OpenFaas, type OpenFaasArgs, planOpenFaas } from "../../../components/faas/openfaas";
import { validateFaasFunction } from "../../../components/faas/function";
import { testCluster } from "../support/cluster";
import { record, type Recording, valueOf } from "../support/mocks";
import { assertPodSecurity } from "../support/pods";
import { deploymentType } from "./openfaas-recording";

const cluster = testCluster();
const code = new pulumi.asset.StringAsset('exports.handler = () => "hello";');

/** A function on an OpenFaaS of the same program. */
function recordFunction(
    args: Partial<FaasFunctionArgs> = {},
    openfaas: Partial<OpenFaasArgs> = {},
): Promise<Recording<FaasFunction>> {
    return record(() => {
        const { platform } = new OpenFaas("openfaas", { cluster, acceptCommunityEula: true, ...openfaas });
        const source = args.image === undefined ? { runtime: "nodejs" as const, code } : {};
        return new FaasFunction("hello", { cluster, platform, ...source, ...args });
    });
}

/** What is refused of a function, each fault as one line. */
function faultsOf(args: Partial<FaasFunctionArgs>, openfaas: Partial<OpenFaasArgs> = {}): string[] {
    const platform = planOpenFaas("openfaas", { cluster, acceptCommunityEula: true, ...openfaas });
    const source = args.image === undefined ? { runtime: "nodejs" as const, code } : {};
    return validateFaasFunction("hello", { cluster, platform, ...source, ...args }).map(
        ({ propertyPath, reason }) => `${propertyPath} ${reason}`,
    );
}

const deploymentOf = (recording: Recording<unknown>) => recording.only(deploymentType, "hello").inputs;

describe("A function on OpenFaaS", () => {
    it("is a Deployment and a Service such as the gateway lists, calls, scales and reads the log of", async () => {
        const recording = await recordFunction();

        const { metadata, spec } = deploymentOf(recording);
        assert.equal(metadata.name, "hello");
        assert.equal(metadata.namespace, "openfaas-fn");
        assert.equal(metadata.labels.faas_function, "hello");
        assert.equal(spec.template.metadata.labels.faas_function, "hello");
        const [container, ...more] = spec.template.spec.containers;
        assert.deepEqual(more, []);
        assert.equal(container.name, "hello");
        assert.deepEqual(container.ports, [{ name: "http", containerPort: 8080 }]);
        assert.equal(container.readinessProbe.httpGet.path, "/_/health");

        const service = recording.only("kubernetes:core/v1:Service", "hello").inputs;
        assert.deepEqual([service.metadata.name, service.metadata.namespace], ["hello", "openfaas-fn"]);
        assert.equal(service.spec.type, "ClusterIP");
        assert.deepEqual(service.spec.ports, [{ name: "http", port: 8080, targetPort: "http" }]);
        for (const [label, value] of Object.entries(service.spec.selector as Record<string, string>)) {
            assert.equal(spec.template.metadata.labels[label], value);
        }
    });

    it("passes the restricted Pod Security profile, with the account that has no rights", async () => {
        const recording = await recordFunction({
            schedules: [{ cron: "0 3 * * *" }],
            secretFiles: [{ secretName: "key" }],
        });

        assertPodSecurity(recording.resources);
        const pod = deploymentOf(recording).spec.template.spec;
        assert.equal(pod.serviceAccountName, "function");
        assert.equal(pod.automountServiceAccountToken, false);
    });

    it("is scaled by the gateway between its bounds, beginning with the least", async () => {
        const { metadata, spec } = deploymentOf(await recordFunction({ scaling: { minimum: 2, maximum: 5 } }));
        assert.equal(spec.replicas, 2);
        assert.equal(spec.template.metadata.labels["com.openfaas.scale.min"], "2");
        assert.equal(spec.template.metadata.labels["com.openfaas.scale.max"], "5");
        assert.equal(metadata.labels["com.openfaas.scale.max"], undefined);

        const usual = await recordFunction();
        const { labels } = deploymentOf(usual).spec.template.metadata;
        assert.deepEqual([labels["com.openfaas.scale.min"], labels["com.openfaas.scale.max"]], ["1", "3"]);
        assert.deepEqual(usual.only(deploymentType, "hello").options.ignoreChanges, ["spec.replicas"]);
        assert.equal(usual.ofType("kubernetes:autoscaling/v2:HorizontalPodAutoscaler").length, 0);
    });

    it("runs inline code by the library's server in the language's own image", async () => {
        const recording = await recordFunction({
            runtime: "python",
            code: new pulumi.asset.StringAsset("def handler(request, context):\n    return 1\n"),
        });

        const [container] = deploymentOf(recording).spec.template.spec.containers;
        assert.match(container.image, /^docker\.io\/library\/python:/);
        assert.equal(container.command[0], "python3");
        const config = recording.only("kubernetes:core/v1:ConfigMap", "hello-code").inputs;
        assert.equal(config.immutable, true);
        assert.equal(config.metadata.namespace, "openfaas-fn");
    });

    it("runs an image as it is, and tells the watchdog in it how long calls may take", async () => {
        const image = "registry.example.com/figlet:1.0.0";
        const recording = await recordFunction(
            { image, timeoutSeconds: 90, environment: { fprocess: "figlet", exec_timeout: "45s" } },
            { timeoutSeconds: 120 },
        );

        const [container] = deploymentOf(recording).spec.template.spec.containers;
        assert.equal(container.image, image);
        assert.equal(container.command, undefined);
        const variables = Object.fromEntries(
            container.env.map(({ name, value }: { name: string; value: string }) => [name, value]),
        );
        assert.equal(variables.read_timeout, "95s");
        assert.equal(variables.write_timeout, "95s");
        // The function's own variables win.
        assert.equal(variables.exec_timeout, "45s");
        assert.equal(variables.fprocess, "figlet");
        assert.equal(
            recording.ofType("kubernetes:core/v1:ConfigMap").some(({ name }) => name === "hello-code"),
            false,
        );
    });

    it("shows Secrets where OpenFaaS' own images look for them, in a volume that the gateway reads", async () => {
        const recording = await recordFunction({ secretFiles: [{ secretName: "api-key" }, { secretName: "ca" }] });

        const pod = deploymentOf(recording).spec.template.spec;
        const volume = pod.volumes.find(({ name }: { name: string }) => name === "hello-projected-secrets");
        assert.deepEqual(volume.projected.sources, [{ secret: { name: "api-key" } }, { secret: { name: "ca" } }]);
        const mounts = pod.containers[0].volumeMounts as { name: string; mountPath: string; readOnly?: boolean }[];
        assert.deepEqual(
            mounts.find(({ name }) => name === "hello-projected-secrets"),
            { name: "hello-projected-secrets", mountPath: "/var/openfaas/secrets", readOnly: true },
        );
        assert.ok(mounts.some(({ mountPath }) => mountPath === "/secrets/openfaas-fn/api-key"));
    });

    it("answers at its own Service, and by its name for who is let in", async () => {
        const recording = await recordFunction();
        const { service, path, pods } = recording.result;

        const reference = (await valueOf(pulumi.output(service)))!;
        assert.deepEqual(
            [reference.namespace, reference.service, reference.port, reference.targetPort, path],
            ["openfaas-fn", "hello", 8080, 8080, "/"],
        );
        assert.deepEqual(await valueOf(pulumi.output(pods.podSelector)), reference.podSelector);
        const platform = planOpenFaas("openfaas", { cluster, acceptCommunityEula: true });
        assert.equal(await valueOf(functionUrl(platform, "hello")), "http://hello.openfaas-fn.svc.cluster.local:8080/");
    });

    it("is reached by the gateway, by callers that are named, and by nobody else", async () => {
        const recording = await recordFunction(
            {},
            { callers: [{ namespace: "web", podSelector: { app: "frontend" } }] },
        );
        const model = networkFromObjects(
            recording.resources
                .filter(({ type }) => type.startsWith("kubernetes:"))
                .map(({ type, inputs }) => ({ kind: type.split(":").at(-1)!, ...inputs })),
        );
        const hello = model.endpoints.find(({ name }) => name === "hello")!;
        const frontend = { name: "frontend", namespace: "web", address: "10.9.9.9", labels: { app: "frontend" } };
        const outsider = { ...frontend, name: "outsider", labels: {} };
        assert.deepEqual(
            [...model.endpoints, frontend, outsider]
                .filter((from) => from !== hello && reachable(model, from, hello, { port: 8080 }).allowed)
                .map(({ name }) => name),
            ["gateway", "frontend"],
        );
    });

    it("is called at its times by CronJobs, which fail when it fails", async () => {
        const recording = await recordFunction({ schedules: [{ cron: "*/5 * * * *", name: "often" }] });

        const { inputs } = recording.only("kubernetes:batch/v1:CronJob");
        assert.equal(inputs.spec.schedule, "*/5 * * * *");
        const [container] = inputs.spec.jobTemplate.spec.template.spec.containers;
        const url = container.env.find(({ name }: { name: string }) => name === "FUNCTION_URL").value as string;
        assert.match(url, /^http:\/\/hello\.openfaas-fn[.\w]*:8080\/$/);
    });

    it("runs where the platform says of all functions, unless it says it itself", async () => {
        const functionPlacement = { nodeSelector: { pool: "functions" }, tolerations: [{ key: "functions" }] };
        const common = deploymentOf(await recordFunction({}, { functionPlacement })).spec.template.spec;
        assert.deepEqual(common.nodeSelector, { pool: "functions" });
        assert.deepEqual(common.tolerations, [{ key: "functions", operator: "Exists" }]);
        const placement = { nodeSelector: { pool: "large" } };
        const own = deploymentOf(await recordFunction({ placement }, { functionPlacement })).spec.template.spec;
        assert.deepEqual(own.nodeSelector, { pool: "large" });
        assert.equal(own.tolerations, undefined);
    });

    const refused: [what: string, args: Partial<FaasFunctionArgs>, openfaas: Partial<OpenFaasArgs>, fault: string][] = [
        [
            "more pods than the Community Edition allows",
            { scaling: { maximum: 8 } },
            {},
            "scaling.maximum is 8, above the 5 pods that OpenFaaS Community Edition allows a function; give at most 5, or use fission or funktion or kubeless",
        ],
        [
            "no pods without calls",
            { scaling: { minimum: 0 } },
            {},
            "scaling.minimum asks for scaleToZero, which openfaas cannot do; leave it out, or use fission",
        ],
        [
            "pods by the processor's use",
            { scaling: { targetCpuPercent: 50 } },
            {},
            "scaling.targetCpuPercent asks for cpuScaling, which openfaas cannot do; leave it out, or use fission or funktion or kubeless",
        ],
        [
            "an image that listens elsewhere",
            { image: "registry.example.com/app:1", port: 3000 },
            {},
            "port asks for imagePort, which openfaas cannot do; leave it out, or use funktion or kubeless",
        ],
        [
            "calls longer than the gateway waits",
            { timeoutSeconds: 90 },
            {},
            "timeoutSeconds is 90, but this OpenFaas gives calls up after 60 seconds; give the function less, or raise `timeoutSeconds` of the OpenFaas",
        ],
        [
            "code in a convention of OpenFaaS, which has none",
            { contract: "native" },
            {},
            'contract is "native", but OpenFaaS takes functions as images only; build one with `faas-cli build` and give it as `image`, or leave contract out',
        ],
        [
            "labels that the gateway goes by",
            { labels: { "com.openfaas.scale.max": "20" } },
            {},
            "labels.com.openfaas.scale.max is set by the library, since the gateway goes by it; see `scaling`",
        ],
        [
            "another namespace",
            { namespace: "shop" },
            {},
            'namespace is "shop", which is not known here; use "openfaas-fn"',
        ],
    ];
    for (const [what, args, openfaas, fault] of refused) {
        it(`is refused with the way out: ${what}`, () => assert.deepEqual(faultsOf(args, openfaas), [fault]));
    }

    it("is refused a name with its Secrets that leaves no room for what the gateway looks for", () => {
        const [fault, ...more] = faultsOf({ functionName: "f".repeat(50), secretFiles: [{ secretName: "key" }] });
        assert.match(fault!, /^functionName is "f+", which has 50 characters; use at most 45/);
        assert.deepEqual(more, []);
    });

    it("is one of fifteen at most: the sixteenth of a program is refused", async () => {
        const make = (count: number) =>
            record(() => {
                const { platform } = new OpenFaas("openfaas", { cluster, acceptCommunityEula: true });
                for (let number = 1; number <= count; number += 1) {
                    new FaasFunction(`hello-${number}`, { cluster, platform, runtime: "nodejs", code });
                }
            });

        assert.equal((await make(15)).ofType("kubernetes-faas:index:FaasFunction").length, 15);
        await assert.rejects(make(16), (error: Error) => {
            assert.equal(
                error.message,
                "FaasFunction hello-16: platform is an OpenFaas with 15 functions of this program, the most that its " +
                    "Community Edition calls; remove one, or use fission or funktion or kubeless",
            );
            return true;
        });
    });
});
