/* eslint-disable @typescript-eslint/no-require-imports -- an import at the top of a file is loaded with the file */
/**
 * The components that need a cloud's SDK, each loaded when a stack has a cluster there: other stacks run without the SDK, which
 * is large. Types and enums are imported from where they are.
 */

export const gcp = (): typeof import("../../components/gcp") =>
    require("../../components/gcp") as typeof import("../../components/gcp");

export const azure = (): typeof import("../../components/azure") =>
    require("../../components/azure") as typeof import("../../components/azure");

export const aws = (): typeof import("../../components/aws") =>
    require("../../components/aws") as typeof import("../../components/aws");
