export * from "./function";
