export type { DatabaseStorage, DatabaseUserArgs, ServerDatabaseArgs, StatefulDatabaseArgs } from "./args";
export type {
    BackupPlace,
    BackupRun,
    BackupScratch,
    DatabaseBackupArgs,
    DatabaseRestoreArgs,
    RestoreTestArgs,
} from "./backup";
export { StatefulDatabase } from "./stateful-database";
export { validateStatefulDatabase } from "./validate";
