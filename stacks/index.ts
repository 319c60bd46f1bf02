import { readConfiguration } from "./config/read";
import { sayVersionSupport } from "./clusters/support";
import { deployStack } from "./program";

/** What `pulumi up` runs. */
export = (): Promise<Record<string, unknown>> => deployStack(readConfiguration(), sayVersionSupport);
