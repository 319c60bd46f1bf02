export {
    type MinIoArgs,
    type MinIoBucketArgs,
    type MinIoLifecycle,
    type MinIoObjectLock,
    type MinIoPool,
    type MinIoStatement,
    type MinIoStorage,
    type MinIoUserArgs,
    ObjectLockMode,
    PolicyEffect,
} from "./args";
export { MinIo } from "./minio";
export { validateMinIo } from "./validate";
