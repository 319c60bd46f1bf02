import type { ComponentResourceOptions } from "@pulumi/pulumi";
import type { Stack } from "@pulumi/pulumi/automation";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { parse, stringify } from "yaml";
import { AccessLevel, type Cluster, DatabaseEngine } from "../../components/core/contracts";
import { hotConfig, rolledConfig, rolledSecret } from "../../components/core/config-objects";
import { generatedPassword } from "../../components/core/credentials";
import { Deletion } from "../../components/core/deletion";
import { HardenedNamespace } from "../../components/core/namespace";
import {
    HardenedCronJob,
    HardenedDaemonSet,
    HardenedDeployment,
    HardenedJob,
    HardenedStatefulSet,
    type HardenedStatefulSetArgs,
} from "../../components/core/workload";
import { StatefulDatabase } from "../../components/database";
import { MinIo } from "../../components/storage";
import { fakeTraits } from "../../components/testing";
import { openStack, type Sandbox, type StackOptions } from "../../sandbox";
import { readConfiguration } from "../../stacks/config/read";
import { deployStack } from "../../stacks/program";
import { asConfig, projectName } from "../../stacks/stack-file";
import { simulatedContainer } from "../sandbox/hardened";

/** An ingress with what both controllers can: users with generated passwords and their own, routes of both kinds. */
const ingress = {
    domain: "upgrade.example.com",
    certificates: { selfSigned: {} },
    protections: {
        login: { basicAuth: { users: [{ name: "generated" }, { name: "own", passwordFrom: "ownPassword" }] } },
        office: { ipAllowList: { ranges: ["203.0.113.0/24"] } },
        fair: { rateLimit: { requests: 20 }, everyRoute: true },
    },
    routes: {
        shop: {
            to: "service",
            namespace: "kubeless",
            service: "shop",
            port: 80,
            podSelector: { app: "shop" },
            protections: ["login", "office"],
        },
    },
};

/** Stacks by what their configuration says: that of `npm start` on each platform, and each ingress. */
const stacks: Record<string, { faas: object; ingress?: object }> = {
    local: { faas: { platform: "fission", functionNamespaces: ["functions"], deletion: "delete" } },
    openfaas: { faas: { platform: "openfaas", acceptCommunityEula: true } },
    kubeless: { faas: { platform: "kubeless" } },
    funktion: { faas: { platform: "funktion" } },
    traefik: { faas: { platform: "kubeless" }, ingress: { controller: "traefik", ...ingress } },
    kong: { faas: { platform: "kubeless" }, ingress: { controller: "kong", ...ingress } },
};

/**
 * What users of the library have written, and what must go on working with the state of their last deployment. A program
 * may get new parts; what is in it stays as it is, since it stands for programs that nobody changes for a new release.
 */
export const programs: Record<string, RecordedProgram> = {
    ...Object.fromEntries(Object.keys(stacks).map((name) => [name, () => deployStack(readConfiguration())])),
    workloads,
    data,
    servers,
};

type RecordedProgram = (cluster: RecordedCluster) => Promise<unknown>;

/** The context of every recorded cluster, and so its identifier: an upgrade never meets another cluster. */
const context = "kubernetes-faas-sandbox-upgrade";

/** The cluster that a program is deployed to, under the name that the recordings know. */
export interface RecordedCluster {
    /** Path of a kubeconfig. */
    readonly kubeconfig: string;
    readonly context: string;
}

/** Opens the stack of a program. Its secrets have a passphrase that everybody knows, so that recordings can be read. */
export async function openProgram(
    sandbox: Sandbox,
    name: string,
    program: RecordedProgram = programs[name]!,
): Promise<Stack> {
    const cluster = { kubeconfig: recordedKubeconfig(sandbox), context };
    return openStack({
        sandbox,
        project: projectName,
        stack: `upgrade-${name}`,
        program: async () => void (await program(cluster)),
        config: name in stacks ? configurationOf(name, cluster) : {},
        secretsPassphrase: "recorded for the tests of upgrades",
    });
}

/** A copy of the sandbox's kubeconfig with the recorded name of its context. */
function recordedKubeconfig(sandbox: Sandbox): string {
    const config = parse(fs.readFileSync(sandbox.kubeconfig, "utf8")) as {
        "current-context": string;
        contexts: { name: string }[];
    };
    config["current-context"] = context;
    config.contexts[0]!.name = context;
    const file = path.join(sandbox.directory, "upgrade-kubeconfig");
    fs.writeFileSync(file, stringify(config), { mode: 0o600 });
    return file;
}

/** A stack file, with a function whose code is part of this test. */
function configurationOf(name: string, cluster: RecordedCluster): StackOptions["config"] {
    const code = path.join(fs.mkdtempSync(path.join(os.tmpdir(), "kubernetes-faas-upgrade-")), "hello.js");
    fs.writeFileSync(code, 'exports.handler = () => "Hello";\n');
    const { faas, ingress: edge } = stacks[name]!;
    const routes = [{ path: "/hello", ...(edge ? { protections: ["login"] } : {}) }];
    const configuration = {
        [`${projectName}:cluster`]: { kind: "local", ...cluster },
        [`${projectName}:faas`]: faas,
        [`${projectName}:functions`]: { hello: { runtime: "nodejs", handler: "hello.handler", code, routes } },
    };
    return edge
        ? {
              ...asConfig({ ...configuration, [`${projectName}:ingress`]: edge }),
              [`${projectName}:ownPassword`]: { value: "correct-horse-battery", secret: true },
          }
        : asConfig(configuration);
}

function describeCluster({ kubeconfig, context: clusterIdentifier }: RecordedCluster): Cluster {
    return {
        name: "recorded",
        kubeconfig: fs.readFileSync(kubeconfig, "utf8"),
        access: AccessLevel.Admin,
        clusterIdentifier,
        kubernetesVersion: "1.36.3",
        traits: fakeTraits(),
    };
}

/** Every hardened workload, with configuration, credentials and rights. */
// eslint-disable-next-line @typescript-eslint/require-await -- the type of a program
async function workloads(recorded: RecordedCluster): Promise<void> {
    const cluster = describeCluster(recorded);
    const home = new HardenedNamespace("home", { cluster, resourceName: "upgrade-workloads", quota: { pods: "50" } });
    const place = { cluster, namespace: home.name, app: "shop" };
    const settings = rolledConfig("settings", { ...place, data: { "app.ini": "a = 1" } });
    const login = rolledSecret("login", { ...place, data: { password: generatedPassword("admin").password } });
    const rules = hotConfig("rules", { ...place, data: { "rules.yaml": "a: 1" } });
    new HardenedDeployment("web", {
        ...place,
        replicas: 2,
        service: {},
        permissions: [{ apiGroups: [""], resources: ["pods"], verbs: ["get", "list"] }],
        volumes: [
            { name: "settings", configMap: { name: settings.metadata.name } },
            { name: "rules", configMap: { name: rules.metadata.name } },
        ],
        containers: [
            simulatedContainer({
                environmentFromSecrets: { PASSWORD: { name: login.metadata.name, key: "password" } },
                mounts: [
                    { volume: "settings", path: "/etc/web" },
                    { volume: "rules", path: "/etc/rules" },
                ],
            }),
        ],
    });
    new HardenedDeployment("scaled", {
        ...place,
        autoscaling: { minReplicas: 1, maxReplicas: 3 },
        containers: [simulatedContainer()],
    });
    new HardenedDaemonSet("agent", { ...place, containers: [simulatedContainer()] });
    const run = { containers: [simulatedContainer({ ports: [], probes: undefined })] };
    new HardenedJob("migrate", { ...place, component: "migration", ...run });
    new HardenedCronJob("backup", { ...place, component: "backup", schedule: "0 3 * * *", ...run });
}

/** A database of each engine that answers and copies in its own way, with backups in an object store. */
// eslint-disable-next-line @typescript-eslint/require-await -- the type of a program
async function servers(recorded: RecordedCluster): Promise<void> {
    const cluster = describeCluster(recorded);
    const home = new HardenedNamespace("home", { cluster, resourceName: "upgrade-servers" });
    const place = { cluster, namespace: home.name, storage: { size: "1Gi" }, deletion: Deletion.Delete };
    const store = new MinIo("store", { ...place, buckets: { backups: {} }, users: { audit: { reads: ["backups"] } } });
    for (const engine of Object.values(DatabaseEngine)) {
        new StatefulDatabase(engine, {
            ...place,
            engine,
            replicas: 3,
            user: "shop",
            ...(engine === DatabaseEngine.Redis ? {} : { database: "shop" }),
            backup: { store: store.connections["backups"]!, encryptionPassword: "a password for recordings" },
        });
    }
}

/** What a test changes in the program `data`. */
export interface PlantedChange {
    /** Another logical name of the StatefulSet. */
    readonly name?: string;
    readonly args?: Partial<HardenedStatefulSetArgs>;
    readonly options?: ComponentResourceOptions;
}

/** Data that must not be lost. */
// eslint-disable-next-line @typescript-eslint/require-await -- the type of a program
export async function data(recorded: RecordedCluster, planted: PlantedChange = {}): Promise<void> {
    const cluster = describeCluster(recorded);
    const home = new HardenedNamespace("home", { cluster, resourceName: "upgrade-data" });
    new HardenedStatefulSet(
        planted.name ?? "store",
        {
            cluster,
            namespace: home.name,
            app: "store",
            instance: "store",
            resourceName: "store",
            replicas: 2,
            claims: [{ name: "data", size: "1Gi" }],
            deletion: Deletion.Delete,
            containers: [simulatedContainer({ mounts: [{ volume: "data", path: "/data" }] })],
            ...planted.args,
        },
        planted.options,
    );
}
