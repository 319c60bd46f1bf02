import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import type { FaasPlatform } from "../../../components/core/contracts";
import { type FaasFunctionArgs, planKubeless, validateFaasFunction } from "../../../components/faas";
import { plainVariables } from "../../../components/faas/function/variables";
import { fakeBinding, fakeGateway } from "../../../components/testing";
import { testCluster } from "../support/cluster";
import { type Recording, valueOf } from "../support/mocks";
import { assertPodSecurity } from "../support/pods";
import { folder, helloArgs, imageArgs, recordHello, serverSettings } from "./function-samples";

const types = {
    autoscaler: "kubernetes:autoscaling/v2:HorizontalPodAutoscaler",
    budget: "kubernetes:policy/v1:PodDisruptionBudget",
    config: "kubernetes:core/v1:ConfigMap",
    cronJob: "kubernetes:batch/v1:CronJob",
    deployment: "kubernetes:apps/v1:Deployment",
    policy: "kubernetes:networking.k8s.io/v1:NetworkPolicy",
    service: "kubernetes:core/v1:Service",
};

/** Bytes that are no text. */
const pixelBytes = [0x89, 0x50, 0x4e, 0x47, 0xff, 0x00];

const callers = [{ namespace: "shop", podSelector: { app: "web" } }];
const platform = planKubeless("functions", { cluster: testCluster(), callers });
const egress = [{ internet: true, ports: [{ port: 443 }] }];

const deploy = (args: Partial<FaasFunctionArgs> = {}, on: FaasPlatform = platform) => recordHello(on, args);

function podOf(recording: Recording<unknown>) {
    return recording.only(types.deployment).inputs.spec.template.spec;
}

function containerOf(recording: Recording<unknown>) {
    return podOf(recording).containers[0];
}

function policyOf(recording: Recording<unknown>) {
    return recording.only(types.policy, "hello").inputs.spec;
}

function peer(namespace: string, matchLabels: object): object {
    return {
        namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespace } },
        podSelector: { matchLabels },
    };
}

describe("A function as a workload of its own", () => {
    it("is a ConfigMap with code and server, a Deployment and a Service, and nothing that was not asked for", async () => {
        const recording = await deploy();

        assert.deepEqual(recording.summary(), [
            "kubernetes-faas:index:FaasFunction hello",
            "kubernetes-faas:index:HardenedDeployment hello",
            `${types.deployment} hello`,
            `${types.config} hello-code`,
            `${types.service} hello`,
            `${types.policy} hello`,
        ]);
        assert.deepEqual(recording.result.service.podSelector, {
            "app.kubernetes.io/name": "function",
            "app.kubernetes.io/instance": "hello",
            "app.kubernetes.io/component": "kubeless",
        });
        assert.equal(recording.result.path, "/");
        assert.equal(recording.only(types.deployment).inputs.spec.replicas, 1);
    });

    const temporary = fs.mkdtempSync(path.join(os.tmpdir(), "workload-"));
    after(() => fs.rmSync(temporary, { recursive: true }));

    function pixel(): string {
        const file = path.join(temporary, "pixel.png");
        fs.writeFileSync(file, Buffer.from(pixelBytes));
        return file;
    }

    it("keeps the code in a ConfigMap that never changes, and shows each key as the file that it was", async () => {
        const recording = await deploy({
            code: undefined,
            archive: new pulumi.asset.AssetArchive({
                "handler.js": new pulumi.asset.StringAsset("exports.handler = () => 1;"),
                "lib/a.txt": new pulumi.asset.StringAsset("a"),
                "lib_a.txt": new pulumi.asset.StringAsset("b"),
                "pixel.png": new pulumi.asset.FileAsset(pixel()),
            }),
        });
        const { inputs } = recording.only(types.config);
        const volume = podOf(recording).volumes.find(({ name }: { name: string }) => name === "code").configMap;
        const paths = Object.fromEntries(
            (volume.items as { key: string; path: string }[]).map((item) => [item.path, item.key]),
        );

        assert.equal(inputs.immutable, true);
        assert.equal(inputs.metadata.name, undefined);
        assert.equal(volume.name, "hello-code-0a1b2c3d");
        assert.equal(inputs.data[paths["handler.js"]!], "exports.handler = () => 1;");
        assert.equal(inputs.data[paths["lib/a.txt"]!], "a");
        assert.equal(inputs.data[paths["lib_a.txt"]!], "b");
        assert.equal(inputs.data[paths["pixel.png"]!], undefined);
        assert.equal(inputs.binaryData[paths["pixel.png"]!], Buffer.from(pixelBytes).toString("base64"));
        assert.deepEqual(containerOf(recording).volumeMounts[0], {
            name: "code",
            mountPath: "/function/code",
            readOnly: true,
        });
    });

    it("makes another ConfigMap for other code only", async () => {
        const dataOf = async (args: Partial<FaasFunctionArgs>) => (await deploy(args)).only(types.config).inputs.data;
        const first = await dataOf({});

        assert.deepEqual(await dataOf({ resources: { memoryLimit: "512Mi" } }), first);
        assert.notDeepEqual(await dataOf({ code: new pulumi.asset.StringAsset("exports.handler = () => 2;") }), first);
    });

    it("is asked for its health, has the time of a call to end, and is not killed for computing", async () => {
        const recording = await deploy({ timeoutSeconds: 90 });
        const container = containerOf(recording);

        assert.equal(podOf(recording).terminationGracePeriodSeconds, 100);
        assert.deepEqual(container.readinessProbe.httpGet, { path: "/_/health", port: 8080 });
        assert.deepEqual(container.startupProbe.httpGet, { path: "/_/health", port: 8080 });
        assert.deepEqual(container.livenessProbe.httpGet, { path: "/_/live", port: 8080 });
        assert.ok(container.livenessProbe.periodSeconds * container.livenessProbe.failureThreshold > 90);
    });

    it("sees variables, secrets by reference, bindings, and Secrets as files", async () => {
        const recording = await deploy({
            environment: { GREETING: "hi", NODE_ENV: "test" },
            secrets: [{ variable: "TOKEN", secretName: "api", key: "token" }],
            bindings: [
                { prefix: "ORDERS", binding: fakeBinding({ keys: ["ca.crt"], namespace: "functions" }), asFiles: true },
            ],
            secretFiles: [{ secretName: "tls.web" }],
        });
        const variables = containerOf(recording).env as { name: string; value?: string; valueFrom?: object }[];
        const named = Object.fromEntries(variables.map(({ name, value, valueFrom }) => [name, value ?? valueFrom]));
        const { volumes } = podOf(recording);

        assert.equal(named.GREETING, "hi");
        assert.equal(named.NODE_ENV, "test");
        assert.equal(named.ORDERS_DIRECTORY, "/bindings/ORDERS");
        assert.deepEqual(named.TOKEN, { secretKeyRef: { name: "api", key: "token" } });
        assert.deepEqual(named.ORDERS_CA_CRT, { secretKeyRef: { name: "orders", key: "ca.crt" } });
        assert.deepEqual(
            containerOf(recording).volumeMounts.slice(1, 3),
            ["/secrets/functions/tls.web", "/bindings/ORDERS"].map((mountPath, index) => ({
                name: volumes[index + 1].name,
                mountPath,
                readOnly: true,
            })),
        );
        assert.deepEqual(
            volumes.slice(1, 3).map(({ secret }: { secret: object }) => secret),
            ["tls.web", "orders"].map((secretName) => ({ secretName, defaultMode: 0o440 })),
        );
        const settings = serverSettings(recording);
        assert.deepEqual(settings.variables, ["GREETING", "NODE_ENV", "ORDERS_DIRECTORY"]);
        assert.deepEqual(settings.secrets, [{ variable: "ORDERS_CA_CRT" }, { variable: "TOKEN" }]);
        assert.deepEqual(settings.environment, {});
    });

    it("refuses a secret among the plain variables, as soon as it is known to be one", async () => {
        const fn = { ...helloArgs(platform), environment: { TOKEN: pulumi.secret("abc") } };
        await assert.rejects(valueOf(plainVariables("hello", fn).TOKEN!), {
            message:
                "FaasFunction hello: environment.TOKEN is secret, and would stand readable in the function's objects; put it into a Secret and name its key in `secrets`",
        });
    });

    it("is checked without looking at variables that are not known yet", async () => {
        const fn = helloArgs(platform, { environment: { TOKEN: pulumi.secret("abc"), LATER: pulumi.output("x") } });

        assert.deepEqual(validateFaasFunction("hello", fn), []);
        // A rejection that nobody handles would end the program.
        await new Promise((resolve) => setImmediate(resolve));
    });

    it("lets in who may call, and out to nobody", async () => {
        const policy = policyOf(await deploy());

        assert.deepEqual(policy.ingress, [
            { from: [peer("shop", { app: "web" })], ports: [{ protocol: "TCP", port: 8080 }] },
        ]);
        assert.deepEqual(policy.egress, []);
        const nobody = planKubeless("functions", { cluster: testCluster() });
        assert.deepEqual(policyOf(await deploy({}, nobody)).ingress, []);
    });

    it("is one pod, several, or as many as the load needs", async () => {
        const several = await deploy({ scaling: { minimum: 3, maximum: 3 } });
        assert.equal(several.only(types.deployment).inputs.spec.replicas, 3);
        const { annotations } = several.only(types.deployment).inputs.metadata;
        assert.equal(annotations["pulumi.com/patchForce"], "true");
        assert.equal(several.ofType(types.autoscaler).length, 0);
        assert.equal(several.ofType(types.budget).length, 1);

        const scaled = await deploy({ scaling: { minimum: 2, targetCpuPercent: 60 } });
        assert.equal(scaled.only(types.deployment).inputs.spec.replicas, undefined);
        assert.equal(scaled.only(types.deployment).inputs.metadata.annotations, undefined);
        const { spec } = scaled.only(types.autoscaler).inputs;
        assert.deepEqual(
            [spec.minReplicas, spec.maxReplicas, spec.metrics[0].resource.target.averageUtilization],
            [2, 3, 60],
        );
        assert.equal(scaled.ofType(types.budget).length, 1);
    });

    it("gets the resources that it names, and requests no more memory than it may use", async () => {
        const { resources } = containerOf(await deploy({ resources: { memoryLimit: "32Mi", cpuRequest: "1" } }));

        assert.deepEqual(
            [resources.requests.memory, resources.limits.memory, resources.requests.cpu, resources.limits.cpu],
            ["32Mi", "32Mi", "1", "1"],
        );
    });

    it("runs where it says itself, else where the platform says", async () => {
        const placed = planKubeless("functions", {
            cluster: testCluster(),
            functionPlacement: { nodeSelector: { pool: "functions" }, tolerations: [{ key: "functions" }] },
        });

        const { nodeSelector, tolerations } = podOf(await deploy({}, placed));
        assert.deepEqual(nodeSelector, { pool: "functions" });
        assert.deepEqual(tolerations, [{ key: "functions", operator: "Exists" }]);
        const own = podOf(await deploy({ placement: { nodeSelector: { pool: "large" } } }, placed));
        assert.deepEqual(own.nodeSelector, { pool: "large" });
        assert.equal(own.tolerations, undefined);
    });

    it("answers below its routes' paths as it does at the root, through its own Service", async () => {
        const route = { ingress: fakeGateway(), host: "faas.example.com", protections: ["login"] };
        const recording = await deploy({ routes: [{ path: "/hello", ...route }, { path: "/inside" }] });

        assert.deepEqual(serverSettings(recording).routes, ["/hello", "/inside"]);
        const [rule] = recording.only("kubernetes:networking.k8s.io/v1:Ingress").inputs.spec.rules[0].http.paths;
        assert.deepEqual([rule.path, rule.backend.service], ["/hello", { name: "hello", port: { number: 8080 } }]);
    });

    it("passes the restricted Pod Security profile with all that it can have, and as an image", async () => {
        const all = {
            scaling: { minimum: 2 },
            schedules: [{ cron: "0 4 * * *" }],
            secretFiles: [{ secretName: "tls" }],
            dependencies: { egress, configuration: { secretName: "npm", key: ".npmrc" } },
            code: undefined,
            archive: folder({ "handler.js": "exports.handler = () => 1;", "package.json": "{}" }),
        };
        assertPodSecurity((await deploy(all)).resources);
        assertPodSecurity((await deploy({ ...imageArgs, schedules: all.schedules })).resources);
        for (const container of podOf(await deploy(all)).initContainers) {
            assert.equal(container.securityContext.readOnlyRootFilesystem, true);
        }
    });
});

describe("A function that is an image", () => {
    it("listens where PORT says, behind the same Service port, and has no code", async () => {
        const recording = await deploy({ ...imageArgs, port: 3000 });
        const container = containerOf(recording);

        assert.equal(recording.ofType(types.config).length, 0);
        assert.equal(container.image, "registry.example.com/hello:1.0.0");
        assert.deepEqual(container.ports, [{ name: "http", containerPort: 3000 }]);
        assert.ok(
            container.env.some(
                ({ name, value }: { name: string; value: string }) => name === "PORT" && value === "3000",
            ),
        );
        assert.deepEqual(container.readinessProbe.tcpSocket, { port: 3000 });
        assert.deepEqual(container.lifecycle, { preStop: { sleep: { seconds: 5 } } });
        const [port] = recording.only(types.service).inputs.spec.ports;
        assert.deepEqual([port.port, port.targetPort], [8080, "http"]);
        assert.equal(policyOf(recording).ingress[0].ports[0].port, 3000);
    });

    it("comes through the registry's mirror with its pull secret", async () => {
        const registry = { mirror: "mirror.example.com", pullSecrets: ["mirror"] };
        const recording = await deploy({ ...imageArgs, registry });

        assert.equal(containerOf(recording).image, "mirror.example.com/hello:1.0.0");
        assert.deepEqual(podOf(recording).imagePullSecrets, [{ name: "mirror" }]);
    });
});

describe("Dependencies of a function", () => {
    const archive = (files: Record<string, string>) => ({ code: undefined, archive: folder(files) });
    const node = { "handler.js": "exports.handler = () => 1;", "package.json": "{}" };
    const python = { "handler.py": "def handler(request, context):\n    return 1\n", "requirements.txt": "" };

    it("are installed by npm without scripts, as the lock file says where there is one", async () => {
        const plain = await deploy({ ...archive(node), dependencies: { egress } });
        const [container] = podOf(plain).initContainers;
        assert.equal(container.name, "dependencies");
        assert.equal(container.image, "docker.io/library/node:24.19.0-trixie-slim");
        assert.deepEqual(container.command.slice(0, 3), ["sh", "-e", "-c"]);
        assert.match(container.command[3], /^npm install --no-package-lock --omit=dev --ignore-scripts /m);
        assert.deepEqual(containerOf(plain).volumeMounts[1], {
            name: "dependencies",
            mountPath: "/function/node_modules",
            subPath: "node_modules",
            readOnly: true,
        });

        const locked = await deploy({ ...archive({ ...node, "package-lock.json": "{}" }), dependencies: { egress } });
        assert.match(podOf(locked).initContainers[0].command[3], /^npm ci --omit=dev --ignore-scripts /m);
    });

    it("are installed by pip from wheels alone", async () => {
        const recording = await deploy({ ...archive(python), runtime: "python", dependencies: { egress } });
        const [container] = podOf(recording).initContainers;

        assert.equal(container.image, "docker.io/library/python:3.14.7-slim-trixie");
        assert.match(container.command[3], /^pip install --target packages .*--only-binary :all: /m);
        assert.equal(containerOf(recording).volumeMounts[1].mountPath, "/function/packages");
    });

    it("come from the registry that is named, with its configuration from a Secret, on a volume of that size", async () => {
        const recording = await deploy({
            ...archive(node),
            environment: { HTTPS_PROXY: "http://proxy.example.com:3128" },
            dependencies: {
                egress,
                registryUrl: "https://npm.example.com/",
                configuration: { secretName: "npm", key: ".npmrc" },
                size: "1Gi",
            },
        });
        const [{ env, resources, volumeMounts }] = podOf(recording).initContainers;
        const variables = Object.fromEntries(
            (env as { name: string; value: string }[]).map(({ name, value }) => [name, value]),
        );

        assert.equal(resources.limits["ephemeral-storage"], "2048Mi");
        assert.equal(variables.HTTPS_PROXY, "http://proxy.example.com:3128");
        assert.equal(variables.npm_config_registry, "https://npm.example.com/");
        assert.equal(variables.NPM_CONFIG_USERCONFIG, "/configuration/file");
        assert.equal(variables.npm_config_cache, "/install/.npm");
        assert.deepEqual(
            volumeMounts.map(({ mountPath }: { mountPath: string }) => mountPath),
            ["/install", "/function/code", "/configuration", "/tmp"],
        );
        const volumes = podOf(recording).volumes as { name: string; emptyDir?: object; secret?: object }[];
        assert.deepEqual(volumes.find(({ name }) => name === "dependencies")!.emptyDir, { sizeLimit: "1Gi" });
        assert.deepEqual(volumes.find(({ name }) => name === "dependencies-configuration")!.secret, {
            secretName: "npm",
            items: [{ key: ".npmrc", path: "file" }],
            defaultMode: 0o440,
        });
        assert.deepEqual(policyOf(recording).egress.at(-1).ports, [{ protocol: "TCP", port: 443 }]);
    });
});

describe("Schedules of a function", () => {
    it("are CronJobs that call it once, in its language, and may reach it and nothing else", async () => {
        const recording = await deploy({
            schedules: [{ cron: "0 4 * * *", name: "nightly" }, { cron: "*/5 * * * *" }],
            timeoutSeconds: 30,
        });
        const { inputs } = recording.only(types.cronJob, "hello-schedule-nightly");
        const job = inputs.spec.jobTemplate.spec;
        const [container] = job.template.spec.containers;

        assert.deepEqual(
            recording.ofType(types.cronJob).map(({ inputs: { metadata, spec } }) => [metadata.name, spec.schedule]),
            [
                ["hello-schedule-nightly", "0 4 * * *"],
                ["hello-schedule-1", "*/5 * * * *"],
            ],
        );
        assert.deepEqual(
            [job.backoffLimit, job.activeDeadlineSeconds, inputs.spec.concurrencyPolicy],
            [0, 150, "Forbid"],
        );
        assert.deepEqual(container.command.slice(0, 2), ["node", "-e"]);
        assert.equal(
            container.env.find(({ name }: { name: string }) => name === "FUNCTION_URL").value,
            "http://hello.functions.svc:8080/",
        );
        const calls = { "app.kubernetes.io/name": "function-schedule", "app.kubernetes.io/instance": "hello" };
        assert.deepEqual(policyOf(recording).ingress[0].from, [peer("shop", { app: "web" }), peer("functions", calls)]);
        const out = recording.only(types.policy, "hello-schedule-nightly").inputs.spec.egress;
        assert.deepEqual(out.at(-1), {
            to: [peer("functions", recording.result.service.podSelector as object)],
            ports: [{ protocol: "TCP", port: 8080 }],
        });
        assert.equal(out.length, 2);
    });

    it("call in Python where the function is in Python, and in Node for an image", async () => {
        const schedules = [{ cron: "0 4 * * *" }];
        const commandOf = async (args: Partial<FaasFunctionArgs>) => {
            const { inputs } = (await deploy({ schedules, ...args })).only(types.cronJob);
            return inputs.spec.jobTemplate.spec.template.spec.containers[0].command[0];
        };
        const code = new pulumi.asset.StringAsset("def handler(request, context):\n    return 1\n");

        assert.equal(await commandOf({ runtime: "python", code }), "python3");
        assert.equal(await commandOf(imageArgs), "node");
    });
});
