import type * as pulumi from "@pulumi/pulumi";
import { rolledSecret } from "../core/config-objects";
import { childOptions } from "../core/deletion";
import { image } from "../core/images";
import { HardenedJob } from "../core/workload";
import type { ServerUser } from "./engine";
import type { Server, Site } from "./server";

/** What the Job is made with. */
interface AccessParts {
    server: Server;
    users: readonly ServerUser[];
    certificatesName: pulumi.Input<string>;
}

/**
 * The Job that brings databases and users to what they should be. It runs again whenever one of them changes, or a
 * password does.
 */
export function createAccess(site: Site, { server, users, certificatesName }: AccessParts): HardenedJob {
    const { args, name, parent, plan, labels } = site;
    const { engine } = plan;
    const { files, container } = engine.access(server.address, {
        replicas: plan.replicas,
        primary: plan.primary,
        databases: plan.databases,
        users,
    });
    const secret = rolledSecret(
        `${name}-access`,
        { cluster: args.cluster, namespace: args.namespace, labels, data: files },
        { parent },
    );
    return new HardenedJob(
        `${name}-access`,
        {
            cluster: args.cluster,
            namespace: args.namespace,
            app: engine.engine,
            instance: name,
            component: "access",
            resourceName: `${plan.resourceName}-access`,
            labels: args.labels,
            placement: args.placement,
            registry: args.registry,
            timeoutSeconds: 900,
            containers: [{ ...container, name: "access", image: image(engine.images[plan.version]!) }],
            volumes: [
                { name: "access", secret: { name: secret.metadata.name } },
                { name: "certificates", secret: { name: certificatesName } },
            ],
            runAsUser: engine.uid,
            runAsGroup: engine.uid,
            fsGroup: engine.uid,
            network: { egress: [{ pods: [site.pods], ports: [{ port: engine.port }] }] },
        },
        childOptions(parent, { dependsOn: server.workload }),
    );
}
