import type { DatabaseEngine } from "../core/contracts";
import type { Engine } from "./engine";
import { mariadb } from "./mariadb/engine";
import { mongodb } from "./mongodb/engine";
import { mysql } from "./mysql/engine";
import { postgresql } from "./postgresql/engine";
import { redis } from "./redis/engine";

/** The servers that can run in a cluster. */
export const engines: Partial<Record<DatabaseEngine, Engine>> = { mariadb, mongodb, mysql, postgresql, redis };
