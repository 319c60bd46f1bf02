import assert from "node:assert/strict";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { unzipSync } from "fflate";
import { podSecurityViolations, type PlainPodSpec } from "../../../components/core/pod-security-rules";
import { FaasFunction, type FaasFunctionArgs } from "../../../components/faas/function";
import { fakeBinding, fakeGateway } from "../../../components/testing";
import { record, type Recording } from "../support/mocks";
import { fissionPlatform, fissionSettings, folder, helloArgs, imageArgs, recordHello } from "./function-samples";

function deploy(args: Partial<FaasFunctionArgs> = {}): Promise<Recording<FaasFunction>> {
    return recordHello(fissionPlatform, args);
}

function kind(name: string): string {
    return `kubernetes:fission.io/v1:${name}`;
}

/** The files of a recorded Package. */
function filesOf(recording: Recording<unknown>): Record<string, string> {
    const [packed] = recording.ofType(kind("Package"));
    const literal = Buffer.from(packed!.inputs.spec.deployment.literal as string, "base64");
    return Object.fromEntries(
        Object.entries(unzipSync(literal)).map(([path, content]) => [path, Buffer.from(content).toString()]),
    );
}

function packageName(recording: Recording<unknown>): string {
    return recording.ofType(kind("Package"))[0]!.inputs.metadata.name as string;
}

describe("A function on Fission", () => {
    it("is a Package with its hash in the name, a Function on the shared pool, and a path to call it by", async () => {
        const recording = await deploy();

        assert.deepEqual(recording.summary(), [
            "kubernetes-faas:index:FaasFunction hello",
            `${kind("Function")} hello`,
            `${kind("HTTPTrigger")} hello-call`,
            `${kind("Package")} hello-package`,
        ]);
        assert.match(packageName(recording), /^hello-[0-9a-f]{10}$/);
        assert.deepEqual(recording.result.pods, { namespace: "functions", podSelector: { functionName: "hello" } });
        const environment = { name: "nodejs", namespace: "functions" };
        assert.deepEqual(recording.only(kind("Package")).inputs.spec.environment, environment);
        assert.deepEqual(recording.only(kind("Function")).inputs.spec, {
            InvokeStrategy: {
                StrategyType: "execution",
                ExecutionStrategy: { ExecutorType: "poolmgr", SpecializationTimeout: 120 },
            },
            environment,
            package: {
                packageref: { name: packageName(recording), namespace: "functions" },
                functionName: "kubernetes_faas_adapter/fission",
            },
            functionTimeout: 60,
            idletimeout: 120,
            requestsPerPod: 10,
        });
        const { inputs } = recording.only(kind("HTTPTrigger"));
        assert.deepEqual(inputs.spec, {
            functionref: { type: "name", name: "hello" },
            relativeurl: "",
            prefix: "/functions/functions/hello",
            methods: ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"],
        });
        assert.equal(recording.result.path, "/functions/functions/hello");
        assert.deepEqual(recording.result.service, fissionPlatform.gateway);
    });

    it("packs the adapter beside the user's code, with variables as settings and secrets by their files", async () => {
        const recording = await deploy({
            environment: { GREETING: pulumi.output("hi") },
            secrets: [{ variable: "TOKEN", secretName: "api", key: "token" }],
            bindings: [{ prefix: "ORDERS", binding: fakeBinding({ keys: ["host", "ca.crt"] }) }],
            timeoutSeconds: 5,
        });

        const files = filesOf(recording);
        assert.equal(files["handler.js"], "exports.handler = () => 'hello';");
        assert.deepEqual(JSON.parse(files["kubernetes_faas_adapter/settings.json"]!), {
            functionName: "hello",
            namespace: "functions",
            handler: { file: "handler.js", functionName: "handler" },
            timeoutSeconds: 5,
            maxBodyBytes: 6291456,
            environment: { GREETING: "hi" },
            secrets: [
                { variable: "ORDERS_CA_CRT", file: "/secrets/functions/orders/ca.crt" },
                { variable: "ORDERS_HOST", file: "/secrets/functions/orders/host" },
                { variable: "TOKEN", file: "/secrets/functions/api/token" },
            ],
        });
        assert.deepEqual(recording.only(kind("Function")).inputs.spec.secrets, [
            { name: "api", namespace: "functions" },
            { name: "orders", namespace: "functions" },
        ]);
        assert.equal(recording.only(kind("Function")).inputs.spec.functionTimeout, 5);
    });

    it("keeps the Package's name while the code is the same, and changes it with the code", async () => {
        const other = new pulumi.asset.StringAsset("exports.handler = () => 'bye';");
        const [first, again, changed] = [await deploy(), await deploy(), await deploy({ code: other })];

        assert.equal(packageName(again), packageName(first));
        assert.notEqual(packageName(changed), packageName(first));
    });

    it("passes native code through as it is", async () => {
        const recording = await deploy({
            contract: "native",
            handler: "lib/hello.main",
            code: undefined,
            archive: folder({ "lib/hello.js": "exports.main = async () => ({ status: 200 });" }),
        });
        assert.deepEqual(filesOf(recording), { "lib/hello.js": "exports.main = async () => ({ status: 200 });" });
        assert.equal(recording.only(kind("Function")).inputs.spec.package.functionName, "lib/hello.main");

        const python = await deploy({
            runtime: "python",
            contract: "native",
            handler: "lib/hello.main",
            code: undefined,
            archive: folder({ "lib/hello.py": "def main():\n    return 'hello'\n" }),
        });
        assert.equal(python.only(kind("Function")).inputs.spec.package.functionName, "lib.hello.main");
        assert.equal(python.only(kind("Function")).inputs.spec.requestsPerPod, 1);
    });

    it("leads each route to the function, at its host, and nothing at a host when the port is its own", async () => {
        const login = { host: "hello.example.com", protections: ["login"] };
        const recording = await deploy({
            routes: [
                { path: "/hello", ingress: fakeGateway(), ...login },
                { path: "/local", ingress: fakeGateway({ httpsPort: 8443 }), ...login },
                { path: "/inside", methods: ["PUT"] },
            ],
        });

        const routes = [0, 1, 2].map(
            (index) => recording.only(kind("HTTPTrigger"), `hello-route-${index}`).inputs.spec,
        );
        assert.deepEqual(
            routes.map(({ prefix, host, methods }) => ({ prefix, host, methods })),
            [
                { prefix: "/hello", host: "hello.example.com", methods: ["GET", "POST"] },
                { prefix: "/local", host: "", methods: ["GET", "POST"] },
                { prefix: "/inside", host: undefined, methods: ["PUT"] },
            ],
        );
    });

    it("is called at its times", async () => {
        const recording = await deploy({
            schedules: [{ cron: "0 4 * * *", name: "nightly" }, { cron: "*/5 * * * *" }],
        });

        assert.deepEqual(
            recording
                .ofType(kind("TimeTrigger"))
                .map(({ name, inputs }) => [name, inputs.metadata.name, inputs.spec])
                .sort(),
            [
                ["hello-schedule-1", "hello-schedule-1", timer("*/5 * * * *")],
                ["hello-schedule-nightly", "hello-schedule-nightly", timer("0 4 * * *")],
            ],
        );
    });

    it("has pods of its own when it says how many, where, or what they may use", async () => {
        const recording = await deploy({
            scaling: { minimum: 1, maximum: 5, targetCpuPercent: 60 },
            resources: { memoryLimit: "512Mi" },
            placement: { nodeSelector: { pool: "large" } },
        });

        const environment = recording.only(kind("Environment"));
        assert.equal(environment.name, "hello-environment");
        assert.equal(environment.inputs.metadata.name, "hello-environment");
        const { spec } = environment.inputs;
        assert.equal(spec.poolsize, 0);
        assert.equal(spec.terminationGracePeriod, 20);
        assert.deepEqual(spec.resources, {
            requests: { cpu: "50m", memory: "64Mi" },
            limits: { cpu: "500m", memory: "512Mi" },
        });
        assert.equal(spec.runtime.image, "ghcr.io/fission/node-env:1.35");
        assert.deepEqual(spec.runtime.podspec.nodeSelector, { pool: "large" });
        const { inputs, options } = recording.only(kind("Function"));
        assert.deepEqual(inputs.spec.InvokeStrategy.ExecutionStrategy, {
            ExecutorType: "newdeploy",
            MinScale: 1,
            MaxScale: 5,
            SpecializationTimeout: 120,
            hpaMetrics: [
                {
                    type: "Resource",
                    resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 60 } },
                },
            ],
        });
        assert.equal(inputs.spec.environment.name, "hello-environment");
        assert.equal(inputs.spec.requestsPerPod, undefined);
        assert.deepEqual(options.replaceOnChanges, ["metadata.labels"]);
        assert.ok(options.dependencies.includes("hello-environment"));
    });

    it("takes the platform's placement when it has none of its own", async () => {
        const recording = await deploy({ scaling: {} });

        const { podspec } = recording.only(kind("Environment")).inputs.spec.runtime;
        assert.deepEqual(podspec.nodeSelector, { pool: "functions" });
        assert.equal("tolerations" in podspec, false);
    });

    it("makes a new Function when the minimum becomes 0, which Fission cannot do in place", async () => {
        const { options } = (await deploy({ scaling: { minimum: 0 } })).only(kind("Function"));

        assert.deepEqual(options.replaceOnChanges, [
            "metadata.labels",
            "spec.InvokeStrategy.ExecutionStrategy.MinScale",
        ]);
        assert.equal(options.deleteBeforeReplace, true);
    });

    it("renames the Package when its own pods change, so that Fission replaces them", async () => {
        const small = await deploy({ resources: { memoryLimit: "256Mi" } });
        const large = await deploy({ resources: { memoryLimit: "512Mi" } });

        assert.notEqual(packageName(large), packageName(small));
        assert.deepEqual(filesOf(large), filesOf(small));
    });

    it("gives native code its variables in the container, in place of the library's own", async () => {
        const recording = await deploy({
            contract: "native",
            environment: { GREETING: "hi", NODE_ENV: "test" },
            secrets: [{ variable: "TOKEN", secretName: "api", key: "token" }],
        });

        const { podspec } = recording.only(kind("Environment")).inputs.spec.runtime;
        assert.deepEqual(podspec.containers[0].env, [
            { name: "HOME", value: "/tmp" },
            { name: "NODE_ENV", value: "test" },
            { name: "GREETING", value: "hi" },
            { name: "TOKEN", valueFrom: { secretKeyRef: { name: "api", key: "token" } } },
        ]);
        assert.equal(recording.only(kind("Function")).inputs.spec.InvokeStrategy.ExecutionStrategy.MinScale, 0);
    });

    it("runs an image as one container called like the function, with one port and a grace period", async () => {
        const recording = await deploy({
            ...imageArgs,
            environment: { GREETING: "hi" },
            registry: { mirror: "mirror.example.com", pullSecrets: ["mirror"] },
        });

        assert.deepEqual(recording.ofType(kind("Package")), []);
        assert.deepEqual(recording.ofType(kind("Environment")), []);
        const { spec } = recording.only(kind("Function")).inputs;
        assert.equal(spec.InvokeStrategy.ExecutionStrategy.ExecutorType, "container");
        assert.deepEqual(spec.environment, { namespace: "" });
        assert.deepEqual(spec.package, {});
        assert.equal(spec.podspec.terminationGracePeriodSeconds, 20);
        assert.equal(spec.podspec.automountServiceAccountToken, false);
        assert.deepEqual(spec.podspec.imagePullSecrets, [{ name: "mirror" }]);
        const [container, ...others] = spec.podspec.containers;
        assert.deepEqual(others, []);
        assert.equal(container.name, "hello");
        assert.equal(container.image, "mirror.example.com/hello:1.0.0");
        assert.deepEqual(container.ports, [{ name: "http", containerPort: 8080 }]);
        assert.deepEqual(container.env, [
            { name: "HOME", value: "/tmp" },
            { name: "PORT", value: "8080" },
            { name: "GREETING", value: "hi" },
        ]);
    });

    it("passes the restricted Pod Security profile, as code and as an image", async () => {
        const own = await deploy({ scaling: {} });
        const image = await deploy(imageArgs);

        const pods = [
            own.only(kind("Environment")).inputs.spec.runtime.podspec,
            image.only(kind("Function")).inputs.spec.podspec,
        ] as PlainPodSpec[];
        for (const pod of pods) {
            assert.deepEqual(podSecurityViolations(pod, "restricted"), []);
        }
        assert.deepEqual(
            pods[0]!.containers.map(({ name }) => name),
            ["hello-environment", "fetcher"],
        );
    });

    it("gets Secrets as files: from the fetcher for code, as volumes for an image, and bindings by a variable", async () => {
        const files = {
            secretFiles: [{ secretName: "tls" }],
            bindings: [{ prefix: "ORDERS", binding: fakeBinding({ keys: ["url"] }), asFiles: true }],
        };
        const pooled = await deploy(files);
        const image = await deploy({ ...files, ...imageArgs });

        assert.deepEqual(pooled.only(kind("Function")).inputs.spec.secrets, [
            { name: "orders", namespace: "functions" },
            { name: "tls", namespace: "functions" },
        ]);
        assert.deepEqual(JSON.parse(filesOf(pooled)["kubernetes_faas_adapter/settings.json"]!).environment, {
            ORDERS_DIRECTORY: "/secrets/functions/orders",
        });
        const { podspec } = image.only(kind("Function")).inputs.spec;
        assert.deepEqual(podspec.volumes.slice(1), [
            { name: "secret-0", secret: { secretName: "tls", defaultMode: 0o440 } },
            { name: "secret-1", secret: { secretName: "orders", defaultMode: 0o440 } },
        ]);
        assert.deepEqual(podspec.containers[0].volumeMounts.slice(1), [
            { name: "secret-0", mountPath: "/secrets/functions/tls", readOnly: true },
            { name: "secret-1", mountPath: "/secrets/functions/orders", readOnly: true },
        ]);
        assert.deepEqual(
            podspec.containers[0].env.find(({ name }: { name: string }) => name === "ORDERS_DIRECTORY").value,
            "/secrets/functions/orders",
        );
    });

    it("comes after the platform and goes before it", async () => {
        const recording = await record(() => {
            const webhook = new k8s.core.v1.ConfigMap("webhook", {});
            const settings = { ...fissionSettings, ready: webhook.id };
            return new FaasFunction("hello", helloArgs({ ...fissionPlatform, settings }));
        });

        for (const each of ["Package", "Function", "HTTPTrigger"]) {
            assert.ok(recording.only(kind(each)).options.dependencies.includes("webhook"), each);
        }
    });
});

function timer(cron: string): object {
    return { cron, functionref: { type: "name", name: "hello" }, method: "POST", subpath: "/" };
}
