import type { DatabaseEngine } from "../core/contracts";
import type { Engine } from "./engine";
import { postgresql } from "./postgresql/engine";
import { redis } from "./redis/engine";

/** The servers that can run in a cluster. */
export const engines: Partial<Record<DatabaseEngine, Engine>> = { postgresql, redis };
