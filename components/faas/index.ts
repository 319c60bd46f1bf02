export * from "./fission";
export * from "./function";
