export { functionDirectory, packageServer, type PackageServerArgs, type ServerPackage } from "./package";
export {
    livePath,
    metricsPath,
    ServerContract,
    serverPort,
    type ServerSettings,
    terminationGraceSeconds,
} from "./settings";
