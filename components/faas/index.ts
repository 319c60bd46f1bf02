export * from "./fission";
export * from "./function";
export * from "./funktion";
export * from "./kubeless";
export * from "./openfaas";
