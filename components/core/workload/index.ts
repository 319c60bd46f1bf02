export * from "./container-args";
export * from "./deployment";
export * from "./volume-args";
export * from "./workload-args";
