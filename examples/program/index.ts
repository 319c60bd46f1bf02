/** A Pulumi program: one function with a generated Secret, on the platform that the configuration names. */
import * as pulumi from "@pulumi/pulumi";
import {
    type Cluster,
    ExistingCluster,
    FaasFunction,
    type FaasPlatform,
    Fission,
    FissionCrds,
    Funktion,
    generatedPassword,
    Kubeless,
    OpenFaas,
    rolledSecret,
} from "kubernetes-faas";

/** A platform, and what has to be there before functions are. */
type Installation = pulumi.Resource & { platform: FaasPlatform };

const platforms: Record<string, (cluster: Cluster, config: pulumi.Config) => Installation> = {
    fission: (cluster) => {
        const { definitions } = new FissionCrds("fission-crds", { cluster });
        return new Fission("fission", { cluster, definitions });
    },
    funktion: (cluster) => new Funktion("funktion", { cluster }),
    kubeless: (cluster) => new Kubeless("kubeless", { cluster }),
    openfaas: (cluster, config) => {
        const acceptCommunityEula = config.requireBoolean("acceptOpenFaasCommunityEula");
        return new OpenFaas("openfaas", { cluster, acceptCommunityEula });
    },
};

export = (): Record<string, unknown> => {
    const config = new pulumi.Config();
    const name = config.get("platform") ?? "fission";
    const install = platforms[name];
    if (!install) {
        throw new pulumi.RunError(`platform is "${name}"; there are ${Object.keys(platforms).join(", ")}`);
    }
    const { cluster } = new ExistingCluster("home", {
        context: config.require("context"),
        kubeconfig: config.get("kubeconfig"),
        kubernetesVersion: config.require("kubernetesVersion"),
    });
    const installation = install(cluster, config);
    const { platform } = installation;

    const { password } = generatedPassword("signature-key", {});
    const key = rolledSecret(
        "signature",
        { cluster, namespace: platform.functionNamespaces[0]!, data: { key: password } },
        { dependsOn: installation },
    );
    const greeting = new FaasFunction(
        "greeting",
        {
            cluster,
            platform,
            runtime: "nodejs",
            handler: "greeting.handler",
            code: new pulumi.asset.FileAsset("greeting.js"),
            environment: { PLATFORM: platform.kind },
            secrets: [{ variable: "KEY", secretName: key.metadata.name, key: "key" }],
        },
        { dependsOn: installation },
    );
    return { platform: platform.kind, service: greeting.service, path: greeting.path };
};
