import * as pulumi from "@pulumi/pulumi";
import {
    assertDefinitions,
    type DefinitionsArgs,
    DefinitionsMode,
    provideDefinitions,
    validateDefinitions,
} from "../../core/custom-definition";
import type { Deletion } from "../../core/deletion";
import type { Fault } from "../../core/errors";
import { inCluster } from "../../core/provider";
import { fissionDefinitions } from "./crds/definitions";

/** Where Fission's definitions come from. */
export const FissionCrdsMode = DefinitionsMode;
export type FissionCrdsMode = DefinitionsMode;

/** Arguments of {@link FissionCrds}. */
export interface FissionCrdsArgs extends DefinitionsArgs {
    /**
     * What becomes of the definitions when they leave the program. With `delete` every Function, Package and trigger of
     * every Fission in the cluster goes with them; after `retain` the next program names them `existing`.
     * @default `protect`
     */
    deletion?: Deletion;
}

/**
 * The kinds of object that Fission works with, as CustomResourceDefinitions of v1.27.0. A cluster has them once,
 * however many installations of Fission share it.
 *
 * They name the same fields and hold to the same rules as upstream's, without descriptions and with pods left open, so
 * that each fits into the annotation of a client-side apply.
 *
 * @example
 * ```ts
 * const crds = new FissionCrds("fission-crds", { cluster });
 * const fission = new Fission("fission", { cluster, definitions: crds.definitions });
 * ```
 */
export class FissionCrds extends pulumi.ComponentResource {
    /** Names of the definitions; known as soon as they are in the cluster. */
    readonly definitions: pulumi.Output<string[]>;

    constructor(name: string, args: FissionCrdsArgs, opts?: pulumi.ComponentResourceOptions) {
        assertDefinitions(`FissionCrds ${name}`, args);
        super("kubernetes-faas:index:FissionCrds", name, {}, inCluster(args.cluster, opts));

        this.definitions = provideDefinitions(this, name, "fission", args, fissionDefinitions);
        this.registerOutputs({ definitions: this.definitions });
    }
}

/** What is wrong with the arguments of {@link FissionCrds}; empty when nothing is. */
export function validateFissionCrds(args: FissionCrdsArgs): Fault[] {
    return validateDefinitions(args);
}
