import type { Stack } from "@pulumi/pulumi/automation";
import { hotConfig, rolledConfig, rolledSecret } from "../../../components/core/config-objects";
import type { Cluster } from "../../../components/core/contracts";
import { generatedPassword } from "../../../components/core/credentials";
import { Deletion } from "../../../components/core/deletion";
import { HardenedNamespace } from "../../../components/core/namespace";
import { HardenedDeployment, HardenedStatefulSet } from "../../../components/core/workload";
import { openStack, resourcesInState, SandboxClient } from "../../../sandbox";
import { sandboxCluster, simulatedContainer } from "../../sandbox/hardened";
import type { SandboxContext } from "../../sandbox/support";

/** Project of every stack of these tests. */
export const project = "faults";

/** What the tests change from run to run. */
export interface ShopSettings {
    /** Where the program finds the API server. @default the sandbox's kubeconfig */
    kubeconfig?: string;
    /** Content of the rolled configuration. */
    content: string;
    image: string;
    /** Annotations of the web pods. */
    podAnnotations?: Record<string, string>;
    /** Annotations of the web Deployment. */
    annotations?: Record<string, string>;
}

/**
 * A program with one of each kind of trouble: objects with fixed names and with generated ones, values that exist in the
 * state only, an object of which every change is a new one, and data.
 */
export class Shop {
    readonly settings: ShopSettings = { content: "a = 1", image: "registry.example.com/web:1.0.0" };

    /** Where everything lives; also the stack's name. */
    readonly namespace: string;

    /** @param name of the stack, to which this process adds its own: a sandbox may be used again */
    constructor(
        private readonly context: SandboxContext,
        name: string,
    ) {
        this.namespace = `${name}-${process.pid}`;
    }

    /** Opens the stack as a new run does, which repairs what a killed one left. */
    open(): Promise<Stack> {
        return openStack({
            sandbox: this.context.sandbox,
            project,
            stack: this.namespace,
            // eslint-disable-next-line @typescript-eslint/require-await -- the type of an inline program
            program: async () => this.program(),
        });
    }

    private program(): void {
        const { kubeconfig, content, image, annotations, podAnnotations } = this.settings;
        const described = sandboxCluster(this.context);
        const cluster: Cluster = { ...described, kubeconfig: kubeconfig ?? described.kubeconfig };
        const home = new HardenedNamespace("home", { cluster, resourceName: this.namespace });
        const place = { cluster, namespace: home.name };
        const settings = rolledConfig("settings", { ...place, data: { "app.ini": content } });
        const login = rolledSecret("login", { ...place, data: { password: generatedPassword("admin").password } });
        hotConfig("rules", { ...place, data: { "rules.yaml": content } });
        new HardenedDeployment("web", {
            ...place,
            app: "web",
            replicas: 2,
            service: {},
            annotations,
            podAnnotations,
            volumes: [{ name: "settings", configMap: { name: settings.metadata.name } }],
            containers: [
                simulatedContainer({
                    image,
                    environmentFromSecrets: { PASSWORD: { name: login.metadata.name, key: "password" } },
                    mounts: [{ volume: "settings", path: "/etc/web" }],
                }),
            ],
        });
        new HardenedStatefulSet("store", {
            ...place,
            app: "store",
            claims: [{ name: "data", size: "1Gi" }],
            deletion: Deletion.Delete,
            containers: [simulatedContainer({ mounts: [{ volume: "data", path: "/data" }] })],
        });
    }

    /** The path of a namespaced collection, or of an object in it. */
    path(group: "api/v1" | "apis/apps/v1" | "apis/networking.k8s.io/v1" | "apis/policy/v1", rest: string): string {
        return `/${group}/namespaces/${this.namespace}/${rest}`;
    }

    get deployment(): string {
        return this.path("apis/apps/v1", "deployments/web");
    }

    /** `collection/name` of what the program makes in its namespace, as the cluster has it. */
    async inCluster(): Promise<string[]> {
        const client: SandboxClient = this.context.client;
        const lists = await Promise.all(
            Object.entries(collections).map(async ([collection, group]) => {
                const objects = await client.list(this.path(group, collection));
                return objects.map(({ metadata }) => `${collection}/${metadata.name}`);
            }),
        );
        return lists
            .flat()
            .filter((each) => !givenByKubernetes.includes(each))
            .sort();
    }

    /** The same, as the stack's state has it. */
    async inState(stack: Stack): Promise<string[]> {
        return (await resourcesInState(stack))
            .flatMap(({ type, id }) => {
                const collection = `${type.split(":").at(-1)!.toLowerCase()}s`.replace(/ys$/, "ies");
                const isListed = type.startsWith("kubernetes:") && collection in collections && id !== undefined;
                return isListed ? [`${collection}/${id.split("/").at(-1)!}`] : [];
            })
            .sort();
    }
}

const collections = {
    configmaps: "api/v1",
    persistentvolumeclaims: "api/v1",
    secrets: "api/v1",
    serviceaccounts: "api/v1",
    services: "api/v1",
    deployments: "apis/apps/v1",
    statefulsets: "apis/apps/v1",
    networkpolicies: "apis/networking.k8s.io/v1",
    poddisruptionbudgets: "apis/policy/v1",
} as const;

const givenByKubernetes = ["configmaps/kube-root-ca.crt", "serviceaccounts/default"];
