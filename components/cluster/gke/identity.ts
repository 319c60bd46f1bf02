import { IAMMember } from "@pulumi/gcp/projects";
import { Account } from "@pulumi/gcp/serviceaccount";
import * as pulumi from "@pulumi/pulumi";
import { childOptions } from "../../core/deletion";
import { physicalName } from "../../core/names";
import type { GkeSettings } from "./defaults";

/** What nodes run as, and the rights without which they must not start. */
export interface NodeIdentity {
    readonly email: pulumi.Input<string>;
    readonly roles: pulumi.Resource[];
}

/** Service account ids have 6 to 30 characters; with the suffix ours have 7 at least. */
const accountId = { maximum: 30, letterFirst: true };
/** To write logs and metrics and to report a node's state: https://cloud.google.com/kubernetes-engine/docs/how-to/hardening-your-cluster#use_least_privilege_sa */
export const nodeRole = "roles/container.defaultNodeServiceAccount";
/** To pull images. */
export const imageRole = "roles/artifactregistry.reader";

/** The service account that is given, or one with the least roles. Pods never see it: they have Workload Identity. */
export function nodeIdentity(parent: pulumi.Resource, name: string, settings: GkeSettings): NodeIdentity {
    if (settings.nodeServiceAccount !== undefined) {
        return { email: settings.nodeServiceAccount, roles: [] };
    }
    const { project, clusterName } = settings;
    const account = new Account(
        `${name}-nodes`,
        {
            project,
            accountId: physicalName([clusterName, "nodes"], accountId),
            displayName: `Nodes of the GKE cluster ${clusterName}`,
        },
        childOptions(parent),
    );
    const grant = (suffix: string, project: pulumi.Input<string>, role: string): IAMMember =>
        new IAMMember(
            `${name}-${suffix}`,
            { project, role, member: pulumi.interpolate`serviceAccount:${account.email}` },
            childOptions(parent),
        );
    const imageProjects = settings.imageProjects ?? [project];
    return {
        email: account.email,
        roles: [
            grant("nodes", project, nodeRole),
            ...imageProjects.map((each, index) => {
                // By its project, so that a changed order or a shorter list takes nobody else's grant away.
                const suffix = typeof each === "string" ? each : index;
                return grant(`images-${suffix}`, each, imageRole);
            }),
        ],
    };
}
