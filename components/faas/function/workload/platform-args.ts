import type * as pulumi from "@pulumi/pulumi";
import type { Cluster, PodPeer } from "../../../core/contracts";
import type { Labels } from "../../../core/labels";
import type { EgressRule } from "../../../core/network";
import type { Placement } from "../../../core/placement";
import type { Registry } from "../../../core/registry";

/** The images that run functions, each with what its language's stock image brings: `npm`, or `pip`, and a shell. */
export interface FunctionImages {
    /** Node 22 or later. @default the library's pinned `node` */
    nodejs?: pulumi.Input<string>;
    /** Python 3.11 or later. @default the library's pinned `python` */
    python?: pulumi.Input<string>;
}

/** What a platform takes that has no parts of its own, only namespaces with functions in them. */
export interface FunctionPlatformArgs {
    cluster: Cluster;
    /**
     * Namespaces in which functions may live, made by this component; the first is the default.
     * @default one, called like the component
     */
    functionNamespaces?: string[];
    images?: FunctionImages;
    /** Pods that may call functions, beside the ingresses that functions name and their schedules. @default none */
    callers?: PodPeer[];
    /** Where functions may go, beside what bindings open for them. @default nowhere */
    functionEgress?: EgressRule[];
    /** Where functions run that say nothing themselves. Its values are plain. */
    functionPlacement?: Placement;
    /** The most that all pods and objects of each namespace may have together: `{ "requests.cpu": "20" }`. @default no limit */
    quota?: Record<string, pulumi.Input<string>>;
    /** Where the languages' images come from. Its pull secrets must be there in every function namespace. */
    registry?: Registry;
    /** Labels of every object. */
    labels?: Labels;
}
