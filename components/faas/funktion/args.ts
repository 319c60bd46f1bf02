import type { FunctionPlatformArgs } from "../function/workload";

/** Arguments of {@link Funktion}: all of them say what its functions get. */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type -- a name of its own, for other languages
export interface FunktionArgs extends FunctionPlatformArgs {}
