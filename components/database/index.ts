export type { DatabaseStorage, DatabaseUserArgs, ServerDatabaseArgs, StatefulDatabaseArgs } from "./args";
export { StatefulDatabase } from "./stateful-database";
export { validateStatefulDatabase } from "./validate";
