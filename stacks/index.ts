import { readConfiguration } from "./config/read";
import { deployStack } from "./program";

/** What `pulumi up` runs. */
export = (): Promise<Record<string, unknown>> => deployStack(readConfiguration());
