/* eslint-disable @typescript-eslint/no-require-imports -- an import at the top of a file is loaded with the file */
import { lazy } from "../../../core/lazy-modules";

/** The schemas of the controller's kinds, loaded by programs that make them. */
export const crds = lazy(() => require("./crds/definitions") as typeof import("./crds/definitions"));
