import * as pulumi from "@pulumi/pulumi";
import {
    assertDefinitions,
    type DefinitionsArgs,
    provideDefinitions,
    validateDefinitions,
} from "../../../core/custom-definition";
import type { Deletion } from "../../../core/deletion";
import type { Fault } from "../../../core/errors";
import { inCluster } from "../../../core/provider";
import { crds } from "./lazy";

/** Arguments of {@link CertManagerCrds}. */
export interface CertManagerCrdsArgs extends DefinitionsArgs {
    /**
     * What becomes of the definitions when they leave the program. With `delete` every Certificate and every issuer in
     * the cluster goes with them (the Secrets with the certificates stay); after `retain` the next program names them
     * `existing`.
     * @default `protect`
     */
    deletion?: Deletion;
}

/**
 * The kinds of object that cert-manager works with, as CustomResourceDefinitions of v1.21.2. A cluster has them once.
 *
 * They name the same fields and hold to the same rules as upstream's, without descriptions and with pods left open, so
 * that each fits into the annotation of a client-side apply.
 *
 * @example
 * ```ts
 * const crds = new CertManagerCrds("cert-manager-crds", { cluster });
 * const certManager = new CertManager("cert-manager", { cluster, definitions: crds.definitions });
 * ```
 */
export class CertManagerCrds extends pulumi.ComponentResource {
    /** Names of the definitions; known as soon as they are in the cluster. */
    readonly definitions: pulumi.Output<string[]>;

    constructor(name: string, args: CertManagerCrdsArgs, opts?: pulumi.ComponentResourceOptions) {
        assertDefinitions(`CertManagerCrds ${name}`, args);
        super("kubernetes-faas:index:CertManagerCrds", name, {}, inCluster(args.cluster, opts));

        this.definitions = provideDefinitions(this, name, "cert-manager", args, crds.certManagerDefinitions());
        this.registerOutputs({ definitions: this.definitions });
    }
}

/** What is wrong with the arguments of {@link CertManagerCrds}; empty when nothing is. */
export function validateCertManagerCrds(args: CertManagerCrdsArgs): Fault[] {
    return validateDefinitions(args);
}
