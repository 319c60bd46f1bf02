export * from "./fission";
export * from "./function";
export * from "./openfaas";
